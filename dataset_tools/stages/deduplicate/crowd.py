"""A crowd: many documents that are much alike, so that what they share can be counted in bits."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Crowd:
    """Sets of shingles, each described by which of the common shingles it has, a bit each, and by all others it has."""

    def __init__(self, examples: Sequence[U64]) -> None:
        """Begin with no member; what a quarter of the examples have is common."""
        shingles, counts = np.unique(np.concatenate(examples), return_counts=True)
        self._common = shingles[counts >= counts.max() / 4]
        self._bits = np.zeros((16, -(-len(self._common) // 64)), np.uint64)
        self._members = 0
        self._with: dict[int, list[int]] = {}

    def add(self, shingles: U64) -> int:
        """Make a set a member, and say its number."""
        member = self._members
        if member == len(self._bits):
            self._bits = np.concatenate([self._bits, np.zeros_like(self._bits)])
        self._bits[member], others = self._described(shingles)
        for shingle in others:
            self._with.setdefault(shingle, []).append(member)
        self._members += 1
        return member

    def shared(self, shingles: U64, members: I64) -> I64:
        """How many shingles a set shares with each of these members."""
        bits, others = self._described(shingles)
        counts: I64 = np.bitwise_count(self._bits[members] & bits).sum(axis=1, dtype=np.int64)
        met = [member for shingle in others if shingle in self._with for member in self._with[shingle]]
        if met:
            counts += np.bincount(met, minlength=self._members)[members]
        return counts

    def _described(self, shingles: U64) -> tuple[U64, list[int]]:
        places = np.searchsorted(self._common, shingles)
        places[places == len(self._common)] = 0
        known = self._common[places] == shingles
        bits = np.zeros(64 * self._bits.shape[1], bool)
        bits[places[known]] = True
        return np.packbits(bits).view(np.uint64), shingles[~known].tolist()
