"""The values that flow through the pipeline; imports nothing of ours but the definitions of text."""

import json
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, Protocol

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
    number of the document in document order, and None for the corpus; it orders reports and is not shown.
    """

    code: str
    severity: Severity
    message: str
    hint: str
    path: str | None = None
    line: int | None = None
    column: int | None = None
    row: int | None = None

    @property
    def order(self) -> tuple[int, int, int, str, str]:
        """Sort key of reports: the corpus, then the documents in document order, each from top to bottom."""
        row = -1 if self.row is None else self.row
        return row, self.line or 0, self.column or 0, self.code, self.message


def errors_among(issues: Iterable[Issue]) -> int:
    """How many of them are errors."""
    return sum(one.severity is Severity.ERROR for one in issues)


def encode_issues(issues: Sequence[Issue]) -> str | None:
    """Issues of one row as JSON, the form in which they cross process and cluster borders; None for no issue.

    The number of the row is left out: it changes as the corpus grows, and the issues of the row do not.
    """
    if not issues:
        return None
    values = [{name: value for name, value in asdict(one).items() if name != "row"} for one in issues]
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
    """The files to work on below one root, in document order.

    `ignored` counts what lies under the root and is not an article. `whole` says whether `sources` are all articles of
    the root, or only some that were named.
    """

    root: Path
    sources: tuple[Source, ...]
    ignored: int
    issues: tuple[Issue, ...]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IdDecision:
    """What ids are the hash of, and how that is known.

    `recipe` is None when ids are external. `decided_by` is one of settings, published, detected, undecided.
    `explained` of `total` documents have the id that the recipe gives; `total` counts those with an id and content.
    """

    root: str
    recipe: str | None
    decided_by: str
    explained: int
    total: int

    def sentence(self) -> str:
        """One line for people."""
        if self.total == 0:
            return "Ids: no file has one"
        if self.decided_by == "undecided":
            return f"Ids: not decided, no recipe explains any of {self.total:,}"
        if self.recipe is None:
            return f"Ids: external, no recipe explains any of {self.total:,}; form and uniqueness are checked"
        return f"Ids: {self.recipe} explains {self.explained:,} of {self.total:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Where every discovered document went: `discovered` is the sum of the others."""

    discovered: int
    invalid: int = 0
    published: int = 0
    identical: int = 0
    same_text: int = 0
    near: int = 0
    written: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltDataset:
    """What a build wrote; `splits` maps each split to its number of rows."""

    out: Path
    counts: Counts
    splits: dict[str, int]
    content_sha256: str
    pin: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstFacts:
    """A published dataset that documents were compared with: a URL or the last part of its path, and what is in it."""

    name: str
    documents: int
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataFacts:
    """The file of metadata of a corpus: its name, its digest, its columns, and how many articles have a row in it."""

    file: str
    sha256: str
    columns: tuple[str, ...]
    described: int

    def sentence(self) -> str:
        """One line for people."""
        names = ", ".join(self.columns) or "no column but id"
        return f"Metadata: {self.file} has {names} for {self.described:,} article{'' if self.described == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCopy:
    """A document that a published dataset has already, and which of its documents that is.

    `relation` is one of identical, same_text, near; `kept_in` the content_sha256 of the dataset.
    """

    path: str
    kept_id: str
    kept_path: str | None
    kept_in: str
    relation: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What `verify` has read of a dataset; all but `out` is None where a fault kept it from being read.

    `compared` of the documents were each compared with all for near-duplicates, or, if `full`, all candidate pairs of
    them; None if that was not done. `threshold` is the similarity from which two are near-duplicates.
    """

    out: Path
    documents: int | None = None
    splits: Mapping[str, int] = field(default_factory=dict)
    content_sha256: str | None = None
    ids: IdDecision | None = None
    threshold: float | None = None
    compared: int | None = None
    full: bool = False
    loaded: bool = False

    def values(self) -> dict[str, Any]:
        """The same as JSON has it, but for the ids, which every report has."""
        values = asdict(self)
        del values["ids"]
        return {**values, "out": str(self.out)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What `build --check` has found: whether `out` is the `documents` that a build would give, and all else of it.

    `versions` has those that differ: what `out` was built with, and what is here. If none do, bytes were compared.
    """

    out: Path
    documents: int
    same: bool
    versions: Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a command found and did.

    `issues` are in document order, their paths as a person in the current folder would write them; those in `left_out`
    were found too, and are not to be shown. `contents` has, by such paths, what was checked in place of files.
    `against` are the datasets that documents were compared with, `published` the documents that are in one of them.
    `metadata` tells of the files of metadata. `dataset` is None unless a dataset was written, `verified` unless one was
    verified, `compared` unless one was compared with what a build gives. `exit_code` is 0, or 1 when the data has
    errors that stop the command.
    """

    command: str
    checked: int
    ignored: int
    issues: tuple[Issue, ...]
    ids: tuple[IdDecision, ...]
    exit_code: int
    left_out: tuple[Issue, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=dict)
    threshold: float | None = None
    against: tuple[AgainstFacts, ...] = ()
    published: tuple[PublishedCopy, ...] = ()
    metadata: tuple[MetadataFacts, ...] = ()
    dataset: BuiltDataset | None = None
    verified: Verified | None = None
    compared: Compared | None = None
    stopped: str | None = None

    @property
    def found(self) -> tuple[Issue, ...]:
        """All issues, shown or not."""
        return (*self.issues, *self.left_out)

    @property
    def errors(self) -> int:
        """How many issues are errors, shown or not."""
        return errors_among(self.found)

    @property
    def warnings(self) -> int:
        """How many issues are warnings, shown or not."""
        return len(self.found) - self.errors

    def limited(self, most: int) -> "RunReport":
        """The report with at most so many issues to show: errors before warnings, of each the first.

        What is shown stays in its order.
        """
        ranked = sorted(range(len(self.issues)), key=lambda number: self.issues[number].severity is not Severity.ERROR)
        kept = frozenset(ranked[:most])
        shown = tuple(one for number, one in enumerate(self.issues) if number in kept)
        rest = tuple(one for number, one in enumerate(self.issues) if number not in kept)
        return replace(self, issues=shown, left_out=(*rest, *self.left_out))

    @property
    def ok(self) -> bool:
        """Whether the command succeeded."""
        return self.exit_code == 0

    def details(self) -> dict[str, Any]:
        """What JSON output says beyond the issues, under the name of the command."""
        details: dict[str, Any] = {"ids": [asdict(decision) for decision in self.ids]}
        if self.against:
            details["against"] = [asdict(one) for one in self.against]
            details["published"] = [asdict(one) for one in self.published]
        if self.metadata:
            details["metadata"] = [asdict(one) for one in self.metadata]
        if self.stopped is not None:
            details["stopped"] = self.stopped
        if self.dataset is not None:
            built = asdict(self.dataset)
            details |= {**built, "out": str(self.dataset.out)}
        if self.verified is not None:
            details |= self.verified.values()
        if self.compared is not None:
            details["check"] = {**asdict(self.compared), "out": str(self.compared.out)}
        return details


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
