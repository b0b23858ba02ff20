"""The promise of deduplication, asked of the rows themselves: that no two of them are near-duplicates.

A sample is compared with all rows by the definition (`dataset_tools.text`), without any fingerprint; hashes of shingles
only leave out what cannot be near. In full, all candidate pairs are compared, as the build has done it.
"""

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.model import Progress
from dataset_tools.spool import TEXTS, Spool
from dataset_tools.stages.fingerprint import Banding, fingerprint, shingle_hashes
from dataset_tools.stages.package.write import versions
from dataset_tools.text import differs_in_numbers_only, nfc, printable, same_text_key, shingles, similarity
from dataset_tools.verification.description import DedupPart, Description
from dataset_tools.verification.findings import Findings
from dataset_tools.verification.folder import Folder
from dataset_tools.verification.shards import batches
from dataset_tools.verification.texts import text_columns, title_and_body

SAMPLE = 500
"""Rows of the sample."""

_SAMPLE_BYTES = 64 << 20
_SEED = 1
_MAX_BUCKET = 1000
_AT_ONCE = 32
"""Texts whose shingles are hashed together, so that the arrays stay in the cache of a core."""

U64 = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Text:
    """A row as it is compared: where it is, its id and its text in NFC."""

    split: str
    path: str
    row: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """What is a near-duplicate here, and what is told of those that are found.

    Where `same_method`, candidates are found here as the build has found them.
    """

    how: DedupPart
    found: Findings
    same_method: bool

    @property
    def cut(self) -> Banding:
        """How signatures are cut into bands."""
        return Banding(self.how.bands, self.how.rows_per_band)

    def compare(self, one: Text, other: Text) -> None:
        """Compare two different texts exactly; a near pair is a finding."""
        texts = [text.text.casefold() for text in (one, other)]
        if same_text_key(texts[0]) == same_text_key(texts[1]):
            return
        score = similarity(*map(shingles, texts))
        if score < self.how.threshold or (self.how.numbers == "keep" and differs_in_numbers_only(*texts)):
            return
        splits = "" if one.split == other.split else f", in {printable(one.split)} and in {printable(other.split)}"
        message = f"similarity {score:.3f} with {other.id}, row {other.row} of {other.path}{splits}"
        promised = self.same_method and not self.how.skipped_comparisons and self._are_candidates(one, other)
        self.found.add("V020" if promised else "V021", message, one.path, row=one.row)

    def _are_candidates(self, one: Text, other: Text) -> bool:
        keys = [np.frombuffer(key or b"", "<u8") for key in fingerprint([one.text, other.text], self.cut)]
        return len(keys[0]) == len(keys[1]) and bool((keys[0] == keys[1]).any())


def _is_same_method(one: Description) -> bool:
    """Whether fingerprints are made here as they were for the build."""
    here = versions()
    return all(one.versions.get(name) == here[name] for name in ("dataset-tools", "rensa", "unicode"))


def check_sample(folder: Folder, one: Description, total: int, found: Findings, progress: Progress) -> int:
    """Compare a sample with all rows, `total` of them; returns how many rows are in it.

    Raises:
        UnreadableError: if the rows cannot be read to their end.
    """
    drawn = frozenset(random.Random(_SEED).sample(range(total), min(SAMPLE, total)))  # noqa: S311  not for secrets
    sample = list(_drawn(folder, one, drawn))
    if not sample:
        return 0
    near = Near(one.deduplication, found, _is_same_method(one))
    index = _Index(sample, one.deduplication.threshold)
    places = {(text.path, text.row): number for number, text in enumerate(sample)}
    progress.stage("Near", total)
    for texts in _texts(folder, one):
        for text, numbers in index.near(texts):
            own = places.get((text.path, text.row))
            for number in numbers:
                if own is None or number < own:  # a pair of two drawn rows counts once
                    near.compare(text, sample[number])
        progress.advance(len(texts))
    return len(sample)


def _drawn(folder: Folder, one: Description, drawn: frozenset[int]) -> Iterator[Text]:
    """The texts on some rows, counted over all files, as far as they fit into memory."""
    position = size = 0
    for texts in _texts(folder, one):
        for text in texts:
            if position in drawn and size + len(text.text) <= _SAMPLE_BYTES:
                size += len(text.text)
                yield text
            position += 1


def _texts(folder: Folder, one: Description) -> Iterator[list[Text]]:
    """All rows, in the batches in which they are read."""
    columns = ("id", *text_columns(one.columns))
    for name, paths in one.shards().items():
        for path in paths:
            row = 0
            for batch in batches(folder, path, columns):
                values = (batch[column].to_pylist() for column in columns)
                yield [
                    Text(
                        name,
                        path,
                        row + number,
                        document_id,
                        nfc("\n".join(title_and_body([text or "" for text in texts]))),
                    )
                    for number, (document_id, *texts) in enumerate(zip(*values, strict=True))
                ]
                row += batch.num_rows


class _Index:
    """The rarest shingles of each text of the sample, of which a near text must have one.

    A text of n shingles shares at least `threshold * n` of them with any that is near, so that one of its
    n - need + 1 rarest is shared, whichever these are (Chaudhuri, Ganti and Kaushik 2006).
    """

    def __init__(self, sample: list[Text], threshold: float) -> None:
        self.threshold = threshold
        self.sets = [np.unique(one) for one in _hashes(sample)]
        often = Counter(np.concatenate(self.sets).tolist())
        owners: list[tuple[int, int]] = []
        for number, own in enumerate(self.sets):
            rarest = sorted(own.tolist(), key=lambda value: (often[value], value))
            need = max(1, int(threshold * len(own)))
            owners += [(value, number) for value in rarest[: len(own) - need + 1]]
        owners.sort()
        self.keys: U64 = np.array([value for value, _ in owners], np.uint64)
        self.owners = np.array([number for _, number in owners], np.int64)

    def near(self, texts: list[Text]) -> Iterator[tuple[Text, list[int]]]:
        """For each text the numbers of those of the sample that hashes do not rule out."""
        for text, hashes in zip(texts, _hashes(texts), strict=True):
            own = np.unique(hashes)
            first, last = (np.searchsorted(self.keys, own, side) for side in ("left", "right"))
            met = {
                number
                for start, stop in zip(first[first < last].tolist(), last[first < last].tolist(), strict=True)
                for number in self.owners[start:stop].tolist()
            }
            numbers = [number for number in sorted(met) if self._may_be_near(own, self.sets[number])]
            if numbers:
                yield text, numbers

    def _may_be_near(self, one: U64, other: U64) -> bool:
        shared = len(np.intersect1d(one, other, assume_unique=True))
        return shared >= self.threshold * (len(one) + len(other) - shared) - 1


def _hashes(texts: list[Text]) -> Iterator[U64]:
    """Hashes of the shingles of each text."""
    for start in range(0, len(texts), _AT_ONCE):
        hashes, counts = shingle_hashes([text.text for text in texts[start : start + _AT_ONCE]])
        yield from np.split(hashes, np.cumsum(counts)[:-1])


def check_all(folder: Folder, one: Description, work: Path, found: Findings, progress: Progress) -> int:
    """Compare all candidate pairs, on disk in a folder that is thrown away later; returns the number of rows.

    Raises:
        UnreadableError: if the rows cannot be read to their end.
    """
    near = Near(one.deduplication, found, _is_same_method(one))
    pairs = _Pairs(work, one.deduplication.bucket_limit)
    places: list[tuple[int, str, str]] = []  # of each file: its first row, its split, its path
    spool = Spool(work)
    count = 0
    progress.stage("Near", one.counts.written)
    for texts in _texts(folder, one):
        if not places or places[-1][2] != texts[0].path:
            places.append((count, texts[0].split, texts[0].path))
        parts = [[text.id for text in texts], [text.text for text in texts]]
        spool.write(str(count), pa.table([pa.array(part, pa.string()) for part in parts], schema=TEXTS))
        spool.lay_out(str(count), range(count, count + len(texts)), range(len(texts)))
        pairs.add(count, fingerprint([text.text for text in texts], near.cut))
        count += len(texts)
        progress.advance(len(texts))
    candidates = pairs.candidates()
    while some := list(islice(candidates, _AT_ONCE)):
        rows = sorted({row for pair in some for row in pair})
        stored = zip(rows, spool.texts(np.array(rows)).to_pylist(), strict=True)
        by_row = {row: _text(places, row, values["title"], values["body"]) for row, values in stored}
        for a, b in some:
            near.compare(by_row[b], by_row[a])
    return count


def _text(places: list[tuple[int, str, str]], number: int, document_id: str, text: str) -> Text:
    first, split, path = next(place for place in reversed(places) if place[0] <= number)
    return Text(split, path, number - first, document_id, text)


class _Pairs:
    """Candidate pairs: rows that share the key of a band, in a database on disk."""

    def __init__(self, work: Path, bucket_limit: int) -> None:
        self._limit = min(bucket_limit, _MAX_BUCKET)
        self._database = sqlite3.connect(work / "bands.sqlite", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536", "temp_store = FILE"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE bands (key INTEGER, row INTEGER)")
        self._database.execute("CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID")

    def add(self, first: int, keys: list[bytes | None]) -> None:
        """Take the bands of a batch of rows."""
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO bands VALUES (?, ?)",
            (
                (key, first + number)
                for number, of_row in enumerate(keys)
                for key in np.frombuffer(of_row or b"", "<i8").tolist()
            ),
        )
        self._database.execute("COMMIT")

    def candidates(self) -> Iterator[tuple[int, int]]:
        """Each pair once; of a bucket each row with the first `bucket_limit` before it."""
        self._database.execute("BEGIN")
        bucket: list[int] = []
        previous = None
        for key, row in self._database.execute("SELECT key, row FROM bands ORDER BY key, row"):
            if key != previous:
                bucket, previous = [], key
            self._database.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?)", [(other, row) for other in bucket])
            if len(bucket) < self._limit:
                bucket.append(row)
        self._database.execute("COMMIT")
        yield from self._database.execute("SELECT a, b FROM pairs ORDER BY a, b")
