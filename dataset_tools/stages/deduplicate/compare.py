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

from dataset_tools.stages.deduplicate.pairs import Pairs
from dataset_tools.text import canonical, shingles, similarity, without_numbers

CHARACTERS_AT_ONCE = 8 << 20
"""How much text is held at once: that of a window of documents and of those they may meet."""

_HASHED_AT_ONCE = 1 << 17
_SETS = 256
"""So many sets of shingles are kept for the next comparison; a kept document is often asked for again."""

Rows = npt.NDArray[np.int64]
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


@dataclass(frozen=True, slots=True)
class _Document:
    """A text that may be compared: canonical, the hashes of its shingles (sorted, distinct), and how many repeat."""

    text: str
    hashes: U64
    repeats: int


class Buckets:
    """Kept documents by the band keys that others have too; only the first `limit` of a bucket are compared."""

    def __init__(self, keys: U64, limit: int) -> None:
        """Take the band keys of all documents, a row each; those that only one document has lead to nobody."""
        self._of: dict[int, list[int]] = {}
        self._limit = limit
        self._met: dict[int, list[int]] = {}
        self._kept: dict[int, int] = {}
        numbers = np.full(keys.shape, -1, np.int64)
        first = 0
        for band, column in enumerate(keys.T):
            _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
            numbers[:, band] = np.where(counts[inverse] > 1, first + inverse, -1)
            first += len(counts)
        linked = np.flatnonzero((numbers >= 0).any(axis=1))
        for position, row in zip(linked.tolist(), numbers[linked], strict=True):
            self._of[position] = row[row >= 0].tolist()

    @property
    def documents(self) -> list[int]:
        """The documents that share a key with another, in order."""
        return list(self._of)

    def candidates(self, document: int) -> list[int]:
        """The kept documents that a document is to be compared with, in order."""
        return sorted({other for key in self._of[document] for other in self._met.get(key, ())})

    def skipped(self, document: int) -> int:
        """How many kept documents `limit` left out of its buckets."""
        keys = self._of[document]
        return sum(self._kept.get(key, 0) - len(self._met.get(key, ())) for key in keys)

    def keep(self, document: int) -> None:
        """Let later documents meet this one."""
        for key in self._of[document]:
            bucket = self._met.setdefault(key, [])
            self._kept[key] = self._kept.get(key, 0) + 1
            if len(bucket) < self._limit:
                bucket.append(document)


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
        self._shingles = lru_cache(_SETS)(shingles)
        self._plain = lru_cache(_SETS)(without_numbers)
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
            vocabulary = _Vocabulary(self._held)
            for document in window:
                self._decide(document, vocabulary)
            start += len(window)

    def _window(self, pending: list[int], start: int) -> tuple[list[int], set[int]]:
        """The next documents, and all that they may meet as far as is known; at least one document."""
        window: list[int] = []
        needed: set[int] = set()
        characters = 0
        for document in pending[start:]:
            more = {document, *self._buckets.candidates(document)} - needed
            characters += int(self._characters[list(more)].sum())
            if window and characters > CHARACTERS_AT_ONCE:
                break
            window.append(document)
            needed |= more
        return window, needed

    def _hold(self, needed: set[int]) -> None:
        """Let go of texts that are not needed now, and load those that are."""
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
            self._held[document] = _Document(text, distinct, len(hashes) - len(distinct))

    def _decide(self, document: int, vocabulary: "_Vocabulary") -> None:
        candidates = self._buckets.candidates(document)
        self.skipped += self._buckets.skipped(document)
        if candidates:
            others = np.array(candidates, np.int64)
            estimates, bounds = vocabulary.compared(document, others)
            self.pairs.add(int(self._rows[document]), self._rows[others], estimates)
            possible = np.flatnonzero(bounds >= self._threshold)
            if self._keep_numbers and len(possible):
                possible = self._not_numbers_only(document, others, estimates, possible)
            best = self._best(document, others[possible], bounds[possible])
            if best is not None:
                self.removed.append(best)
                return
        self._buckets.keep(document)

    def _not_numbers_only(self, document: int, others: Rows, estimates: npt.NDArray[np.float64], among: Rows) -> Rows:
        """Those that differ in more than numbers; the pairs of the others are on record however similar they are."""
        plain = self._plain(self._held[document].text)
        same = np.array([plain == self._plain(self._held[other].text) for other in others[among].tolist()])
        apart = among[same]
        self.pairs.add_kept_apart(int(self._rows[document]), self._rows[others[apart]], estimates[apart])
        rest: Rows = among[~same]
        return rest

    def _best(self, document: int, others: Rows, bounds: npt.NDArray[np.float64]) -> Near | None:
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
        numbers_only = self._plain(text) == self._plain(self._held[other].text)
        return Near(int(self._rows[document]), -row, score, numbers_only)


class _Vocabulary:
    """The documents of a window as sets of small numbers, one number for each hash that occurs in any of them."""

    def __init__(self, held: dict[int, _Document]) -> None:
        self._held = held
        every = [one.hashes for one in held.values()]
        ends = np.cumsum([len(hashes) for hashes in every])
        distinct, numbers = np.unique(np.concatenate(every), return_inverse=True)
        self._numbers = dict(zip(held, np.split(numbers.astype(np.int32), ends[:-1]), strict=True))
        self._mark = np.zeros(len(distinct), bool)

    def compared(self, document: int, others: Rows) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """For each of the others the Jaccard similarity of the hashes, and what that of the shingles is at most.

        Two shingles of a text that have the same hash are among its repeats, so that many may be lost in the hashes.
        """
        own = self._numbers[document]
        numbers = [self._numbers[other] for other in others.tolist()]
        sizes = np.array([len(one) for one in numbers])
        self._mark[own] = True
        shared = np.add.reduceat(self._mark[np.concatenate(numbers)], np.cumsum(sizes) - sizes, dtype=np.int64)
        self._mark[own] = False
        union = len(own) + sizes - shared
        mine = self._held[document].repeats
        repeats = np.array([min(mine, self._held[other].repeats) for other in others.tolist()])
        return shared / union, (shared + repeats) / union


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
