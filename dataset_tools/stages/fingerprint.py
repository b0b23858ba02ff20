"""Fingerprint: MinHash band keys of each text, which propose the pairs that deduplication then verifies.

Words and shingles follow the definitions of `dataset_tools.text` for every character, but on arrays: code points are
classified by a table, words hashed by differences of polynomial prefix sums modulo 2**64, five of them combined.
Two texts are a candidate pair if they share a band: `rows` signature values that all agree (Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, ch. 3). For similarity s that has the probability 1 - (1 - s**rows)**bands.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import rensa

from dataset_tools.text import NGRAM, SPACELESS_RANGES

RECALL = 0.995
"""The least expected recall of candidates at the threshold."""

MAX_PERMUTATIONS = 128
PIECE = 1 << 17
"""Code points handled at once, so that the arrays stay in the cache of a core."""

_SEED = 42
_TABLE_END = 0x32400  # no letter, digit or word character lies beyond; a test says so
_SEVERAL = np.uint32(0xFFFFFFFF)
_LETTER, _SPACELESS = np.uint8(1), np.uint8(2)
_SPACELESS_FIRST = SPACELESS_RANGES[0][0]
_SPACELESS_GAP = (0x1A00, 0x2E80)  # Vietnamese letters are in it; a test says that no script without spaces is

U64 = npt.NDArray[np.uint64]
_PRIME = 0x100000001B3
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xD6E8FEB86659FD93)
_CHARACTER_SALT = np.uint64(0x5851F42D4C957F2D)


@dataclass(frozen=True, slots=True)
class Banding:
    """How signatures are cut: `bands` keys of `rows` values each."""

    bands: int
    rows: int

    @property
    def permutations(self) -> int:
        """Signature values needed."""
        return self.bands * self.rows

    def recall(self, similarity: float) -> float:
        """The probability that two texts of this similarity share a band."""
        return 1.0 - (1.0 - similarity**self.rows) ** self.bands


def banding(threshold: float) -> Banding:
    """The most selective banding with the recall wanted at the threshold, within the permutations allowed."""
    for rows in range(MAX_PERMUTATIONS, 1, -1):
        hit = threshold**rows
        if hit == 1.0:
            return Banding(1, rows)
        bands = math.ceil(math.log(1.0 - RECALL) / math.log1p(-max(hit, 1e-9)))
        if bands * rows <= MAX_PERMUTATIONS:
            return Banding(bands, rows)
    return Banding(MAX_PERMUTATIONS, 1)


def fingerprint(texts: Sequence[str | None], cut: Banding) -> list[bytes | None]:
    """For each text in NFC its band keys, `bands` little-endian uint64; None for None and for a text without words.

    A text has those of its canonical form: case is folded here.

    Keys of different bands never compare equal but by chance: the band number is part of what is hashed.
    """
    keys: list[bytes | None] = [None] * len(texts)
    for positions, piece in _pieces(texts):
        hashes, counts = shingle_hashes(piece)
        signatures = _signatures(hashes, counts, cut.permutations)
        rows = _band_keys(signatures, cut).astype("<u8", copy=False)
        for position, count, row in zip(positions, counts, rows, strict=True):
            if count:
                keys[position] = row.tobytes()
    return keys


def _pieces(texts: Sequence[str | None]) -> Iterator[tuple[list[int], list[str]]]:
    """Runs of texts of about `PIECE` code points, with their positions; a longer text is a run of its own."""
    positions: list[int] = []
    piece: list[str] = []
    size = 0
    for position, text in enumerate(texts):
        if text is None:
            continue
        if piece and size + len(text) > PIECE:
            yield positions, piece
            positions, piece, size = [], [], 0
        positions.append(position)
        piece.append(text)
        size += len(text) + 1
    if piece:
        yield positions, piece


def shingle_hashes(texts: Sequence[str]) -> tuple[U64, npt.NDArray[np.int64]]:
    """Hashes of the shingles of all texts, which are in NFC, one after the other, and how many each text has."""
    folded = _folded(texts)
    if (folded == _SEVERAL).any():
        texts = [text.casefold() for text in texts]
        folded = _folded(texts)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    starts = np.concatenate([[1], 1 + np.cumsum(lengths)])  # where each text starts, and where all end
    word_starts, word_hashes = _words(folded)
    counts = np.diff(np.searchsorted(word_starts, starts))
    spaceless = _spaceless_texts(folded, starts)
    if not spaceless.any():
        return _ngrams(word_hashes, counts)
    at = np.flatnonzero(folded)
    characters = _scramble(folded[at].astype(np.uint64) + _CHARACTER_SALT)
    character_counts = np.diff(np.searchsorted(at, starts))
    units = np.where(spaceless, character_counts, counts)
    parts = []
    for i, by_character in enumerate(spaceless):
        lookup, values = (at, characters) if by_character else (word_starts, word_hashes)
        first, last = np.searchsorted(lookup, starts[i : i + 2])
        parts.append(values[first:last])
    return _ngrams(np.concatenate(parts), units)


def _folded(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """What `_folds` has for each code point of the texts, with a line break before each and after the last."""
    codes = np.frombuffer(("\n" + "\n".join(texts) + "\n").encode("utf-32-le"), np.uint32)
    return np.take(_folds(), codes, mode="clip")


@lru_cache(maxsize=1)
def _folds() -> npt.NDArray[np.uint32]:
    r"""For each code point what case folding makes of it: 0 if that is not matched by `\w`, `_SEVERAL` for several."""
    folds = np.zeros(_TABLE_END, np.uint32)
    for code in range(_TABLE_END):
        folded = chr(code).casefold()
        if len(folded) > 1:
            folds[code] = _SEVERAL
        elif folded.isalnum() or folded == "_":
            folds[code] = ord(folded)
    return folds


@lru_cache(maxsize=1)
def _kinds() -> npt.NDArray[np.uint8]:
    """For each code point: is it a letter, does it belong to a script without spaces?"""
    kinds = np.fromiter((_LETTER * chr(code).isalpha() for code in range(_TABLE_END)), np.uint8, _TABLE_END)
    for first, last in SPACELESS_RANGES:
        part = kinds[first : last + 1]
        part[part != 0] |= _SPACELESS
    return kinds


def _spaceless_texts(folded: npt.NDArray[np.uint32], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which texts have over half of their letters in scripts without spaces."""
    none = np.zeros(len(starts) - 1, bool)
    if not ((folded >= _SPACELESS_FIRST) & ((folded < _SPACELESS_GAP[0]) | (folded >= _SPACELESS_GAP[1]))).any():
        return none
    kinds = _kinds()[folded]
    spaceless = np.flatnonzero(kinds & _SPACELESS)
    letters = np.diff(np.searchsorted(np.flatnonzero(kinds & _LETTER), starts))
    return 2 * np.diff(np.searchsorted(spaceless, starts)) > letters


def _words(folded: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.int64], U64]:
    """Where each word starts, and its hash; the first and the last code point are line breaks."""
    inside = folded != 0
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    first, stop = edges[0::2], edges[1::2]
    power, inverse = _powers(max(len(folded), 2 * PIECE))
    prefix = np.cumsum(folded * power[: len(folded)], dtype=np.uint64)
    return first, _scramble((prefix[stop - 1] - prefix[first - 1]) * inverse[first])


@lru_cache(maxsize=1)
def _powers(count: int) -> tuple[U64, U64]:
    """Powers of an odd number and of its inverse modulo 2**64."""
    factors = (_PRIME, pow(_PRIME, -1, 1 << 64))
    power, inverse = (np.cumprod(np.full(count, factor, np.uint64), dtype=np.uint64) for factor in factors)
    return power, inverse


def _scramble(values: U64) -> U64:
    """A bijection of uint64 whose every output bit depends on every input bit."""
    values ^= values >> np.uint64(31)
    values *= _MIX
    values ^= values >> np.uint64(29)
    values *= _MIX_2
    values ^= values >> np.uint64(32)
    return values


def _ngrams(units: U64, counts: npt.NDArray[np.int64]) -> tuple[U64, npt.NDArray[np.int64]]:
    """Combine runs of `NGRAM` units inside each text; a text with fewer units has one shingle of all of them."""
    total = len(units)
    ends = np.cumsum(counts)
    padded = np.concatenate([units, np.zeros(NGRAM, np.uint64)])
    combined = np.zeros(total, np.uint64)
    for k in range(NGRAM):
        combined *= _MIX
        combined += padded[k : k + total]
    combined = _scramble(combined)
    keep = np.ones(total, bool)
    for k in range(1, NGRAM):
        late = ends - k
        keep[late[late >= ends - counts]] = False
    for i in np.flatnonzero((counts > 0) & (counts < NGRAM)):
        first = ends[i] - counts[i]
        value = np.array([counts[i]], np.uint64)
        for unit in units[first : ends[i]]:
            value *= _MIX
            value += unit
        combined[first] = _scramble(value)[0]
        keep[first] = True
    shingle_counts = np.where(counts > 0, np.maximum(counts - NGRAM + 1, 1), 0)
    return combined[keep], shingle_counts


def _signatures(hashes: U64, counts: npt.NDArray[np.int64], permutations: int) -> npt.NDArray[np.uint32]:
    """MinHash signatures, one row of `permutations` values per text."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, num_perm=permutations, seed=_SEED)
    return np.array(matrix.to_rows(), np.uint32).reshape(len(counts), permutations)


def _band_keys(signatures: npt.NDArray[np.uint32], cut: Banding) -> U64:
    """Hash each band of each signature into one uint64."""
    values = signatures.reshape(len(signatures), cut.bands, cut.rows).astype(np.uint64)
    keys = np.broadcast_to(np.arange(1, cut.bands + 1, dtype=np.uint64), values.shape[:2]).copy()
    for row in range(cut.rows):
        keys = _scramble(keys * _MIX + values[:, :, row])
    return keys
