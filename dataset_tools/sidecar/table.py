"""The table of a sidecar, and what all its forms have in common."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from dataset_tools.model import Issue
from dataset_tools.text import shortened

RESERVED = ("title", "body", "text", "path", "sha256")
"""Columns that an article has by itself."""

TYPES = {"String": pa.string(), "Int64": pa.int64(), "Float64": pa.float64(), "Boolean": pa.bool_()}
"""The types that a column can have, by their names in a schema."""

KINDS = {pa.string(): "text", pa.int64(): "whole numbers", pa.float64(): "numbers", pa.bool_(): "true or false"}
"""What messages call them."""

_NAME = re.compile(r"[^\W\d][\w-]{0,63}")
_CHUNK = 8192


class BadTableError(Exception):
    """A file that is not such a table: the line, if there are lines, what is wrong, and what to do."""

    def __init__(self, line: int | None, message: str, hint: str | None = None) -> None:
        """Take them."""
        super().__init__(message)
        self.line, self.message, self.hint = line, message, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A table with the column id (strings) and others of `TYPES`, and the line on which each row begins.

    Where it is `untyped`, all columns are text and may stand for something else.
    """

    table: pa.Table
    lines: Sequence[int] | None
    untyped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """A sidecar that was found: its name in the folder of the corpus and its digest; `rows` is None if it is broken.

    The digest is empty where the file could not be read.
    """

    name: str
    sha256: str
    rows: Rows | None
    issues: tuple[Issue, ...] = ()


def columns_known(sidecar: Sidecar | None) -> tuple[str, ...] | None:
    """The names of the columns beside id: none without a sidecar; None if it is broken, and could have any."""
    if sidecar is None:
        return ()
    return None if sidecar.rows is None else tuple(name for name in sidecar.rows.table.column_names if name != "id")


def check_names(names: Sequence[str], line: int | None) -> None:
    """Refuse names that a column of a dataset cannot have."""
    if "id" not in names:
        message = f"there is no column id; there are {', '.join(map(shortened, names[:10]))}"
        raise BadTableError(line, message, "name the column with the ids of the articles id, or rename the file")
    for name in names:
        if names.count(name) > 1:
            raise BadTableError(line, f"the column {shortened(name)} is there twice", "rename one of the two")
        if name in RESERVED:
            message = f"the column {name} is one that every article has by itself"
            raise BadTableError(line, message, "rename it, or leave it out")
        if not _NAME.fullmatch(name):
            message = f"{shortened(name)} cannot be the name of a column"
            raise BadTableError(line, message, "use up to 64 letters, digits, _ and -, a letter first")


@dataclass(slots=True)
class Column:
    """The values of a column as they come; kept as Arrow arrays, since Python objects are ten times as large."""

    values: list[object] = field(default_factory=list)
    chunks: list[pa.Array] = field(default_factory=list)
    type: pa.DataType | None = None
    line: int = 0

    def add(self, value: object, line: int, name: str) -> None:
        """Take one value; None if it is missing."""
        if value is not None:
            found = type_of(value, line, name)
            if self.type is None:
                self.type, self.line = found, line
            elif self.type != found:
                if {self.type, found} != {pa.int64(), pa.float64()}:
                    message = f"{name} is {KINDS[found]} here, and {KINDS[self.type]} on line {self.line}"
                    raise BadTableError(line, message, "give a column values of one kind")
                self.type = pa.float64()
        self.values.append(value)
        if len(self.values) == _CHUNK:
            self.flush()

    def fill(self, rows: int) -> None:
        """Begin with so many missing values."""
        self.chunks.append(pa.nulls(rows))

    def flush(self) -> None:
        """Turn what has come into Arrow."""
        self.chunks.append(pa.array(self.values, self.type))
        self.values = []

    def finished(self) -> pa.ChunkedArray:
        """The whole column, in one type; text if it has no value."""
        self.flush()
        kind = self.type or pa.string()
        return pa.chunked_array([chunk.cast(kind) for chunk in self.chunks], kind)


def type_of(value: object, line: int | None, name: str) -> pa.DataType:
    """The type of a value as Python has it."""
    if isinstance(value, bool):
        return pa.bool_()
    if isinstance(value, str):
        return pa.string()
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise BadTableError(line, f"{name}: {shortened(str(value))} has more than 64 bits", "write it as text")
        return pa.int64()
    if isinstance(value, float):
        check_finite([value], line, name)
        return pa.float64()
    what = "a list" if isinstance(value, list) else "an object"
    raise BadTableError(line, f"{name} is {what}", "write it as text, or give each part a column of its own")


def check_finite(values: Iterable[float], line: int | None, name: str) -> None:
    """Refuse numbers that are none."""
    if not all(map(math.isfinite, values)):
        raise BadTableError(line, f"{name} has a number that is not finite", "leave the value out")
