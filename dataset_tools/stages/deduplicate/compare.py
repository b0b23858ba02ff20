"""Compare: documents in policy order, each with the kept ones of its buckets, and with no others.

Hashes of shingles say how similar two documents can be at most; only where that reaches the threshold are the shingles
themselves compared, by the definition. So the result is that of the definition, and the cost of a document is bounded
by its bands times `bucket_limit`. Texts are there for one window of documents at a time, with the kept ones that these
may meet: memory does not grow with the corpus, nor with the size of a cluster.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.stages.deduplicate.buckets import Buckets
from dataset_tools.stages.deduplicate.pairs import Pairs
from dataset_tools.text import canonical, shingles, similarity, without_numbers

CHARACTERS_AT_ONCE = 32 << 20
"""How much text is held at once: that of a window of documents and of those they may meet."""

_HASHED_AT_ONCE = 1 << 17
_SETS_KEPT = 256
"""So many sets of shingles are kept for the next comparison; a kept document is often asked for again."""

_CROWD = 16
"""A document with so many candidates is one of many copies, and described by what sets it apart from one of them."""
_SETS_AT_ONCE = 128
"""Few enough for arrays that stay in the cache: fresh large ones cost more in page faults than in arithmetic."""
_SLOTS = 1 << 15
_SLOT = np.uint64(_SLOTS - 1)

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
U64 = npt.NDArray[np.uint64]
Texts = Callable[[Rows], pa.Table]
Hashes = Callable[[Sequence[str]], tuple[U64, Rows]]


@dataclass(frozen=True, slots=True)
class Near:
    """A document that is removed, in row numbers, and whether it differs from the kept one in numbers only."""

    row: int
    kept: int
    similarity: float
    numbers_only: bool


@dataclass(slots=True)
class _Document:
    """A text that may be compared: canonical, with the hashes of its shingles, sorted and distinct.

    `apart` are those that only this text or only its base has; all of them if it has no base. `plain` is the text
    without numbers, once it was asked for.
    """

    text: str
    hashes: U64
    apart: U64
    plain: str | None = None


class Comparison:
    """One pass over all documents with band keys, in policy order.

    Args:
        rows: their row numbers; a document is known here by its position in it.
        characters: the length of each text.
        buckets: made of their band keys.
        texts: gives title and body of the rows it is asked for.
        hashes: gives the hashes of the shingles of texts, one after the other, and how many each has.
        threshold: the similarity from which a document is removed.
        keep_numbers: whether two documents that differ in numbers only both stay.
    """

    def __init__(
        self,
        rows: Rows,
        characters: Rows,
        buckets: Buckets,
        *,
        texts: Texts,
        hashes: Hashes,
        threshold: float,
        keep_numbers: bool,
    ) -> None:
        """Begin with nothing kept."""
        self._rows, self._characters, self._buckets = rows, characters, buckets
        self._texts, self._hashes = texts, hashes
        self._threshold, self._keep_numbers = threshold, keep_numbers
        self._held: dict[int, _Document] = {}
        self._sizes, self._repeats = np.zeros((2, len(rows)), np.int64)  # of hashes, known once a document was held
        self._saved = np.zeros(len(rows), np.int64)  # how many fewer hashes set it apart from its base than it has
        self._base = np.full(len(rows), -1, np.int64)
        self._members = _Members()
        self._shingles = lru_cache(_SETS_KEPT)(shingles)
        self.pairs = Pairs(threshold)
        self.removed: list[Near] = []
        self.skipped = 0

    def run(self) -> None:
        """Decide on every document."""
        pending = self._buckets.documents
        start = 0
        while start < len(pending):
            window, needed = self._window(pending, start)
            self._hold(needed)
            for document in window:
                self._decide(document)
            start += len(window)

    def _window(self, pending: list[int], start: int) -> tuple[list[int], set[int]]:
        """The next documents, and all that they may meet as far as is known; at least one document."""
        window: list[int] = []
        needed: set[int] = set()
        characters = 0
        for document in pending[start:]:
            more = {document, *self._buckets.candidates(document)} - needed
            more |= set(self._base[list(more)].tolist()) - needed - {-1}
            characters += int(self._characters[list(more)].sum())
            if window and characters > CHARACTERS_AT_ONCE:
                break
            window.append(document)
            needed |= more
        return window, needed

    def _hold(self, needed: set[int]) -> None:
        """Load the texts that are needed now; let go of the others if that is too much."""
        if self._characters[list(needed | self._held.keys())].sum() > CHARACTERS_AT_ONCE:
            self._held = {document: held for document, held in self._held.items() if document in needed}
        missing = np.array(sorted(needed - self._held.keys()), np.int64)
        if not len(missing):
            return
        loaded = self._texts(self._rows[missing])
        parts = (loaded[name].to_pylist() for name in ("title", "body"))
        documents = [canonical(title, body) for title, body in zip(*parts, strict=True)]
        found = zip(missing.tolist(), documents, _hashed(documents, self._hashes), strict=True)
        for document, text, hashes in found:
            distinct = np.unique(hashes)
            self._held[document] = _Document(text, distinct, distinct)
            self._sizes[document], self._repeats[document] = len(distinct), len(hashes) - len(distinct)
        for document in missing[self._base[missing] >= 0].tolist():
            self._set_apart(document, int(self._base[document]))

    def _set_apart(self, document: int, base: int) -> None:
        """Describe a document by what sets it apart from a base, if that is shorter."""
        held = self._held[document]
        apart = np.setxor1d(held.hashes, self._held[base].hashes, assume_unique=True)
        if 0 < len(apart) < len(held.hashes):
            self._base[document], held.apart = base, apart
            self._saved[document] = len(held.hashes) - len(apart)

    def _decide(self, document: int) -> None:
        candidates = self._buckets.candidates(document)
        self.skipped += self._buckets.skipped(document)
        if candidates:
            others = np.array(candidates, np.int64)
            if len(others) >= _CROWD:
                first = int(self._base[others[0]])
                self._set_apart(document, first if first >= 0 else candidates[0])
            estimates, bounds = self._estimated(document, others)
            self.pairs.add(int(self._rows[document]), self._rows[others], estimates)
            possible = np.flatnonzero(bounds >= self._threshold)
            if self._keep_numbers and len(possible):
                possible = self._not_numbers_only(document, others, estimates, possible)
            best = self._best(document, others[possible], bounds[possible])
            if best is not None:
                self.removed.append(best)
                return
        self._buckets.keep(document)

    def _estimated(self, document: int, others: Rows) -> tuple[Scores, Scores]:
        """For each of the others the Jaccard similarity of the hashes, and what that of the shingles is at most.

        Two shingles of a text that have the same hash are among its repeats, so that many may be lost in the hashes.
        """
        own = self._held[document]
        related = self._base[others] == self._base[document]
        shared = np.empty(len(others), np.int64)
        near, far = ([self._held[other] for other in others[part].tolist()] for part in (related, ~related))
        # Sets A and B whose differences from one base are D and E have |A & B| = |D & E| + (|A| - |D| + |B| - |E|) / 2.
        shared[related] = self._members.shared(own.apart, [one.apart for one in near])
        shared[related] += (self._saved[document] + self._saved[others[related]]) // 2
        shared[~related] = self._members.shared(own.hashes, [one.hashes for one in far])
        union = self._sizes[document] + self._sizes[others] - shared
        repeats = np.minimum(self._repeats[document], self._repeats[others])
        return shared / union, (shared + repeats) / union

    def _not_numbers_only(self, document: int, others: Rows, estimates: Scores, among: Rows) -> Rows:
        """Those that differ in more than numbers; the pairs of the others are on record however similar they are."""
        plain = self._plain(document)
        same = np.array([plain == self._plain(other) for other in others[among].tolist()])
        apart = among[same]
        self.pairs.add_kept_apart(int(self._rows[document]), self._rows[others[apart]], estimates[apart])
        rest: Rows = among[~same]
        return rest

    def _best(self, document: int, others: Rows, bounds: Scores) -> Near | None:
        """The most similar of them by the definition, if it reaches the threshold; ties by document order."""
        rows = self._rows[others]
        text = self._held[document].text
        best: tuple[float, int, int] | None = None
        for place in np.lexsort((rows, -bounds)).tolist():
            if best is not None and bounds[place] < best[0]:
                break
            other = int(others[place])
            score = similarity(self._shingles(text), self._shingles(self._held[other].text))
            found = score, -int(rows[place]), other
            if score >= self._threshold and (best is None or found > best):
                best = found
        if best is None:
            return None
        score, row, other = best
        numbers_only = _may_differ_in_numbers_only(text, self._held[other].text) and (
            self._plain(document) == self._plain(other)
        )
        return Near(int(self._rows[document]), -row, score, numbers_only)

    def _plain(self, document: int) -> str:
        held = self._held[document]
        if held.plain is None:
            held.plain = without_numbers(held.text)
        return held.plain


class _Members:
    """Counts the members that sets of hashes share with one of them, by a table that its members stand in."""

    def __init__(self) -> None:
        self._table = np.zeros(_SLOTS, np.uint64)

    def shared(self, own: U64, others: Sequence[U64]) -> Rows:
        """How many of `own` are in each of the others, none of which is empty."""
        if not others:
            return np.zeros(0, np.int64)
        slots = own & _SLOT
        self._table[slots] = own
        displaced = own[self._table[slots] != own]
        counts = []
        for start in range(0, len(others), _SETS_AT_ONCE):
            part = others[start : start + _SETS_AT_ONCE]
            flat = np.concatenate(part)
            found = self._table[flat & _SLOT] == flat
            for one in displaced:
                found |= flat == one
            ends = np.cumsum([len(one) for one in part])
            counts.append(np.add.reduceat(found, np.concatenate([[0], ends[:-1]]), dtype=np.int64))
        self._table[slots] = 0
        return np.concatenate(counts)


def _may_differ_in_numbers_only(a: str, b: str) -> bool:
    """Whether two texts are not told apart already by what stands where they first differ: neither digit nor space."""
    same, most = 0, min(len(a), len(b))
    while same < most:
        middle = (same + most + 1) // 2
        if a.startswith(b[same:middle], same):
            same = middle
        else:
            most = middle - 1
    return any(one == "" or one.isdecimal() or one.isspace() for one in (a[same : same + 1], b[same : same + 1]))


def _hashed(texts: Sequence[str], hashes: Hashes) -> Iterator[U64]:
    """The hashes of each text, some texts at a time, so that the arrays stay small."""
    start = 0
    while start < len(texts):
        stop, size = start, 0
        while stop < len(texts) and (stop == start or size + len(texts[stop]) <= _HASHED_AT_ONCE):
            size += len(texts[stop])
            stop += 1
        flat, counts = hashes(texts[start:stop])
        yield from np.split(flat, np.cumsum(counts)[:-1])
        start = stop
