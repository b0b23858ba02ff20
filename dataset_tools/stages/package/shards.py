"""Parquet: rows to shards, in document order, with bytes that depend on the rows alone."""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

TRAIN = "train"
_OFFSET_BYTES = 4  # of each value of an Arrow string column
_CHUNKING = {"min_chunk_size": 256 << 10, "max_chunk_size": 1 << 20, "norm_level": 0}
"""Content-defined chunking as the Hub's own writer does it, so that a new version shares most chunks with the old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How rows are laid out; sizes are in bytes before compression."""

    text_column: bool
    shard_bytes: int
    row_group_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One written split: rows, `num_bytes` in Arrow memory, and the names of its shards with their sizes."""

    name: str
    rows: int
    num_bytes: int
    shards: dict[str, int]


def columns(form: Form) -> tuple[str, ...]:
    """The columns of a row, all of them strings."""
    return ("id", "title", "body", *(("text",) if form.text_column else ()), "path", "sha256")


def split_of(document_id: str, shares: Mapping[str, float]) -> str:
    """The split of a document: a function of its id and of the configured shares, in their order.

    SHA-256 places the id on [0, 1); the first split takes its share from 0 on, the next follows, train is the rest.
    """
    place = int.from_bytes(hashlib.sha256(f"split:{document_id}".encode()).digest()[:8]) / 2**64
    end = 0.0
    for name, share in shares.items():
        end += share
        if place < end:
            return name
    return TRAIN


def write_shards(
    folder: Path, batches: Iterable[pa.Table], schema: pa.Schema, shares: Mapping[str, float], form: Form
) -> tuple[list[Split], str]:
    """Write batches of rows into `folder`; returns the splits that have rows, train first, and `content_sha256`.

    The digest is over each row in document order: the name of its split, then every column, each as its length in
    8 bytes (little-endian) and its UTF-8.
    """
    digest = hashlib.sha256()
    with ExitStack() as stack:
        writers = {name: _SplitWriter(folder, name, schema, form) for name in (TRAIN, *shares)}
        for writer in writers.values():
            stack.callback(writer.close_shard)
        for batch in batches:
            splits = [split_of(document_id, shares) for document_id in batch["id"].to_pylist()]
            _update(digest, splits, batch)
            names = np.array(splits)
            for name, writer in writers.items():
                part = batch if not shares else batch.filter(pa.array(names == name))
                if part.num_rows:
                    writer.add(part)
        written = [writer.close() for writer in writers.values()]
    return [split for split in written if split.rows], digest.hexdigest()


def _update(digest: "hashlib._Hash", splits: list[str], batch: pa.Table) -> None:
    fields = [splits, *(column.to_pylist() for column in batch.columns)]
    parts: list[bytes] = []
    for row in zip(*fields, strict=True):
        for value in row:
            data = value.encode()
            parts += (len(data).to_bytes(8, "little"), data)
    digest.update(b"".join(parts))


@dataclass(slots=True)
class _SplitWriter:
    """Collects rows into row groups, and row groups into shards, by the sizes of single rows."""

    folder: Path
    name: str
    schema: pa.Schema
    form: Form
    rows: int = 0
    num_bytes: int = 0
    group_bytes: int = 0
    shard_bytes: int = 0
    group: list[pa.Table] = field(default_factory=list)
    shards: list[Path] = field(default_factory=list)
    writer: pq.ParquetWriter | None = None

    def add(self, table: pa.Table) -> None:
        """Take rows; writes a row group whenever one is full."""
        sizes = np.zeros(table.num_rows, np.int64)
        for column in table.columns:
            sizes += pc.binary_length(column).to_numpy() + _OFFSET_BYTES
        start = 0
        for position, size in enumerate(sizes.tolist()):
            if self.group_bytes and self.group_bytes + size > self.form.row_group_bytes:
                self.group.append(table.slice(start, position - start))
                self._write_group()
                start = position
            self.group_bytes += size
        self.group.append(table.slice(start))

    def _write_group(self) -> None:
        # Equal rows must give equal bytes, and the writer sees the chunks of a table.
        table = pa.concat_tables(self.group).combine_chunks().cast(self.schema)
        if self.writer is not None and self.shard_bytes + self.group_bytes > self.form.shard_bytes:
            self.close_shard()
        if self.writer is None:
            path = self.folder / f"{self.name}-{len(self.shards):05}.parquet"
            self.shards.append(path)
            self.writer = pq.ParquetWriter(
                path,
                self.schema,
                compression="zstd",
                use_dictionary=False,
                write_page_index=True,
                write_page_checksum=True,
                use_content_defined_chunking=_CHUNKING,
            )
        self.writer.write_table(table, row_group_size=table.num_rows)
        self.rows += table.num_rows
        # Not Table.nbytes: whether a chunk carries a validity bitmap depends on how the batches fell.
        self.num_bytes += self.group_bytes
        self.shard_bytes += self.group_bytes
        self.group, self.group_bytes = [], 0

    def close_shard(self) -> None:
        """Close the file that is being written, if there is one."""
        if self.writer is not None:
            self.writer.close()
        self.writer, self.shard_bytes = None, 0

    def close(self) -> Split:
        """Write what is left, and give the shards their final names, which say how many there are."""
        if self.group_bytes:
            self._write_group()
        self.close_shard()
        sizes = {}
        for number, path in enumerate(self.shards):
            name = f"{self.name}-{number:05}-of-{len(self.shards):05}.parquet"
            path.rename(path.with_name(name))
            sizes[name] = path.with_name(name).stat().st_size
        return Split(name=self.name, rows=self.rows, num_bytes=self.num_bytes, shards=sizes)
