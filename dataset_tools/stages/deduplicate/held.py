"""The documents that are compared now: their shingles, as sets of numbers."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dataset_tools.stages.deduplicate.crowd import Crowd
from dataset_tools.stages.deduplicate.numbering import Numbering

_CROWD = 16
"""Once one is compared with so many, what they share is counted for all of these at once."""

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Held:
    """Some documents, known by their place, which is the order in which they were added; all have words.

    Their shingles are numbers that are equal if and only if the shingles are. So what is counted in them is what the
    definitions of `dataset_tools.text` count. `sizes` says how many each has.
    """

    def __init__(self, *, roomy: bool = False) -> None:
        """Begin without a document; `roomy` is what it is in `Numbering`."""
        self.sizes = np.zeros(0, np.int64)
        self._numbering = Numbering(roomy=roomy)
        self._shingles = np.zeros(0, np.uint64)
        self._stops = np.zeros(0, np.int64)
        self._crowd: Crowd | None = None

    def __len__(self) -> int:
        """How many numbers are held."""
        return len(self._shingles if self._crowd is None else self._crowd)

    def add(self, texts: Sequence[str]) -> U64:
        """Take documents, in NFC; of each comes back what those that differ in numbers only have in common.

        Raises:
            TooManyWordsError: as `Numbering` does.
        """
        found = self._numbering(texts)
        self.sizes = np.concatenate([self.sizes, found.sizes])
        if self._crowd is None:
            self._shingles = np.concatenate([self._shingles, found.numbers])
            self._stops = np.cumsum(self.sizes)
        else:
            self._crowd.add(found.numbers, found.sizes)
        return found.keys

    def shared(self, place: int, others: I64) -> I64:
        """How many shingles a document shares with each of others."""
        if self._crowd is None and len(others) >= _CROWD:
            self._crowd = Crowd(self._shingles, self.sizes)
            self._shingles = np.zeros(0, np.uint64)
        if self._crowd is not None:
            return self._crowd.shared(place, others)
        own = self._set(place)
        return np.array([_common(own, self._set(other)) for other in others.tolist()], np.int64)

    def _set(self, place: int) -> U64:
        stop = self._stops[place]
        return self._shingles[stop - self.sizes[place] : stop]


def _common(a: U64, b: U64) -> int:
    """How many numbers two sorted sets share."""
    both = np.concatenate([a, b])
    both.sort(kind="stable")  # which merges what is sorted
    return int(np.count_nonzero(both[1:] == both[:-1]))
