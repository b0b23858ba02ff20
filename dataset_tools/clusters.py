"""The duplicates of a corpus as a person looks at them: clusters of documents, each with the one that is kept."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from dataset_tools.dedup_report import Cluster, Document, Removal
from dataset_tools.report import report_path
from dataset_tools.spool import Spool

_TEXTS_AT_ONCE = 2048


def clusters(rows: pa.Table, removed: pa.Table, spool: Spool, root: Path) -> tuple[Cluster, ...]:
    """Every kept document with those that are removed in its favour.

    The largest clusters come first, of equal ones that with the least similarity; in each the least similar removal
    comes first. So what is odd and what is in doubt is at the top.

    Args:
        rows: all prepared rows; row numbers are positions in it.
        removed: what `deduplicate` says is removed.
        spool: has the texts.
        root: of the corpus.
    """
    documents = _documents(rows, removed, spool, root)
    of_kept: dict[int, list[tuple[float, int, Removal]]] = {}
    for one in removed.to_pylist():
        removal = Removal(
            document=documents[one["row"]],
            reason=one["reason"],
            similarity=one["similarity"],
            numbers_only=one["numbers_only"],
        )
        of_kept.setdefault(one["kept_row"], []).append((one["similarity"], one["row"], removal))
    found = [
        (kept, Cluster(kept=documents[kept], removed=tuple(one for *_, one in sorted(of_it, key=lambda one: one[:2]))))
        for kept, of_it in of_kept.items()
    ]
    found.sort(key=lambda one: (-len(one[1].removed), one[1].least, one[0]))
    return tuple(cluster for _, cluster in found)


def _documents(rows: pa.Table, removed: pa.Table, spool: Spool, root: Path) -> dict[int, Document]:
    """The documents of all clusters by row number."""
    numbers = np.unique(np.concatenate([removed["row"].to_numpy(), removed["kept_row"].to_numpy()]))
    some = rows.select(["path", "id"]).take(numbers).to_pylist()
    titles = _titles(numbers, spool)
    return {
        row: Document(path=report_path(one["path"], root), id=one["id"], title=title)
        for row, one, title in zip(numbers.tolist(), some, titles, strict=True)
    }


def _titles(numbers: np.ndarray, spool: Spool) -> Iterator[str]:
    for start in range(0, len(numbers), _TEXTS_AT_ONCE):
        yield from spool.texts(numbers[start : start + _TEXTS_AT_ONCE])["title"].to_pylist()
