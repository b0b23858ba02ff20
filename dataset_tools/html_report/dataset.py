"""A built dataset as the report reads it: manifest, audit tables, and texts batch by batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa

from dataset_tools.loading import check_whole
from dataset_tools.model import UserError
from dataset_tools.staging import recover
from dataset_tools.text import printable
from dataset_tools.verification.description import Description, read_manifest
from dataset_tools.verification.findings import Findings, UnreadableError
from dataset_tools.verification.folder import Folder
from dataset_tools.verification.shards import parquet

BATCH_ROWS = 2048
"""Documents that are read at once, at most."""

_PARTS = 50
"""A smaller dataset is read in about so many batches, so that the vocabulary can be seen to grow."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some documents in a row of one split: the number of the first among all, and their columns."""

    first: int
    split: str
    documents: pa.RecordBatch


@dataclass(frozen=True, slots=True)
class BuiltDataset:
    """A folder that `build` has written, whose files have the sizes that its manifest says."""

    folder: Folder
    description: Description

    def table(self, name: str, schema: pa.Schema) -> pl.DataFrame:
        """An audit table with these columns.

        Raises:
            UserError: if it cannot be read.
        """
        path = f"audit/{name}.parquet"
        with self._faults(path), parquet(self.folder, path) as (opened, _):
            table = opened.read(columns=schema.names).cast(schema)
            table.validate(full=True)
        return pl.DataFrame(table)

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Some columns of all documents, in the order of the splits.

        Raises:
            UserError: if a file cannot be read.
        """
        most = min(max(self.description.counts.written // _PARTS, 1), BATCH_ROWS)
        first = 0
        for split, group, path in self._groups():
            with self._faults(path), parquet(self.folder, path) as (opened, _):
                _check_texts(opened.schema_arrow, columns)
                for batch in opened.iter_batches(most, row_groups=[group], columns=list(columns), use_threads=False):
                    batch.validate(full=True)
                    yield Batch(first, split, batch)
                    first += batch.num_rows

    def some(self, numbers: Sequence[int], column: str) -> dict[int, str]:
        """One column of a few documents, by their numbers; no more of the files is read than is needed.

        Raises:
            UserError: if a file cannot be read.
        """
        left, found, first = sorted(set(numbers)), dict[int, str](), 0
        for _, group, path in self._groups():
            if not left:
                break
            with self._faults(path), parquet(self.folder, path) as (opened, _):
                end = first + opened.metadata.row_group(group).num_rows
                start = first
                batches = opened.iter_batches(256, row_groups=[group], columns=[column], use_threads=False)
                while left and left[0] < end:
                    batch = next(batches)
                    while left and left[0] < start + batch.num_rows:
                        number = left.pop(0)
                        found[number] = batch[0][number - start].as_py() or ""
                    start += batch.num_rows
                first = end
        return found

    def _groups(self) -> Iterator[tuple[str, int, str]]:
        """Every row group: its split, its number in its file, the path of that."""
        for split, paths in self.description.shards().items():
            for path in paths:
                with self._faults(path), parquet(self.folder, path) as (opened, _):
                    groups = opened.num_row_groups
                yield from ((split, group, path) for group in range(groups))

    @contextmanager
    def _faults(self, path: str) -> Iterator[None]:
        try:
            yield
        except (UnreadableError, StopIteration) as error:
            where = printable(f"{self.folder.root}/{path}")
            raise UserError(f"cannot read {where}: {error}", _VERIFY.format(printable(str(self.folder.root)))) from None


def _check_texts(schema: pa.Schema, columns: Sequence[str]) -> None:
    wrong = [name for name in columns if name not in schema.names or schema.field(name).type != pa.string()]
    if wrong:
        raise UnreadableError(f"it has no column {wrong[0]} of strings")


_VERIFY = "see dataset-tools verify {}"


def opened(dist: Path) -> BuiltDataset:
    """The dataset in a folder.

    Raises:
        UserError: if there is none, or it is not whole.
    """
    recover(dist)
    shown = printable(str(dist))
    if not dist.is_dir():
        raise UserError(f"{shown} is not a folder", "check the path, or build the dataset first")
    check_whole(dist, full=False)
    found = Findings()
    read = read_manifest(Folder(dist), found)
    if read is None:
        raise UserError(f"the manifest of {shown} is damaged: {found.found[0].message}", _VERIFY.format(shown))
    return BuiltDataset(Folder(dist), read.description)
