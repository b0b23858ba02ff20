"""The pages of a Parquet file, looked at without decoding any: sizes, encodings and checksums.

Apache Arrow decodes what a page says that it is. A page of a few bytes can say that it holds gigabytes, a dictionary or
a delta encoding can repeat one long value for each row, and the footer need not know. So the headers of all pages are
read first (Thrift compact protocol; `parquet.thrift` of the Apache Parquet format), and their CRC-32 is computed.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from dataset_tools.verification.findings import UnreadableError

MAX_PAGE = (1 << 30) + (64 << 20)
"""Bytes of a page after decompression; the largest article that the settings allow is 1 GiB."""

MAX_DICTIONARY = 2 << 20
_MAX_HEADER = 64 << 10
_MAX_NESTING = 8
_DATA_PAGE, _INDEX_PAGE, _DICTIONARY_PAGE, _DATA_PAGE_V2 = range(4)
_PLAIN, _PLAIN_DICTIONARY, _RLE, _RLE_DICTIONARY = 0, 2, 3, 8
_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Page:
    """One page: where it is, what its header says, and where its bytes are."""

    group: int
    column: str
    header: dict[int, Any]
    start: int

    @property
    def size(self) -> int:
        """Bytes in the file."""
        return _number(self.header, 3)

    @property
    def is_dictionary(self) -> bool:
        """Whether it holds the values that other pages refer to."""
        return self.header.get(1) == _DICTIONARY_PAGE

    @property
    def values(self) -> int:
        """Values of a row each; none in a dictionary."""
        return 0 if self.is_dictionary else _number(self._details, 1)

    @property
    def encoding(self) -> int:
        """The number of the encoding of its values."""
        return _number(self._details, 4 if self.header.get(1) == _DATA_PAGE_V2 else 2)

    @property
    def _details(self) -> dict[int, Any]:
        places = {_DATA_PAGE: 5, _DICTIONARY_PAGE: 7, _DATA_PAGE_V2: 8}
        found = self.header.get(places.get(_number(self.header, 1), 0))
        if not isinstance(found, dict):
            raise UnreadableError("a page of unknown kind")
        return found

    def check(self, *, dictionaries: bool) -> None:
        """Refuse what no build writes and what is not safe to decode.

        Raises:
            UnreadableError: saying what it is.
        """
        allowed = (_PLAIN, _RLE, _PLAIN_DICTIONARY, _RLE_DICTIONARY) if dictionaries else (_PLAIN, _RLE)
        size = _number(self.header, 2)
        if self.encoding not in allowed or (self.is_dictionary and not dictionaries):
            raise UnreadableError(f"a page with an encoding that no build writes there (number {self.encoding})")
        if size > (MAX_DICTIONARY if self.is_dictionary else MAX_PAGE):
            raise UnreadableError(f"a page that says it has {size:,} bytes, which is not read")
        if 4 not in self.header:
            raise UnreadableError("a page without a checksum, which every build writes")


def check_pages(file: BinaryIO, metadata: Any, *, dictionaries: bool) -> None:  # noqa: ANN401  pyarrow is not typed
    """Read every page header of a file, and hold the bytes of every page against its checksum.

    Args:
        file: the file.
        metadata: its footer, as `pyarrow.parquet` gives it.
        dictionaries: whether pages may refer to a dictionary, as those of the audit tables do.

    Raises:
        UnreadableError: saying what is wrong with the first page that cannot be relied on, and where it is.
    """
    for group in range(metadata.num_row_groups):
        rows = metadata.row_group(group).num_rows
        for number in range(metadata.row_group(group).num_columns):
            column = metadata.row_group(group).column(number)
            place = f"row group {group}, column {column.path_in_schema}"
            try:
                values = 0
                for page in _pages(file, column, group):
                    page.check(dictionaries=dictionaries)
                    if _crc(file, page) != _number(page.header, 4) & 0xFFFFFFFF:
                        raise UnreadableError("the bytes of a page do not give its checksum")
                    values += page.values
                if values != rows or column.num_values != rows:
                    raise UnreadableError(f"pages with {values:,} values for {rows:,} rows")
            except UnreadableError as error:
                raise UnreadableError(f"{place}: {error}") from None


def _pages(file: BinaryIO, column: Any, group: int) -> Iterator[Page]:  # noqa: ANN401
    """The pages of a column chunk, as far as its length in the footer goes."""
    if column.file_path:
        raise UnreadableError("its values are said to be in another file")
    offsets = (column.data_page_offset, column.dictionary_page_offset if column.has_dictionary_page else None)
    at = min((offset for offset in offsets if offset), default=0)  # 0 where there is no page of the kind
    end = at + column.total_compressed_size
    if end == 0:
        return
    if not 4 <= at <= end <= file.seek(0, 2):
        raise UnreadableError("the footer names bytes outside the file")
    while at < end:
        file.seek(at)
        header, length = _struct(file.read(min(_MAX_HEADER, end - at)), 0, 0)
        page = Page(group, column.path_in_schema, header, at + length)
        at = page.start + page.size
        if page.size < 0 or at > end:
            raise UnreadableError("a page that goes beyond its column")
        yield page


def _crc(file: BinaryIO, page: Page) -> int:
    file.seek(page.start)
    left, crc = page.size, 0
    while left:
        data = file.read(min(_READ, left))
        if not data:
            raise UnreadableError("the file ends within a page")
        crc = zlib.crc32(data, crc)
        left -= len(data)
    return crc


def _number(fields: dict[int, Any], field: int) -> int:
    value = fields.get(field)
    if not isinstance(value, int):
        raise UnreadableError("a page header lacks what it must have")
    return value


def _struct(data: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    """A Thrift struct as field numbers to values, and the place after it."""
    fields: dict[int, Any] = {}
    number = 0
    try:
        while data[at]:
            head, at = data[at], at + 1
            if head >> 4:
                number += head >> 4
            else:
                number, at = _zigzag(data, at)
            fields[number], at = _value(data, at, head & 15, depth)
    except IndexError:
        raise UnreadableError("a page header that does not end") from None
    return fields, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if depth > _MAX_NESTING:
        raise UnreadableError("a page header that is nested too deeply")
    if kind in (1, 2):
        return kind == 1, at
    if kind == 3:
        return data[at], at + 1
    if kind in (4, 5, 6):
        return _zigzag(data, at)
    if kind == 7:
        return None, at + 8
    if kind == 8:
        length, at = _varint(data, at)
        return None, at + length
    if kind in (9, 10):
        head, at = data[at], at + 1
        count = head >> 4
        if count == 15:
            count, at = _varint(data, at)
        for _ in range(count):
            at = at + 1 if head & 15 in (1, 2) else _value(data, at, head & 15, depth + 1)[1]
            if at > len(data):
                break
        return None, at
    if kind == 12:
        return _struct(data, at, depth + 1)
    raise UnreadableError("a page header that is not one")


def _zigzag(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise UnreadableError("a page header with a number that does not end")
