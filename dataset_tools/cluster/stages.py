"""What the machines of a cluster do with a batch: they call the functions of one machine, and keep what these give.

Only names, counts and numbers of rows go back; the rest lies in the work folder.
"""

import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from dataset_tools.cluster.source import RemoteCorpus
from dataset_tools.cluster.texts import KIND, StoredTexts
from dataset_tools.cluster.work import TEXTS_AT_ONCE, WorkFolder
from dataset_tools.prepare import PREPARED, Plan
from dataset_tools.spool import TEXTS
from dataset_tools.stages.deduplicate.links import shared_buckets
from dataset_tools.stages.package.shards import Form, write_shard
from dataset_tools.stages.package.write import written_columns

SIZES = ("title_bytes", "body_bytes")
"""Columns beside those of `PREPARED`: the lengths of the texts in UTF-8, 0 without one."""

ROWS, BANDS = "rows", "bands"
"""What the names of the other files end with that are made of a batch."""

MADE = pa.schema(
    [
        ("name", pa.string()),
        ("first", pa.int64()),  # number of the first row
        ("rows", pa.int64()),
        ("unread", pa.int64()),  # files without bytes
        ("machine", pa.string()),
    ]
)
"""What `PrepareInto` gives, one row for a batch."""

SHARED = pa.schema([("row", pa.int64()), ("number", pa.int64())])
"""What `SharedBuckets` gives: rows, and the number of each bucket that they share, counted in each group from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareInto:
    """Prepares a batch of files, of this machine or of `source`, and puts what comes of it into the work folder.

    The rows that are put there are those of `PREPARED` with `SIZES`; in place of the band keys, which lie in a file of
    their own, they have a digest of them.
    """

    plan: Plan
    work: WorkFolder
    folder: str
    source: RemoteCorpus | None = None

    def __call__(self, sources: pa.Table) -> pa.Table:
        """Turn `SOURCES` into `MADE`."""
        if self.source is not None:
            sources = self.source.filled(sources)
        first = sources["row"][0].as_py()
        name = f"{self.folder}/{first:012}"
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as scratch:
            spool = None if self.plan.spool is None else Path(scratch)
            rows = replace(self.plan, spool=spool)(sources)
            texts = TEXTS.empty_table()
            if spool is not None:
                (file,) = spool.iterdir()
                with pa.memory_map(str(file)) as source:
                    texts = pa.ipc.open_stream(source).read_all()
                self.work.put_table(f"{name}.{KIND}", texts, rows_at_once=TEXTS_AT_ONCE)
            if self.plan.banding is not None:
                self.work.put_table(f"{name}.{BANDS}", rows.select(["bands"]))
            self.work.put_table(f"{name}.{ROWS}", narrow(rows, texts))
        unread = rows["sha256"].null_count
        return pa.table([[name], [first], [len(rows)], [unread], [socket.gethostname()]], schema=MADE)


def narrow(rows: pa.Table, texts: pa.Table) -> pa.Table:
    """`PREPARED` rows as a work folder has them."""
    digests = [one and xxhash.xxh3_64_digest(one) for one in rows["bands"].to_pylist()]
    rows = rows.set_column(PREPARED.get_field_index("bands"), "bands", pa.array(digests, pa.binary()))
    for size, name in zip(SIZES, TEXTS.names, strict=True):
        lengths = pc.fill_null(pc.binary_length(texts[name]), 0).cast(pa.int64()) if len(texts) else None
        rows = rows.append_column(size, pa.nulls(len(rows), pa.int64()) if lengths is None else lengths)
    return rows


@dataclass(frozen=True, slots=True)
class BandRows:
    """Gives the band keys of some rows, in buckets: each band apart, its keys in so many `parts`."""

    work: WorkFolder
    parts: int

    def __call__(self, files: pa.Table) -> pa.Table:
        """Turn name, first and positions (little-endian int64) of files into bucket, key and row."""
        found = [pa.schema([(name, pa.int64()) for name in ("bucket", "key", "row")]).empty_table()]
        for name, first, packed in zip(*(files[one].to_pylist() for one in files.column_names), strict=True):
            positions = np.frombuffer(packed, "<i8")
            bands = self.work.table(f"{name}.{BANDS}")["bands"].take(pa.array(positions)).to_pylist()
            keys = np.frombuffer(b"".join(bands), "<u8").reshape(len(positions), -1)
            buckets = np.arange(keys.shape[1]) * self.parts + (keys % np.uint64(self.parts)).astype(np.int64)
            rows = np.broadcast_to((first + positions)[:, None], keys.shape)
            columns = (np.ascontiguousarray(one).reshape(-1) for one in (buckets, keys.view(np.int64), rows))
            found.append(pa.table(list(columns), schema=found[0].schema))
        return pa.concat_tables(found)


def shared(group: pa.Table) -> pa.Table:
    """Turn all rows of a bucket of `BandRows` into `SHARED`: those whose key another one has as well."""
    rows = group["row"].to_numpy()
    document, bucket = shared_buckets(group["key"].to_numpy().view(np.uint64)[:, None])
    return pa.table([rows[document], bucket], schema=SHARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteShard:
    """Writes one shard, whole, into the work folder."""

    work: WorkFolder
    folder: str
    texts: StoredTexts
    schema: pa.Schema
    form: Form

    def __call__(self, rows: pa.Table) -> pa.Table:
        """Turn the rows of a shard (group, their number, and the columns that are written) into its facts."""
        shard = rows["shard"][0].as_py()
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as scratch:
            path = Path(scratch) / "shard.parquet"
            digest = write_shard(path, self._groups(rows), self.schema)
            name = f"{self.folder}/{shard:05}.parquet"
            self.work.put_file(name, path)
            return pa.table({"shard": [shard], "name": [name], "bytes": [path.stat().st_size], "sha256": [digest]})

    def _groups(self, rows: pa.Table) -> Iterator[pa.Table]:
        values = rows["group"].to_numpy()
        starts = [*np.flatnonzero(np.diff(values, prepend=-1)).tolist(), len(rows)]
        for start, stop in pairwise(starts):
            some = rows.slice(start, stop - start)
            yield pa.concat_tables(written_columns(some, self.texts.batches(some["row"].to_numpy()), self.form.columns))
