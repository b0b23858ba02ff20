"""Thrift's compact protocol, in which Parquet writes its footers: any structure to plain values and back, unchanged.

Written from its specification (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md). No
library was taken: those that there are want the definitions of a format, and drop fields that these do not name.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_LONG_LIST = 15
"""Elements from which on the size of a list has bytes of its own."""

_FARTHEST = 15
"""How far a field may be from the one before to have its number in the same byte as its type."""


class Field(NamedTuple):
    """A field of a structure: its type as the protocol numbers them, and its value."""

    type: int
    value: Any


Struct = dict[int, Field]
"""A structure: its fields by their number, in the order in which they are written."""


class List(NamedTuple):
    """A list or a set: the type of its elements, and these."""

    type: int
    values: list[Any]


def read(data: bytes) -> Struct:
    """The structure that the bytes begin with.

    Raises:
        ValueError: if there is none, or it has what Parquet does not use.
    """
    try:
        return _struct(iter(data))
    except StopIteration:
        raise ValueError("the structure is cut off") from None


def write(struct: Struct) -> bytes:
    """The bytes of a structure."""
    out = bytearray()
    _put_struct(out, struct)
    return bytes(out)


def _struct(data: Iterator[int]) -> Struct:
    fields: Struct = {}
    number = 0
    while head := next(data):
        number = number + (head >> 4) if head >> 4 else _zigzag(data)
        kind = head & 15
        fields[number] = Field(kind, kind == _TRUE if kind in (_TRUE, _FALSE) else _value(data, kind))
    return fields


def _value(data: Iterator[int], kind: int) -> Any:  # noqa: ANN401  whatever is there
    if kind in (_I16, _I32, _I64):
        return _zigzag(data)
    if kind == _BINARY:
        return bytes(next(data) for _ in range(_varint(data)))
    if kind in (_LIST, _SET):
        head = next(data)
        size = head >> 4 if head >> 4 < _LONG_LIST else _varint(data)
        return List(head & 15, [_value(data, head & 15) for _ in range(size)])
    if kind == _STRUCT:
        return _struct(data)
    if kind in (_TRUE, _FALSE, _BYTE):
        return next(data)
    if kind == _DOUBLE:
        return bytes(next(data) for _ in range(8))
    raise ValueError(f"a type that Parquet does not use: {kind}")


def _varint(data: Iterator[int]) -> int:
    number = shift = 0
    while True:
        byte = next(data)
        number |= (byte & 127) << shift
        if byte < 128:
            return number
        shift += 7


def _zigzag(data: Iterator[int]) -> int:
    number = _varint(data)
    return (number >> 1) ^ -(number & 1)


def _put_struct(out: bytearray, struct: Struct) -> None:
    before = 0
    for number, (kind, value) in struct.items():
        if 0 < number - before <= _FARTHEST:
            out.append((number - before) << 4 | kind)
        else:
            out.append(kind)
            _put_zigzag(out, number)
        if kind not in (_TRUE, _FALSE):
            _put(out, kind, value)
        before = number
    out.append(0)


def _put(out: bytearray, kind: int, value: Any) -> None:  # noqa: ANN401  whatever is there
    if kind in (_I16, _I32, _I64):
        _put_zigzag(out, value)
    elif kind == _BINARY:
        _put_varint(out, len(value))
        out += value
    elif kind in (_LIST, _SET):
        size = len(value.values)
        out.append(min(size, _LONG_LIST) << 4 | value.type)
        if size >= _LONG_LIST:
            _put_varint(out, size)
        for one in value.values:
            _put(out, value.type, one)
    elif kind == _STRUCT:
        _put_struct(out, value)
    elif kind == _DOUBLE:
        out += value
    else:
        out.append(value)


def _put_varint(out: bytearray, number: int) -> None:
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)


def _put_zigzag(out: bytearray, number: int) -> None:
    _put_varint(out, number << 1 if number >= 0 else (-number << 1) - 1)
