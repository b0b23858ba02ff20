"""The documents of a published dataset: one that we have built, or any Parquet files with titles and bodies, or texts.

They are read in batches of rows, so that neither a large file nor a large row group has to fit into memory.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.fs
import pyarrow.parquet as pq
import pyarrow.types as kinds

from dataset_tools import manifest
from dataset_tools.against.place import Place
from dataset_tools.manifest import Manifest
from dataset_tools.model import UserError
from dataset_tools.staging import recover
from dataset_tools.text import printable, split_article

BATCH_ROWS = 256
"""Documents that are read at once."""

_BUFFER = 4 << 20  # bytes of a column that are read at once; with pre_buffer they would be all
_MANIFEST_LIMIT = 64 << 20
_HINT = "restore the dataset, or name another one"

DOCUMENTS = pa.schema(
    [
        ("file", pa.int32()),  # number of the file
        ("row", pa.int64()),  # in the file
        ("id", pa.string()),  # FILE#ROW where the dataset has none
        ("path", pa.string()),  # null where the dataset has none
        ("sha256", pa.binary(32)),  # of the file that the document was; null where the dataset has none
        ("title", pa.string()),
        ("body", pa.string()),
    ]
)
"""What is read of a published document."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A Parquet file: its path below the place and in the file system, and what changes when the file does."""

    path: str
    full: str
    size: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Documents:
    """The Parquet files of a published dataset, in the order of its documents; `manifest` is None if it is not ours."""

    place: Place
    manifest: Manifest | None
    files: tuple[DataFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def count(self) -> int:
        """How many documents there are.

        Raises:
            UserError: if a file cannot be read.
        """
        total = 0
        for file in self.files:
            with self.place.faults(), self.opened(file) as parquet:
                total += parquet.metadata.num_rows
        return total

    def batches(self) -> Iterator[pa.Table]:
        """All documents, with the columns of DOCUMENTS.

        Raises:
            UserError: if a file cannot be read, is not what the manifest says, or has not the columns needed.
        """
        for number, file in enumerate(self.files):
            self._check_sum(file)
            with self.place.faults(), self.opened(file) as parquet:
                names = _columns(parquet.schema_arrow, self.place.option + self._shown(file))
                row = 0
                for batch in parquet.iter_batches(BATCH_ROWS, columns=names):
                    yield self._documents(file, batch, number, row)
                    row += batch.num_rows

    def some(self, number: int, rows: Sequence[int]) -> Iterator[pa.Table]:
        """The documents on some rows (ascending) of a file, with the columns of DOCUMENTS.

        Of the file only the row groups that they lie in are read, each up to the last of them.

        Raises:
            UserError: if the file cannot be read, or has changed.
        """
        file = self.files[number]
        wanted = np.array(rows, np.int64)
        found = 0
        with self.place.faults(), self.opened(file) as parquet:
            names = _columns(parquet.schema_arrow, self.place.option + self._shown(file))
            end = 0
            for group in range(parquet.num_row_groups):
                start, end = end, end + parquet.metadata.row_group(group).num_rows
                inside = wanted[(wanted >= start) & (wanted < end)]
                batches = parquet.iter_batches(BATCH_ROWS, row_groups=[group], columns=names) if len(inside) else ()
                for batch in batches:
                    here = inside[(inside >= start) & (inside < start + batch.num_rows)]
                    if len(here):
                        yield self._documents(file, batch, number, start).take(pa.array(here - start))
                        found += len(here)
                    start += batch.num_rows
                    if start > inside[-1]:
                        break
        if found < len(rows):
            raise UserError(
                f"{self.place.option}{self._shown(file)} has changed while it was read", "run the command again"
            )

    def opened(self, file: DataFile) -> pq.ParquetFile:
        """A file, open for reading; what reading raises is for `place.faults`."""
        source = self.place.files.open_input_file(file.full)
        return pq.ParquetFile(source, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True)

    def _documents(self, file: DataFile, batch: pa.RecordBatch, number: int, first: int) -> pa.Table:
        """A batch as DOCUMENTS."""
        found = {name: _strings(batch[name]) for name in batch.schema.names}
        if self.manifest is not None and any(column.null_count for column in found.values()):
            raise UserError(f"{self.place.option}{self._shown(file)} has nulls, which no build writes", _HINT)
        nothing = pa.nulls(batch.num_rows, pa.string())
        places = [f"{file.path}#{first + row}" for row in range(batch.num_rows)]
        titles, bodies = _titles_and_bodies(found)
        return pa.table(
            {
                "file": pa.array([number] * batch.num_rows, pa.int32()),
                "row": pa.array(range(first, first + batch.num_rows), pa.int64()),
                "id": pc.coalesce(found.get("id", nothing), pa.array(places, pa.string())),
                "path": found.get("path", nothing),
                "sha256": _digests(found.get("sha256", nothing)),
                "title": titles,
                "body": bodies,
            },
            schema=DOCUMENTS,
        )

    def _check_sum(self, file: DataFile) -> None:
        if self.manifest is None:
            return
        digest = hashlib.sha256()
        with self.place.faults(), self.place.files.open_input_stream(file.full) as stream:
            while data := stream.read(_BUFFER):
                digest.update(data)
        if digest.hexdigest() != file.stamp:
            raise UserError(f"{self.place.option}{self._shown(file)} is not what its manifest says", _HINT)

    def _shown(self, file: DataFile) -> str:
        return printable(f"{self.place.shown.rstrip('/')}/{file.path}" if file.path else self.place.shown)


def documents_at(place: Place) -> Documents:
    """The dataset at a place: what its manifest names if it has one of ours, else every Parquet file below it.

    Raises:
        UserError: if there is none, or a file of the manifest is missing or has another size.
    """
    if place.local is not None:
        recover(place.local)
    with place.faults():
        info = place.files.get_file_info(place.root)
    if info.type == pyarrow.fs.FileType.NotFound:
        raise UserError(f"{place.option}{place.shown} does not exist", "correct the path or the URL")
    if info.type == pyarrow.fs.FileType.File:
        with place.faults():
            return Documents(place, None, (DataFile("", place.root, info.size or 0, _stamp(place, info)),))
    found = _manifest(place)
    files = _parquet_files(place) if found is None else _named_files(place, found)
    if not files:
        raise UserError(f"{place.option}{place.shown} has no Parquet file", "name a dataset, or build it first")
    return Documents(place, found, files)


def _manifest(place: Place) -> Manifest | None:
    with place.faults():
        info = place.files.get_file_info(f"{place.root}/{manifest.NAME}")
        if info.type != pyarrow.fs.FileType.File:
            return None
        with place.files.open_input_stream(info.path) as stream:
            found = manifest.parsed(stream.read(_MANIFEST_LIMIT), place.shown)
    if found is not None and not re.fullmatch("[0-9a-f]{64}", found.content_sha256):
        raise UserError(f"{place.option}the manifest of {place.shown} has no SHA-256 of the content", _HINT)
    return found


def _named_files(place: Place, found: Manifest) -> tuple[DataFile, ...]:
    """The data files of a manifest, each of the size that it says."""
    named = {path: entry for path, entry in found.files().items() if str(path).startswith("data/")}
    if any(".." in path.split("/") for path in named):
        raise UserError(f"{place.option}the manifest of {place.shown} names files outside of it", _HINT)
    with place.faults():
        infos = place.files.get_file_info([f"{place.root}/{path}" for path in named])
    files = []
    for (path, (size, sha256)), info in zip(named.items(), infos, strict=True):
        if info.type != pyarrow.fs.FileType.File or info.size != size:
            what = "is missing" if info.type == pyarrow.fs.FileType.NotFound else "has another size than it says"
            raise UserError(f"{place.option}{printable(path)}, in the manifest of {place.shown}, {what}", _HINT)
        files.append(DataFile(path, info.path, size, str(sha256)))
    return tuple(files)


def _parquet_files(place: Place) -> tuple[DataFile, ...]:
    """Every Parquet file below a folder, hidden ones left out, by path."""
    with place.faults():
        infos = place.files.get_file_info(pyarrow.fs.FileSelector(place.root, recursive=True))
        files = []
        for info in infos:
            path = info.path.removeprefix(place.root).strip("/")
            hidden = any(part.startswith(".") for part in path.split("/"))
            if info.type == pyarrow.fs.FileType.File and path.endswith(".parquet") and not hidden:
                files.append(DataFile(path, info.path, info.size or 0, _stamp(place, info)))
    return tuple(sorted(files, key=lambda file: file.path.encode()))


def _stamp(place: Place, info: pyarrow.fs.FileInfo) -> str:
    """What changes when a file does: fsspec knows it by the file's name, Arrow gives the time of the last change."""
    if isinstance(place.files, pyarrow.fs.PyFileSystem):
        return str(place.files.handler.fs.ukey(info.path))
    return str(info.mtime_ns)


def _columns(schema: pa.Schema, shown: str) -> list[str]:
    """The columns to read: title and body, else text; id, path and sha256 where there are such.

    Raises:
        UserError: if there are no texts.
    """
    of_text = {name for name in ("title", "body", "text", "path", "sha256") if _is_text(schema, name)}
    parts = ["title", "body"] if {"title", "body"} <= of_text else ["text"]
    if not set(parts) <= of_text:
        names = printable(", ".join(schema.names))[:200] or "none"
        message = f"{shown} has no columns title and body, or text, of strings; its columns: {names}"
        raise UserError(message, "name files that have them")
    has_id = _is_text(schema, "id") or _is(schema, "id", kinds.is_integer)
    return [*parts, *(name for name in ("path", "sha256") if name in of_text), *(["id"] if has_id else [])]


def _is_text(schema: pa.Schema, name: str) -> bool:
    return any(_is(schema, name, kind) for kind in (kinds.is_string, kinds.is_large_string, kinds.is_string_view))


def _is(schema: pa.Schema, name: str, kind: object) -> bool:
    if len(schema.get_all_field_indices(name)) != 1:
        return False
    found = schema.field(name).type
    return bool(kind(found.value_type if kinds.is_dictionary(found) else found))  # type: ignore[operator]


def _strings(column: pa.Array) -> pa.Array:
    """A column as strings that are known to be UTF-8, which Parquet does not promise."""
    strings = pc.cast(column, pa.string())
    strings.validate(full=True)
    return strings


def _titles_and_bodies(found: Mapping[str, pa.Array]) -> tuple[pa.Array, pa.Array]:
    if "text" not in found:
        return pc.fill_null(found["title"], ""), pc.fill_null(found["body"], "")
    articles = [
        split_article((text or "").removeprefix("\ufeff").replace("\r\n", "\n")) for text in found["text"].to_pylist()
    ]
    return pa.array([one.title for one in articles], pa.string()), pa.array([one.body for one in articles], pa.string())


def _digests(column: pa.Array) -> pa.Array:
    """Hexadecimal digests as bytes; null for what is none."""
    return pa.array([_digest(value) for value in column.to_pylist()], pa.binary(32))


def _digest(value: str | None) -> bytes | None:
    try:
        data = bytes.fromhex(value or "")
    except ValueError:
        return None
    return data if len(data) == 32 else None
