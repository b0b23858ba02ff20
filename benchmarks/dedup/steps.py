"""The steps of deduplication alone, on Parquet files with the columns path and text; a text is a body without title."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataset_tools.engines.local import LocalEngine
from dataset_tools.processes import without_pandas
from dataset_tools.spool import TEXTS, Spool
from dataset_tools.stages.deduplicate import Criterion, deduplicate
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.stages.same_text import decided, undecided
from dataset_tools.text import canonical, nfc, same_text_key

with without_pandas():  # as `dataset-tools dedup` does
    pa.array([])

BUCKET_LIMIT = 100

PART = pa.schema([("first_row", pa.int64()), ("path", pa.string()), ("group", pa.int64())])
"""The number of its first row, a Parquet file, a row group of it."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Turns a part into the narrow columns that deduplication sees, and spools its texts."""

    threshold: float
    spool: Path

    def __call__(self, part: pa.Table) -> pa.Table:
        """Do it."""
        ((first_row, path, group),) = zip(*part.to_pydict().values(), strict=True)
        batch = pq.ParquetFile(path).read_row_group(group, use_threads=False)
        count = len(batch)
        no_titles = pa.repeat(pa.scalar("", pa.string()), count)
        Spool(self.spool).write(str(first_row), pa.table([no_titles, batch["text"]], schema=TEXTS))
        data = batch["text"].cast(pa.binary()).to_pylist()
        texts = [nfc(text) for text in batch["text"].to_pylist()]
        return pa.table(
            {
                "row": np.arange(first_row, first_row + count),
                "path": batch["path"],
                "sha256": [hashlib.sha256(one).hexdigest() for one in data],
                "outline": pa.repeat(pa.scalar(b"", pa.binary()), count),  # band keys tell more
                "text_key": pa.nulls(count, pa.binary()),
                "bands": pa.array(fingerprint(texts, banding(self.threshold)), pa.binary()),
                "title_chars": np.zeros(count, np.int64),
                "body_chars": pc.utf8_length(batch["text"]).cast(pa.int64()),
            }
        )


@dataclass(frozen=True, slots=True)
class Write:
    """Writes what is left of the parts of one file without the rows that are gone."""

    out: Path
    gone: pa.Array

    def __call__(self, parts: pa.Table) -> pa.Table:
        """Do it."""
        path = Path(parts["path"][0].as_py())
        source = pq.ParquetFile(path)
        with pq.ParquetWriter(self.out / path.name, source.schema_arrow) as writer:
            for first_row, group in zip(parts["first_row"].to_pylist(), parts["group"].to_pylist(), strict=True):
                batch = source.read_row_group(group, use_threads=False)
                rows = pa.array(np.arange(first_row, first_row + len(batch)))
                writer.write_table(batch.filter(pc.invert(pc.is_in(rows, value_set=self.gone))))
        return parts


def deduplicated(folder: Path, out: Path, threshold: float, workers: int, scratch: Path) -> dict[str, int]:
    """Write what is kept of each Parquet file of a folder to a file of that name in `out`; say how many are gone."""
    out.mkdir()
    parts = _parts(folder)
    spool = Spool(scratch)
    criterion = Criterion(near=True, threshold=threshold, policy="first", bucket_limit=BUCKET_LIMIT)
    with LocalEngine(workers) as engine:
        tables = []
        for table in engine.map_batches([parts], Prepare(threshold, scratch), 1):
            spool.lay_out(str(table["row"][0]), table["row"].to_pylist(), range(len(table)))
            tables.append(table)
        rows = pa.concat_tables(tables).combine_chunks()
        found = deduplicate(_with_keys(rows, spool), spool.shared(), engine.map_groups, criterion, lambda _: None)
        for _ in engine.map_groups([parts], "path", Write(out, found.removed["row"].combine_chunks())):
            pass
    return {"removed": found.removed.num_rows, "skipped": found.skipped}


def _parts(folder: Path) -> pa.Table:
    row = 0
    parts = []
    for path in sorted(folder.glob("*.parquet")):
        metadata = pq.ParquetFile(path).metadata
        for group in range(metadata.num_row_groups):
            parts.append((row, str(path), group))
            row += metadata.row_group(group).num_rows
    return pa.table(list(zip(*parts, strict=True)), schema=PART)


def _with_keys(rows: pa.Table, spool: Spool) -> pa.Table:
    """The rows with keys that tell same texts, as `build` makes them."""
    some = undecided(rows)
    keys = [same_text_key(canonical("", text)) for text in spool.texts(some["row"].to_numpy())["body"].to_pylist()]
    place = some.schema.get_field_index("text_key")
    return decided(rows, some.set_column(place, "text_key", pa.array(keys, pa.binary())))
