"""A crowd: documents that share much with many, so that what each shares with all others is counted at once."""

import numpy as np
import numpy.typing as npt

_EXAMPLES = 512
_COMMON = 32
"""Shingles that one in so many of the examples has get a bit in each document."""

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Crowd:
    """Sets of shingles, each described by which of the common shingles it has, a bit each, and by the rest.

    What is called common decides on nothing but the time that counting takes.
    """

    def __init__(self, shingles: U64, sizes: I64) -> None:
        """Take the shingles of all sets, each set sorted, one after the other; `sizes` says how many each has."""
        members = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        common = _common(shingles, sizes)
        places = np.searchsorted(common, shingles).astype(np.int32)
        places[places == len(common)] = 0
        known = common[places] == shingles
        self._bits = _packed(members[known], places[known], len(sizes), len(common))
        self._hold_rest(shingles[~known], members[~known])

    def _hold_rest(self, shingles: U64, members: I32) -> None:
        """Number what several sets have of the rest, and note which sets these are, and what each of them has."""
        order = np.argsort(shingles, kind="stable")
        shingles = shingles[order]
        first = np.ones(len(order), bool)
        np.not_equal(shingles[1:], shingles[:-1], out=first[1:])
        several = ~(first & np.roll(first, -1))
        first = first[several]
        self._having = members[order[several]]  # by shingle
        self._starts = np.append(np.flatnonzero(first), len(self._having))
        number = np.cumsum(first) - 1
        by_member = np.argsort(self._having, kind="stable")
        self._rest = number[by_member]
        self._stops = np.searchsorted(self._having[by_member], np.arange(len(self._bits) + 1))

    def shared(self, member: int, others: I64) -> I64:
        """How many shingles a set shares with each of the others."""
        counts: I64 = np.bitwise_count(self._bits[others] & self._bits[member]).sum(axis=1, dtype=np.int64)
        rest = self._rest[self._stops[member] : self._stops[member + 1]]
        starts, lengths = self._starts[rest], self._starts[rest + 1] - self._starts[rest]
        ends = np.cumsum(lengths)
        met = self._having[np.repeat(starts - ends + lengths, lengths) + np.arange(lengths.sum())]
        counts += np.bincount(met, minlength=len(self._bits))[others]
        return counts


def _common(shingles: U64, sizes: I64) -> U64:
    """What many of some of the sets have, sorted; never nothing."""
    stops = np.cumsum(sizes)
    examples = np.arange(0, len(sizes), -(-len(sizes) // _EXAMPLES)).tolist()
    some, counts = np.unique(
        np.concatenate([shingles[stops[one] - sizes[one] : stops[one]] for one in examples]), return_counts=True
    )
    common: U64 = some[counts >= min(len(examples) / _COMMON, counts.max())]
    return common


def _packed(members: I32, places: I32, count: int, width: int) -> U64:
    """Bits at these places, sorted, of these members, sorted: a row of whole words for each of all members."""
    words = -(-width // 64)
    word = members * words + (places >> 6)
    starts = np.flatnonzero(np.diff(word, prepend=-1))
    bits = np.zeros(count * words, np.uint64)
    if len(word):
        bits[word[starts]] = np.bitwise_or.reduceat(np.uint64(1) << (places & 63).astype(np.uint64), starts)
    return bits.reshape(count, words)
