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

from dataset_tools.against.documents import Documents
from dataset_tools.against.index import Index
from dataset_tools.manifest import Manifest
from dataset_tools.model import AgainstFacts
from dataset_tools.text import canonical, differs_in_numbers_only, same_text_key, shingles, similarity

TEXTS_AT_ONCE = 1024
"""Documents whose texts are loaded together."""

IDENTICAL, SAME_TEXT, NEAR = range(3)
_RELATIONS = ("identical", "same_text", "near")

Rows = npt.NDArray[np.int64]
Texts = Callable[[Rows], pa.Table]
"""Gives title and body of the rows it is asked for."""

PUBLISHED = pa.schema(
    [
        ("row", pa.int64()),
        ("kept_id", pa.string()),
        ("kept_path", pa.string()),  # null where the dataset has none
        ("kept_in", pa.string()),  # content_sha256 of the dataset
        ("name", pa.string()),  # of the dataset
        ("relation", pa.string()),  # identical, same_text, near
        ("similarity", pa.float64()),
        ("numbers_only", pa.bool_()),
    ]
)
"""What is known of a document that is published already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A published dataset that documents are compared with."""

    documents: Documents
    index: Index

    @property
    def name(self) -> str:
        """What it is called where it is spoken of: the URL, or the last part of the path."""
        return self.documents.place.name

    @property
    def manifest(self) -> Manifest | None:
        """Its manifest, None if we have not built it."""
        return self.documents.manifest

    @property
    def content_sha256(self) -> str:
        """The digest of its rows: that of its manifest, else of the columns that were read."""
        return self.index.digest if self.manifest is None else self.manifest.content_sha256

    def facts(self) -> AgainstFacts:
        """What manifests and reports say of it."""
        documents = self.index.table.num_rows
        return AgainstFacts(name=self.name, documents=documents, content_sha256=self.content_sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCriterion:
    """When a document is near to a published one; without `near` only same texts are found.

    `bucket_limit` documents of one bucket are compared. With `keep_numbers` a document that differs from a published
    one in numbers only is another document.
    """

    near: bool
    threshold: float
    bucket_limit: int
    keep_numbers: bool


@dataclass(frozen=True, slots=True)
class Already:
    """The columns of PUBLISHED, in document order, and how many comparisons `bucket_limit` left out."""

    rows: pa.Table
    skipped: int


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
    if texts is not None:
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
    """Pairs (row, document, and the file and row that the document lies in) by place, and how many were left out."""
    bands = rows["bands"].combine_chunks()
    numbers = rows["row"].to_numpy()[np.flatnonzero(bands.is_valid())]
    keys = np.frombuffer(b"".join(bands.drop_null().to_pylist()), "<u8").reshape(len(numbers), index.bands)
    texts, documents, skipped = index.bucket_mates(keys, limit)
    places = index.table.select(["file", "row"]).take(pa.array(documents))
    pairs = pa.table(
        {
            "row": numbers[texts],
            "document": documents,
            "file": places["file"],
            "place": places["row"],
        }
    )
    return pairs.sort_by([("file", "ascending"), ("place", "ascending"), ("row", "ascending")]), int(skipped.sum())


def _near(
    pairs: pa.Table, texts: Texts, reference: Reference, number: int, criterion: PublishedCriterion
) -> Iterator[tuple[int, _Match]]:
    """Verify candidate pairs on the texts, of which no more are in memory than were read at once."""
    files = pairs["file"].to_numpy()
    for file in np.unique(files).tolist():
        mine = pairs.slice(int(np.searchsorted(files, file, "left")), int((files == file).sum()))
        places = mine["place"].to_numpy()
        for published in reference.documents.some(file, np.unique(places).tolist()):
            read = published["row"].to_numpy()
            first, last = np.searchsorted(places, [read[0], read[-1] + 1]).tolist()
            yield from _verified(mine.slice(first, last - first), published, texts, number, criterion)


def _verified(
    pairs: pa.Table, published: pa.Table, texts: Texts, number: int, criterion: PublishedCriterion
) -> Iterator[tuple[int, _Match]]:
    columns = (published[name].to_pylist() for name in ("row", "title", "body"))
    theirs = {place: canonical(title, body) for place, title, body in zip(*columns, strict=True)}
    their_sets = {place: shingles(text) for place, text in theirs.items()}
    for part in _by_row(pairs):
        rows = np.unique(part["row"].to_numpy())
        ours = dict(zip(rows.tolist(), _canonicals(rows, texts), strict=True))
        our_sets = {row: shingles(text) for row, text in ours.items()}
        best: dict[int, tuple[float, int, int]] = {}
        for row, document, place in zip(
            *(part[name].to_pylist() for name in ("row", "document", "place")), strict=True
        ):
            score = similarity(our_sets[row], their_sets[place])
            if score < criterion.threshold:
                continue
            if not (criterion.keep_numbers and differs_in_numbers_only(ours[row], theirs[place])):
                best[row] = min((-score, document, place), best.get(row, (0.0, 0, 0)))
        for row, (dissimilarity, document, place) in best.items():
            numbers_only = differs_in_numbers_only(ours[row], theirs[place])
            yield row, _Match(dissimilarity, NEAR, number, document, numbers_only)


def _by_row(pairs: pa.Table) -> Iterator[pa.Table]:
    """The pairs of at most `TEXTS_AT_ONCE` rows at a time."""
    rows = pairs["row"].to_numpy()
    numbers = np.unique(rows)
    for start in range(0, len(numbers), TEXTS_AT_ONCE):
        inside = np.isin(rows, numbers[start : start + TEXTS_AT_ONCE])
        yield pairs.filter(pa.array(inside))


def _table(found: dict[int, _Match], references: Sequence[Reference]) -> pa.Table:
    records = []
    for row, match in sorted(found.items()):
        reference = references[match.reference]
        document = reference.index.table.slice(match.document, 1)
        records.append(
            {
                "row": row,
                "kept_id": document["id"][0].as_py(),
                "kept_path": document["path"][0].as_py(),
                "kept_in": reference.content_sha256,
                "name": reference.name,
                "relation": _RELATIONS[match.relation],
                "similarity": -match.dissimilarity,
                "numbers_only": match.numbers_only,
            }
        )
    return pa.Table.from_pylist(records, PUBLISHED)
