"""Deduplication alone, as peers do it: read Parquet, find duplicates, write what is kept; called by `benchmarks.dedup`.

    python -m benchmarks.dedup.alone INPUT_FOLDER OUT.parquet THRESHOLD WORKERS

The functions are those that `build` calls, in worker processes. What `build` does besides is left out: file names, ids,
encodings, rules, schema, the card and the audit. No command of the tool reads Parquet.
"""

import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataset_tools.config import DedupSettings, Settings
from dataset_tools.distinct import deduplicated
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import Silent
from dataset_tools.spool import TEXTS, Spool
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.text import canonical, same_text_key, split_article

SCHEMA = pa.schema([("path", pa.string()), ("text", pa.string())])

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
        batch = pq.ParquetFile(path).read_row_group(group)
        texts = batch["text"].to_pylist()
        articles = [split_article(text) for text in texts]
        titles, bodies = [article.title for article in articles], [article.body for article in articles]
        Spool(self.spool).write(first_row, pa.table([pa.array(titles), pa.array(bodies)], schema=TEXTS))
        normal = [canonical(title, body) for title, body in zip(titles, bodies, strict=True)]
        return pa.table(
            {
                "row": pa.array(range(first_row, first_row + len(texts)), pa.int64()),
                "path": batch["path"],
                "sha256": [hashlib.sha256(text.encode()).hexdigest() for text in texts],
                "text_key": pa.array(map(same_text_key, normal), pa.binary()),
                "bands": pa.array(fingerprint(normal, banding(self.threshold)), pa.binary()),
                "title_chars": pa.array(map(len, titles), pa.int64()),
                "body_chars": pa.array(map(len, bodies), pa.int64()),
            }
        )


def _parts(folder: Path) -> pa.Table:
    row = 0
    parts = []
    for path in sorted(folder.glob("*.parquet")):
        metadata = pq.ParquetFile(path).metadata
        for group in range(metadata.num_row_groups):
            parts.append((row, str(path), group))
            row += metadata.row_group(group).num_rows
    return pa.table(list(zip(*parts, strict=True)), schema=PART)


def main(folder: Path, out: Path, threshold: float, workers: int) -> None:
    """Do it."""
    settings = Settings(dedup=DedupSettings(threshold=threshold))
    parts = _parts(folder)
    with tempfile.TemporaryDirectory() as scratch, LocalEngine(workers) as engine:
        prepare, spool = Prepare(threshold, Path(scratch)), Spool(Path(scratch))
        rows = pa.concat_tables(engine.map_batches([parts], prepare, 1)).combine_chunks()
        removed = deduplicated(settings, rows, spool, engine, Silent(), near=True).removed
        gone = rows["path"].take(removed["row"]).combine_chunks()
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        for path, group in zip(parts["path"].to_pylist(), parts["group"].to_pylist(), strict=True):
            batch = pq.ParquetFile(path).read_row_group(group)
            writer.write_table(batch.filter(pc.invert(pc.is_in(batch["path"], value_set=gone))))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
