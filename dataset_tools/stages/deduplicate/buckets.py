"""Buckets: which kept documents a document is to be compared with."""

from collections.abc import Sequence


class Buckets:
    """Kept documents by the buckets that they are in; only the first `limit` of a bucket are compared."""

    def __init__(self, of: Sequence[Sequence[int]], limit: int) -> None:
        """Take the buckets of each document."""
        self._of = of
        self._limit = limit
        self._met: dict[int, list[int]] = {}
        self._beyond: dict[int, int] = {}

    def candidates(self, document: int) -> list[int]:
        """The kept documents that a document is to be compared with, in order."""
        met = self._met
        return sorted(set().union(*[met[bucket] for bucket in self._of[document] if bucket in met]))

    def skipped(self, document: int) -> int:
        """How many kept documents `limit` left out of its buckets."""
        return sum(self._beyond.get(bucket, 0) for bucket in self._of[document]) if self._beyond else 0

    def keep(self, document: int) -> None:
        """Let later documents meet this one."""
        for bucket in self._of[document]:
            met = self._met.setdefault(bucket, [])
            if len(met) < self._limit:
                met.append(document)
            else:
                self._beyond[bucket] = self._beyond.get(bucket, 0) + 1

    def meeting(self, document: int, seen: set[int]) -> set[int]:
        """The document and all it may meet but for those in buckets seen before; its buckets are then seen."""
        met = self._met
        buckets = [bucket for bucket in self._of[document] if bucket not in seen]
        seen.update(buckets)
        return {document}.union(*[met[bucket] for bucket in buckets if bucket in met])
