"""The documents of a dataset as they are compared: narrow columns of all, and the texts of a few."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_tools import manifest
from dataset_tools.model import UserError
from dataset_tools.stages.package import recover
from dataset_tools.text import printable

if TYPE_CHECKING:
    import polars as pl

TITLE_CHARACTERS = 80
"""So much of each title is kept."""

_NEEDED = ("id", "title", "body")
_ROWS = 512
_BUFFER = 4 << 20
_SHARD = re.compile(r"(\w+)-\d+-of-\d+", re.ASCII)
_TRAIN = "train"  # what datasets calls the rows of files that say nothing else


@dataclass(frozen=True, slots=True)
class Documents:
    """The Parquet files of a dataset, each with its split, in the order of its documents."""

    shown: str
    content_sha256: str | None
    files: tuple[tuple[str, Path], ...]

    def columns(self) -> list[str]:
        """The columns that all files have.

        Raises:
            UserError: if a file cannot be read, or there are no ids, titles and bodies.
        """
        names: list[str] = []
        for number, (_, path) in enumerate(self.files):
            with self._opened(path) as parquet:
                there = list(parquet.schema_arrow.names)
            names = there if number == 0 else [name for name in names if name in there]
        missing = [name for name in _NEEDED if name not in names]
        if missing:
            message = f"{self.shown} has no column {missing[0]}, and documents are compared by id, title and body"
            raise UserError(message, "compare datasets that build has written")
        return names

    def frame(self, columns: list[str]) -> "pl.DataFrame":
        """All documents: `row`, `id`, `split`, `path`, a cut `title`, and a hash of each column as `hash_COLUMN`.

        Raises:
            UserError: if a file cannot be read, or an id is there twice.
        """
        import polars as pl

        hashed = [name for name in columns if name not in ("id", "path")]
        parts = []
        for split, path in self.files:
            for batch in self._batches(path, columns):
                frame = pl.DataFrame(batch)
                given = pl.col("path") if "path" in columns else pl.lit(None, pl.String).alias("path")
                title = pl.col("title").fill_null("").str.slice(0, TITLE_CHARACTERS + 1)
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
        """Title, line break, body of some documents, by id."""
        found: dict[str, str] = {}
        for _, path in self.files if ids else ():
            for batch in self._batches(path, ["id", "title", "body"]):
                wanted = [row for row, one in enumerate(batch["id"].to_pylist()) if one in ids]
                for one in batch.take(pa.array(wanted, pa.int64())).to_pylist() if wanted else ():
                    found[one["id"]] = f"{one['title'] or ''}\n{one['body'] or ''}"
        return found

    def _batches(self, path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
        with self._opened(path) as parquet:
            for batch in parquet.iter_batches(_ROWS, columns=columns, use_threads=False):
                batch.validate(full=True)
                yield batch.select(columns)

    @contextmanager
    def _opened(self, path: Path) -> Iterator[pq.ParquetFile]:
        try:
            with pq.ParquetFile(
                path, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True
            ) as parquet:
                yield parquet
        except (OSError, pa.ArrowException, ValueError, MemoryError) as error:
            message = f"cannot read {printable(str(path))}: {printable(str(error))[:200]}"
            raise UserError(message, f"restore the dataset; see dataset-tools verify {self.shown}") from None


def documents_of(place: Path) -> Documents:
    """The dataset in a folder that `build` has written, or in a Parquet file or a folder of such.

    Raises:
        UserError: if there is none.
    """
    recover(place)
    shown = printable(str(place))
    if place.is_file():
        return Documents(shown, None, ((_split(place), place),))
    if not place.is_dir():
        raise UserError(f"{shown} does not exist", "name a dataset, or build it first")
    found = manifest.read(place)
    if found is None:
        paths = sorted(path for path in place.rglob("*.parquet") if "audit" not in path.relative_to(place).parts[:-1])
    else:
        paths = [place / path for path in sorted(found.files()) if path.startswith("data/")]
    if not paths:
        raise UserError(f"{shown} has no Parquet file", "name a dataset, or build it first")
    files = tuple((_split(path), path) for path in paths)
    return Documents(shown, None if found is None else found.content_sha256, files)


def _split(path: Path) -> str:
    match = _SHARD.fullmatch(path.stem)
    return match[1] if match else _TRAIN
