"""Folders and object stores as targets: files are put one by one, the manifest last."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.fs

from dataset_tools.against.place import Place, locate
from dataset_tools.manifest import NAME
from dataset_tools.model import Progress, UserError
from dataset_tools.publishing.plan import PENDING, Outgoing, Plan, changed
from dataset_tools.text import printable

_PIECE = 1 << 20
_WITHOUT_FOLDERS = ("s3", "gcs")
"""Stores in which a folder is nothing but a part of a name; asked for one, Arrow would put an empty object there."""

_NEXT = "check the place, the network and the credentials; then push again, which goes on where this one stopped"


@dataclass(frozen=True, slots=True)
class Store:
    """A folder on this machine or in an object store."""

    place: Place

    @property
    def shown(self) -> str:
        """The path or URL, without what may be secret in it."""
        return self.place.shown

    @property
    def missing(self) -> bool:
        """Folders come with their files."""
        return False

    def listing(self) -> dict[str, int]:
        """The size of every file there, by its path.

        Raises:
            UserError: if it cannot be listed, is a file, or holds links, pipes or devices.
        """
        with self.place.faults():
            if self.place.files.get_file_info(self.place.root).type == pyarrow.fs.FileType.File:
                raise UserError(f"{self.shown} is a file", "name a folder")
            if self.place.local is not None:
                self._refuse_links(self.place.local)
            selector = pyarrow.fs.FileSelector(self.place.root, allow_not_found=True, recursive=True)
            infos = self.place.files.get_file_info(selector)
        start = len(self.place.root.rstrip("/")) + 1
        return {one.path[start:]: one.size or 0 for one in infos if one.type == pyarrow.fs.FileType.File}

    def _refuse_links(self, folder: Path) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                what = f"{printable(path.relative_to(folder).as_posix())}, which is neither a file nor a folder"
                raise UserError(f"{self.shown} holds {what}", "move it away, or name another place")

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file that is there."""
        with self.place.faults(), self.place.files.open_input_stream(self._full(path)) as stream:
            data: bytes = stream.read(most)
            return data

    def sha256(self, path: str) -> str:
        """SHA-256 of a file that is there."""
        digest = hashlib.sha256()
        with self.place.faults(), self.place.files.open_input_stream(self._full(path)) as stream:
            while data := stream.read(_PIECE):
                digest.update(data)
        return digest.hexdigest()

    def send(self, outgoing: Outgoing, wanted: Plan, progress: Progress) -> tuple[tuple[str, ...], str | None]:
        """Put a note of what begins, the files, the manifest; then take the note away."""
        progress.stage("Uploading", len(wanted.upload))
        self._write(PENDING, [wanted.note])
        last = [path for path in wanted.upload if path == NAME]
        if differing := self._upload([path for path in wanted.upload if path != NAME], outgoing, progress):
            return differing, None
        for path in wanted.remove:
            self._delete(path)
        if differing := self._upload(last, outgoing, progress):
            return differing, None
        self._delete(PENDING)
        return (), None

    def _upload(self, paths: list[str], outgoing: Outgoing, progress: Progress) -> tuple[str, ...]:
        """Write files, each of which is read back; gives those that are not what they should be."""
        differing = []
        for path in paths:
            self._write(path, _pieces(outgoing, path))
            if self.sha256(path) != outgoing.files[path].sha256:
                differing.append(path)
            progress.advance(1)
        return tuple(differing)

    def _write(self, path: str, pieces: Iterable[bytes]) -> None:
        full = self._full(path)
        with self.place.faults(f"write {printable(path)} in", _NEXT):
            if self.place.files.type_name not in _WITHOUT_FOLDERS:
                self.place.files.create_dir(full.rpartition("/")[0], recursive=True)
            with self.place.files.open_output_stream(full) as stream:
                for piece in pieces:
                    stream.write(piece)

    def _delete(self, path: str) -> None:
        with self.place.faults(f"write {printable(path)} in", _NEXT):
            self.place.files.delete_file(self._full(path))

    def _full(self, path: str) -> str:
        return f"{self.place.root.rstrip('/')}/{path}"


def _pieces(outgoing: Outgoing, path: str) -> Iterator[bytes]:
    try:
        with (outgoing.folder / path).open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise changed(outgoing.folder, error) from None


def store_of(word: str, dist: Path) -> Store:
    """The folder that a path or URL names.

    Raises:
        UserError: if it cannot be opened, or lies in the dataset or around it.
    """
    place = locate(word, option="")
    if place.local is not None:
        own = dist.resolve()
        if place.local.is_relative_to(own) or own.is_relative_to(place.local):
            raise UserError(f"{place.shown} is the dataset itself, or lies in it or around it", "name another folder")
    return Store(place)
