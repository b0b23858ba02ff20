"""Parquet files of a dataset: whether they may be read, what columns they have, and their rows in small batches."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_tools.text import printable, shortened
from dataset_tools.verification.description import Description
from dataset_tools.verification.findings import Findings, UnreadableError
from dataset_tools.verification.folder import Folder
from dataset_tools.verification.pages import check_pages

TEXT_COLUMNS = ("id", "title", "body", "text", "path", "sha256")
"""Columns that are strings in every dataset."""

_ROWS_OF_DATA, _ROWS_OF_AUDIT = 256, 64
_MAX_FOOTER = 64 << 20
_MAX_COLUMNS = 1000
_BUFFER = 1 << 20
_FAULTS = (OSError, pa.ArrowException, ValueError, MemoryError, RecursionError)


@contextmanager
def parquet(folder: Folder, path: str) -> Iterator[tuple[pq.ParquetFile, BinaryIO]]:
    """A Parquet file whose footer can be read.

    Raises:
        UnreadableError: if it cannot, or a read inside the block fails.
    """
    with folder.opened(path) as file:
        try:
            _check_footer(file)
            file.seek(0)
            yield (
                pq.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True),
                file,
            )
        except _FAULTS as error:
            raise UnreadableError(printable(str(error).split("\n")[0])[:200] or type(error).__name__) from None


def _check_footer(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    if size < 12:
        raise UnreadableError("it is too short to be Parquet")
    file.seek(-8, os.SEEK_END)
    length = int.from_bytes(file.read(4), "little")
    if length > min(size, _MAX_FOOTER):
        raise UnreadableError(f"its footer is said to have {length:,} bytes")


def check_parquet(folder: Folder, path: str, found: Findings, *, dictionaries: bool) -> pa.Schema | None:
    """Look at the footer and at every page of a file; returns its schema, or None if it is not to be read."""
    try:
        with parquet(folder, path) as (opened, file):
            metadata = opened.metadata
            if metadata.num_columns > _MAX_COLUMNS:
                raise UnreadableError(f"it has {metadata.num_columns:,} columns")
            check_pages(file, metadata, dictionaries=dictionaries)
            groups = sum(metadata.row_group(number).num_rows for number in range(metadata.num_row_groups))
            if groups != metadata.num_rows:
                raise UnreadableError(f"its row groups have {groups:,} rows, and its footer says {metadata.num_rows:,}")
            return opened.schema_arrow
    except UnreadableError as error:
        found.add("V010", str(error), path)
        return None


def check_schemas(schemas: Mapping[str, pa.Schema], one: Description, found: Findings) -> dict[str, str]:
    """Compare the columns of the data files with the manifest; returns the features that the card should state."""
    features = dict.fromkeys(one.columns, "string")
    for path, schema in schemas.items():
        if schema.names != one.columns:
            message = f"columns {_list(schema.names)}, and the manifest says {_list(one.columns)}"
            found.add("V011", message, path)
            continue
        features |= {name: _dtype(kind) for name, kind in zip(schema.names, schema.types, strict=True)}
        wrong = [name for name in schema.names if name in TEXT_COLUMNS and schema.field(name).type != pa.string()]
        if wrong:
            found.add("V011", f"column {wrong[0]} is {schema.field(wrong[0]).type}, not string", path)
        stored = {name: {"dtype": _dtype(schema.field(name).type), "_type": "Value"} for name in schema.names}
        if _stored_features(schema) != stored:
            found.add("V011", "the features stored under the key huggingface are not those of its columns", path)
    if len({tuple(zip(schema.names, schema.types, strict=True)) for schema in schemas.values()}) > 1:
        found.add("V011", "the data files have columns of different types", sorted(schemas)[-1])
    return features


def _list(names: Sequence[str]) -> str:
    return shortened(", ".join(names), 120)


def _dtype(kind: pa.DataType) -> str:
    """The name that datasets has for a type of Arrow."""
    return {"double": "float64", "float": "float32", "halffloat": "float16"}.get(str(kind), str(kind))


def _stored_features(schema: pa.Schema) -> object:
    stored = (schema.metadata or {}).get(b"huggingface", b"")
    try:
        return json.loads(stored.decode("utf-8"))["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def batches(folder: Folder, path: str, columns: Sequence[str], *, audit: bool = False) -> Iterator[pa.RecordBatch]:
    """Some columns of a file that `check_parquet` has passed, in batches of few rows.

    Raises:
        UnreadableError: if the file cannot be read after all, or holds what is no text.
    """
    rows = _ROWS_OF_AUDIT if audit else _ROWS_OF_DATA
    with parquet(folder, path) as (opened, _):
        for batch in opened.iter_batches(rows, columns=list(columns), use_threads=False):
            batch.validate(full=True)
            yield batch


def rows_of(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """The rows of a batch, their values as Python has them."""
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)
