"""The work folder of a build on a cluster: what its stages have made, for the stages after them and for a next try.

It is a folder that every machine reaches under one name, or a place in an object store. A file appears as a whole and
is never changed. Names begin with a digest of all that the content depends on, so what is there need not be made again.
"""

import contextlib
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.fs

from dataset_tools.against.place import Place, locate
from dataset_tools.model import UserError
from dataset_tools.versions import of_everything

TEXTS_AT_ONCE = 16
"""So many texts are read at least where one is asked for: some 50 kB."""

_DIGITS = 24
_WITHOUT_FOLDERS = ("s3", "gcs")


def key_of(*values: object) -> str:
    """A digest of values, and of the versions of all that works on them."""
    digest = hashlib.sha256(repr(of_everything()).encode())
    for value in values:
        digest.update(pickle.dumps(value, protocol=5))
    return digest.hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """A path or URL, as every machine of a cluster knows it."""

    url: str

    def make(self) -> None:
        """See that it can be written.

        Raises:
            UserError: if it cannot.
        """
        self.put("made-by-dataset-tools", b"")

    def put(self, name: str, data: bytes | pa.Buffer) -> None:
        """Write a file."""
        with self._made(name) as sink:
            sink.write(data)

    def put_table(self, name: str, table: pa.Table, *, rows_at_once: int | None = None) -> None:
        """Write a table, of which so many rows can be read at once."""
        with self._made(name) as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks(), max_chunksize=rows_at_once)

    def put_file(self, name: str, path: Path) -> None:
        """Write a copy of a file of this machine."""
        with self._made(name) as sink, path.open("rb") as file:
            while piece := file.read(1 << 20):
                sink.write(piece)

    @contextlib.contextmanager
    def _made(self, name: str) -> Iterator[pa.NativeFile]:
        """A file that appears once it is written."""
        place, full = self._at(name)
        with place.faults(f"write {name} in", "make it a place that every machine of the cluster can write"):
            if place.files.type_name in _WITHOUT_FOLDERS:
                with place.files.open_output_stream(full) as sink:
                    yield sink
                return
            place.files.create_dir(full.rpartition("/")[0], recursive=True)
            part = f"{full}.{os.urandom(8).hex()}.part"
            with place.files.open_output_stream(part) as sink:
                yield sink
            place.files.move(part, full)

    def there(self, name: str) -> bool:
        """Whether there is such a file."""
        place, full = self._at(name)
        with place.faults():
            found: bool = place.files.get_file_info(full).type == pyarrow.fs.FileType.File
            return found

    def table(self, name: str) -> pa.Table:
        """A whole table."""
        with self._opened(name) as reader:
            return reader.read_all()

    def taken(self, name: str, positions: npt.NDArray[np.int64]) -> pa.Table:
        """Some rows of a table that was written with `TEXTS_AT_ONCE` rows at once, in the order asked for."""
        with self._opened(name) as reader:
            needed, place = np.unique(positions // TEXTS_AT_ONCE, return_inverse=True)
            if len(needed) == reader.num_record_batches:
                some = reader.read_all().combine_chunks()
            else:
                batches = [reader.get_batch(one) for one in needed.tolist()]
                some = pa.Table.from_batches(batches, reader.schema).combine_chunks()
            return taken(some, TEXTS_AT_ONCE * place + positions % TEXTS_AT_ONCE)

    @contextlib.contextmanager
    def _opened(self, name: str) -> Iterator[pa.ipc.RecordBatchFileReader]:
        place, full = self._at(name)
        with place.faults(f"read {name} in", "make it a place that every machine of the cluster reaches"):
            mapped = place.local is not None
            with pa.memory_map(full) if mapped else place.files.open_input_file(full) as file:
                yield pa.ipc.open_file(file)

    def fetch(self, name: str, path: Path) -> None:
        """Copy a file to this machine."""
        place, full = self._at(name)
        with place.faults(f"read {name} in"), place.files.open_input_stream(full) as source, path.open("wb") as file:
            while piece := source.read(1 << 20):
                file.write(piece)

    def once(self, name: str, make: Callable[[], pa.Table]) -> pa.Table:
        """The table of this name, made and kept if it is not there: what commits a stage."""
        if not self.there(name):
            self.put_table(name, make())
        return self.table(name)

    def _at(self, name: str) -> tuple[Place, str]:
        place = _located(self.url)
        return place, f"{place.root.rstrip('/')}/{name}"


def taken(table: pa.Table, positions: npt.NDArray[np.int64]) -> pa.Table:
    """Some rows, in the order asked for; nothing is copied where that is all of them as they are."""
    as_they_are = len(positions) == len(table) and bool((np.diff(positions, prepend=-1) == 1).all())
    return table if as_they_are else table.take(pa.array(positions))


@lru_cache(maxsize=8)
def _located(url: str) -> Place:
    return locate(url, option="--work-dir: ")


def work_folder(word: str) -> WorkFolder:
    """The work folder that a path or URL names.

    Raises:
        UserError: if it cannot be opened or written.
    """
    place = _located(word)
    if place.local is not None and place.local.is_file():
        raise UserError(f"--work-dir: {place.shown} is a file", "name a folder")
    work = WorkFolder(word if place.local is None else str(place.local))
    work.make()
    return work
