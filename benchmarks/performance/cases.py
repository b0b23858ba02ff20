"""What is measured: the commands, and the state that each of them finds."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from benchmarks.dedup.contestants import ROOT
from benchmarks.dedup.measure import Run, measured
from dataset_tools.processes import available_cores

BENCHMARKS = ROOT / "benchmarks"
SETTINGS = 'raw = "raw"\nout = "dist"\n'

FLOOR = "floor"
REWRITE = "rewriting the shards"
VALIDATE = "validate, empty cache"
VALIDATE_AGAIN = "validate, unchanged"
BUILD_UNCACHED = "build --no-cache"
BUILD = "build, empty cache"
BUILD_AGAIN = "build, unchanged"
BUILD_ONE = "build, 1 file changed"
BUILD_MANY = "build, 1,000 files changed"
BUILD_KILLED = "build, killed half-way and started again"
SETTLED = 3.0
"""Seconds after which the tool trusts the times of a new file, and does not read it again."""

LARGE = (FLOOR, BUILD)
"""What runs where there are very many documents."""

SCRIPT = "pandas, pandera, datasketch, datasets"
SCRIPT_BATCH = "the same, with update_batch"
FRICTIONLESS = "frictionless, the checks of the schema"

PYTHON = "python -c pass"
TYPER = "python -c 'import typer'"
PANDERA = "python -c 'import pandera.polars'"
HELP = "dataset-tools --help"
RULE = "dataset-tools rule"
ONE_FILE = "dataset-tools validate ONEFILE"

ALONE = "1 process, 1 thread"


def nothing() -> None:
    """Leave everything as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A command, and what is done before it; of its runs, the first is that in which memory was looked at."""

    name: str
    command: Sequence[str]
    before: Callable[[], None] = nothing
    runs: list[Run] = field(default_factory=list)

    def run(self, project: Path, *, watch: bool, checkout: Path = ROOT) -> Run:
        """Run it once in the folder of its project, in the state that is there; ends this process if it fails."""
        ours = self.command[0] == sys.executable
        done = measured(self.command, project, variables(project, checkout if ours else None), watch=watch)
        if done.error is not None:
            sys.exit(f"{self.name}, {checkout}: {done.error}")
        self.runs.append(done)
        return done


def variables(project: Path, checkout: Path | None = ROOT) -> Mapping[str, str]:
    """The environment: our own code from a checkout, if it is ours, caches empty, nothing downloaded."""
    ours = {} if checkout is None else {"PYTHONPATH": str(checkout)}
    return {**os.environ, **ours, "HF_HUB_OFFLINE": "1", "HF_HOME": str(project / "huggingface")}


def into_disk_cache(project: Path) -> None:
    """Read all that a command may read, since a system can have dropped what was not used for a while."""
    for folder, _, names in os.walk(project):
        for name in names:
            with contextlib.suppress(OSError), Path(folder, name).open("rb") as file:
                while file.read(1 << 20):
                    pass


def corpus(project: Path, documents: int) -> None:
    """A project with a corpus of so many documents, one in fifty of them a copy; on the disk, and in the disk cache."""
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    (project / "dataset-tools.toml").write_text(SETTINGS, "utf-8")
    copies = [f"--{kind}={documents // 100}" for kind in ("near", "identical")]
    make = [sys.executable, str(BENCHMARKS / "generate.py"), str(project / "raw"), f"--documents={documents}", *copies]
    subprocess.run(make, check=True, cwd=ROOT, env=variables(project))
    os.sync()  # else it would be written while others are measured
    time.sleep(SETTLED)


def dataset(project: Path) -> str:
    """A digest of the dataset that is there: of its SHA256SUMS, which names every file; empty if there is none."""
    sums = project / "dist" / "SHA256SUMS"
    return sha256(sums.read_bytes()).hexdigest() if sums.exists() else ""


def tool_cases(project: Path) -> list[Case]:
    """The commands of the tool on the corpus of a project; each finds the state that it is about."""
    tool = [sys.executable, "-m", "dataset_tools"]
    raw, cache, out = project / "raw", project / ".dataset-tools-cache", project / "dist"
    files = sorted(raw.glob("*.txt"))
    report = ("-q", "--output-format", "json", "--output-file", "report.json", "--profile", "profile.json")
    build, validate = [*tool, "build", *report], [*tool, "validate", *report]

    def cold() -> None:
        shutil.rmtree(cache, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)

    def changed(count: int) -> Callable[[], None]:
        def change() -> None:
            for path in files[:: max(len(files) // count, 1)][:count]:
                with path.open("ab") as file:
                    file.write(b" ")  # the text stays the same, and the digest of the file does not

        return change

    undisturbed = Case(name=BUILD, command=build, before=cold)

    def killed() -> None:
        cold()
        half = undisturbed.runs[-1].wall / 2
        done = measured(build, project, variables(project), watch=False, limit=half)
        if done.error is None or not done.error.startswith("stopped"):
            sys.exit(f"{BUILD_KILLED}: not killed: {done.error or 'it had ended'}")

    return [
        Case(name=FLOOR, command=[sys.executable, str(BENCHMARKS / "floor.py"), str(raw), "floor.parquet"]),
        Case(name=VALIDATE, command=validate, before=cold),
        Case(name=VALIDATE_AGAIN, command=validate),
        Case(name=BUILD_UNCACHED, command=[*build, "--no-cache"], before=cold),
        undisturbed,
        Case(name=REWRITE, command=[sys.executable, "-m", "benchmarks.performance.rewrite", "dist", "rewritten"]),
        Case(name=BUILD_AGAIN, command=build),
        Case(name=BUILD_ONE, command=build, before=changed(1)),
        Case(name=BUILD_MANY, command=build, before=changed(1000)),
        Case(name=BUILD_KILLED, command=build, before=killed),
    ]


def chosen(cases: Iterable[Case], names: Iterable[str]) -> list[Case]:
    """The cases of these names."""
    return [one for one in cases if one.name in names]


def peer_cases(project: Path, straightforward: Path, frictionless: Path) -> list[Case]:
    """The same job by others, each with the interpreter of its virtual environment, and the tool's own."""
    raw, peers = str(project / "raw"), BENCHMARKS / "peers"

    def emptied() -> None:
        shutil.rmtree(project / "out", ignore_errors=True)

    script = [str(straightforward), str(peers / "straightforward.py"), raw, "out"]
    check = [str(frictionless), str(peers / "frictionless_validate.py"), raw]
    return [
        *chosen(tool_cases(project), (FLOOR, VALIDATE, BUILD)),
        Case(name=SCRIPT, command=[*script, "one"], before=emptied),
        Case(name=SCRIPT_BATCH, command=[*script, "batch"], before=emptied),
        Case(name=FRICTIONLESS, command=check),
    ]


def start_cases(project: Path) -> list[Case]:
    """How long commands take that do next to nothing, and the imports that they cannot do without."""
    python = sys.executable
    file = min((project / "raw").glob("*.txt"))
    return [
        Case(name=PYTHON, command=[python, "-c", "pass"]),
        Case(name=TYPER, command=[python, "-c", "import typer"]),
        Case(name=HELP, command=[python, "-m", "dataset_tools", "--help"]),
        Case(name=RULE, command=[python, "-m", "dataset_tools", "rule"]),
        Case(name=PANDERA, command=[python, "-c", "import pandera.polars"]),
        Case(name=ONE_FILE, command=[python, "-m", "dataset_tools", "validate", "-q", "--no-cache", str(file)]),
    ]


def prepare_cases(project: Path) -> list[Case]:
    """`prepare` on all files: in one thread, in threads, in processes."""
    script, raw = [sys.executable, "-m", "benchmarks.threads"], str(project / "raw")
    ways = [(ALONE, "threads", 1)]
    ways += [
        (f"{count} {how}", how, count) for count in (max(available_cores(), 2),) for how in ("threads", "processes")
    ]
    return [Case(name=name, command=[*script, raw, how, str(count)]) for name, how, count in ways]
