"""The values that flow through the pipeline; imports nothing of ours but the definitions of text."""

import json
import stat
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from dataset_tools.text import printable


class UserError(Exception):
    """The call, the settings, the schema or a path is wrong: one clear line, and a hint on what to do next (exit 2)."""

    def __init__(self, message: str, hint: str) -> None:
        """Take the message and the hint, each one sentence without a line break."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Both sentences, for those who see the exception alone."""
        return f"{self.message}; {self.hint}"

    def __reduce__(self) -> tuple[type["UserError"], tuple[str, str]]:
        """Cross process borders whole; by default only the message would."""
        return UserError, (self.message, self.hint)


class Severity(StrEnum):
    """An error keeps a document out of the dataset; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One finding about one file, or about the corpus as a whole when `path` is None.

    Lines and columns count from 1, columns in code points; both are None for an issue of a whole file. `row` is the
    number of the document in document order, and None for the corpus; it orders reports and is not shown. `other` is
    the number of the document that this one was compared with, where there is one.
    """

    code: str
    severity: Severity
    message: str
    hint: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    row: int | None = None
    other: int | None = None

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """Sort key of reports: the corpus, then the documents in document order, each from top to bottom."""
        row = -1 if self.row is None else self.row
        return row, self.line or 0, self.column or 0, self.code, self.message


def errors_among(issues: Iterable[Issue]) -> int:
    """How many of them are errors."""
    return sum(one.severity is Severity.ERROR for one in issues)


def involving(issues: Iterable[Issue], asked: frozenset[int] | None) -> list[Issue]:
    """The issues that are about one of some documents, or about the corpus; all if `asked` is None."""
    if asked is None:
        return list(issues)
    return [one for one in issues if one.row is None or one.row in asked or one.other in asked]


def encode_issues(issues: Sequence[Issue]) -> str | None:
    """Issues of one row as JSON, the form in which they cross process and cluster borders; None for no issue.

    Numbers of rows are left out: they change as the corpus grows, and the issues of the row do not.
    """
    if not issues:
        return None
    values = [{name: value for name, value in asdict(one).items() if name not in ("row", "other")} for one in issues]
    return json.dumps(values, ensure_ascii=False)


def decode_issues(rows: Iterable[int], columns: Iterable[str | None]) -> list[Issue]:
    """Undo `encode_issues` for a column, whose rows have these numbers."""
    return [
        Issue(**{**values, "severity": Severity(values["severity"]), "row": row})
        for row, encoded in zip(rows, columns, strict=True)
        if encoded is not None
        for values in json.loads(encoded)
    ]


class Source(NamedTuple):
    """One discovered file: `path` is relative to the corpus root, with `/`, as `os.fsdecode` gives it.

    Where there is `content`, that is checked in place of what the file holds, which need not exist. `stamp` is that of
    `dataset_tools.stamps` when the file was discovered, None where it tells nothing (a link, a content).
    """

    path: str
    size: int
    is_link: bool = False
    content: bytes | None = None
    stamp: bytes | None = None

    @property
    def shown(self) -> str:
        """The path as reports and tables show it."""
        return printable(self.path)


def kind_of_file(mode: int) -> str:
    """What the mode (`st_mode`) of what is neither a regular file nor a link says that it is, for messages."""
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    return next((name for test, name in kinds if test(mode)), "a device")


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """All files below one root, in document order, and which of them were asked for.

    `asked` has the numbers of these, None for all. The others are looked at for their sake: what the ids are, and which
    documents are the same. `ignored` counts what was named and is not an article; `issues` are about what was named.
    """

    root: Path
    sources: tuple[Source, ...]
    ignored: int
    issues: tuple[Issue, ...]
    asked: frozenset[int] | None = None

    @property
    def whole(self) -> bool:
        """Whether all files were asked for."""
        return self.asked is None

    @property
    def named(self) -> tuple[Source, ...]:
        """The files that were asked for."""
        if self.asked is None:
            return self.sources
        return tuple(self.sources[row] for row in sorted(self.asked))

    def only_named(self) -> "Corpus":
        """These files as if there were no others below the root."""
        if self.asked is None:
            return self
        number = {row: position for position, row in enumerate(sorted(self.asked))}
        issues = [one for one in self.issues if one.row is None or one.row in number]
        numbered = tuple(replace(one, row=None if one.row is None else number[one.row]) for one in issues)
        return replace(self, sources=self.named, issues=numbered, asked=None)


class Progress(Protocol):
    """Where the pipeline says how far it is; the command line draws bars, the API is silent."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of `total` documents."""

    def advance(self, documents: int, problems: int = 0) -> None:
        """Say that so many more documents are done, and that so many of them have problems."""


@dataclass(frozen=True, slots=True)
class Silent:
    """Progress that nobody looks at."""

    def stage(self, name: str, total: int) -> None:
        """Ignore it."""

    def advance(self, documents: int, problems: int = 0) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Columns of one batch after reading: one entry per source, in the same order.

    `data` is None where the file could not be read; then `issues` says why. `stamps` are those of the files that were
    read, None where the file may change unseen; only the cache looks at them.
    """

    rows: list[int]
    paths: list[str]
    data: list[bytes | None]
    issues: list[Issue]
    stamps: list[bytes | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Articles:
    """Columns of one batch after parsing: one entry per source, in the same order.

    All but the ids are in UTF-8, valid and not decoded, since most of the work on them needs no characters. `texts`
    (no BOM, LF only), `titles`, `bodies` and `joined` (title, LF, body) are None where there is no text to check, `ids`
    where the file name has none; then `issues` says why. `body_lines` is the line of the file on which the body starts,
    `indexes` are numbers without leading zeros, None where the file name has none.
    """

    texts: list[bytes | None]
    titles: list[bytes | None]
    bodies: list[bytes | None]
    body_lines: list[int]
    joined: list[bytes | None]
    ids: list[str | None]
    indexes: list[str | None]
    issues: list[Issue]
