"""Parquet: rows to shards, in document order, with bytes that depend on the rows alone."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from dataset_tools.content import ContentDigest, row_sizes
from dataset_tools.manifest import sha256_of

_CHUNKING = {"min_chunk_size": 256 << 10, "max_chunk_size": 1 << 20, "norm_level": 0}
"""Content-defined chunking as the Hub's own writer does it, so that a new version shares most chunks with the old."""


Meanwhile = deque[Callable[[], object]]
"""Work that is to be done, in this order, at any time: whoever does a piece of it takes it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How rows are laid out; sizes are in bytes before compression."""

    columns: tuple[str, ...]
    shard_bytes: int
    row_group_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One written split: rows, `num_bytes` in Arrow memory, and the names of its shards with their size and SHA-256."""

    name: str
    rows: int
    num_bytes: int
    shards: dict[str, tuple[int, str]]

    def files(self) -> dict[str, tuple[int, str]]:
        """Size and SHA-256 of the shards by their path in the dataset."""
        return {f"data/{name}": facts for name, facts in self.shards.items()}


def write_shards(
    folder: Path,
    batches: Iterable[pa.Table],
    schema: pa.Schema,
    splits: Sequence[str],
    names: Sequence[str],
    form: Form,
    meanwhile: Meanwhile | None = None,
) -> tuple[list[Split], str]:
    """Write batches of rows into `folder`, `splits` being that of each row; returns them and `content_sha256`.

    The splits are written in the order of `names`; those without rows are left out. Of `meanwhile` as much is done
    as there is time for while there is nothing to do here but to wait for what is being compressed.
    """
    digest = _Behind(2 * form.row_group_bytes)
    done = 0
    aside = _Aside(deque() if meanwhile is None else meanwhile)
    with ExitStack() as stack:
        writers = {name: _SplitWriter(folder, name, schema, form, aside) for name in names}
        for writer in writers.values():
            stack.callback(writer.close_shard)
        stack.enter_context(aside)
        for batch in batches:
            of_batch = splits[done : done + batch.num_rows]
            done += batch.num_rows
            digest.add(of_batch, batch)
            if _add(writers, of_batch, batch):
                digest.catch_up()
        for writer in writers.values():
            writer.end_group()
        digest.catch_up()
        written = [writer.close() for writer in writers.values()]
    return [split for split in written if split.rows], digest.hexdigest()


def group_ends(sizes: Sequence[int], held: int, form: Form) -> tuple[list[tuple[int, int]], int]:
    """Where row groups end among rows of these sizes, and the bytes of each; and what is held then for the next.

    `held` is what the group has that the rows are added to.
    """
    most = min(form.row_group_bytes, form.shard_bytes)
    ends = []
    for position, size in enumerate(sizes):
        if held and held + size > most:
            ends.append((position, held))
            held = 0
        held += size
    return ends, held


def begins_shard(held: int, size: int, form: Form) -> bool:
    """Whether a row group of this size is the first of a new shard, where the one before holds so much."""
    return held > 0 and held + size > form.shard_bytes


def shard_name(split: str, number: int, count: int) -> str:
    """The name of a shard, of which a split has so many."""
    return f"{split}-{number:05}-of-{count:05}.parquet"


def write_shard(path: Path, groups: Iterable[pa.Table], schema: pa.Schema) -> str:
    """Write one shard of these row groups; returns its SHA-256."""
    with _writer(path, schema) as writer:
        for group in groups:
            _write(writer, group)
    return sha256_of(path)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=False,
        write_page_index=True,
        write_page_checksum=True,
        use_content_defined_chunking=_CHUNKING,
    )


def _write(writer: pq.ParquetWriter, group: pa.Table) -> None:
    # Equal rows must give equal bytes, and the writer sees the chunks of a table.
    table = group.combine_chunks().cast(writer.schema)
    writer.write_table(table, row_group_size=table.num_rows)


def _add(writers: Mapping[str, "_SplitWriter"], splits: Sequence[str], batch: pa.Table) -> bool:
    """Give every row of a batch to the writer of its split; returns whether a row group was full."""
    names = list(dict.fromkeys(splits))
    if len(names) == 1:
        return writers[names[0]].add(batch)
    chosen = np.array(splits)
    return any([writers[name].add(batch.filter(pa.array(chosen == name))) for name in names])  # noqa: C419  all are added to


class _Behind:
    """The digest of rows, which are hashed once a row group of them is being compressed: that takes longer."""

    def __init__(self, most_bytes: int) -> None:
        """Begin with no row; at most so many bytes are left for later."""
        self._most_bytes = most_bytes
        self._digest = ContentDigest()
        self._left: list[tuple[Sequence[str], pa.Table]] = []
        self._bytes = 0

    def add(self, splits: Sequence[str], batch: pa.Table) -> None:
        """Take rows, as `ContentDigest` does."""
        self._left.append((splits, batch))
        self._bytes += batch.nbytes
        if self._bytes > self._most_bytes:
            self.catch_up()

    def catch_up(self) -> None:
        """Hash what is left."""
        for splits, batch in self._left:
            self._digest.update(splits, batch)
        self._left.clear()
        self._bytes = 0

    def hexdigest(self) -> str:
        """The digest of all rows that were hashed."""
        return self._digest.hexdigest()


class _FileDigest:
    """The SHA-256 of a file that grows at its end."""

    def __init__(self, path: Path) -> None:
        """Begin with no byte."""
        self._path = path
        self._digest = hashlib.sha256()
        self._bytes = 0

    def catch_up(self) -> None:
        """Hash what was added."""
        with self._path.open("rb") as file:
            file.seek(self._bytes)
            while data := file.read(1 << 20):
                self._digest.update(data)
                self._bytes += len(data)

    def hexdigest(self) -> str:
        """The digest of the whole file, which grows no more."""
        self.catch_up()
        return self._digest.hexdigest()


class _Aside:
    """A thread that compresses what is complete while this one reads and hashes more: one piece of work at a time."""

    def __init__(self, meanwhile: Meanwhile) -> None:
        """Begin with nothing to do, and with what this thread can do in place of waiting."""
        self._thread = ThreadPoolExecutor(1)
        self._meanwhile = meanwhile
        self._under_way: Future[None] | None = None

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(self, *_: object) -> None:
        """Let it come to its end."""
        self._thread.shutdown()

    def do(self, work: Callable[[], None]) -> None:
        """Let the thread do this once the work before it is done; raises what that raised."""
        self.wait()
        self._under_way = self._thread.submit(work)

    def wait(self) -> None:
        """Wait for the work; raises what it raised."""
        if self._under_way is None:
            return
        while self._meanwhile and not self._under_way.done():
            self._meanwhile.popleft()()
        self._under_way.result()


@dataclass(slots=True)
class _SplitWriter:
    """Collects rows into row groups, and row groups into shards, by the sizes of single rows."""

    folder: Path
    name: str
    schema: pa.Schema
    form: Form
    aside: _Aside
    rows: int = 0
    num_bytes: int = 0
    group_bytes: int = 0
    shard_bytes: int = 0
    group: list[pa.Table] = field(default_factory=list)
    shards: dict[Path, _FileDigest] = field(default_factory=dict)
    writer: pq.ParquetWriter | None = None

    def add(self, table: pa.Table) -> bool:
        """Take rows; writes a row group whenever one is full, and returns whether that was so."""
        start = 0
        ends, self.group_bytes = group_ends(row_sizes(table).tolist(), self.group_bytes, self.form)
        for end, size in ends:
            self.group.append(table.slice(start, end - start))
            self._hand_over(size)
            start = end
        self.group.append(table.slice(start))
        return bool(ends)

    def end_group(self) -> None:
        """Write what is left."""
        if self.group_bytes:
            self._hand_over(self.group_bytes)

    def _hand_over(self, size: int) -> None:
        self.aside.do(partial(self._write_group, self.group, size))
        self.group = []
        for digest in list(self.shards.values())[-1:]:  # of the row groups before this one, which are written
            digest.catch_up()

    def _write_group(self, group: list[pa.Table], size: int) -> None:
        table = pa.concat_tables(group)
        group.clear()
        if begins_shard(self.shard_bytes, size, self.form):
            self.close_shard()
        if self.writer is None:
            path = self.folder / f"{self.name}-{len(self.shards):05}.parquet"
            self.writer = _writer(path, self.schema)
            self.shards[path] = _FileDigest(path)
        _write(self.writer, table)
        self.rows += table.num_rows
        self.num_bytes += size
        self.shard_bytes += size

    def close_shard(self) -> None:
        """Close the file that is being written, if there is one."""
        if self.writer is not None:
            self.writer.close()
        self.writer, self.shard_bytes = None, 0

    def close(self) -> Split:
        """Once all is written, give the shards their final names, which say how many there are."""
        self.aside.wait()
        self.close_shard()
        shards = {}
        for number, (path, digest) in enumerate(self.shards.items()):
            sha256 = digest.hexdigest()
            name = shard_name(self.name, number, len(self.shards))
            shards[name] = path.rename(path.with_name(name)).stat().st_size, sha256
        return Split(name=self.name, rows=self.rows, num_bytes=self.num_bytes, shards=shards)
