"""A crowd: documents that share much with many, so that what each shares with others is counted in few steps."""

import numpy as np
import numpy.typing as npt

from dataset_tools.stages.deduplicate.numbering import Numbers

_EXAMPLES = 512
_COMMON = 32
"""Shingles that one in so many of the examples has get a bit in each document."""
_MOST_COMMON = 4096
"""So many of them at most, those that most examples have."""

_EACH = 8
"""Looking up which sets have a shingle takes as long as looking at so many shingles of sets, one by one."""
_FEW = 1024

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Crowd:
    """Sets of shingles, each described by which of the common shingles it has, a bit each, and by the rest.

    What is called common decides on nothing but the time that counting takes.
    """

    def __init__(self, shingles: U64, sizes: I64) -> None:
        """Take the shingles of some sets, as `add` does; by these it is known what is common."""
        self._common = _common(shingles, sizes)
        self._bits = np.zeros((0, -(-len(self._common) // 64)), np.uint64)
        self._ones = np.ones(self._bits.shape[1], np.float32)
        self._numbers = Numbers()
        self._rest = np.zeros(0, np.int64)  # numbers of shingles, by set
        self._stops = np.zeros(1, np.int64)
        self._marked = np.zeros(1, bool)
        self._place = np.zeros(0, np.int64)
        self._having = np.zeros(0, np.int64)  # sets, by the number of a shingle that each of them has
        self._starts = np.zeros(2, np.int64)
        self._found = 0  # of the rest, what is in there
        self.add(shingles, sizes)

    def __len__(self) -> int:
        """How many shingles are described one by one."""
        return len(self._rest)

    def add(self, shingles: U64, sizes: I64) -> None:
        """Take the shingles of more sets, each set sorted, one after the other; `sizes` says how many each has."""
        members = np.repeat(np.arange(len(sizes)), sizes)
        places = np.searchsorted(self._common, shingles)
        places[places == len(self._common)] = 0
        known = self._common[places] == shingles
        bits = _packed(members[known], places[known], len(sizes), self._bits.shape[1])
        self._bits = np.concatenate([self._bits, bits])
        of_rest = np.flatnonzero(~known)
        self._rest = np.concatenate([self._rest, self._numbers(shingles[of_rest])])
        counts = np.bincount(members[of_rest], minlength=len(sizes))
        self._stops = np.concatenate([self._stops, self._stops[-1] + np.cumsum(counts)])
        self._marked = np.zeros(len(self._numbers) + 1, bool)
        self._place = np.full(len(self._bits), -1)

    def shared(self, member: int, others: I64) -> I64:
        """How many shingles a set shares with each of the others."""
        both = np.take(self._bits, others, axis=0)
        both &= self._bits[member]
        counts = (np.bitwise_count(both).astype(np.float32) @ self._ones).astype(np.int64)
        rest = self._rest[self._stops[member] : self._stops[member + 1]]
        work = len(others) * len(self._rest) // len(self._bits)
        if work > _FEW:
            self._find()
            starts = self._starts[rest]
            lengths = self._starts[rest + 1] - starts
            if _EACH * int(lengths.sum()) < work:
                return counts + self._met(self._having[_ranges(starts, lengths)], others)
        return counts + self._marks(rest, others)

    def _marks(self, rest: I64, others: I64) -> I64:
        """How many of the rest of each of some sets is in this rest of another."""
        starts = self._stops[others]
        lengths = self._stops[others + 1] - starts
        self._marked[rest] = True
        hits = self._marked[self._rest[_ranges(starts, lengths)]]
        self._marked[rest] = False
        before = np.zeros(len(hits) + 1, np.int64)
        np.cumsum(hits, out=before[1:])
        ends = np.cumsum(lengths)
        counts: I64 = before[ends] - before[ends - lengths]
        return counts

    def _met(self, having: I64, others: I64) -> I64:
        """How often each of some sets is met."""
        self._place[others] = np.arange(len(others))
        places = self._place[having]
        self._place[others] = -1
        return np.bincount(places[places >= 0], minlength=len(others))

    def _find(self) -> None:
        """Note which sets have which shingle, for those that came since this was last asked for."""
        if self._found == len(self._rest):
            return
        new = self._rest[self._found :]
        order = np.argsort(new, kind="stable")
        members = np.searchsorted(self._stops, self._found + order, side="right") - 1
        starts = np.append(self._starts, np.full(len(self._numbers) + 2 - len(self._starts), self._starts[-1]))
        self._having = np.insert(self._having, starts[new[order] + 1], members)
        starts[1:] += np.cumsum(np.bincount(new, minlength=len(starts) - 1))
        self._starts = starts
        self._found = len(self._rest)


def _ranges(starts: I64, lengths: I64) -> I64:
    """The numbers from each start on, so many for each."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - ends + lengths, lengths) + np.arange(total)


def _common(shingles: U64, sizes: I64) -> U64:
    """What many of some of the sets have, sorted; never nothing."""
    stops = np.cumsum(sizes)
    examples = np.arange(0, len(sizes), -(-len(sizes) // _EXAMPLES)).tolist()
    some, counts = np.unique(
        np.concatenate([shingles[stops[one] - sizes[one] : stops[one]] for one in examples]), return_counts=True
    )
    often = np.flatnonzero(counts >= min(len(examples) / _COMMON, counts.max()))
    often = often[np.argsort(-counts[often], kind="stable")[:_MOST_COMMON]]
    common: U64 = some[np.sort(often)]
    return common


def _packed(members: I64, places: I64, count: int, words: int) -> U64:
    """Bits at these places, sorted, of these members, sorted: a row of so many words for each of all members."""
    word = members * words + (places >> 6)
    starts = np.flatnonzero(np.diff(word, prepend=-1))
    bits = np.zeros(count * words, np.uint64)
    if len(word):
        bits[word[starts]] = np.bitwise_or.reduceat(np.uint64(1) << (places & 63).astype(np.uint64), starts)
    return bits.reshape(count, words)
