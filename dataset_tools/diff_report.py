"""What `diff` shows: which documents are in one of two datasets only, and which are not the same in both."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Words = tuple[tuple[str, str], ...]
"""Runs of words with `same`, `removed` (in the old text only) or `added` (in the new one only)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One of the two datasets; `content_sha256` is None if it is not one of ours."""

    name: str
    documents: int
    splits: Mapping[str, int]
    content_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A document as a list shows it; `title` is cut, `path` None where the dataset has none."""

    id: str
    path: str | None
    title: str
    split: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A document before and after; `columns` are those whose values differ, but for `path` and `id`."""

    old: Entry
    new: Entry
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffReport:
    """Two datasets compared by ids; every list is in the order of the documents.

    `changed` have other values under the same id, or another id under a path that is the same but for it; `moved` are
    in another split, `renamed` have the same id and values under another path. `same` counts those that are none of
    these. `words` has, by new id, how the texts of changed documents differ, as far as that was asked for.
    """

    old: Dataset
    new: Dataset
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[Change, ...]
    moved: tuple[Change, ...]
    renamed: tuple[Change, ...]
    same: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    words: Mapping[str, Words] = field(default_factory=dict)

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return any(self.counts().values()) or bool(self.columns_added or self.columns_removed)

    def counts(self) -> dict[str, int]:
        """How many documents there are of each kind."""
        return {name: len(getattr(self, name)) for name in ("added", "removed", "changed", "moved", "renamed")}

    def values(self) -> dict[str, Any]:
        """The report as JSON has it."""
        values = asdict(self)
        values["words"] = {
            document_id: [{"kind": kind, "words": words} for kind, words in runs]
            for document_id, runs in self.words.items()
        }
        return {"differs": self.differs, "counts": {**self.counts(), "same": self.same}, **values}
