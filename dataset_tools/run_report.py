"""What a command reports of its run; `dedup`, which looks at clusters, has `dedup_report`, and `diff` `diff_report`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from dataset_tools.model import Issue, Severity, errors_among


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

    def leaves_alone(self, unseen: str | None) -> bool:
        """Whether ids do not change with what is `unseen`, in the sense of `dataset_tools.rules.rule.Mending`."""
        if unseen is None or self.decided_by == "undecided":
            return False
        if self.recipe is None:
            return True
        of_file = self.recipe.partition("(")[2].startswith("file")
        return {"text": not of_file, "nfc": "nfc" in self.recipe or "folded" in self.recipe}.get(
            unseen, "folded" in self.recipe
        )

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
class FixedFile:
    """A file that was changed, or would be: which rules it no longer breaks, its other name, and the differences.

    `new_path` is None where the name stays, `diff` empty where nobody has asked for it.
    """

    path: str
    new_path: str | None
    rules: tuple[str, ...]
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A file with something that was not fixed, why, and what to do."""

    path: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """What `validate --fix` did, or, where not `written`, would do; `undo` is the file that takes it back."""

    written: bool
    files: tuple[FixedFile, ...]
    held: tuple[HeldBack, ...]
    undo: Path | None = None

    def values(self) -> dict[str, Any]:
        """The same as JSON has it."""
        return {**asdict(self), "undo": None if self.undo is None else str(self.undo)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a command found and did.

    `issues` are in document order, their paths as a person in the current folder would write them; those in `left_out`
    were found too, and are not to be shown. `contents` has, by such paths, what was checked in place of files.
    `against` are the datasets that documents were compared with, `published` the documents that are in one of them.
    `metadata` tells of the files of metadata. `counts` says where the documents of a whole corpus would go that was
    validated, and is None for other files. `dataset` is None unless a dataset was written, `verified` unless one was
    verified, `compared` unless one was compared with what a build gives, `fixes` unless files were to be fixed.
    `exit_code` is 0, or 1 when the data has errors that stop the command, or there is something that would be fixed.
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
    counts: Counts | None = None
    dataset: BuiltDataset | None = None
    verified: Verified | None = None
    compared: Compared | None = None
    stopped: str | None = None
    fixes: Fixes | None = None

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
    def shows_differences(self) -> bool:
        """Whether it is about what would be fixed, in place of what is wrong."""
        return self.fixes is not None and not self.fixes.written

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
        if self.fixes is not None:
            details["fixes"] = self.fixes.values()
        return details
