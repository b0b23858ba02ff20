"""Parquet: rows to shards, in document order, with bytes that depend on the rows alone."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from dataset_tools.content import ContentDigest, row_sizes
from dataset_tools.processes import available_cores
from dataset_tools.stages.package.earlier import Earlier, Encoded, Place
from dataset_tools.stages.package.row_groups import ParquetFile, encoded

_AT_ONCE = 3
"""So many row groups are encoded at once at most: each takes about three times its size meanwhile."""

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
    earlier: Earlier | None = None,
    meanwhile: Meanwhile | None = None,
) -> tuple[list[Split], str]:
    """Write batches of rows into `folder`, `splits` being that of each row; returns them and `content_sha256`.

    The splits are written in the order of `names`; those without rows are left out. Row groups that `earlier` has are
    taken from there. Of `meanwhile` as much is done as there is time for while there is nothing to do here but to wait
    for what is being compressed.
    """
    digest = _Behind(2 * form.row_group_bytes)
    earlier = Earlier() if earlier is None else earlier
    done = 0
    with ExitStack() as stack:
        encoders = _Encoders(schema, earlier, deque() if meanwhile is None else meanwhile)
        writers = {name: _SplitWriter(folder, name, form, encoders) for name in names}
        for writer in writers.values():
            stack.callback(writer.abandon)
        stack.enter_context(encoders)
        for batch in batches:
            of_batch = splits[done : done + batch.num_rows]
            done += batch.num_rows
            digest.add(of_batch, batch)
            if _add(writers, of_batch, batch):
                digest.catch_up()
        for writer in writers.values():
            writer.end_group()
        digest.catch_up()
        encoders.finish()
        written = [writer.close() for writer in writers.values()]
    earlier.keep(place for writer in writers.values() for place in writer.places)
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
    file = ParquetFile(path)
    for group in groups:
        file.add(encoded(group.combine_chunks().cast(schema)))
    return file.close()


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


class _Encoders:
    """Threads that encode row groups, and one that writes them, while this one reads and hashes more.

    Use it in a with statement.
    """

    def __init__(self, schema: pa.Schema, earlier: Earlier, meanwhile: Meanwhile) -> None:
        """Begin with nothing to encode, and with what this thread can do in place of waiting."""
        self._schema = schema
        self._earlier = earlier
        self._meanwhile = meanwhile
        self._most = min(available_cores(), _AT_ONCE)
        self._encoding = ThreadPoolExecutor(self._most)
        self._writing = ThreadPoolExecutor(1)
        self._under_way: deque[Future[None]] = deque()

    def __enter__(self) -> "_Encoders":
        """Use them."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let them come to their end."""
        for threads in (self._encoding, self._writing):
            threads.shutdown(cancel_futures=True)

    def encode(self, rows: list[pa.Table], write: Callable[[Encoded], None]) -> None:
        """Encode rows, which are let go then, and write what comes of it, one after the other, in the order of calls.

        Waits while as many are under way as are encoded at once. Raises what came of those before.
        """
        if len(self._under_way) == self._most:
            self._wait()
        encoding = self._encoding.submit(self._encoded, rows)
        self._under_way.append(self._writing.submit(lambda: write(encoding.result())))

    def finish(self) -> None:
        """Wait for all; raises what came of them."""
        while self._under_way:
            self._wait()

    def _wait(self) -> None:
        future = self._under_way.popleft()
        while self._meanwhile and not future.done():
            self._meanwhile.popleft()()
        future.result()

    def _encoded(self, rows: list[pa.Table]) -> Encoded:
        table = pa.concat_tables(rows)
        rows.clear()
        return self._earlier.encoded(table, self._schema)


@dataclass(slots=True)
class _SplitWriter:
    """Collects rows into row groups, and row groups into shards, by the sizes of single rows."""

    folder: Path
    name: str
    form: Form
    encoders: _Encoders
    rows: int = 0
    num_bytes: int = 0
    group_bytes: int = 0
    shard_bytes: int = 0
    group: list[pa.Table] = field(default_factory=list)
    files: list[ParquetFile] = field(default_factory=list)
    sums: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def add(self, table: pa.Table) -> bool:
        """Take rows; has a row group encoded whenever one is full, and returns whether that was so."""
        start = 0
        ends, self.group_bytes = group_ends(row_sizes(table).tolist(), self.group_bytes, self.form)
        for end, size in ends:
            self.group.append(table.slice(start, end - start))
            self._encode(size)
            start = end
        self.group.append(table.slice(start))
        return bool(ends)

    def end_group(self) -> None:
        """Have encoded what is left."""
        if self.group_bytes:
            self._encode(self.group_bytes)

    def _encode(self, size: int) -> None:
        rows = sum(one.num_rows for one in self.group)
        self.encoders.encode(self.group, partial(self._append, rows, size))
        self.group = []

    def _append(self, rows: int, size: int, row_group: Encoded) -> None:
        if not self.files or begins_shard(self.shard_bytes, size, self.form):
            self._close_shard()
            self.files.append(ParquetFile(self.folder / f"{self.name}-{len(self.files):05}.parquet"))
        file = self.files[-1]
        self.places.append(row_group.at(file.path.name, file.size))
        file.add(row_group.row_group)
        self.rows += rows
        self.num_bytes += size
        self.shard_bytes += size

    def _close_shard(self) -> None:
        if self.files:
            self.sums.append(self.files[-1].close())
        self.shard_bytes = 0

    def abandon(self) -> None:
        """Let go of the file that is being written, if there is one."""
        for file in self.files[-1:]:
            file.abandon()

    def close(self) -> Split:
        """Once all is written, give the shards their final names, which say how many there are."""
        self._close_shard()
        count = len(self.files)
        names = {file.path.name: shard_name(self.name, number, count) for number, file in enumerate(self.files)}
        for file in self.files:
            file.path.rename(file.path.with_name(names[file.path.name]))
        self.places = [place._replace(file=names[place.file]) for place in self.places]
        facts = zip(self.files, self.sums, strict=True)
        shards = {names[file.path.name]: (file.size, sha256) for file, sha256 in facts}
        return Split(name=self.name, rows=self.rows, num_bytes=self.num_bytes, shards=shards)
