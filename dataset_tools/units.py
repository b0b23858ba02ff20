r"""Units in columns: what the shingles of `dataset_tools.text` are made of, found without a loop over words.

Units are the words (`\w+`) of a text, or its word characters where it is written in a script without spaces. They are
those of the definitions for every character, but found on arrays: code points are folded and classified by a table.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from dataset_tools.text import NGRAM, SPACELESS_RANGES

PIECE = 1 << 18
"""Code points handled at once, so that the arrays stay in the cache of a core."""

I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]

_TABLE_END = 0x32400  # no letter, digit or word character lies beyond; a test says so
_BLOCK = 64
_SEVERAL = np.uint32(0xFFFFFFFF)
_LETTER, _SPACELESS = np.uint8(1), np.uint8(2)
_SPACELESS_FIRST = SPACELESS_RANGES[0][0]
_SPACELESS_GAP = (0x1A00, 0x2E80)  # Vietnamese letters are in it; a test says that no script without spaces is

Number = TypeVar("Number", np.int64, np.uint64)

MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Units:
    """The units of some texts, one text after the other.

    `folded` has the code points of all texts after case folding, 0 for those that are in no unit. `starts` and `stops`
    say where each unit is in it, `counts` how many units each text has, `spaceless` whether these are characters.
    """

    folded: U32
    starts: I64
    stops: I64
    counts: I64
    spaceless: npt.NDArray[np.bool_]


def units(texts: Sequence[str]) -> Units:
    """The units of texts in NFC."""
    folded = _folded(texts)
    if folded.max() == _SEVERAL:
        texts = [text.casefold() for text in texts]
        folded = _folded(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    edges_of_texts = np.concatenate([[1], 1 + np.cumsum(lengths)])  # where each text starts, and where all end
    spaceless = _spaceless(folded, edges_of_texts)
    inside = folded != 0
    if spaceless.any():
        alone = np.repeat(spaceless, lengths)
        starts = np.flatnonzero(inside[1:] & (~inside[:-1] | alone)) + 1
        stops = np.flatnonzero(inside[1:-1] & (~inside[2:] | alone[:-1])) + 2
    else:
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        starts, stops = edges[0::2], edges[1::2]
    return Units(folded, starts, stops, np.diff(np.searchsorted(starts, edges_of_texts)), spaceless)


def pieces(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Cut texts of these lengths into runs of about `PIECE` code points; a longer text is a run of its own."""
    start = size = 0
    for position, length in enumerate(lengths):
        if size and size + length > PIECE:
            yield start, position
            start, size = position, 0
        size += length + 1
    if size:
        yield start, len(lengths)


def following(values: npt.NDArray[Number], counts: I64, step: int) -> npt.NDArray[Number]:
    """For each unit what is `step` units later; 0 where the only shingle of a short text has none."""
    later = np.zeros_like(values)
    later[: max(len(values) - step, 0)] = values[step:]
    later[(np.cumsum(counts) - counts)[(counts > 0) & (counts <= step)]] = 0
    return later


def first_units(counts: I64) -> npt.NDArray[np.bool_]:
    """With which of the units of texts a shingle begins: all but the last few, or the first of a few."""
    stops = np.cumsum(counts)
    begins = np.ones(int(counts.sum()), bool)
    for back in range(1, NGRAM):
        late = stops - back
        begins[late[late >= stops - counts]] = False
    begins[(stops - counts)[counts > 0]] = True
    return begins


def shingle_counts(counts: I64) -> I64:
    """How many shingles, not all different, texts with so many units have."""
    return np.where(counts > 0, np.maximum(counts - NGRAM + 1, 1), 0)


def scrambled(values: U64) -> U64:
    """A bijection of uint64 whose every output bit depends on every input bit; done in place."""
    values ^= values >> np.uint64(31)
    values *= MIX
    values ^= values >> np.uint64(29)
    values *= _MIX_2
    values ^= values >> np.uint64(32)
    return values


def _folded(texts: Sequence[str]) -> U32:
    """What `_folds` has for each code point of the texts, with a line break before each and after the last."""
    codes = np.frombuffer(("\n" + "\n".join(texts) + "\n").encode("utf-32-le"), np.uint32)
    return np.take(_folds(), codes, mode="clip")


@lru_cache(maxsize=1)
def _folds() -> U32:
    r"""For each code point what case folding makes of it: 0 if that is not matched by `\w`, `_SEVERAL` for several."""
    folds = np.zeros(_TABLE_END, np.uint32)
    characters = "".join(map(chr, range(_TABLE_END)))
    for word in re.finditer(r"\w+", characters):
        folds[word.start() : word.end()] = np.arange(word.start(), word.end())
    for start in range(0, _TABLE_END, _BLOCK):
        block = characters[start : start + _BLOCK]
        for code, character in enumerate(block, start) if block.casefold() != block else ():
            folded = character.casefold()
            if len(folded) > 1:
                folds[code] = _SEVERAL
            elif folded != character:
                folds[code] = folds[ord(folded)]
    return folds


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    """For each code point: is it a letter, does it belong to a script without spaces?"""
    kinds = np.fromiter((_LETTER * chr(code).isalpha() for code in range(_TABLE_END)), np.uint8, _TABLE_END)
    for first, last in SPACELESS_RANGES:
        part = kinds[first : last + 1]
        part[part != 0] |= _SPACELESS
    return kinds


def _spaceless(folded: U32, starts: I64) -> npt.NDArray[np.bool_]:
    """Which texts have over half of their letters in scripts without spaces."""
    none = np.zeros(len(starts) - 1, bool)
    if not ((folded >= _SPACELESS_FIRST) & ((folded < _SPACELESS_GAP[0]) | (folded >= _SPACELESS_GAP[1]))).any():
        return none
    kinds = _kinds()[folded]
    spaceless = np.flatnonzero(kinds & _SPACELESS)
    letters = np.diff(np.searchsorted(np.flatnonzero(kinds & _LETTER), starts))
    return 2 * np.diff(np.searchsorted(spaceless, starts)) > letters
