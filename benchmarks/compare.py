"""Compare two checkouts on the same files, run by run in turn: for the review of a change.

    python -m benchmarks.compare OLD NEW --work WORK [--documents 20000] [--rounds 7]

OLD and NEW are folders with a checkout each; both run in this environment. A ratio is that of the medians, with the
span in which 95% of ratios of resampled medians lie (bootstrap): where it holds 1.00, nothing is known to have changed.
"""

import argparse
import os
import random
import shutil
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.dedup.measure import measured
from benchmarks.run import Case, corpus, tool_cases

SAMPLES = 2000


def span(old: Sequence[float], new: Sequence[float]) -> tuple[float, float]:
    """The middle 95% of the ratios of resampled medians, new to old."""
    rng = random.Random(0)
    drawn = sorted(
        statistics.median(rng.choices(new, k=len(new))) / statistics.median(rng.choices(old, k=len(old)))
        for _ in range(SAMPLES)
    )
    return drawn[SAMPLES // 40], drawn[-SAMPLES // 40]


def main() -> None:
    """Read the command line, and do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=7)
    call = parser.parse_args()
    project = call.work.resolve() / "project"
    corpus(project, call.documents)
    sides: list[tuple[Path, list[Case]]] = [(one.resolve(), tool_cases(project)[1:]) for one in (call.old, call.new)]
    for number in range(call.rounds):
        for checkout, cases in sides if number % 2 == 0 else sides[::-1]:
            for case in cases:
                case.before()
                done = measured(case.command, project, {**os.environ, "PYTHONPATH": str(checkout)})
                if done.error is not None:
                    sys.exit(f"{checkout}: {case.name}: {done.error}")
                case.runs.append(done)
    print("| | old, s | new, s | new : old | 95% | memory, MB |\n|---|---:|---:|---:|---:|---:|")
    for old, new in zip(sides[0][1], sides[1][1], strict=True):
        low, high = span([one.wall for one in old.runs], [one.wall for one in new.runs])
        ratio = new.seconds() / old.seconds()
        memory = f"{old.memory() / 1e6:,.0f} → {new.memory() / 1e6:,.0f}"
        times = f"{old.seconds():.2f} | {new.seconds():.2f} | {ratio:.2f} | {low:.2f} to {high:.2f}"
        print(f"| {new.name} | {times} | {memory} |")
    shutil.rmtree(project)


if __name__ == "__main__":
    main()
