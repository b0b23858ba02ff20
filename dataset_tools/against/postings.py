"""Postings: how similar a text is to each of many, in one go.

For every shingle the texts that have it. A text's own shingles then say how many it has in common with each of them, so
that hundreds of copies of one template cost little more than one.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dataset_tools.text import shingles


class Postings:
    """The shingles of some canonical texts that have words."""

    def __init__(self, canonical_texts: Sequence[str]) -> None:
        """Number the shingles, and list the texts that have each, one list after the other."""
        self._number: dict[str, int] = {}
        parts = [
            np.array([self._number.setdefault(shingle, len(self._number)) for shingle in shingles(text)], np.int64)
            for text in canonical_texts
        ]
        self._sizes = np.array([len(part) for part in parts], np.int64)
        numbers = np.concatenate([*parts, np.array([], np.int64)])
        self._owners = np.repeat(np.arange(len(parts)), self._sizes)[np.argsort(numbers, kind="stable")]
        self._bounds = np.cumsum([0, *np.bincount(numbers, minlength=len(self._number))])

    def similarities(self, own: frozenset[str]) -> npt.NDArray[np.float64]:
        """What `text.similarity` gives for a set of shingles, which is not empty, and each text."""
        known = np.array([self._number[shingle] for shingle in own if shingle in self._number], np.int64)
        bounds = zip(self._bounds[known].tolist(), self._bounds[known + 1].tolist(), strict=True)
        lists = [self._owners[start:end] for start, end in bounds]
        shared = np.bincount(np.concatenate([*lists, np.array([], np.int64)]), minlength=len(self._sizes))
        return shared / (len(own) + self._sizes - shared)
