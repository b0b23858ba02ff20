"""How the time of deduplication grows with the corpus, and with one cluster in it.

    python -m benchmarks.dedup.scale --work WORK [--largest 300000] [--cluster 100000] [--rounds 3]

Corpora are made in WORK, as Parquet, and deleted after use. What is timed is `alone.py` with two workers. Tables in
Markdown go to standard output.
"""

import argparse
import json
import math
import shutil
import statistics
import sys
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.dedup.contestants import Corpus, ours
from benchmarks.dedup.measure import measured
from benchmarks.generate import Duplicates, documents

THRESHOLD = 0.8
WORKERS = 2
FIRST = 10_000
GROUP_ROWS = 1000
SEED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The median of the rounds in seconds, the most bytes, and what `alone.py` counted."""

    documents: int
    seconds: float
    memory: int
    removed: int
    skipped: int


def timed(count: int, duplicates: Duplicates, work: Path, rounds: int) -> Timed:
    """Make a corpus, deduplicate it, and delete it."""
    texts = work / "parquet"
    shutil.rmtree(work, ignore_errors=True)
    texts.mkdir(parents=True)
    made = ((f"{number:07}", text) for number, (text, _, _) in enumerate(documents(count, duplicates, SEED)))
    for file in range(WORKERS):
        with pq.ParquetWriter(
            texts / f"{file}.parquet", pa.schema({"path": pa.string(), "text": pa.string()})
        ) as writer:
            for start in range(0, count // WORKERS, GROUP_ROWS):
                part = list(islice(made, min(GROUP_ROWS, count // WORKERS - start)))
                writer.write_table(pa.table(list(zip(*part, strict=True)), schema=writer.schema))
    alone = ours(Corpus(files=texts, parquet=texts, threshold=THRESHOLD, workers=WORKERS))[0]
    runs = []
    for number in range(1 + rounds):  # the first is watched for its memory, which takes time
        folder = work / "run"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        runs.append(measured(alone.command, folder, alone.environment(folder), watch=number == 0))
        if runs[-1].error is not None:
            sys.exit(runs[-1].error)
        counts = json.loads((folder / "log.txt").read_text("utf-8"))
    shutil.rmtree(work)
    found = Timed(
        documents=count,
        seconds=statistics.median(run.wall for run in runs[1:]),
        memory=max(run.memory for run in runs),
        **counts,
    )
    print(found, file=sys.stderr, flush=True)
    return found


def growth(largest: int, work: Path, rounds: int) -> list[str]:
    """Distinct documents with a few pairs: from `FIRST` on by about three."""
    sizes = [size for size in (FIRST, 3 * FIRST, 10 * FIRST, 30 * FIRST, 100 * FIRST) if size <= largest]
    found = [timed(size, Duplicates(near=size // 50), work, rounds) for size in sizes]
    lines = [
        "| documents | time, s | per document, µs | peak memory, MB | grows as n to the power |",
        "|---:|---:|---:|---:|---:|",
    ]
    powers = [""] + [
        f"{math.log(after.seconds / before.seconds) / math.log(after.documents / before.documents):.2f}"
        for before, after in pairwise(found)
    ]
    for one, power in zip(found, powers, strict=True):
        each = one.seconds / one.documents * 1e6
        lines.append(f"| {one.documents:,} | {one.seconds:.1f} | {each:.0f} | {one.memory / 1e6:,.0f} | {power} |")
    return lines


def clusters(size: int, work: Path, rounds: int) -> list[str]:
    """So many copies of one text among as many others, against distinct documents alone."""
    cases = (
        ("distinct", Duplicates()),
        ("copies of one text, any two at about 0.9", Duplicates(template=size, similarity=0.9)),
        ("copies of one text, any two at about 0.75", Duplicates(template=size, similarity=0.75)),
        ("copies of one text, any two at about 0.70", Duplicates(template=size, similarity=0.7)),
        ("bulletins that differ in one part, any two at 0.9", Duplicates(bulletins=size, similarity=0.9)),
        ("bulletins that differ in one part, any two at 0.75", Duplicates(bulletins=size, similarity=0.75)),
    )
    lines = [
        f"| {size:,} of {2 * size:,} documents are | time, s | times distinct | removed | skipped | peak memory, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    found = [(name, timed(2 * size, duplicates, work, rounds)) for name, duplicates in cases]
    for name, one in found:
        times = one.seconds / found[0][1].seconds
        counts = f"{one.removed:,} | {one.skipped:,} | {one.memory / 1e6:,.0f}"
        lines.append(f"| {name} | {one.seconds:.1f} | {times:.2f} | {counts} |")
    return lines


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--largest", type=int, default=300_000)
    parser.add_argument("--cluster", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    call = parser.parse_args()
    work = call.work.resolve() / "scale"
    print("\n".join([*growth(call.largest, work, call.rounds), "", *clusters(call.cluster, work, call.rounds)]))


if __name__ == "__main__":
    main()
