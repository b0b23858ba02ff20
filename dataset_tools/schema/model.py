"""The values of a schema: its source, its rules for each column, and what a check found."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

COLUMNS = ("id", "title", "body", "path", "sha256")
"""The columns of every row, which a schema can speak of; all are strings."""

DTYPES = {
    **dict.fromkeys(("String", "Utf8", "str", "string"), "String"),
    **dict.fromkeys(("Int64", "int64", "int"), "Int64"),
    **dict.fromkeys(("Float64", "float64", "float"), "Float64"),
    **dict.fromkeys(("Boolean", "bool", "boolean"), "Boolean"),
}
"""The types that a column of the metadata can have, by all names that a schema can give them."""

Form = Literal["yaml", "json", "python"]


@dataclass(frozen=True, slots=True)
class SchemaSource:
    """A schema as it was read once; whoever needs the schema makes it from these bytes, in whichever process.

    `where` names the file in messages; `path` is absolute, and None for the built-in schema. `further` are the columns
    of the metadata that it can speak of as well, None if they are not known.
    """

    form: Form
    data: bytes
    where: str
    path: Path | None = None
    further: tuple[str, ...] | None = ()

    @property
    def sha256(self) -> str:
        """The digest of the bytes of the file."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCheck:
    """A check of pandera on one column: its name, what issues call it, and the line that asks for it.

    `error` is the text that the schema has for values that fail.
    """

    check: Any
    name: str
    label: str
    where: str
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRules:
    """What a schema asks of one column; `dtype` is None where it does not say one."""

    name: str
    description: str
    dtype: str | None
    nullable: bool
    unique: bool
    checks: tuple[ColumnCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFailure:
    """One check that failed on some rows of a frame, by their position.

    `broken` says why it could not run at all, on the one row of `rows`; `where`, which line of the schema asks for it.
    """

    column: str
    check: str
    label: str
    statistics: dict[str, Any]
    rows: list[int]
    where: str = ""
    error: str | None = None
    broken: str | None = None
