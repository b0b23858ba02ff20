"""Numbering: numbers for the shingles of texts, given lot after lot, that are equal if and only if the shingles are.

They are no hashes, so no collision can change a result. Every word gets a number. A shingle is written in 64 bits: as
its five words where there are few, else as two pairs of words, which have numbers too, and its last word.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.text import NGRAM
from dataset_tools.units import Units, first_units, following, pieces, scrambled, shingle_counts, units

FEW_WORDS = 7131
"""So many have room in 64 bits five times."""
WORD_BITS, PAIR_BITS = 16, 24
_WIDE_BITS = 32

I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]

_STRINGS = pa.dictionary(pa.int32(), pa.large_binary())


class TooManyWordsError(Exception):
    """There are more words, or pairs of words, than the numbers have room for that were given so far."""


@dataclass(frozen=True, slots=True)
class Shingles:
    """What some texts have.

    `numbers` are those of the different shingles of each text, ascending, one text after the other; `sizes` says how
    many each text has. Two texts that differ in numbers only have the same one of `keys`, and others rarely.
    """

    numbers: U64
    sizes: I64
    keys: U64


class Numbering:
    """Gives numbers, which mean the same for all its lots of texts; the first lot decides how they are written."""

    def __init__(self, *, roomy: bool = False) -> None:
        """Begin without a text. A roomy numbering takes longer, and has room for many words whatever comes first."""
        self._roomy = roomy
        self._units: dict[tuple[bytes, bool], int] = {}
        self._keys = np.zeros(1, np.uint64)  # by the number of the unit
        self._pairs, self._fours = Numbers(), Numbers()
        self._write: Callable[[I64, I64], U64] | None = None

    def __call__(self, texts: Sequence[str]) -> Shingles:
        """Number the shingles of texts in NFC, all of which have words.

        Raises:
            TooManyWordsError: if there is no room; this numbering is of no more use then. There is for the first lot.
        """
        words, counts = self._numbered_units(texts)
        shingles = self._written(words, counts) if self._write is None else self._write(words, counts)
        keys = np.add.reduceat(self._keys[words], np.cumsum(counts) - counts)
        return Shingles(*_distinct(shingles, shingle_counts(counts)), keys)

    def _written(self, words: I64, counts: I64) -> U64:
        """The shingles of the first lot, written in the shortest way that has room for them."""
        for write in (self._as_words, self._as_pairs)[self._roomy :]:
            with suppress(TooManyWordsError):
                self._write = write
                return write(words, counts)
        self._write = self._as_fours
        return self._as_fours(words, counts)

    def _as_words(self, words: I64, counts: I64) -> U64:
        if len(self._units) >= FEW_WORDS:
            raise TooManyWordsError
        shingles = words.view(np.uint64).copy()
        for step in range(1, NGRAM):
            shingles *= np.uint64(FEW_WORDS)
            shingles += following(words, counts, step).view(np.uint64)
        return shingles[first_units(counts)]

    def _as_pairs(self, words: I64, counts: I64) -> U64:
        firsts, seconds, lasts = self._in_pairs(words, counts)
        if len(self._units) >> WORD_BITS or len(self._pairs) >> PAIR_BITS:
            raise TooManyWordsError
        return _joined(firsts << PAIR_BITS | seconds, lasts, WORD_BITS)

    def _as_fours(self, words: I64, counts: I64) -> U64:
        firsts, seconds, lasts = self._in_pairs(words, counts)
        return _joined(self._fours(_joined(firsts, seconds, _WIDE_BITS)), lasts, _WIDE_BITS)

    def _in_pairs(self, words: I64, counts: I64) -> tuple[I64, I64, I64]:
        """Of each shingle the numbers of its first two words and of the next two, and its last word."""
        next_words = following(words, counts, 1)
        next_words[np.cumsum(counts) - 1] = 0
        pairs = self._pairs(_joined(words, next_words, _WIDE_BITS))
        begins = first_units(counts)
        parts = (pairs, following(pairs, counts, 2), following(words, counts, NGRAM - 1))
        firsts, seconds, lasts = (part[begins] for part in parts)
        return firsts, seconds, lasts

    def _numbered_units(self, texts: Sequence[str]) -> tuple[I64, I64]:
        """The number of each unit, from 1, and how many units each text has."""
        strings, of_counts, of_spaceless = [], [], []
        for start, stop in pieces([len(text) for text in texts]):
            part = units(texts[start:stop])
            strings.append(_strings(part).dictionary_encode())
            of_counts.append(part.counts)
            of_spaceless.append(part.spaceless)
        counts, spaceless = np.concatenate(of_counts), np.concatenate(of_spaceless)
        encoded = pa.chunked_array(strings, _STRINGS).unify_dictionaries()
        places = np.concatenate([chunk.indices.to_numpy() for chunk in encoded.chunks])
        values = encoded.chunk(0).dictionary.to_pylist()
        if not spaceless.any():
            return self._numbers_of(values, spaceless=False)[places], counts
        of_kinds = np.stack([self._numbers_of(values, spaceless=kind) for kind in (False, True)])
        return of_kinds[np.repeat(spaceless, counts).astype(np.int8), places], counts

    def _numbers_of(self, values: Sequence[bytes], *, spaceless: bool) -> I64:
        """The numbers of units; a character of a text without spaces is no word, and has another number."""
        known = self._units
        before = len(known)
        numbers = [known.setdefault((value, spaceless), len(known) + 1) for value in values]
        keys = scrambled(np.arange(before + 1, len(known) + 1, dtype=np.uint64))
        has_digit = [any(map(str.isdecimal, value.decode("utf-32-le"))) for value, _ in islice(known, before, None)]
        keys[has_digit] = 0
        self._keys = np.concatenate([self._keys, keys])
        return np.array(numbers, np.int64)


class Numbers:
    """Numbers from 1 for values, in the order in which these are met."""

    def __init__(self) -> None:
        """Begin without a value."""
        self._values = np.zeros(0, np.uint64)  # ascending
        self._numbers = np.zeros(0, np.int64)

    def __len__(self) -> int:
        """How many values have a number."""
        return len(self._values)

    def __call__(self, values: U64) -> I64:
        """The number of each value."""
        encoded = pa.array(values).dictionary_encode()
        distinct = encoded.dictionary.to_numpy()
        order = np.argsort(distinct)
        ascending = distinct[order]
        places = np.searchsorted(self._values, ascending)
        known = places < len(self._values)
        known[known] = self._values[places[known]] == ascending[known]
        new = np.flatnonzero(~known)
        numbers = np.empty(len(distinct), np.int64)
        numbers[order[known]] = self._numbers[places[known]]
        numbers[np.sort(order[new])] = 1 + len(self) + np.arange(len(new))
        self._numbers = np.insert(self._numbers, places[new], numbers[order[new]])
        self._values = np.insert(self._values, places[new], ascending[new])
        indices: npt.NDArray[np.int32] = encoded.indices.to_numpy()
        found: I64 = numbers[indices]
        return found


def _strings(part: Units) -> pa.Array:
    """The units of some texts."""
    offsets = np.zeros(len(part.starts) + 1, np.int64)
    np.cumsum(part.stops - part.starts, out=offsets[1:])
    codes = part.folded[np.flatnonzero(part.folded != 0)]
    return pa.Array.from_buffers(
        pa.large_binary(), len(part.starts), [None, pa.py_buffer(codes.itemsize * offsets), pa.py_buffer(codes)]
    )


def _joined(values: I64, others: I64, bits: int) -> U64:
    """Two numbers as one, the second of which has so many bits."""
    return (values << bits | others).view(np.uint64)


def _distinct(numbers: U64, counts: I64) -> tuple[U64, I64]:
    """The numbers of each text in ascending order, each of them once, and how many are left of each text's."""
    stops = np.cumsum(counts)
    starts = stops - counts
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        numbers[start:stop].sort()
    first = np.ones(len(numbers), bool)
    np.not_equal(numbers[1:], numbers[:-1], out=first[1:])
    first[starts] = True
    return numbers[np.flatnonzero(first)], np.add.reduceat(first, starts, dtype=np.int64)
