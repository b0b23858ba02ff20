"""Compare: documents in policy order, each with the kept ones of its buckets, and with no others.

All that may meet each other are compared in one place, so that the result does not depend on how they are grouped.
Similarities are exact. The cost of a document is bounded by its bands times `bucket_limit`. Texts are there for one
window of documents at a time, with the kept ones that these may meet: memory does not grow with the corpus, nor with
the size of a cluster.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.stages.deduplicate.buckets import Buckets
from dataset_tools.stages.deduplicate.held import Held
from dataset_tools.stages.deduplicate.pairs import Pairs

CHARACTERS_AT_ONCE = 32 << 20
"""How much text is held at once: that of a window of documents and of those they may meet."""

I64 = npt.NDArray[np.int64]
Texts = Callable[[I64], pa.Table]

LINKED = pa.schema(
    [
        ("group", pa.int64()),
        ("row", pa.int64()),
        ("characters", pa.int64()),
        ("buckets", pa.binary()),  # the numbers of those that other documents are in too, little-endian int64
    ]
)
"""What is compared: documents in policy order, all that may meet each other in one group."""

COMPARED = pa.schema(
    [
        ("kind", pa.string()),  # removed, pair, bin, found or skipped
        ("a", pa.int64()),  # the row that is removed, the first row of a pair, or the number of a bin of the histogram
        ("b", pa.int64()),  # the row that is kept, the second row of a pair, or how many
        ("shared", pa.int64()),  # shingles of both documents
        ("union", pa.int64()),  # shingles of either
        ("numbers_only", pa.int64()),  # of the two rows: 1 or 0
    ]
)
"""What comes of it; -1 where a kind has no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """The stage that decides on one group.

    `texts` gives title and body of the rows it is asked for; from the similarity `threshold` on a document is removed;
    with `keep_numbers` two documents that differ in numbers only both stay.
    """

    texts: Texts
    threshold: float
    bucket_limit: int
    keep_numbers: bool

    def __call__(self, group: pa.Table) -> pa.Table:
        """Turn `LINKED` rows into `COMPARED` ones."""
        comparison = _Comparison(group, self)
        comparison.run()
        nearest = comparison.pairs.nearest()
        bins = np.flatnonzero(comparison.pairs.histogram)
        nothing = np.full(len(bins), -1)
        totals = [("found", comparison.pairs.found), ("skipped", comparison.skipped)]
        return pa.concat_tables(
            [
                _table("removed", np.array(comparison.removed, np.int64).reshape(-1, 5).T),
                _table("pair", nearest),
                _table("bin", np.stack([bins, comparison.pairs.histogram[bins], nothing, nothing, nothing])),
                *(_table(kind, np.array([[-1], [number], [-1], [-1], [-1]])) for kind, number in totals),
            ]
        )


def _table(kind: str, columns: I64) -> pa.Table:
    kinds = pa.array([kind] * columns.shape[1], pa.string())
    return pa.table([kinds, *map(pa.array, columns)], schema=COMPARED)


class _Comparison:
    """One pass over a group; a document is known by its position in it."""

    def __init__(self, group: pa.Table, how: Compare) -> None:
        """Begin with nothing kept."""
        self._how = how
        self._rows = group["row"].to_numpy()
        self._characters = group["characters"].to_pylist()
        buckets = [np.frombuffer(one, "<i8").tolist() for one in group["buckets"].to_pylist()]
        self._buckets = Buckets(buckets, how.bucket_limit)
        self._place = np.full(len(self._rows), -1, np.int64)  # among those held now
        self.pairs = Pairs(how.threshold)
        self.removed: list[tuple[int, int, int, int, bool]] = []
        self.skipped = 0

    def run(self) -> None:
        """Decide on every document."""
        start = 0
        while start < len(self._rows):
            stop, needed = self._window(start)
            self._hold(needed)
            for document in range(start, stop):
                self._decide(document)
            self.pairs.mark(self._differ_in_numbers_only)
            del self._held  # before others are loaded
            start = stop

    def _window(self, start: int) -> tuple[int, I64]:
        """Where a window stops, which has one document at least, and all that its documents may meet."""
        needed: set[int] = set()
        seen: set[int] = set()
        characters = 0
        for document in range(start, len(self._rows)):
            more = self._buckets.meeting(document, seen) - needed
            characters += sum(self._characters[one] for one in more)
            if needed and characters > CHARACTERS_AT_ONCE:
                return document, np.array(sorted(needed), np.int64)
            needed |= more
        return len(self._rows), np.array(sorted(needed), np.int64)

    def _hold(self, needed: I64) -> None:
        """Load the texts of these and let go of all others."""
        self._held = Held(self._how.texts(self._rows[needed]))
        self._place[:] = -1
        self._place[needed] = np.arange(len(needed))
        self._at = {row: place for place, row in enumerate(self._rows[needed].tolist())}

    def _differ_in_numbers_only(self, row_a: int, row_b: int) -> bool:
        return self._held.differ_in_numbers_only(self._at[row_a], self._at[row_b])

    def _decide(self, document: int) -> None:
        candidates = self._buckets.candidates(document)
        self.skipped += self._buckets.skipped(document)
        if candidates and self._is_removed(document, np.array(candidates, np.int64)):
            return
        self._buckets.keep(document)

    def _is_removed(self, document: int, candidates: I64) -> bool:
        """Compare a document with all candidates, and record the most similar if that is near enough."""
        row, others = int(self._rows[document]), self._rows[candidates]
        place, places = int(self._place[document]), self._place[candidates]
        shared = self._held.shared(place, places)
        union = self._held.sizes[place] + self._held.sizes[places] - shared
        self.pairs.add(row, others, shared, union)
        scores = shared / union
        if scores.max() < self._how.threshold:
            return False
        near = np.flatnonzero(scores >= self._how.threshold)
        if self._how.keep_numbers:
            apart = np.array([self._held.differ_in_numbers_only(place, one) for one in places[near].tolist()])
            stay = near[apart]
            self.pairs.add_kept_apart(row, others[stay], shared[stay], union[stay])
            near = near[~apart]
            if not len(near):
                return False
        best = int(near[np.lexsort((others[near], -scores[near]))[0]])
        numbers_only = self._held.differ_in_numbers_only(place, int(places[best]))
        self.removed.append((row, int(others[best]), int(shared[best]), int(union[best]), numbers_only))
        return True
