"""Buckets: which kept documents a document is to be compared with."""

import numpy as np
import numpy.typing as npt


class Buckets:
    """Kept documents by the band keys that others have too; only the first `limit` of a bucket are compared."""

    def __init__(self, keys: npt.NDArray[np.uint64], limit: int) -> None:
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
