"""Against: published datasets that documents are compared with (`--against`).

`place` says where one lies, `documents` reads it, `index` keeps what is needed of it in the cache, `compare` finds the
documents that are in it. These are imported when there is one.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dataset_tools.against.findings import changed_elsewhere, published_copies, published_warnings
from dataset_tools.against.values import PUBLISHED, Already, PublishedCriterion, Reference
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import Progress, UserError
from dataset_tools.stages.fingerprint import Banding

if TYPE_CHECKING:
    from dataset_tools.against.documents import Documents

__all__ = [
    "PUBLISHED",
    "Already",
    "PublishedCriterion",
    "Reference",
    "changed_elsewhere",
    "published_copies",
    "published_warnings",
    "references",
]


def references(
    words: Sequence[str],
    cut: Banding,
    *,
    replaced: Path | None,
    cache: Path | None,
    engine: Callable[[int], LocalEngine],
    progress: Progress,
) -> list[Reference]:
    """The published datasets that paths and URLs name, each with its index.

    Args:
        words: paths and URLs.
        cut: the banding of the documents that are to be compared with them.
        replaced: the folder of the dataset that the corpus becomes, which is never asked.
        cache: the folder in which indexes are kept.
        engine: gives an engine for data of so many bytes; asked when an index has to be made.
        progress: is told how far that is.

    Raises:
        UserError: if one cannot be read, or is the dataset that is replaced.
    """
    from dataset_tools.against.index import index_of

    found = [_documents(word, replaced) for word in words]
    return [Reference(documents=one, index=index_of(one, cut, cache, engine, progress)) for one in found]


def _documents(word: str, replaced: Path | None) -> "Documents":
    from dataset_tools.against.documents import documents_at
    from dataset_tools.against.place import locate

    place = locate(word)
    if replaced is not None and place.local is not None:
        other = replaced.resolve()
        if place.local.is_relative_to(other) or other.is_relative_to(place.local):
            message = f"--against: {place.shown} is the dataset of this corpus itself, or lies in it or around it"
            hint = "name another dataset: what replaces a dataset must not depend on what was in it"
            raise UserError(message, hint)
    return documents_at(place)
