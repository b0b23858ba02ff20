"""Time the commands of the tool, side by side with the floor and with peers, at several sizes: docs/performance.md.

    python -m benchmarks.run --work WORK [--sizes 10000 100000] [--rounds 5] [--peers 35000]

Corpora are made in WORK and deleted after use. The commands of a round run one after the other, so that what changes on
the machine meets all of them alike; ratios are of medians. Tables in Markdown go to standard output.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.dedup.contestants import ROOT, virtual_environment
from benchmarks.dedup.measure import Run, measured

HERE = Path(__file__).parent
STRAIGHTFORWARD = ("pandas", "pandera", "datasketch", "datasets")
FRICTIONLESS = ("frictionless",)
SETTINGS = 'raw = "raw"\nout = "dist"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A command, what is done before it, and the folder of a virtual environment if it is a peer's."""

    name: str
    command: Sequence[str]
    before: Callable[[], None] = lambda: None
    runs: list[Run] = field(default_factory=list)

    def seconds(self) -> float:
        """The median."""
        return statistics.median(run.wall for run in self.runs)

    def memory(self) -> int:
        """The most, in bytes."""
        return max(run.memory for run in self.runs)


def tool_cases(project: Path) -> list[Case]:
    """The commands of the tool on the corpus of a project; each finds the state that it is about."""
    python = sys.executable
    tool = [python, "-m", "dataset_tools"]
    raw, cache, out = project / "raw", project / ".dataset-tools-cache", project / "dist"
    files = sorted(raw.glob("*.txt"))

    def cold() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)

    def changed(count: int) -> Callable[[], None]:
        def change() -> None:
            for path in files[:: max(len(files) // count, 1)][:count]:
                os.utime(path)
                path.write_bytes(path.read_bytes() + b" ")

        return change

    build = [*tool, "build", "-q", "--output-format", "json", "--output-file", "report.json"]
    validate = [*tool, "validate", "-q", "--output-format", "json", "--output-file", "report.json"]
    return [
        Case(name="floor", command=[python, str(HERE / "floor.py"), str(raw), "floor.parquet"]),
        Case(name="validate, cold", command=validate, before=cold),
        Case(name="validate, unchanged", command=validate),
        Case(name="build, cold", command=build, before=cold),
        Case(name="build, unchanged", command=build),
        Case(name="build, 1 file changed", command=build, before=changed(1)),
        Case(name="build, 1,000 files changed", command=build, before=changed(1000)),
    ]


def peer_cases(project: Path, environments: Path) -> list[Case]:
    """The same job by others, and the tool's own for comparison."""
    peers = {"straightforward": STRAIGHTFORWARD, "frictionless": FRICTIONLESS}
    pythons = {}
    for name, packages in peers.items():
        error = virtual_environment(environments / name, Path(sys.executable), packages)
        if error is not None:
            sys.exit(error)
        pythons[name] = str(environments / name / "bin" / "python")
    raw, script = str(project / "raw"), str(HERE / "peers" / "straightforward.py")
    cold = [one for one in tool_cases(project) if one.name in ("floor", "validate, cold", "build, cold")]

    def emptied() -> None:
        shutil.rmtree(project / "out", ignore_errors=True)

    return [
        *cold,
        Case(
            name="pandas, pandera, datasketch, datasets",
            command=[pythons["straightforward"], script, raw, "out", "one"],
            before=emptied,
        ),
        Case(
            name="the same, with update_batch",
            command=[pythons["straightforward"], script, raw, "out", "batch"],
            before=emptied,
        ),
        Case(
            name="frictionless, the checks of the schema",
            command=[pythons["frictionless"], str(HERE / "peers" / "frictionless_validate.py"), raw],
        ),
    ]


def run(cases: Sequence[Case], project: Path, rounds: int) -> None:
    """Every case once in each round."""
    for number in range(rounds):
        for case in cases:
            case.before()
            ours = {} if "environments" in case.command[0] else {"PYTHONPATH": str(ROOT)}
            home = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(project / "huggingface")}
            done = measured(case.command, project, {**os.environ, **ours, **home})
            if done.error is not None:
                sys.exit(f"{case.name}: {done.error}")
            print(f"round {number + 1}: {case.name}: {done.wall:.2f} s", file=sys.stderr, flush=True)
            case.runs.append(done)


def corpus(project: Path, documents: int) -> None:
    """A project with a corpus of so many documents, one in fifty of them a copy."""
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (project / "dataset-tools.toml").write_text(SETTINGS, "utf-8")
    copies = [f"--{kind}={documents // 100}" for kind in ("near", "identical")]
    make = [sys.executable, str(HERE / "generate.py"), str(project / "raw"), f"--documents={documents}", *copies]
    subprocess.run(make, check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def table(cases: Sequence[Case], documents: int) -> list[str]:
    """A row for each case, the first being what others are compared with."""
    lines = [
        f"| {documents:,} documents | time, s | least to most | times {cases[0].name} | µs each | peak memory, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for case in cases:
        walls = [one.wall for one in case.runs]
        times = f"{case.seconds() / cases[0].seconds():.2f}"
        each = f"{case.seconds() / documents * 1e6:.0f}"
        span = f"{min(walls):.2f} to {max(walls):.2f}"
        lines.append(f"| {case.name} | {case.seconds():.2f} | {span} | {times} | {each} | {case.memory() / 1e6:,.0f} |")
    return lines


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="a folder for corpora and environments")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=int, default=35_000, help="documents for the comparison with peers, 0 for none")
    call = parser.parse_args()
    work = call.work.resolve()
    project = work / "project"
    lines: list[str] = []
    for documents in call.sizes:
        corpus(project, documents)
        cases = tool_cases(project)
        run(cases, project, call.rounds)
        lines += [*table(cases, documents), ""]
    if call.peers:
        corpus(project, call.peers)
        cases = peer_cases(project, work / "environments")
        run(cases, project, call.rounds)
        lines += table(cases, call.peers)
    shutil.rmtree(project)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
