"""How many near-duplicates are found: counted on a sample of a corpus, by the definition, without any fingerprint."""

import heapq
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.dedup_report import RecallEstimate
from dataset_tools.model import Progress
from dataset_tools.report import report_path
from dataset_tools.spool import Spool
from dataset_tools.text import canonical, shingles, similarity

EXAMPLES = 5
_SEED = 1
_TEXTS_AT_ONCE = 1024

Rows = npt.NDArray[np.int64]


def estimate_recall(
    valid: pa.Table, spool: Spool, threshold: float, sample: int, root: Path, progress: Progress
) -> RecallEstimate:
    """Compare some documents with all, and see which pairs at or above the threshold share a band.

    Args:
        valid: the rows of valid documents, with bands.
        spool: has their texts.
        threshold: the similarity from which two texts are near-duplicates.
        sample: how many documents are drawn, at most; always the same ones of the same corpus.
        root: of the corpus.
        progress: is told how far it is.
    """
    rows = _different_texts(valid)
    drawn = np.sort(np.random.default_rng(_SEED).choice(rows, min(sample, len(rows)), replace=False))
    progress.stage("Sampling", len(rows))
    sets = dict(_sets(drawn, spool))
    index = _rare_shingles(sets, threshold)
    bands = _bands(valid, drawn)
    counts = {True: 0, False: 0}
    missed: list[tuple[float, int, int]] = []
    for start in range(0, len(rows), _TEXTS_AT_ONCE):
        part = rows[start : start + _TEXTS_AT_ONCE]
        of_part = _bands(valid, part)
        for row, own in _sets(part, spool):
            met = {one for shingle in own if shingle in index for one in index[shingle]}
            for other in met:
                if other == row or (row in sets and row < other):  # a pair of two drawn documents counts once
                    continue
                score = similarity(own, sets[other])
                if score >= threshold:
                    found = not of_part[row].isdisjoint(bands[other])
                    counts[found] += 1
                    if not found:
                        missed.append((score, min(row, other), max(row, other)))
        missed = heapq.nlargest(EXAMPLES, missed)
        progress.advance(len(part))
    paths = dict(zip(valid["row"].to_pylist(), valid["path"].to_pylist(), strict=True)) if missed else {}
    return RecallEstimate(
        sampled=len(drawn),
        among=len(rows),
        found=counts[True],
        missed=counts[False],
        examples=tuple((report_path(paths[a], root), report_path(paths[b], root), score) for score, a, b in missed),
    )


def _different_texts(valid: pa.Table) -> Rows:
    """The rows that have words, one for each text."""
    columns = (valid[name].to_pylist() for name in ("row", "text_key", "bands"))
    first: dict[bytes, int] = {}
    for row, key, bands in zip(*columns, strict=True):
        if bands is not None:
            first.setdefault(key, row)
    return np.array(sorted(first.values()), np.int64)


def _sets(rows: Rows, spool: Spool) -> Iterator[tuple[int, frozenset[str]]]:
    for start in range(0, len(rows), _TEXTS_AT_ONCE):
        part = rows[start : start + _TEXTS_AT_ONCE]
        texts = spool.texts(part)
        for row, title, body in zip(part.tolist(), texts["title"].to_pylist(), texts["body"].to_pylist(), strict=True):
            yield row, shingles(canonical(title, body))


def _rare_shingles(sets: dict[int, frozenset[str]], threshold: float) -> dict[str, list[int]]:
    """For each of the rarest shingles of each text the rows of the texts that have it among those.

    A text of n shingles shares at least `threshold * n` of them with any that is near, so that one of its n - need + 1
    rarest is among the shared ones, whichever these are (prefix filtering: Chaudhuri, Ganti and Kaushik 2006).
    """
    often = Counter(shingle for one in sets.values() for shingle in one)
    index: dict[str, list[int]] = {}
    for row, one in sets.items():
        need = max(1, math.floor(threshold * len(one)))
        for shingle in sorted(one, key=lambda shingle: (often[shingle], shingle))[: len(one) - need + 1]:
            index.setdefault(shingle, []).append(row)
    return index


def _bands(valid: pa.Table, rows: Rows) -> dict[int, frozenset[int]]:
    """The band keys of some rows."""
    positions = np.searchsorted(valid["row"].to_numpy(), rows)
    keys = valid["bands"].take(positions).to_pylist()
    return {
        row: frozenset(np.frombuffer(of_row, "<u8").tolist()) for row, of_row in zip(rows.tolist(), keys, strict=True)
    }
