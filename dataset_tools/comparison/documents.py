"""The documents of a dataset as they are compared: narrow columns of all, and the texts of a few."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_tools.against.documents import DataFile, documents_at
from dataset_tools.against.documents import Documents as Published
from dataset_tools.against.place import locate
from dataset_tools.model import UserError

if TYPE_CHECKING:
    import polars as pl

TITLE_CHARACTERS = 80
"""So much of each title is kept."""

TEXTS = ("title", "body", "text")
"""The columns that hold what a document says; a dataset has the body, or all as one text."""

_ROWS = 512
_SHARD = re.compile(r"(\w+)-\d+-of-\d+", re.ASCII)
_TRAIN = "train"  # what datasets calls the rows of files that say nothing else


@dataclass(frozen=True, slots=True)
class Documents:
    """The Parquet files of a dataset, each with its split, in the order of its documents."""

    published: Published
    files: tuple[tuple[str, DataFile], ...]

    @property
    def shown(self) -> str:
        """What the dataset is called in messages."""
        return self.published.place.shown

    @property
    def content_sha256(self) -> str | None:
        """The digest of all rows; None if the dataset is not one of ours."""
        found = self.published.manifest
        return None if found is None else found.content_sha256

    def columns(self) -> list[str]:
        """The columns that all files have.

        Raises:
            UserError: if a file cannot be read, or there are no ids and no texts.
        """
        names: list[str] = []
        for number, (_, file) in enumerate(self.files):
            with self._opened(file) as parquet:
                there = list(parquet.schema_arrow.names)
            names = there if number == 0 else [name for name in names if name in there]
        missing = [name for name in ("id", "body") if name not in names and not (name == "body" and "text" in names)]
        if missing:
            message = f"{self.shown} has no column {missing[0]}, and documents are compared by id, and body or text"
            raise UserError(message, "compare datasets that build has written")
        return names

    def frame(self, columns: list[str]) -> "pl.DataFrame":
        """All documents: `row`, `id`, `split`, `path`, a cut `title`, and a hash of each column as `hash_COLUMN`.

        Raises:
            UserError: if a file cannot be read, or an id is there twice.
        """
        import polars as pl

        hashed = [name for name in columns if name not in ("id", "path")]
        titled = next((name for name in ("title", "text") if name in columns), None)
        parts = []
        for split, file in self.files:
            for batch in self._batches(file, columns):
                frame = pl.DataFrame(batch)
                nothing = pl.lit(None, pl.String)
                given = (pl.col("path") if "path" in columns else nothing).alias("path")
                first = nothing if titled is None else pl.col(titled).str.split("\n").list.first()
                title = first.fill_null("").str.slice(0, TITLE_CHARACTERS + 1).alias("title")
                hashes = [pl.col(name).hash().alias(f"hash_{name}") for name in hashed]
                part = frame.select("id", given, title, pl.lit(split).alias("split"), *hashes)
                # A copy: what was cut out of strings keeps all texts of its batch in memory.
                parts.append(pl.DataFrame(part.to_arrow()))
        frame = pl.concat(parts) if parts else pl.DataFrame()
        if not parts or frame["id"].null_count() or not frame["id"].is_unique().all():
            reason = "an id is missing, or there twice" if parts else "it has no rows"
            raise UserError(f"{self.shown} cannot be compared: {reason}", f"see dataset-tools verify {self.shown}")
        return frame.with_row_index("row")

    def texts(self, ids: frozenset[str]) -> dict[str, str]:
        """What some documents say, by id: title and body, or the one text."""
        if not ids:
            return {}
        columns = self.columns()
        parts = ["text"] if "text" in columns else [name for name in TEXTS if name in columns]
        found: dict[str, str] = {}
        for _, file in self.files:
            for batch in self._batches(file, ["id", *parts]):
                wanted = [row for row, one in enumerate(batch["id"].to_pylist()) if one in ids]
                for one in batch.take(pa.array(wanted, pa.int64())).to_pylist() if wanted else ():
                    found[one["id"]] = "\n".join(one[name] or "" for name in parts)
        return found

    def _batches(self, file: DataFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
        with self._opened(file) as parquet:
            for batch in parquet.iter_batches(_ROWS, columns=columns, use_threads=False):
                batch.validate(full=True)
                yield batch.select(columns)

    @contextmanager
    def _opened(self, file: DataFile) -> Iterator[pq.ParquetFile]:
        with self.published.place.faults(), self.published.opened(file) as parquet:
            yield parquet


def documents_of(word: str) -> Documents:
    """The dataset that a path or URL leads to: one that `build` has written, a Parquet file, or a folder of such.

    Raises:
        UserError: if there is none.
    """
    published = documents_at(locate(word, option=""))
    files = published.files
    if published.manifest is None:
        files = tuple(file for file in files if "audit" not in PurePosixPath(file.path).parts[:-1])
    if not files:
        raise UserError(f"{published.place.shown} has no Parquet file", "name a dataset, or build it first")
    return Documents(published, tuple((_split(file), file) for file in files))


def _split(file: DataFile) -> str:
    match = _SHARD.fullmatch(PurePosixPath(file.full).stem)
    return match[1] if match else _TRAIN
