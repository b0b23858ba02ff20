"""How many of all pairs are candidates, and how many are resolved, at several thresholds.

    python -m benchmarks.dedup.recall CORPUS --work WORK

CORPUS is made by `benchmarks/generate.py`. All pairs are found by exact comparison, so those that were not planted
count as well. A table in Markdown goes to standard output.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.dedup.__main__ import planted_pairs, write_parquet
from benchmarks.dedup.quality import NEAR_THRESHOLD, Pairs, all_pairs, judge
from benchmarks.dedup.steps import deduplicated
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.text import canonical, split_article

THRESHOLDS = (0.7, 0.8, 0.9)
WORKERS = 2


def main(folder: Path, work: Path) -> None:
    """Do it."""
    texts = {path.name: path.read_bytes().decode() for path in sorted(folder.glob("*.txt"))}
    numbers = {path: number for number, path in enumerate(texts)}
    canonicals = [canonical(*split_article(text)[:2]) for text in texts.values()]
    shutil.rmtree(work, ignore_errors=True)
    (work / "parquet").mkdir(parents=True)
    write_parquet(work / "parquet", texts, WORKERS)
    every = all_pairs(canonicals, min(THRESHOLDS))
    end = f"less than {NEAR_THRESHOLD} above"
    print(f"| threshold | pairs | candidates | resolved | {end} | candidates | resolved | removed | unjustified |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for threshold in THRESHOLDS:
        pairs = {pair: value for pair, value in every.items() if value >= threshold}
        near = {pair: value for pair, value in pairs.items() if value < threshold + NEAR_THRESHOLD}
        missed = planted_pairs(folder, numbers, threshold) - pairs.keys()
        if missed:
            raise SystemExit(f"{len(missed)} planted pairs are not what the list beside the corpus says")
        scratch, out = work / "scratch", work / f"kept-{threshold}"
        scratch.mkdir()
        deduplicated(work / "parquet", out, threshold, WORKERS, scratch)
        shutil.rmtree(scratch)
        names = [name for file in sorted(out.glob("*.parquet")) for name in pq.read_table(file)["path"].to_pylist()]
        found = judge(pairs, {numbers[name] for name in names}, len(numbers), threshold)
        keys = fingerprint(canonicals, banding(threshold))
        shares = [_share(_candidates(some, keys), len(some)) for some in (pairs, near)]
        resolved = [_share(*counts) for counts in ((found.resolved, len(pairs)), (found.near_resolved, len(near)))]
        print(
            f"| {threshold} | {len(pairs):,} | {shares[0]} | {resolved[0]} | {len(near):,} | {shares[1]} "
            f"| {resolved[1]} | {found.removed:,} | {found.unjustified} |",
            flush=True,
        )
    shutil.rmtree(work)


def _candidates(pairs: Pairs, keys: list[bytes | None]) -> int:
    """How many of the pairs share a band."""
    bands = [np.frombuffer(one or b"", "<u8") for one in keys]
    return sum(bool((bands[a] == bands[b]).any()) for a, b in pairs)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "none"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    call = parser.parse_args()
    main(call.corpus.resolve(), call.work.resolve() / "recall")
