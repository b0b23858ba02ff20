"""Run `prepare` on every file of a folder, in threads or in processes: which is faster, docs/performance.md says.

    python -m benchmarks.threads FOLDER {threads,processes} COUNT

It does what `build` does in its left half: read, parse, identify, check, fingerprint, keep the texts.
"""

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from dataset_tools import schema
from dataset_tools.config import Settings
from dataset_tools.corpora import whole_corpus
from dataset_tools.engines import Stage
from dataset_tools.engines.local import LocalEngine
from dataset_tools.prepare import BATCH_ROWS, Plan, batches
from dataset_tools.processes import collect_garbage_rarely, keep_freed_memory
from dataset_tools.recipes import parse_recipe
from dataset_tools.stages.fingerprint import banding

RECIPE = "sha256(title+body, nfc)[:16]"


@contextmanager
def mapping(tables: Iterator[pa.Table], stage: Stage, how: str, count: int) -> Iterator[Iterator[pa.Table]]:
    """What a stage makes of each table."""
    if how == "processes":
        with LocalEngine(count) as engine:
            yield engine.map_batches(tables, stage, BATCH_ROWS)
    else:
        with ThreadPoolExecutor(count) as pool:
            yield pool.map(stage, tables)


def main(folder: Path, how: str, count: int) -> None:
    """Do it."""
    collect_garbage_rarely()
    keep_freed_memory()
    settings = Settings(raw=folder)
    corpus = whole_corpus(settings, folder, "build")
    with tempfile.TemporaryDirectory() as scratch:
        source = schema.load(settings.article_schema).source
        if how == "threads":
            schema.of_articles(source)  # registers checks, which two threads must not do at once
        plan = Plan(
            root=folder.absolute(),
            file_name=settings.file_name,
            max_file_size=settings.max_file_size,
            schema=source,
            recipe=parse_recipe(RECIPE),
            banding=banding(settings.dedup.threshold),
            spool=Path(scratch),
            ignored=settings.rule_policy().off,
        )
        with mapping(batches(dict(enumerate(corpus.sources))), plan, how, count) as parts:
            print(sum(part.num_rows for part in parts))


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[2] not in ("threads", "processes"):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
