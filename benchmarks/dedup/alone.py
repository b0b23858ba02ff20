"""Deduplication alone, as peers do it: read Parquet, find duplicates, write what is kept; called by `benchmarks.dedup`.

    python -m benchmarks.dedup.alone INPUT_FOLDER OUT.parquet THRESHOLD WORKERS

The functions are those that `build` calls, with worker processes for the fingerprints. What `build` does besides is
left out: file names, ids, encodings, rules, schema, the card and the audit. No command of the tool reads Parquet.
"""

import hashlib
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataset_tools.config import DedupSettings, Settings
from dataset_tools.distinct import deduplicated
from dataset_tools.model import Silent
from dataset_tools.spool import TEXTS, Spool
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.text import canonical, same_text_key, split_article

SCHEMA = pa.schema([("path", pa.string()), ("text", pa.string())])

Part = tuple[int, Path, int]
"""The number of its first row, a Parquet file, a row group of it."""


@dataclass(frozen=True, slots=True)
class Prepare:
    """Turns a part into the narrow columns that deduplication sees, and spools its texts."""

    threshold: float
    spool: Path

    def __call__(self, part: Part) -> pa.Table:
        """Do it."""
        first_row, path, group = part
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


def _parts(folder: Path) -> Iterator[Part]:
    row = 0
    for path in sorted(folder.glob("*.parquet")):
        metadata = pq.ParquetFile(path).metadata
        for group in range(metadata.num_row_groups):
            yield row, path, group
            row += metadata.row_group(group).num_rows


def _prepared(folder: Path, prepare: Prepare, workers: int) -> pa.Table:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["dataset_tools.distinct", "pyarrow.parquet"])
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        return pa.concat_tables(pool.map(prepare, _parts(folder))).combine_chunks()


def main(folder: Path, out: Path, threshold: float, workers: int) -> None:
    """Do it."""
    settings = Settings(dedup=DedupSettings(threshold=threshold))
    with tempfile.TemporaryDirectory() as scratch:
        rows = _prepared(folder, Prepare(threshold, Path(scratch)), workers)
        removed = deduplicated(settings, rows, Spool(Path(scratch)), Silent(), near=True).removed
        gone = rows["path"].take(removed["row"]).combine_chunks()
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        for _, path, group in _parts(folder):
            batch = pq.ParquetFile(path).read_row_group(group)
            writer.write_table(batch.filter(pc.invert(pc.is_in(batch["path"], value_set=gone))))


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
