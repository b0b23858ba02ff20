"""Ten given files of a corpus, against the time that the import of pandera for polars takes.

    python -m benchmarks.given_files FOLDER --work WORK [--rounds 15] [--files 10]

FOLDER holds the articles, and is copied to WORK. Every round runs, in turn: the import; a check of files that the
cache knows as they are; one of files that were changed since, which have to be read, parsed and held to the schema;
both with --near as well. A ratio is that of the medians.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PEER = [sys.executable, "-c", "import pandera.polars"]
TOOL = [sys.executable, "-m", "dataset_tools", "validate", "--quiet"]


def seconds(command: list[str], place: Path) -> float:
    """How long a command takes; exit code 1 is that of files with errors."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=place, env=os.environ | {"PYTHONPATH": str(Path.cwd())}, capture_output=True)
    spent = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode(errors="replace"))
    return spent


def change(files: list[Path], number: int) -> None:
    """Give each file bytes that it never had."""
    for file in files:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(f"Thêm dòng {number}.\n")


def main() -> None:
    """Read the command line, and do it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--files", type=int, default=10)
    call = parser.parse_args()
    project = call.work.resolve() / "given-files"
    shutil.copytree(call.folder, project / "raw")
    (project / "dataset-tools.toml").touch()
    articles = sorted((project / "raw").rglob("*.txt"))
    files = articles[:: len(articles) // call.files][: call.files]
    names = [str(file.relative_to(project)) for file in files]
    time.sleep(2)  # files that were just written are read again
    cases: dict[str, tuple[list[str], Callable[[int], None]]] = {
        "import pandera.polars": (PEER, lambda _: None),
        "files that are known": ([*TOOL, *names], lambda _: None),
        "the same with --near": ([*TOOL, *names, "--near"], lambda _: None),
        "files that were changed": ([*TOOL, *names], lambda number: change(files, 2 * number)),
        "the same, changed, with --near": ([*TOOL, *names, "--near"], lambda number: change(files, 2 * number + 1)),
    }
    for command, _ in cases.values():
        seconds(command, project)
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(call.rounds):
        for name, (command, before) in cases.items():
            if name == "files that are known":
                seconds(command, project)  # after what the round before has changed
                seconds([*command, "--near"], project)
            before(number)
            times[name].append(seconds(command, project))
    floor = statistics.median(times["import pandera.polars"])
    print(f"{len(files)} of {len(articles):,} files, median of {call.rounds} runs\n\n| | s | ratio |\n|---|---:|---:|")
    for name, all_of_it in times.items():
        print(f"| {name} | {statistics.median(all_of_it):.2f} | {statistics.median(all_of_it) / floor:.2f} |")
    shutil.rmtree(project)


if __name__ == "__main__":
    main()
