"""Fingerprint: MinHash band keys of each text, which propose the pairs that deduplication then verifies.

The shingles are those of `dataset_tools.text` to the letter, found and hashed on arrays.
Two texts are a candidate pair if they share a band: `rows` signature values that all agree (Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, ch. 3). For similarity s that has the probability 1 - (1 - s**rows)**bands.
"""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import rensa

from dataset_tools.text import NGRAM
from dataset_tools.units import (
    I64,
    MIX,
    PIECE,
    U32,
    U64,
    Units,
    first_units,
    following,
    pieces,
    scrambled,
    shingle_counts,
    units,
)

RECALL = 0.995
"""The least expected recall of candidates at the threshold."""

MAX_PERMUTATIONS = 128
_SEED = 42
_PRIME = 0x100000001B3
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
    some = [(position, text) for position, text in enumerate(texts) if text is not None]
    for start, stop in pieces([len(text) for _, text in some]):
        hashes, counts = shingle_hashes([text for _, text in some[start:stop]])
        signatures = minhash(hashes, counts, cut.permutations)
        rows = _band_keys(signatures, cut).astype("<u8", copy=False)
        for (position, _), count, row in zip(some[start:stop], counts, rows, strict=True):
            if count:
                keys[position] = row.tobytes()
    return keys


def shingle_hashes(texts: Sequence[str]) -> tuple[U64, I64]:
    """Hashes of the shingles of all texts, which are in NFC, one after the other, and how many each text has."""
    found = units(texts)
    hashes = _unit_hashes(found)
    combined = hashes.copy()
    for step in range(1, NGRAM):
        combined *= MIX
        combined += following(hashes, found.counts, step)
    return scrambled(combined)[first_units(found.counts)], shingle_counts(found.counts)


def _unit_hashes(found: Units) -> U64:
    """Hash the code points of each unit: differences of the prefix sums of a polynomial, moved to the same power."""
    power, inverse = _powers(max(len(found.folded), 2 * PIECE))
    prefix = np.cumsum(found.folded * power[: len(found.folded)], dtype=np.uint64)
    hashes = (prefix[found.stops - 1] - prefix[found.starts - 1]) * inverse[found.starts]
    if found.spaceless.any():
        hashes[np.repeat(found.spaceless, found.counts)] += _CHARACTER_SALT
    return scrambled(hashes)


@lru_cache(maxsize=1)
def _powers(count: int) -> tuple[U64, U64]:
    """Powers of an odd number and of its inverse modulo 2**64."""
    factors = (_PRIME, pow(_PRIME, -1, 1 << 64))
    power, inverse = (np.cumprod(np.full(count, factor, np.uint64), dtype=np.uint64) for factor in factors)
    return power, inverse


def minhash(hashes: U64, counts: I64, permutations: int) -> U32:
    """MinHash signatures, one row of `permutations` values per text."""
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint64)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, num_perm=permutations, seed=_SEED)
    rows = b"".join(array("I", row) for row in matrix.to_rows())  # half the time that numpy takes for lists of int
    return np.frombuffer(rows, np.uint32).reshape(len(counts), permutations)


def _band_keys(signatures: U32, cut: Banding) -> U64:
    """Hash each band of each signature into one uint64."""
    values = signatures.reshape(len(signatures), cut.bands, cut.rows).astype(np.uint64)
    keys = np.broadcast_to(np.arange(1, cut.bands + 1, dtype=np.uint64), values.shape[:2]).copy()
    for row in range(cut.rows):
        keys = scrambled(keys * MIX + values[:, :, row])
    return keys
