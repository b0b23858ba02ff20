"""Compare two checkouts on the same files, run by run in turn: for the review of a change.

    python -m benchmarks.compare OLD NEW --work WORK [--documents 20000] [--rounds 7]

OLD and NEW are folders with a checkout each; both run in this environment. A ratio is that of the medians, with the
span in which 95% of ratios of resampled medians lie (bootstrap): where it holds 1.00, nothing is known to have changed.
"""

import argparse
import random
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.performance.cases import BUILD_KILLED, FLOOR, REWRITE, Case, corpus, tool_cases

SAMPLES = 2000


def span(old: Sequence[float], new: Sequence[float]) -> tuple[float, float]:
    """The middle 95% of the ratios of resampled medians, new to old."""
    rng = random.Random(0)
    drawn = sorted(
        statistics.median(rng.choices(new, k=len(new))) / statistics.median(rng.choices(old, k=len(old)))
        for _ in range(SAMPLES)
    )
    return drawn[SAMPLES // 40], drawn[-SAMPLES // 40]


def cases_of_a_change(project: Path) -> list[Case]:
    """What can be faster or slower with another checkout."""
    return [case for case in tool_cases(project) if case.name not in (FLOOR, REWRITE, BUILD_KILLED)]


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
    sides = [(one.resolve(), cases_of_a_change(project)) for one in (call.old, call.new)]
    for number in range(call.rounds):
        for checkout, cases in sides if number % 2 == 0 else sides[::-1]:
            for case in cases:
                case.before()
                case.run(project, watch=True, checkout=checkout)
    print("| | old, s | new, s | new : old | 95% | memory, MB |\n|---|---:|---:|---:|---:|---:|")
    for old, new in zip(sides[0][1], sides[1][1], strict=True):
        low, high = span([one.wall for one in old.runs], [one.wall for one in new.runs])
        before, after = (statistics.median(run.wall for run in one.runs) for one in (old, new))
        memory = " → ".join(f"{max(run.memory for run in one.runs) / 1e6:,.0f}" for one in (old, new))
        times = f"{before:.2f} | {after:.2f} | {after / before:.2f} | {low:.2f} to {high:.2f}"
        print(f"| {new.name} | {times} | {memory} |")
    shutil.rmtree(project)


if __name__ == "__main__":
    main()
