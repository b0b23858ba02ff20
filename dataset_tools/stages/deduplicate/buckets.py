"""Buckets: which kept documents a document is to be compared with."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]


class Buckets:
    """Kept documents by the buckets that they are in; only the first `limit` of a bucket are compared."""

    def __init__(self, limit: int) -> None:
        """Begin with empty buckets."""
        self._limit = limit
        self._met: dict[int, list[int]] = {}
        self._full: dict[int, I64] = {}
        self._beyond: dict[int, int] = {}

    def candidates(self, buckets: Iterable[int]) -> I64:
        """The kept documents that one in these buckets is to be compared with, in order."""
        few: set[int] = set().union(*[self._met[bucket] for bucket in buckets if bucket in self._met])
        many = [self._full[bucket] for bucket in buckets if bucket in self._full] if self._full else []
        if not many:
            return np.array(sorted(few), np.int64)
        found = np.concatenate([np.fromiter(few, np.int64, len(few)), *many])
        found.sort()
        first = np.ones(len(found), bool)
        np.not_equal(found[1:], found[:-1], out=first[1:])
        return found[first]

    def skipped(self, buckets: Iterable[int]) -> int:
        """How many kept documents `limit` left out of these buckets."""
        return sum(self._beyond.get(bucket, 0) for bucket in buckets) if self._beyond else 0

    def keep(self, document: int, buckets: Iterable[int]) -> None:
        """Let later documents meet one that is in these buckets."""
        for bucket in buckets:
            if bucket in self._full:
                self._beyond[bucket] = self._beyond.get(bucket, 0) + 1
                continue
            met = self._met.setdefault(bucket, [])
            met.append(document)
            if len(met) == self._limit:
                self._full[bucket] = np.array(self._met.pop(bucket), np.int64)

    def met(self, bucket: int) -> Iterable[int]:
        """The kept documents that one in this bucket is to be compared with."""
        return self._full[bucket].tolist() if bucket in self._full else self._met.get(bucket, ())
