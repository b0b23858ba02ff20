"""The pairs that were compared: how similar they were, and those near the threshold, which show whether it is right."""

import numpy as np
import numpy.typing as npt

AUDIT_MARGIN = 0.15
"""Pairs so close to the threshold are listed, so that it can be judged."""

AUDIT_PAIRS = 10_000
"""At most so many pairs are listed, those nearest to the threshold."""

BINS = 100
"""Of the histogram, each this part of 1; similarity 1.0 is in the last."""

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]


class Pairs:
    """Takes in all pairs and keeps few, so that memory does not grow with their number."""

    def __init__(self, threshold: float) -> None:
        """Begin without a pair."""
        self._threshold = threshold
        self._near: list[tuple[Rows, Rows, Scores]] = []
        self._waiting = 0
        self.found = 0
        self.histogram = np.zeros(BINS, np.int64)

    def add(self, row: int, others: Rows, scores: Scores) -> None:
        """Take the pairs of one document in; those in the margin may be listed."""
        self.histogram += np.bincount(bins(scores), minlength=BINS)
        self._list(row, others, scores, self._in_margin(scores))

    def add_kept_apart(self, row: int, others: Rows, scores: Scores) -> None:
        """Pairs that were taken in and both stay, though similar enough: they may be listed beyond the margin too."""
        self._list(row, others, scores, ~self._in_margin(scores))

    def nearest(self) -> list[tuple[int, int]]:
        """The `AUDIT_PAIRS` pairs nearest to the threshold, each in document order, sorted."""
        self._prune()
        if not self._near:
            return []
        a, b, _ = self._near[0]
        return sorted(zip(a.tolist(), b.tolist(), strict=True))

    def _in_margin(self, scores: Scores) -> npt.NDArray[np.bool_]:
        return np.abs(scores - self._threshold) <= AUDIT_MARGIN

    def _list(self, row: int, others: Rows, scores: Scores, wanted: npt.NDArray[np.bool_]) -> None:
        if not wanted.any():
            return
        others, scores = others[wanted], scores[wanted]
        self._near.append((np.minimum(others, row), np.maximum(others, row), scores))
        self.found += len(others)
        self._waiting += len(others)
        if self._waiting > 8 * AUDIT_PAIRS:
            self._prune()

    def _prune(self) -> None:
        if not self._near:
            return
        a, b, scores = (np.concatenate(part) for part in zip(*self._near, strict=True))
        best = np.lexsort((b, a, np.abs(scores - self._threshold)))[:AUDIT_PAIRS]
        self._near = [(a[best], b[best], scores[best])]
        self._waiting = len(best)


def bins(scores: Scores) -> Rows:
    """The bin of each similarity; what a fraction such as 0.57 loses in binary does not move it to the one below."""
    return np.minimum(np.floor(scores * BINS + 1e-9).astype(np.int64), BINS - 1)
