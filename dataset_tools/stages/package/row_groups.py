"""Row groups: each is encoded by itself, several at a time, and then they are put together into Parquet files.

Arrow's writer encodes one row group after the other. So each is given to a writer of its own, which makes a file of one
row group, and of several such files one is made: the row groups one after the other, then their page indexes, then a
footer (https://parquet.apache.org/docs/file-format/). Nothing in a row group depends on where it lies but the offsets
that page index and footer have of it. Without content-defined chunking, which Arrow carries on from one row group to
the next, the bytes are those that it writes itself.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_tools.stages.package import thrift
from dataset_tools.stages.package.thrift import Struct

OPTIONS: dict[str, Any] = {
    "compression": "zstd",
    "use_dictionary": False,
    "write_page_index": True,
    "write_page_checksum": True,
    # As the Hub's own writer does it, so that a new version shares most chunks with the old.
    "use_content_defined_chunking": {"min_chunk_size": 256 << 10, "max_chunk_size": 1 << 20, "norm_level": 0},
}
"""How row groups are written."""

_MAGIC = b"PAR1"
_LENGTH = 4
"""Bytes of the length of the footer, which stand between it and the last magic."""

# Numbers of fields: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
_ROWS, _ROW_GROUPS = 3, 4  # of a file
_COLUMNS, _FILE_OFFSET = 1, 5  # of a row group
_META_DATA, _OFFSET_INDEX, _COLUMN_INDEX = 3, (4, 5), (6, 7)  # of one of its columns; offset and length of the indexes
_PAGES = (9, 11)  # of the metadata of a column: offsets of its first page, and of its dictionary
_LOCATIONS, _OFFSET = 1, 1  # of an offset index, and of a page in it


@dataclass(frozen=True, slots=True)
class RowGroup:
    """An encoded row group: its pages, and the end of a file in which there are no others: page index and footer."""

    pages: pa.Buffer
    end: pa.Buffer


def encoded(rows: pa.Table, **options: Any) -> RowGroup:  # noqa: ANN401  those of the writer
    """Encode rows as one row group; `options` in place of ours are for tests."""
    table = rows.combine_chunks()  # the writer sees chunks, and equal rows must give equal bytes
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, table.schema, **{**OPTIONS, **options}) as writer:
        writer.write_table(table, row_group_size=table.num_rows)
    file = sink.getvalue()
    (row_group,) = _footer(file)[_ROW_GROUPS].value.values
    columns = row_group[_COLUMNS].value.values
    stop = min(column[at].value for column in columns for at, _ in (_COLUMN_INDEX, _OFFSET_INDEX) if at in column)
    end = pa.py_buffer(file.slice(stop).to_pybytes())  # a copy, since a slice would hold the pages as well
    return RowGroup(file.slice(len(_MAGIC), stop - len(_MAGIC)), end)


class ParquetFile:
    """A Parquet file that is put together from row groups, at least one."""

    def __init__(self, path: Path) -> None:
        """Begin the file."""
        self.path = path
        self.size = 0
        self._sha256 = hashlib.sha256()
        self._file = path.open("wb")
        self._placed: list[_Placed] = []
        self._write(_MAGIC)

    def add(self, row_group: RowGroup) -> None:
        """Append a row group."""
        self._placed.append(_Placed(row_group, self.size))
        self._write(row_group.pages)

    def close(self) -> str:
        """Write the column indexes, the offset indexes and the footer; returns the SHA-256 of the file."""
        for name in (_COLUMN_INDEX, _OFFSET_INDEX):
            for one in self._placed:
                for column in one.columns:
                    index = one.index(column, name)  # long values have no column index
                    if index is None:
                        continue
                    for number, value in zip(name, (self.size, len(index)), strict=True):
                        _set(column, number, value)
                    self._write(index)
        footer = self._placed[0].footer
        _set(footer, _ROWS, sum(one.rows for one in self._placed))
        row_groups = footer[_ROW_GROUPS].value
        _set(footer, _ROW_GROUPS, row_groups._replace(values=[one.row_group for one in self._placed]))
        data = thrift.write(footer)
        self._write(data + len(data).to_bytes(_LENGTH, "little") + _MAGIC)
        self._file.close()
        return self._sha256.hexdigest()

    def abandon(self) -> None:
        """Let go of the file, which is not whole."""
        self._file.close()

    def _write(self, data: pa.Buffer | bytes) -> None:
        self._file.write(data)
        self._sha256.update(data)
        self.size += len(data)


class _Placed:
    """A row group that has a place in a file: what the footer says of it there, and the indexes of its columns."""

    def __init__(self, row_group: RowGroup, offset: int) -> None:
        """Begin with what holds where it is alone, at the beginning of a file."""
        self._end = row_group.end
        self._end_offset = len(_MAGIC) + row_group.pages.size
        self._by = offset - len(_MAGIC)
        self.footer = _footer(row_group.end)
        self.rows: int = self.footer[_ROWS].value
        (self.row_group,) = self.footer[_ROW_GROUPS].value.values
        self.columns: list[Struct] = self.row_group[_COLUMNS].value.values
        _move(self.row_group, [_FILE_OFFSET], self._by)
        for column in self.columns:
            _move(column[_META_DATA].value, _PAGES, self._by)

    def index(self, column: Struct, name: tuple[int, int]) -> bytes | None:
        """An index of a column, whose fields still say where it was; None if it has none."""
        if name[0] not in column:
            return None
        offset, length = (column[number].value for number in name)
        data: bytes = self._end.slice(offset - self._end_offset, length).to_pybytes()
        if name == _COLUMN_INDEX:
            return data
        index = thrift.read(data)
        for page in index[_LOCATIONS].value.values:
            _move(page, [_OFFSET], self._by)
        return thrift.write(index)


def _footer(file: pa.Buffer) -> Struct:
    """The footer at the end of a file, or of the end of one."""
    stop = file.size - len(_MAGIC) - _LENGTH
    length = int.from_bytes(file.slice(stop, _LENGTH).to_pybytes(), "little")
    return thrift.read(file.slice(stop - length, length).to_pybytes())


def _set(struct: Struct, number: int, value: Any) -> None:  # noqa: ANN401  whatever the field holds
    struct[number] = struct[number]._replace(value=value)


def _move(struct: Struct, offsets: Iterable[int], by: int) -> None:
    """Add to those of these fields that there are."""
    for number in offsets:
        if number in struct:
            _set(struct, number, struct[number].value + by)
