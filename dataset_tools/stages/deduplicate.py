"""Deduplicate: which documents are left out, and for each of them the one that is kept in its place.

The promise: every removed document has a kept one with which its exact similarity, by the definition in
`dataset_tools.text`, is at least the threshold. Fingerprints only propose. Nothing rests on a chain: a document is
compared with documents that are kept, and with no others.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.engines import Engine
from dataset_tools.text import canonical, differs_in_numbers_only, shingles, similarity

AUDIT_MARGIN = 0.15
"""Verified pairs so close to the threshold are listed, so that it can be judged."""

AUDIT_PAIRS = 10_000
"""At most so many pairs are listed, those nearest to the threshold."""

TEXTS_AT_ONCE = 2048
"""Documents whose texts are loaded together; a larger component is loaded whole."""

Rows = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]

REMOVED = pa.schema(
    [
        ("row", pa.int64()),
        ("kept_row", pa.int64()),
        ("reason", pa.string()),  # identical, same_text, near
        ("similarity", pa.float64()),
        ("numbers_only", pa.bool_()),
    ]
)

PAIRS = pa.schema([("row_a", pa.int64()), ("row_b", pa.int64()), ("similarity", pa.float64())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """When two documents are near-duplicates and which is kept; without `near` only same texts are duplicates."""

    near: bool
    threshold: float
    policy: str
    bucket_limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """`removed` has the columns of REMOVED, in document order; `pairs` those of PAIRS, `row_a` before `row_b`.

    `skipped` counts comparisons that `bucket_limit` left out, `pairs_found` the pairs before they were capped.
    """

    removed: pa.Table
    pairs: pa.Table
    pairs_found: int
    skipped: int


def deduplicate(
    rows: pa.Table, texts: Callable[[Rows], pa.Table] | None, criterion: Criterion, engine: Engine
) -> Duplicates:
    """Find the duplicates among valid documents.

    Args:
        rows: the columns row, sha256, text_key, title_chars, body_chars, and bands if `criterion.near`; by row.
        texts: gives title and body of the rows it is asked for; needed if `criterion.near`.
        criterion: what counts as a duplicate, and which is kept.
        engine: runs the comparison inside each component of candidates.
    """
    order = _policy_order(rows, criterion.policy)
    first_of = _first_of_same_text(rows, order)
    numbers = rows["row"].to_numpy()
    representatives = order[first_of[order] == order]
    near = _Compared()
    if criterion.near and texts is not None:
        near = _near(rows, representatives, texts, criterion, engine)
    positions = {number: position for position, number in enumerate(numbers.tolist())}
    kept_of = {positions[row]: (positions[kept], score, flag) for row, kept, score, flag in near.removed}
    sha256 = rows["sha256"].to_pylist()
    removed = []
    for position, first in enumerate(first_of.tolist()):
        if first in kept_of:
            kept, score, numbers_only = kept_of[first]
            removed.append((numbers[position], numbers[kept], "near", score, numbers_only))
        elif first != position:
            reason = "identical" if sha256[first] == sha256[position] else "same_text"
            removed.append((numbers[position], numbers[first], reason, 1.0, False))
    pairs = sorted(near.pairs, key=lambda pair: (abs(pair[2] - criterion.threshold), pair))[:AUDIT_PAIRS]
    return Duplicates(
        removed=_table(removed, REMOVED),
        pairs=_table(sorted(pairs), PAIRS),
        pairs_found=len(near.pairs),
        skipped=near.skipped,
    )


def _table(records: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*records, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)], schema=schema)


def _policy_order(rows: pa.Table, policy: str) -> Rows:
    """Positions in the order in which documents may claim their place; ties by document order."""
    positions = np.arange(rows.num_rows)
    if policy == "longest":
        lengths = pc.add(rows["title_chars"], rows["body_chars"]).to_numpy()
        return positions[np.argsort(-lengths, kind="stable")]
    return positions


def _first_of_same_text(rows: pa.Table, order: Rows) -> Rows:
    """For each position, the first in policy order of those with the same text."""
    first: dict[bytes, int] = {}
    keys = rows["text_key"].to_pylist()
    for position in order.tolist():
        first.setdefault(keys[position], position)
    return np.array([first[key] for key in keys], np.int64)


@dataclass(slots=True)
class _Compared:
    """What comparison found, in row numbers."""

    removed: list[tuple[int, int, float, bool]] = field(default_factory=list)
    pairs: list[tuple[int, int, float]] = field(default_factory=list)
    skipped: int = 0


def _near(
    rows: pa.Table, representatives: Rows, texts: Callable[[Rows], pa.Table], criterion: Criterion, engine: Engine
) -> _Compared:
    """Compare the representatives of different texts, in policy order, component by component."""
    bands = rows["bands"].take(representatives).combine_chunks()
    with_words = np.flatnonzero(bands.is_valid().to_numpy(zero_copy_only=False))
    found = _Compared()
    if len(with_words) < 2:
        return found
    keys = np.frombuffer(b"".join(bands.take(with_words).to_pylist()), "<u8").reshape(len(with_words), -1)
    members = components(keys)
    candidates = np.flatnonzero(members >= 0)
    numbers = rows["row"].to_numpy()[representatives[with_words]]
    table = pa.table(
        {
            "component": members[candidates],
            "rank": candidates,
            "row": numbers[candidates],
            "bands": [keys[position].tobytes() for position in candidates],
        }
    )
    for part in _portions(table.sort_by([("component", "ascending"), ("rank", "ascending")])):
        loaded = texts(part["row"].to_numpy())
        part = part.append_column("title", loaded["title"]).append_column("body", loaded["body"])
        for compared in engine.map_groups([part], "component", _Compare(criterion)):
            _collect(compared, found)
    return found


def components(keys: U64) -> Rows:
    """For each document (a row of band keys) the lowest document it is linked with through shared keys; -1 for none."""
    parent = list(range(len(keys)))
    linked = np.zeros(len(keys), bool)
    for band in keys.T:
        order = np.argsort(band, kind="stable")
        same = np.flatnonzero(band[order[1:]] == band[order[:-1]])
        for a, b in zip(order[same].tolist(), order[same + 1].tolist(), strict=True):
            _join(parent, a, b)
        linked[order[same]] = linked[order[same + 1]] = True
    return np.array([_root(parent, i) if linked[i] else -1 for i in range(len(keys))], np.int64)


def _join(parent: list[int], a: int, b: int) -> None:
    first, second = sorted((_root(parent, a), _root(parent, b)))
    parent[second] = first


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


def _portions(table: pa.Table) -> Iterator[pa.Table]:
    """Whole components, together about `TEXTS_AT_ONCE` documents."""
    values = table["component"].to_numpy()
    ends = [*(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist(), table.num_rows]
    start = 0
    for end, after in zip(ends, [*ends[1:], None], strict=True):
        if after is None or after - start > TEXTS_AT_ONCE:
            yield table.slice(start, end - start)
            start = end


_COMPARED = pa.schema(
    [
        ("row", pa.int64()),
        ("other", pa.int64()),
        ("similarity", pa.float64()),
        ("removed", pa.int64()),  # 1: row is removed in favour of other; 0: a pair to list
        ("numbers_only", pa.int64()),
        ("skipped", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class _Compare:
    """The comparison inside one component, as a stage: columns rank, row, bands, title, body; gives `_COMPARED`."""

    criterion: Criterion

    def __call__(self, component: pa.Table) -> pa.Table:
        component = component.sort_by("rank")
        texts = [canonical(a, b) for a, b in zip(*(component[c].to_pylist() for c in ("title", "body")), strict=True)]
        bands = [np.frombuffer(keys, "<u8").tolist() for keys in component["bands"].to_pylist()]
        return _table(list(_compare(component["row"].to_pylist(), texts, bands, self.criterion)), _COMPARED)


def _compare(
    rows: list[int], texts: list[str], bands: list[list[int]], criterion: Criterion
) -> Iterator[tuple[int, int, float, int, int, int]]:
    """Documents in policy order, each against the kept ones of its buckets; yields rows of `_COMPARED`."""
    sets = [shingles(text) for text in texts]
    buckets: dict[int, list[int]] = {}
    kept_in_bucket: dict[int, int] = {}
    for i, keys in enumerate(bands):
        candidates = sorted({j for key in keys for j in buckets.get(key, ())})
        skipped = sum(kept_in_bucket.get(key, 0) - len(buckets.get(key, ())) for key in keys)
        scores = [(similarity(sets[i], sets[j]), j) for j in candidates]
        for score, j in scores:
            if abs(score - criterion.threshold) <= AUDIT_MARGIN:
                yield rows[i], rows[j], score, 0, 0, 0
        near = [(score, -rows[j], j) for score, j in scores if score >= criterion.threshold]
        if near:
            score, _, j = max(near)
            yield rows[i], rows[j], score, 1, int(differs_in_numbers_only(texts[i], texts[j])), skipped
            continue
        if skipped:
            yield rows[i], rows[i], 0.0, 0, 0, skipped
        for key in keys:
            bucket = buckets.setdefault(key, [])
            kept_in_bucket[key] = kept_in_bucket.get(key, 0) + 1
            if len(bucket) < criterion.bucket_limit:
                bucket.append(i)


def _collect(compared: pa.Table, found: _Compared) -> None:
    for row, other, score, removed, numbers_only, skipped in zip(
        *(column.to_pylist() for column in compared.columns), strict=True
    ):
        found.skipped += skipped
        if removed:
            found.removed.append((row, other, score, bool(numbers_only)))
        elif row != other:
            found.pairs.append((min(row, other), max(row, other), score))
