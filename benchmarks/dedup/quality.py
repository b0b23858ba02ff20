"""What a deduplication has done, held against all pairs of near-duplicates, by the definition in `dataset_tools.text`.

All pairs, without exception: two sets with a similarity of at least t share at least t·n of the n shingles of either,
so one of the n - ⌈t·n⌉ + 1 rarest of one is among those of the other (prefix filtering; Chaudhuri, Ganti and Kaushik
2006). Every pair for which that holds is compared. It takes memory for every shingle, and is quick where few shingles
are in many documents, as in the corpora of generate.py.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from dataset_tools.text import shingles, similarity

NEAR_THRESHOLD = 0.05
"""Pairs by so much above the threshold are counted apart: they are the hardest to find."""

Pairs = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """`resolved` pairs are not both kept; `unjustified` removals have no kept document at the threshold or above."""

    removed: int
    unjustified: int
    pairs: int
    resolved: int
    near_pairs: int
    near_resolved: int


def judge(pairs: Pairs, kept: set[int], documents: int, threshold: float) -> Quality:
    """Hold what was kept of `documents`, by number, against all pairs at the threshold or above."""
    justified = {one for pair in pairs for one, other in (pair, pair[::-1]) if one not in kept and other in kept}
    near = [pair for pair, value in pairs.items() if value < threshold + NEAR_THRESHOLD]
    return Quality(
        removed=documents - len(kept),
        unjustified=documents - len(kept) - len(justified),
        pairs=len(pairs),
        resolved=sum(not kept.issuperset(pair) for pair in pairs),
        near_pairs=len(near),
        near_resolved=sum(not kept.issuperset(pair) for pair in near),
    )


def all_pairs(canonical_texts: Sequence[str], threshold: float) -> Pairs:
    """Every pair of documents at the threshold or above, the lower number first, with its exact similarity."""
    sets = lru_cache(4096)(lambda number: shingles(canonical_texts[number]))
    found = ((a, b, similarity(sets(a), sets(b))) for a, b in _candidates(canonical_texts, threshold))
    return {(a, b): value for a, b, value in found if value >= threshold}


def _candidates(canonical_texts: Sequence[str], threshold: float) -> Iterator[tuple[int, int]]:
    """The pairs that share one of their rarest shingles; equal hashes of others only add to them."""
    hashed = [np.fromiter(map(hash, shingles(text)), np.int64) for text in canonical_texts]
    sizes = np.array([len(one) for one in hashed])
    documents = np.repeat(np.arange(len(sizes)), sizes)
    _, shingle, counts = np.unique(np.concatenate(hashed), return_inverse=True, return_counts=True)
    order = np.lexsort((shingle, counts[shingle], documents))
    place = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    prefixes = np.array([size - math.ceil(threshold * size - 1e-9) + 1 for size in sizes.tolist()])
    shingle, documents = shingle[order], documents[order]
    rare = (place < prefixes[documents]) & (counts[shingle] > 1)
    yield from sorted(_sharing(shingle[rare], documents[rare]))


def _sharing(shingle: npt.NDArray[np.int64], documents: npt.NDArray[np.int64]) -> set[tuple[int, int]]:
    """The pairs of different documents that have a shingle in common."""
    order = np.lexsort((documents, shingle))
    shingle, documents = shingle[order], documents[order]
    ends = np.append(np.flatnonzero(np.diff(shingle)) + 1, len(shingle))
    starts = np.append(0, ends[:-1])
    two = ends - starts == 2
    firsts = starts[two]
    pairs = set(map(tuple, np.unique(np.column_stack((documents[firsts], documents[firsts + 1])), axis=0).tolist()))
    for start, end in zip(starts[~two].tolist(), ends[~two].tolist(), strict=True):
        pairs.update(combinations(documents[start:end].tolist(), 2))
    return pairs
