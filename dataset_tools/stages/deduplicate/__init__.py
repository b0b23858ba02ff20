"""Deduplicate: which documents are left out, and for each of them the one that is kept in its place.

The promise: every removed document has a kept one with which its exact similarity, by the definition in
`dataset_tools.text`, is at least the threshold. Fingerprints only propose. Nothing rests on a chain: a document is
compared with documents that are kept, and with no others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.globs import glob
from dataset_tools.stages.deduplicate.buckets import Buckets
from dataset_tools.stages.deduplicate.compare import Comparison, Hashes, Near, Rows, Texts
from dataset_tools.stages.deduplicate.pairs import AUDIT_MARGIN, BINS
from dataset_tools.text import canonical, differs_in_numbers_only, shingles, similarity

PAIRS_AT_ONCE = 256

REMOVED = pa.schema(
    [
        ("row", pa.int64()),
        ("kept_row", pa.int64()),
        ("reason", pa.string()),  # identical, same_text, near
        ("similarity", pa.float64()),
        ("numbers_only", pa.bool_()),
    ]
)

PAIRS = pa.schema(
    [("row_a", pa.int64()), ("row_b", pa.int64()), ("similarity", pa.float64()), ("numbers_only", pa.bool_())]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """When two documents are near-duplicates and which is kept; without `near` only same texts are duplicates.

    `policy` is first, longest or priority; of `priority`, globs over paths, the first that matches counts. `numbers` is
    remove or keep: what to do with near-duplicates that differ in numbers only.
    """

    near: bool
    threshold: float
    policy: str
    bucket_limit: int
    priority: tuple[str, ...] = ()
    numbers: str = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """`removed` has the columns of REMOVED, in document order; `pairs` those of PAIRS, `row_a` before `row_b`.

    `skipped` counts comparisons that `bucket_limit` left out, `pairs_found` the pairs before they were capped;
    `histogram` says how many of the pairs compared lie in each hundredth of similarity, as far as hashes tell.
    """

    removed: pa.Table
    pairs: pa.Table
    pairs_found: int
    skipped: int
    histogram: tuple[int, ...]


def deduplicate(rows: pa.Table, texts: Texts | None, hashes: Hashes | None, criterion: Criterion) -> Duplicates:
    """Find the duplicates among valid documents.

    Args:
        rows: the columns row, path, sha256, text_key, title_chars, body_chars, and bands if `criterion.near`; by row.
        texts: gives title and body of the rows it is asked for; needed if `criterion.near`.
        hashes: gives a hash for each shingle of canonical texts, one text after the other, and how many each has.
        criterion: what counts as a duplicate, and which is kept.
    """
    order = _policy_order(rows, criterion)
    first_of = _first_of_same_text(rows, order)
    numbers = rows["row"].to_numpy()
    representatives = order[first_of[order] == order]
    compared: Comparison | None = None
    pairs: list[tuple[int, int, float, bool]] = []
    if criterion.near and texts is not None and hashes is not None:
        compared = _compared(rows, representatives, texts, hashes, criterion)
        pairs = _verified(compared.pairs.nearest(), compared.removed, texts, criterion)
    positions = {number: position for position, number in enumerate(numbers.tolist())}
    near = {positions[one.row]: one for one in compared.removed} if compared else {}
    sha256 = rows["sha256"].to_pylist()
    removed: list[tuple[int, int, str, float, bool]] = []
    for position, first in enumerate(first_of.tolist()):
        if first in near:
            one = near[first]
            removed.append((numbers[position], one.kept, "near", one.similarity, one.numbers_only))
        elif first != position:
            reason = "identical" if sha256[first] == sha256[position] else "same_text"
            removed.append((numbers[position], numbers[first], reason, 1.0, False))
    return Duplicates(
        removed=_table(removed, REMOVED),
        pairs=_table(pairs, PAIRS),
        pairs_found=compared.pairs.found if compared else 0,
        skipped=compared.skipped if compared else 0,
        histogram=tuple(compared.pairs.histogram.tolist()) if compared else (0,) * BINS,
    )


def _table(records: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*records, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)], schema=schema)


def _policy_order(rows: pa.Table, criterion: Criterion) -> Rows:
    """Positions in the order in which documents may claim their place; ties by document order."""
    if criterion.policy == "longest":
        return np.argsort(-_characters(rows), kind="stable")
    if criterion.policy == "priority":
        patterns = [glob(pattern) for pattern in criterion.priority]
        ranks = [
            next((rank for rank, pattern in enumerate(patterns) if pattern.fullmatch(path)), len(patterns))
            for path in rows["path"].to_pylist()
        ]
        return np.argsort(ranks, kind="stable")
    return np.arange(rows.num_rows)


def _characters(rows: pa.Table) -> Rows:
    lengths: Rows = pc.add(rows["title_chars"], rows["body_chars"]).to_numpy()
    return lengths


def _first_of_same_text(rows: pa.Table, order: Rows) -> Rows:
    """For each position, the first in policy order of those with the same text."""
    first: dict[bytes, int] = {}
    keys = rows["text_key"].to_pylist()
    for position in order.tolist():
        first.setdefault(keys[position], position)
    return np.array([first[key] for key in keys], np.int64)


def _compared(rows: pa.Table, representatives: Rows, texts: Texts, hashes: Hashes, criterion: Criterion) -> Comparison:
    """Compare the representatives of different texts that have words, in policy order."""
    bands = rows["bands"].take(representatives).combine_chunks()
    with_words = np.flatnonzero(bands.is_valid().to_numpy(zero_copy_only=False))
    keys = np.frombuffer(b"".join(bands.take(with_words).to_pylist()), "<u8")
    positions = representatives[with_words]
    comparison = Comparison(
        rows["row"].to_numpy()[positions],
        _characters(rows)[positions],
        Buckets(keys.reshape(len(with_words), -1 if len(with_words) else 0), criterion.bucket_limit),
        texts=texts,
        hashes=hashes,
        threshold=criterion.threshold,
        keep_numbers=criterion.numbers == "keep",
    )
    comparison.run()
    return comparison


def _verified(
    pairs: Sequence[tuple[int, int]], removed: Sequence[Near], texts: Texts, criterion: Criterion
) -> list[tuple[int, int, float, bool]]:
    """The pairs to list with their similarity by the definition; those of `removed` have it already."""
    known = {(min(one.row, one.kept), max(one.row, one.kept)): one for one in removed}
    found = {pair: (known[pair].similarity, known[pair].numbers_only) for pair in pairs if pair in known}
    open_pairs = [pair for pair in pairs if pair not in known]
    sets = lru_cache(PAIRS_AT_ONCE)(shingles)
    for start in range(0, len(open_pairs), PAIRS_AT_ONCE):
        part = open_pairs[start : start + PAIRS_AT_ONCE]
        wanted = np.unique(np.array(part, np.int64))
        columns = (column.to_pylist() for column in texts(wanted).select(["title", "body"]).columns)
        of = dict(zip(wanted.tolist(), (canonical(a, b) for a, b in zip(*columns, strict=True)), strict=True))
        found |= {
            (a, b): (similarity(sets(of[a]), sets(of[b])), differs_in_numbers_only(of[a], of[b])) for a, b in part
        }
    return [
        (a, b, score, numbers_only)
        for (a, b), (score, numbers_only) in sorted(found.items())
        if abs(score - criterion.threshold) <= AUDIT_MARGIN
        or (criterion.numbers == "keep" and numbers_only and score >= criterion.threshold)
    ]
