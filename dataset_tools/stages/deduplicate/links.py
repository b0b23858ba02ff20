"""Links: which documents share a band key, and which therefore have to be compared in one place."""

import numpy as np
import numpy.typing as npt

CHARACTERS_OF_GROUP = 2 << 20
"""Documents of about so much text are compared in one place, more if all of them are linked."""

I64 = npt.NDArray[np.int64]


def shared_buckets(keys: npt.NDArray[np.uint64]) -> I64:
    """For documents, a row each, the number of each band's bucket; -1 where no other document is in it."""
    numbers = np.full(keys.shape, -1, np.int64)
    first = 0
    for band, column in enumerate(keys.T):
        _, bucket, counts = np.unique(column, return_inverse=True, return_counts=True)
        numbers[:, band] = np.where(counts[bucket] > 1, first + bucket, -1)
        first += len(counts)
    return numbers


def components(numbers: I64) -> I64:
    """For each document the first of those that it is linked with, directly or by others."""
    documents, bands = np.nonzero(numbers >= 0)
    _, buckets = np.unique(numbers[documents, bands], return_inverse=True)
    first = np.arange(len(numbers))
    while True:
        lowest = np.full(int(buckets.max(initial=-1)) + 1, len(numbers))
        np.minimum.at(lowest, buckets, first[documents])
        lower = first.copy()
        np.minimum.at(lower, documents, lowest[buckets])
        lower = lower[lower]
        if np.array_equal(lower, first):
            return first
        first = lower


def groups(component: I64, characters: I64) -> I64:
    """Gather whole components, by their first document, into groups of about `CHARACTERS_OF_GROUP`."""
    sizes = np.bincount(component, characters, len(component)).astype(np.int64)
    before = np.cumsum(sizes) - sizes
    gathered: I64 = (before // CHARACTERS_OF_GROUP)[component]
    return gathered
