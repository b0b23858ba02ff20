"""Deduplicate: which documents are left out, and for each of them the one that is kept in its place.

The promise: every removed document has a kept one with which its exact similarity, by the definition in
`dataset_tools.text`, is at least the threshold. Fingerprints only propose. Nothing rests on a chain: a document is
compared with documents that are kept, and with no others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.globs import glob
from dataset_tools.stages.deduplicate.compare import COMPARED, LINKED, Compare
from dataset_tools.stages.deduplicate.links import I64, components, groups, shared_buckets
from dataset_tools.stages.deduplicate.pairs import BINS, Pairs
from dataset_tools.stages.deduplicate.plain import Texts

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
    `histogram` says how many of the pairs compared lie in each hundredth of similarity.
    """

    removed: pa.Table
    pairs: pa.Table
    pairs_found: int
    skipped: int
    histogram: tuple[int, ...]


Groups = Callable[[Iterable[pa.Table], str, Compare], Iterator[pa.Table]]
"""The verb `map_groups` of an engine."""

Link = Callable[[pa.Table], tuple[I64, I64]]
"""Says of documents (row, bands), by their position, what `shared_buckets` says of their band keys."""


def link_here(documents: pa.Table) -> tuple[I64, I64]:
    """Compare the band keys that documents have in the column bands."""
    return shared_buckets(_keys(documents["bands"].combine_chunks()))


def deduplicate(
    rows: pa.Table,
    texts: Texts | None,
    map_groups: Groups,
    criterion: Criterion,
    advance: Callable[[int], None],
    link: Link = link_here,
) -> Duplicates:
    """Find the duplicates among valid documents.

    Args:
        rows: the columns row, path, sha256, text_key, title_chars, body_chars, and bands if `criterion.near`; by row.
        texts: gives title and body of the rows it is asked for; needed if `criterion.near`.
        map_groups: compares; each group of documents that may meet in one place.
        criterion: what counts as a duplicate, and which is kept.
        advance: is told how many more documents are done.
        link: says which documents share a band key; for rows whose band keys lie elsewhere.
    """
    order = _policy_order(rows, criterion)
    first_of = _first_of_same_text(rows, order)
    numbers = rows["row"].to_numpy()
    near: dict[int, tuple[int, float, bool]] = {}
    pairs, skipped = Pairs(criterion.threshold), 0
    if criterion.near and texts is not None:
        stage = Compare(
            texts=texts,
            threshold=criterion.threshold,
            bucket_limit=criterion.bucket_limit,
            keep_numbers=criterion.numbers == "keep",
        )
        linked = _linked(rows, order[first_of[order] == order], link)
        advance(len(rows) - len(linked))
        sizes = np.bincount(linked["group"].to_numpy())
        parts = zip(map_groups([linked], "group", stage), sizes[sizes > 0].tolist(), strict=True)
        near, skipped = _gathered(parts, pairs, advance)
    gone = np.flatnonzero((first_of != np.arange(len(first_of))) | np.isin(numbers[first_of], list(near)))
    kept = first_of[gone]
    digests = (rows["sha256"].take(some).to_pylist() for some in (gone, kept))
    removed: list[tuple[int, int, str, float, bool]] = []
    for row, first, own, other in zip(numbers[gone].tolist(), numbers[kept].tolist(), *digests, strict=True):
        if first in near:
            removed.append((row, near[first][0], "near", *near[first][1:]))
        else:
            removed.append((row, first, "identical" if own == other else "same_text", 1.0, False))
    return Duplicates(
        removed=_table(removed, REMOVED),
        pairs=_listed(pairs),
        pairs_found=pairs.found,
        skipped=skipped,
        histogram=tuple(pairs.histogram.tolist()),
    )


def _table(records: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*records, strict=True)) or [()] * len(schema)
    return pa.table([pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)], schema=schema)


def _policy_order(rows: pa.Table, criterion: Criterion) -> I64:
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


def _characters(rows: pa.Table) -> I64:
    lengths: I64 = pc.add(rows["title_chars"], rows["body_chars"]).to_numpy()
    return lengths


def _first_of_same_text(rows: pa.Table, order: I64) -> I64:
    """For each position, the first in policy order of those with the same text."""
    keys = rows["text_key"].combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.zeros(int(keys.max(initial=-1)) + 1, np.int64)
    first[keys[order[::-1]]] = order[::-1]  # of those that write to one place the last one stays
    found: I64 = first[keys]
    return found


def _linked(rows: pa.Table, representatives: I64, link: Link) -> pa.Table:
    """The representatives of different texts that share a band key with another, as `LINKED` rows, in policy order."""
    documents = rows.select(["row", "bands"]).take(representatives)
    with_words = representatives
    if documents["bands"].null_count:
        has_words = documents["bands"].is_valid()
        documents, with_words = documents.filter(has_words), representatives[has_words.to_numpy()]
    document, bucket = link(documents)
    linked, document, counts = np.unique(document, return_inverse=True, return_counts=True)
    positions = with_words[linked]
    characters = _characters(rows)[positions]
    stops = 8 * np.cumsum(np.concatenate([[0], counts]), dtype=np.int32)
    buffers = [None, pa.py_buffer(stops), pa.py_buffer(bucket.astype("<i8"))]
    return pa.table(
        [
            groups(components(document, bucket), characters),
            rows["row"].to_numpy()[positions],
            characters,
            pa.Array.from_buffers(pa.binary(), len(positions), buffers),
        ],
        schema=LINKED,
    )


def _keys(bands: pa.Array) -> npt.NDArray[np.uint64]:
    """The band keys of documents, a row each, where they lie."""
    if not len(bands):
        return np.zeros((0, 0), np.uint64)
    _, offsets, data = bands.buffers()
    start, stop = np.frombuffer(offsets, np.int32)[[bands.offset, bands.offset + len(bands)]].tolist()
    return np.frombuffer(data, "<u8", (stop - start) // 8, start).reshape(len(bands), -1)


def _gathered(
    parts: Iterable[tuple[pa.Table, int]], pairs: Pairs, advance: Callable[[int], None]
) -> tuple[dict[int, tuple[int, float, bool]], int]:
    """Near-duplicates by row: the row kept, the similarity, whether only numbers differ; and what was skipped."""
    near: dict[int, tuple[int, float, bool]] = {}
    skipped = 0
    for part, size in parts:
        kinds = np.array(part["kind"].to_pylist())
        columns = np.stack([part[name].to_numpy() for name in COMPARED.names[1:]])
        of = {kind: columns[:, kinds == kind] for kind in ("removed", "pair", "bin", "found", "skipped")}
        rows, kept, shared, union, numbers_only = of["removed"]
        records = zip(kept.tolist(), (shared / union).tolist(), (numbers_only == 1).tolist(), strict=True)
        near |= dict(zip(rows.tolist(), records, strict=True))
        histogram = np.zeros(BINS, np.int64)
        histogram[of["bin"][0]] = of["bin"][1]
        pairs.merge(of["pair"], int(of["found"][1].sum()), histogram)
        skipped += int(of["skipped"][1].sum())
        advance(size)
    return near, skipped


def _listed(pairs: Pairs) -> pa.Table:
    """The pairs near the threshold, each in document order, sorted."""
    nearest = pairs.nearest()
    a, b, shared, union, numbers_only = nearest[:, np.lexsort((nearest[1], nearest[0]))]
    return pa.table([a, b, shared / union, numbers_only == 1], schema=PAIRS)
