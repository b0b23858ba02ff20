"""Compare: which documents are published already, each with the published document that it is a copy of.

The promise of `stages.deduplicate` with published documents in it: they come before all others in policy order, are
never removed, and are not compared with each other. A document is left out as published if and only if it has the bytes
or the text of a published one, or a published candidate is at or above the threshold. It is recorded with the published
document that is most similar, and their similarity is exact by the definition in `dataset_tools.text`; of equally
similar ones identical comes before same text before near, then the order of the datasets and of their documents.

A document that is left out as published is kept nowhere here, so nothing is removed in its favour: another one that is
near to it, and not to a published document, stays. What is left after this is deduplicated as if there were no
published documents, and gives the same result as one comparison in policy order, since those come first. They have
buckets of their own: `bucket_limit` counts the published documents of each dataset, and after that the kept ones.

That a document has the bytes of a published one is the word of the dataset, which has their SHA-256.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.against.index import Index
from dataset_tools.against.postings import Postings
from dataset_tools.against.values import PUBLISHED, Already, PublishedCriterion, Reference
from dataset_tools.text import canonical, differs_in_numbers_only, same_text_key, shingles, similarity

TEXTS_AT_ONCE = 1024
"""Documents whose texts are loaded together."""

BYTES_AT_ONCE = 8 << 20
"""Texts of published documents that are held together."""

IDENTICAL, SAME_TEXT, NEAR = range(3)
_RELATIONS = ("identical", "same_text", "near")

Rows = npt.NDArray[np.int64]
Texts = Callable[[Rows], pa.Table]
"""Gives title and body of the rows it is asked for."""


@dataclass(frozen=True, slots=True, order=True)
class _Match:
    """The better one is the smaller."""

    dissimilarity: float  # minus the similarity
    relation: int
    reference: int
    document: int
    numbers_only: bool = False


def already_published(
    rows: pa.Table, texts: Texts | None, references: Sequence[Reference], criterion: PublishedCriterion
) -> Already:
    """Find the documents that are in a published dataset.

    Args:
        rows: the columns row, sha256, outline, and bands if `criterion.near`; valid documents, by row.
        texts: gives title and body of the rows it is asked for; needed if there are references.
        references: the published datasets.
        criterion: what counts as near.

    Raises:
        UserError: if a dataset cannot be read, or has changed.
    """
    found: dict[int, _Match] = {}
    skipped = 0
    if texts is not None and references:
        for number, reference in enumerate(references):
            _add(found, _exact(rows, texts, reference.index, number))
        others = rows.filter(pc.invert(pc.is_in(rows["row"], value_set=pa.array(list(found), pa.int64()))))
        for number, reference in enumerate(references if criterion.near else ()):
            pairs, left_out = _candidates(others, reference.index, criterion.bucket_limit)
            skipped += left_out
            _add(found, _near(pairs, texts, reference, number, criterion))
    return Already(_table(found, references), skipped)


def _add(found: dict[int, _Match], matches: Iterable[tuple[int, _Match]]) -> None:
    for row, match in matches:
        found[row] = min(match, found.get(row, match))


def _exact(rows: pa.Table, texts: Texts, index: Index, number: int) -> Iterator[tuple[int, _Match]]:
    """Documents with the bytes or the text of a published one; of these the first."""
    numbers = rows["row"].to_pylist()
    digests = [bytes.fromhex(sha256) for sha256 in rows["sha256"].to_pylist()]
    by_digest = index.positions("sha256", digests)
    for row, digest in zip(numbers, digests, strict=True):
        if digest in by_digest:
            yield row, _Match(-1.0, IDENTICAL, number, by_digest[digest][0])
    outlines = rows["outline"].to_pylist()
    known = index.positions("outline", outlines)
    some = np.array([row for row, outline in zip(numbers, outlines, strict=True) if outline in known], np.int64)
    keys = [same_text_key(text) for text in _canonicals(some, texts)]
    by_key = index.positions("text_key", keys)
    for row, key in zip(some.tolist(), keys, strict=True):
        if key in by_key:
            yield row, _Match(-1.0, SAME_TEXT, number, by_key[key][0])


def _canonicals(rows: Rows, texts: Texts) -> Iterator[str]:
    for start in range(0, len(rows), TEXTS_AT_ONCE):
        part = texts(rows[start : start + TEXTS_AT_ONCE])
        for title, body in zip(part["title"].to_pylist(), part["body"].to_pylist(), strict=True):
            yield canonical(title, body)


def _candidates(rows: pa.Table, index: Index, limit: int) -> tuple[pa.Table, int]:
    """Pairs (row, document), sorted by document and row, and how many were left out."""
    bands = rows["bands"].combine_chunks()
    numbers = rows["row"].to_numpy()[np.flatnonzero(bands.is_valid())]
    keys = np.frombuffer(b"".join(bands.drop_null().to_pylist()), "<u8").reshape(len(numbers), index.bands)
    texts, documents, skipped = index.bucket_mates(keys, limit)
    pairs = pa.table({"row": numbers[texts], "document": documents})
    return pairs.sort_by([("document", "ascending"), ("row", "ascending")]), int(skipped.sum())


def _near(
    pairs: pa.Table, texts: Texts, reference: Reference, number: int, criterion: PublishedCriterion
) -> Iterator[tuple[int, _Match]]:
    """Verify candidate pairs on the texts."""
    documents = pairs["document"].to_numpy()
    wanted = np.unique(documents)
    done = 0
    for published in _portions(reference, wanted):
        here = wanted[done : done + published.num_rows]
        done += len(here)
        first, last = np.searchsorted(documents, [here[0], here[-1] + 1]).tolist()
        yield from _verified(pairs.slice(first, last - first), here, published, texts, number, criterion)


def _portions(reference: Reference, documents: Rows) -> Iterator[pa.Table]:
    """Title and body of some documents (ascending), in that order, in tables of about `BYTES_AT_ONCE`."""
    places = reference.index.table.select(["file", "row"]).take(pa.array(documents))
    files, rows = (column.to_numpy() for column in places.columns)
    portion: list[pa.Table] = []
    size = 0
    for file in np.unique(files).tolist():
        for part in reference.documents.some(file, rows[files == file].tolist()):
            portion.append(part.select(["title", "body"]))
            size += portion[-1].nbytes
            if size >= BYTES_AT_ONCE:
                yield pa.concat_tables(portion)
                portion, size = [], 0
    if portion:
        yield pa.concat_tables(portion)


def _verified(
    pairs: pa.Table, documents: Rows, published: pa.Table, texts: Texts, number: int, criterion: PublishedCriterion
) -> Iterator[tuple[int, _Match]]:
    """For each row the most similar of its candidates, if that reaches the threshold."""
    titles, bodies = (column.to_pylist() for column in published.columns)
    theirs = [canonical(title, body) for title, body in zip(titles, bodies, strict=True)]
    postings = Postings(theirs)
    rows = pairs["row"].to_numpy()
    by_row = np.argsort(rows, kind="stable")
    candidates = np.searchsorted(documents, pairs["document"].to_numpy())[by_row]
    numbers, starts = np.unique(rows[by_row], return_index=True)
    for row, ours, mine in zip(
        numbers.tolist(), _canonicals(numbers, texts), np.split(candidates, starts[1:]), strict=True
    ):
        own = shingles(ours)
        scores = postings.similarities(own)[mine]
        for candidate in mine[np.argsort(-scores, kind="stable")].tolist():
            score = similarity(own, shingles(theirs[candidate]))
            if score < criterion.threshold:
                break
            numbers_only = differs_in_numbers_only(ours, theirs[candidate])
            if not (numbers_only and criterion.keep_numbers):
                yield row, _Match(-score, NEAR, number, int(documents[candidate]), numbers_only)
                break


def _table(found: dict[int, _Match], references: Sequence[Reference]) -> pa.Table:
    records = []
    for row, match in sorted(found.items()):
        reference = references[match.reference]
        document_id, path = reference.index.document(match.document)
        records.append(
            {
                "row": row,
                "kept_id": document_id,
                "kept_path": path,
                "kept_in": reference.content_sha256,
                "name": reference.name,
                "relation": _RELATIONS[match.relation],
                "similarity": -match.dissimilarity,
                "numbers_only": match.numbers_only,
            }
        )
    return pa.Table.from_pylist(records, PUBLISHED)
