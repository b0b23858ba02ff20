"""Row groups of the dataset that is replaced: those of the same rows are taken from there, and not encoded again.

What they were made of, and where they lie in the shards, is in the cache. Their bytes are held to a digest.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from blake3 import blake3

from dataset_tools.segments import read_table, write_table
from dataset_tools.stages.package.row_groups import OPTIONS, RowGroup, encoded

_PLACES = pa.schema(
    [
        ("key", pa.binary()),
        ("file", pa.string()),
        ("offset", pa.int64()),
        ("size", pa.int64()),
        ("digest", pa.binary()),
        ("end", pa.binary()),
    ]
)


class Place(NamedTuple):
    """Where a row group lies: the name of the shard, and the offset and size of its pages there.

    `key` stands for what it was made of, `digest` for its pages; `end` is that of `RowGroup`.
    """

    key: bytes
    file: str
    offset: int
    size: int
    digest: bytes
    end: bytes


@dataclass(frozen=True, slots=True)
class Encoded:
    """An encoded row group, what stands for the rows that it was made of, and the digest of its pages."""

    row_group: RowGroup
    key: bytes
    digest: bytes

    def at(self, file: str, offset: int) -> Place:
        """Its place in a shard."""
        pages, end = self.row_group.pages, self.row_group.end
        return Place(self.key, file, offset, pages.size, self.digest, end.to_pybytes())


class Earlier:
    """What is known of a dataset that may still be there; without a cache nothing."""

    def __init__(self, data: Path | None = None, cache: Path | None = None) -> None:
        """Take the folder of the shards, and that of the cache."""
        self._data = data
        self._file = None
        self._places: dict[bytes, Place] = {}
        if data is not None and cache is not None:
            name = hashlib.sha256(str(data.absolute()).encode(errors="surrogateescape")).hexdigest()
            self._file = cache / f"groups-{name[:32]}.arrow"
            places = read_table(self._file) or _PLACES.empty_table()
            self._places = {place["key"]: Place(**place) for place in places.to_pylist()}

    def encoded(self, rows: pa.Table, schema: pa.Schema) -> Encoded:
        """Rows as one row group: from the dataset if it has them, else encoded anew."""
        table = rows.combine_chunks().cast(schema)
        key = _key(table)
        place = self._places.get(key)
        pages = None if place is None else self._pages(place)
        if place is not None and pages is not None:
            return Encoded(RowGroup(pages, pa.py_buffer(place.end)), key, place.digest)
        row_group = encoded(table)
        return Encoded(row_group, key, blake3(row_group.pages).digest())

    def _pages(self, place: Place) -> pa.Buffer | None:
        """The pages that lie there, if they are what they were; no map of a file that others may cut off meanwhile."""
        assert self._data is not None
        try:
            with (self._data / place.file).open("rb", buffering=0) as file:
                file.seek(place.offset)
                pages = pa.py_buffer(file.read(place.size))
        except OSError:
            return None
        return pages if blake3(pages).digest() == place.digest else None

    def keep(self, places: Iterable[Place]) -> None:
        """Remember where all row groups of the dataset lie that takes the place of the other."""
        if self._file is not None:
            columns = zip(*places, strict=True)
            write_table(self._file, pa.table(list(columns), schema=_PLACES))


def _key(table: pa.Table) -> bytes:
    """Stands for all that the bytes of a row group depend on: the rows, and who writes them."""
    build: Any = pa.cpp_build_info
    digest = blake3(repr((pa.__version__, build, sorted(OPTIONS.items()), table.num_rows)).encode())
    digest.update(table.schema.serialize())
    for column in table.columns:
        values = column.combine_chunks()
        if pa.types.is_string(values.type):
            digest.update(pc.fill_null(pc.binary_length(values), -1).to_numpy().tobytes())
            _, offsets, data = values.buffers()
            ends = np.frombuffer(offsets, np.int32)[values.offset :]
            start, stop = int(ends[0]), int(ends[len(values)])
            digest.update(b"" if data is None else data.slice(start, stop - start))
        else:
            digest.update(repr(values.to_pylist()).encode())
    return digest.digest()
