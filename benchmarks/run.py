"""Time the commands of the tool, side by side with the floor and with peers, at several sizes: docs/performance.md.

    python -m benchmarks.run --work WORK [--sizes 10000,100000,1000000] [--rounds 5] [--rounds-at 1000000=1]
    python -m benchmarks.run --page docs/performance/results.json

The first command measures, and after each corpus writes all figures as JSON (--out); the second makes the page beside
the folder of the JSON, and charts in it, which takes `pip install -e '.[benchmarks]'`. Corpora are made in WORK and
deleted after use. All commands run once to see their memory and which files they open, then one after the other in each
round, so that what changes on the machine meets all of them alike. Where there are over 500,000 documents, only the
floor and a build run. Nothing else should run on the machine meanwhile.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.dedup.contestants import virtual_environment
from benchmarks.machine import commit, machine, versions
from benchmarks.performance.cases import (
    LARGE,
    Case,
    chosen,
    corpus,
    peer_cases,
    prepare_cases,
    start_cases,
    tool_cases,
)
from benchmarks.performance.page import write_page
from benchmarks.performance.results import Kind, Results, Section, read_results, write_results
from benchmarks.performance.sections import section

STRAIGHTFORWARD = ("pandas", "pandera", "datasketch", "datasets")
FRICTIONLESS = ("frictionless",)
LIBRARIES = ("numpy", "pandera", "polars", "pyarrow", "rensa")
MANY = 500_000


def measure(call: argparse.Namespace) -> None:
    """Measure everything, and write what is known after each corpus."""
    project = call.work.resolve() / "project"
    peers: dict[str, str] = {}
    pythons: list[Path] = []
    for given, name, packages in (
        (call.straightforward, "straightforward", STRAIGHTFORWARD),
        (call.frictionless, "frictionless", FRICTIONLESS),
    ):
        if call.peers:
            pythons.append(_python(given or call.work.resolve() / "environments" / name, packages))
            peers |= versions(pythons[-1], packages)
    plan: list[tuple[Kind, int, Callable[[Path], list[Case]]]] = [
        *(("size", size, _of_size(size)) for size in call.sizes),
        ("peers", call.peers, lambda project: peer_cases(project, *pythons)),
        ("prepare", call.prepare, prepare_cases),
        ("start", 1, start_cases),
    ]
    about = {
        "command": _command(call),
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "machine": machine(),
        "versions": versions(Path(sys.executable), LIBRARIES),
        "peers": peers,
    }
    sections: list[Section] = []
    for kind, documents, cases in plan:
        if documents:
            corpus(project, documents)
            sections.append(section(kind, project, cases(project), call.rounds_at.get(documents, call.rounds)))
            write_results(call.out, Results(**about, sections=sections))
    shutil.rmtree(project)


def _of_size(documents: int) -> Callable[[Path], list[Case]]:
    return lambda project: chosen(tool_cases(project), LARGE) if documents > MANY else tool_cases(project)


def _python(place: Path, packages: Sequence[str]) -> Path:
    """The interpreter of a virtual environment, which is made if it is not there."""
    error = virtual_environment(place.absolute(), Path(sys.executable), packages)
    if error is not None:
        sys.exit(error)
    return place.absolute() / "bin" / "python"


def _command(call: argparse.Namespace) -> str:
    """The call with all that decides what is measured, without places of this machine."""
    sizes = ",".join(map(str, call.sizes))
    others = ",".join(f"{size}={rounds}" for size, rounds in call.rounds_at.items())
    rounds = f"--rounds {call.rounds}" + (f" --rounds-at {others}" if others else "")
    return (
        f"python -m benchmarks.run --work WORK --sizes {sizes} {rounds} --peers {call.peers} --prepare {call.prepare}"
    )


def _sizes(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one]


def _rounds_at(text: str) -> dict[int, int]:
    return {int(size): int(rounds) for size, _, rounds in (one.partition("=") for one in text.split(","))}


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--work", type=Path, help="a folder for corpora and environments: measure")
    what.add_argument("--page", type=Path, metavar="JSON", help="make the page from what was measured")
    parser.add_argument("--out", type=Path, default=Path("docs/performance/results.json"), help="the JSON to write")
    parser.add_argument("--sizes", type=_sizes, default=[10_000, 100_000, 1_000_000], help="documents, 10000,100000")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rounds-at", type=_rounds_at, default={}, help="other rounds for some sizes, 1000000=1,…")
    parser.add_argument("--peers", type=int, default=35_000, help="documents for the comparison with peers, 0 for none")
    parser.add_argument("--prepare", type=int, default=35_000, help="documents for threads against processes, or 0")
    parser.add_argument("--straightforward", type=Path, help="a virtual environment with " + ", ".join(STRAIGHTFORWARD))
    parser.add_argument("--frictionless", type=Path, help="a virtual environment with frictionless")
    call = parser.parse_args()
    if call.page is not None:
        write_page(call.page, read_results(call.page))
    else:
        measure(call)


if __name__ == "__main__":
    main()
