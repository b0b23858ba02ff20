"""Links: which documents share a band key, and which therefore have to be compared in one place."""

import numpy as np
import numpy.typing as npt

CHARACTERS_OF_GROUP = 1 << 20
"""Documents of about so much text are compared in one place, more if all of them are linked."""

_MARKS = 1 << 18

I64 = npt.NDArray[np.int64]


def shared_buckets(keys: npt.NDArray[np.uint64]) -> tuple[I64, I64]:
    """Of documents, a row of band keys each, those that share a bucket with others, and its number; by document."""
    documents: list[I64] = [np.zeros(0, np.int64)]
    buckets: list[I64] = [np.zeros(0, np.int64)]
    first = 0
    for column in map(np.ascontiguousarray, keys.T):
        ascending = np.sort(column)
        shared = np.unique(ascending[1:][ascending[1:] == ascending[:-1]])
        if len(shared):
            marked = np.zeros(_MARKS, bool)
            marked[shared % _MARKS] = True
            maybe = np.flatnonzero(marked[column % _MARKS])  # few of all
            number = np.searchsorted(shared, column[maybe])
            found = shared[np.minimum(number, len(shared) - 1)] == column[maybe]
            documents.append(maybe[found])
            buckets.append(first + number[found])
            first += len(shared)
    document = np.concatenate(documents)
    order = np.argsort(document, kind="stable")
    return document[order], np.concatenate(buckets)[order]


def components(document: I64, bucket: I64) -> I64:
    """For each of the documents 0, 1, … the first of those that it is linked with, directly or by others.

    `document` and `bucket` are what `shared_buckets` gives, all documents being in some bucket.
    """
    first = np.arange(int(document.max(initial=-1)) + 1)
    while True:
        lowest = np.full(int(bucket.max(initial=-1)) + 1, len(first))
        np.minimum.at(lowest, bucket, first[document])
        lower = first.copy()
        np.minimum.at(lower, document, lowest[bucket])
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
