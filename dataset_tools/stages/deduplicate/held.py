"""The documents that are compared now: their texts, and their shingles as sets of numbers."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.stages.deduplicate.crowd import Crowd
from dataset_tools.text import nfc, without_numbers
from dataset_tools.units import exact_shingles

_KEPT = 4096
_CROWD = 16
"""Once one is compared with so many, what they share is counted for all of these at once."""

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]


class Held:
    """Some documents, known by their place; all have words.

    Their shingles are numbers that are equal if and only if the shingles are. So what is counted in them is what the
    definitions of `dataset_tools.text` count.
    """

    def __init__(self, texts: pa.Table) -> None:
        """Take title and body of each."""
        parts = (texts[name].to_pylist() for name in ("title", "body"))
        self._texts = [nfc(f"{title}\n{body}") for title, body in zip(*parts, strict=True)]
        numbers, counts = exact_shingles(self._texts)
        self._shingles, self.sizes = _distinct(numbers, counts)
        self._stops = np.cumsum(self.sizes)
        self._crowd: Crowd | None = None
        self._plain = lru_cache(_KEPT)(lambda place: without_numbers(self._texts[place].casefold()))

    def shared(self, place: int, others: I64) -> I64:
        """How many shingles a document shares with each of others."""
        if self._crowd is None and len(others) >= _CROWD:
            self._crowd = Crowd(self._shingles, self.sizes)
        if self._crowd is not None:
            return self._crowd.shared(place, others)
        own = self._set(place)
        return np.array([_common(own, self._set(other)) for other in others.tolist()], np.int64)

    def _set(self, place: int) -> U64:
        stop = self._stops[place]
        return self._shingles[stop - self.sizes[place] : stop]

    def differ_in_numbers_only(self, a: int, b: int) -> bool:
        """What `text.differs_in_numbers_only` says of two of them, which are not the same text."""
        return may_differ_in_numbers_only(self._texts[a], self._texts[b]) and self._plain(a) == self._plain(b)


def _distinct(numbers: U64, counts: I64) -> tuple[U64, I64]:
    """The numbers of each document sorted, each of them once, and how many are left of each document's."""
    stops = np.cumsum(counts)
    starts = stops - counts
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        numbers[start:stop].sort()
    first = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    first[starts] = True
    return numbers[np.flatnonzero(first)], np.add.reduceat(first, starts, dtype=np.int64)


def _common(a: U64, b: U64) -> int:
    """How many numbers two sorted sets share."""
    both = np.concatenate([a, b])
    both.sort(kind="stable")  # which merges what is sorted
    return int(np.count_nonzero(both[1:] == both[:-1]))


def may_differ_in_numbers_only(a: str, b: str) -> bool:
    """Whether two texts in NFC are not told apart already by what stands where they first differ.

    A digit there says nothing beside another or after one, a space or an end beside or after a space or at the start,
    and two characters nothing that are folded to the same beginning.
    """
    same, most = 0, min(len(a), len(b))
    while same < most:
        middle = (same + most + 1) // 2
        if a.startswith(b[same:middle], same):
            same = middle
        else:
            most = middle - 1
    one, other = (text[same : same + 1].casefold()[:1] for text in (a, b))
    before = a[same - 1] if same else " "
    digits, spaces = one.isdecimal() + other.isdecimal(), (not one.strip()) + (not other.strip())
    if digits == 2 or spaces == 2 or one == other:
        return True
    return (digits == 1 and before.isdecimal()) or (spaces == 1 and before.isspace())
