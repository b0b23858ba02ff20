"""Compare: documents in policy order, each with the kept ones of its buckets, and with no others.

All that may meet each other are compared in one place, so that the result does not depend on how they are grouped.
Similarities are exact. The cost of a document is bounded by its bands times `bucket_limit`. Texts are loaded for one
window of documents at a time; of those before it their shingles are held, until these are too many.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.stages.deduplicate.buckets import Buckets
from dataset_tools.stages.deduplicate.held import Held
from dataset_tools.stages.deduplicate.numbering import TooManyWordsError
from dataset_tools.stages.deduplicate.pairs import Pairs
from dataset_tools.stages.deduplicate.plain import Plain, Texts
from dataset_tools.text import nfc

CHARACTERS_AT_ONCE = 8 << 20
"""How much text is loaded at once: that of a window of documents, and of what they may meet that is held no more."""

SHINGLES_AT_ONCE = 8 << 20
"""Once more shingles are held, all are let go, and those that are met again are loaded again."""

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]

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
        removed = comparison.run()
        nearest = comparison.pairs.nearest()
        bins = np.flatnonzero(comparison.pairs.histogram)
        nothing = np.full(len(bins), -1)
        totals = [("found", comparison.pairs.found), ("skipped", comparison.skipped)]
        return pa.concat_tables(
            [
                _table("removed", removed),
                _table("pair", nearest),
                _table("bin", np.stack([bins, comparison.pairs.histogram[bins], nothing, nothing, nothing])),
                *(_table(kind, np.array([[-1], [number], [-1], [-1], [-1]])) for kind, number in totals),
            ]
        )


def _table(kind: str, columns: I64) -> pa.Table:
    kinds = pa.array([kind] * columns.shape[1], pa.string())
    return pa.table([kinds, *map(pa.array, columns)], schema=COMPARED)


class _Comparison:
    """One pass over a group; a document is known by its position among the rows of the group in ascending order."""

    def __init__(self, group: pa.Table, how: Compare) -> None:
        """Begin with nothing kept."""
        by_row = np.argsort(group["row"].to_numpy())
        self._how = how
        self._order = np.argsort(by_row).tolist()
        self._rows = group["row"].to_numpy()[by_row]
        self._characters = group["characters"].to_numpy()[by_row].tolist()
        self._in_buckets = group["buckets"].take(pa.array(by_row)).to_pylist()
        self._buckets = Buckets(how.bucket_limit)
        self._keys = np.zeros(len(self._rows), np.uint64)  # of texts without numbers
        self._plain = Plain(how.texts)
        self._held = Held()
        self._roomy = False
        self._place = np.full(len(self._rows), -1, np.int64)  # among those held
        self._all_held = True  # of those that were decided on
        self.pairs = Pairs(how.threshold)
        self._removed: list[tuple[int, int, int, int]] = []
        self.skipped = 0

    def run(self) -> I64:
        """Decide on every document; what is removed, a row for each column of `COMPARED` but the first."""
        start = 0
        while start < len(self._order):
            if len(self._held) > SHINGLES_AT_ONCE:
                self._let_go()
            stop, needed = self._window(start)
            try:
                self._hold(needed)
            except TooManyWordsError:
                self._roomy = True
                self._let_go()
                continue
            for document in self._order[start:stop]:
                self._decide(document)
            start = stop
        self.pairs.mark(self._differ_in_numbers_only)
        removed = np.array(self._removed, np.int64).reshape(-1, 4).T
        return np.concatenate([removed, self._differ_in_numbers_only(*removed[:2])[np.newaxis]])

    def _let_go(self) -> None:
        self._held = Held(roomy=self._roomy)
        self._place[:] = -1
        self._all_held = False

    def _window(self, start: int) -> tuple[int, I64]:
        """Where a window stops, which has one document at least, and what its documents may meet that is not held."""
        needed: set[int] = set()
        seen: set[int] = set()
        characters = 0
        for position, document in enumerate(self._order[start:], start):
            more = {document}
            if not self._all_held:
                buckets = set(self._buckets_of(document)) - seen
                seen |= buckets
                met = set().union(*map(self._buckets.met, buckets)) - needed
                more |= {one for one in met if self._place[one] < 0}
            characters += sum(self._characters[one] for one in more)
            if needed and characters > CHARACTERS_AT_ONCE:
                return position, np.array(sorted(needed), np.int64)
            needed |= more
        return len(self._order), np.array(sorted(needed), np.int64)

    def _hold(self, needed: I64) -> None:
        """Load these; there is room for them where nothing is held."""
        texts = self._how.texts(self._rows[needed])
        parts = (texts[name].to_pylist() for name in ("title", "body"))
        self._keys[needed] = self._held.add([nfc(f"{title}\n{body}") for title, body in zip(*parts, strict=True)])
        self._place[needed] = len(self._held.sizes) - len(needed) + np.arange(len(needed))

    def _buckets_of(self, document: int) -> list[int]:
        buckets: list[int] = np.frombuffer(self._in_buckets[document], "<i8").tolist()
        return buckets

    def _decide(self, document: int) -> None:
        buckets = self._buckets_of(document)
        candidates = self._buckets.candidates(buckets)
        self.skipped += self._buckets.skipped(buckets)
        if not len(candidates) or not self._is_removed(document, candidates):
            self._buckets.keep(document, buckets)

    def _is_removed(self, document: int, candidates: I64) -> bool:
        """Compare a document with all candidates, and record the most similar if that is near enough."""
        row, others = int(self._rows[document]), self._rows[candidates]
        place, places = int(self._place[document]), self._place[candidates]
        shared = self._held.shared(place, places)
        union = self._held.sizes[place] + self._held.sizes[places] - shared
        self.pairs.add(row, others, shared, union)
        scores = shared / union
        if self._how.keep_numbers:
            near = np.flatnonzero(scores >= self._how.threshold)
            stay = near[self._differ_in_numbers_only(np.full(len(near), row), others[near])]
            self.pairs.add_kept_apart(row, others[stay], shared[stay], union[stay])
            scores[stay] = 0.0
        best = int(scores.argmax())  # of equal ones the first
        if scores[best] < self._how.threshold:
            return False
        self._removed.append((row, int(others[best]), int(shared[best]), int(union[best])))
        return True

    def _differ_in_numbers_only(self, rows: I64, others: I64) -> npt.NDArray[np.bool_]:
        """Whether each of some rows, all of which were held, and another one do."""
        found: npt.NDArray[np.bool_] = self._key(rows) == self._key(others)
        found[found] = self._plain.equal(rows[found], others[found])
        return found

    def _key(self, rows: I64) -> U64:
        return self._keys[np.searchsorted(self._rows, rows)]
