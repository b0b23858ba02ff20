"""The pairs that were compared: how similar they were, and those near the threshold, which show whether it is right."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

AUDIT_MARGIN = 0.15
"""Pairs so close to the threshold are listed, so that it can be judged."""

AUDIT_PAIRS = 10_000
"""At most so many pairs are listed, those nearest to the threshold."""

BINS = 100
"""Of the histogram, each this part of 1; similarity 1.0 is in the last."""

_WAITING = 1 << 18
_UNKNOWN = -1

I64 = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int64]
"""Rows a and b (the lower first), shingles of both, of either, and whether only numbers differ: 1, 0 or unknown."""


class Pairs:
    """Takes in all pairs and keeps few, so that memory does not grow with their number."""

    def __init__(self, threshold: float) -> None:
        """Begin without a pair."""
        self._threshold = threshold
        self._waiting: list[tuple[int, I64, I64, I64, bool]] = []
        self._size = 0
        self._nearest: Columns = np.zeros((5, 0), np.int64)
        self._farthest = np.inf  # once there are `AUDIT_PAIRS`
        self.found = 0
        self.histogram = np.zeros(BINS, np.int64)

    def add(self, row: int, others: I64, shared: I64, union: I64) -> None:
        """Take the pairs of one document in; those in the margin may be listed."""
        self._wait(row, others, shared, union, apart=False)

    def add_kept_apart(self, row: int, others: I64, shared: I64, union: I64) -> None:
        """Pairs that were taken in, differ in numbers only and both stay: they may be listed beyond the margin too."""
        self._wait(row, others, shared, union, apart=True)

    def _wait(self, row: int, others: I64, shared: I64, union: I64, *, apart: bool) -> None:
        self._waiting.append((row, others, shared, union, apart))
        self._size += len(others)
        if self._size > _WAITING:
            self._take_in()

    def merge(self, nearest: Columns, found: int, histogram: I64) -> None:
        """Take in what another has kept."""
        self._nearest = self._pruned([self._nearest, nearest])
        self.found += found
        self.histogram += histogram

    def nearest(self) -> Columns:
        """The `AUDIT_PAIRS` pairs nearest to the threshold, a row for each column."""
        self._take_in()
        return self._nearest

    def mark(self, differ_in_numbers_only: Callable[[I64, I64], npt.NDArray[np.bool_]]) -> None:
        """Ask about the rows of the listed pairs of which it is not known whether only numbers differ."""
        nearest = self.nearest()
        unknown = np.flatnonzero(nearest[4] == _UNKNOWN)
        nearest[4, unknown] = differ_in_numbers_only(*nearest[:2, unknown])

    def _take_in(self) -> None:
        """Count what waits, and keep the pairs to be listed."""
        if not self._waiting:
            return
        rows, *parts, apart = zip(*self._waiting, strict=True)
        others, shared, union = map(np.concatenate, parts)
        stops = np.cumsum([len(some) for some in parts[0]])
        is_apart = np.repeat(apart, np.diff(stops, prepend=0))
        scores = shared / union
        self.histogram += np.bincount(bins(scores[~is_apart]), minlength=BINS)
        distance = np.abs(scores - self._threshold)
        listed = (distance <= AUDIT_MARGIN) != is_apart  # those apart in the margin were added as others were
        self.found += int(listed.sum())
        near = np.flatnonzero(listed & (distance <= self._farthest))
        row = np.array(rows, np.int64)[np.searchsorted(stops, near, side="right")]
        other = others[near]
        known = np.where(is_apart[near], 1, _UNKNOWN)
        columns = [np.minimum(row, other), np.maximum(row, other), shared[near], union[near], known]
        self._nearest = self._pruned([self._nearest, np.array(columns)])
        self._waiting, self._size = [], 0

    def _pruned(self, parts: list[Columns]) -> Columns:
        columns = np.concatenate(parts, axis=1)
        distance = np.abs(columns[2] / columns[3] - self._threshold)
        if len(distance) > AUDIT_PAIRS:  # so that few are sorted
            near = distance <= np.partition(distance, AUDIT_PAIRS - 1)[AUDIT_PAIRS - 1]
            columns, distance = columns[:, near], distance[near]
        order = np.lexsort((columns[1], columns[0], distance))[:AUDIT_PAIRS]
        if len(order) == AUDIT_PAIRS:
            self._farthest = float(distance[order[-1]])
        return columns[:, order]


def bins(scores: Scores) -> I64:
    """The bin of each similarity; what a fraction such as 0.57 loses in binary does not move it to the one below."""
    return np.minimum(np.floor(scores * BINS + 1e-9).astype(np.int64), BINS - 1)
