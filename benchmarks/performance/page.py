"""The page docs/performance.md: tables, and words whose figures come from what was measured."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.dedup.measure import INTERVAL
from benchmarks.performance.cases import (
    ALONE,
    BUILD,
    BUILD_AGAIN,
    BUILD_KILLED,
    BUILD_MANY,
    BUILD_ONE,
    BUILD_UNCACHED,
    FLOOR,
    FRICTIONLESS,
    HELP,
    ONE_FILE,
    PANDERA,
    REWRITE,
    RULE,
    SCRIPT,
    SCRIPT_BATCH,
    TYPER,
    VALIDATE,
    VALIDATE_AGAIN,
)
from benchmarks.performance.results import Measured, Results, Section

HEAD = """# Performance

This page and its charts are what

    python -m benchmarks.run --page docs/performance/results.json

makes of [results.json](performance/results.json), which has every single run. They were measured by

    {command}

on {date}, at commit {commit}; [benchmarks/README.md](../benchmarks/README.md) says how to repeat it.

* Machine: {machine}.
* Versions: {versions}.
* Corpora are made by `benchmarks/generate.py`: articles of about {each:.1f} kB, one in fifty a copy or nearly so. All files lie
  in the disk cache.
* The commands of a table ran one after the other, and that as often as there were rounds, so that what changes on the
  machine meets all alike. Times are medians of the rounds, from the start of the command to its end, with the start of
  Python; a ratio is that of two medians of one table.
* Memory is the peak of all processes together, what they share counted once (Pss, looked at every {interval} s), in one more
  run of each before the rounds, as looking takes time. In this run it was also counted which files of the corpus were
  opened, by any process (inotify).
* The *floor* is a program that reads every file once, in one thread, hashes it, decodes it and writes zstd Parquet, with
  nothing else (`benchmarks/floor.py`).
"""

CHARTS = """
![Time for each document, by size of the corpus](performance/time.svg)

![Peak memory, by size of the corpus](performance/memory.svg)
"""

THREADS = """
## Threads against processes

`prepare`, which reads, checks and fingerprints a batch of files, on {documents:,} documents (`benchmarks/threads.py`), from the
start of the command to its end. Python's own work on each file (system calls, decoding, hashing, lists) holds the
interpreter's lock; only what numpy, polars and Arrow do in between runs beside it, so that threads mostly wait for each
other. Processes do not, but have to start and to hand over their rows, which are narrow: texts go from the worker
straight to a file. {verdict}
"""

START = """
## Starts

Commands that do next to nothing are mostly imports. `validate` of a file cannot do without pandera, whose import brings
polars and pandas with it; `--help` and `rule` load neither.
"""


def write_page(path: Path, results: Results) -> None:
    """Write the page, and its charts into the folder of the results; the charts take matplotlib."""
    from benchmarks.performance.charts import charts

    path.parent.with_suffix(".md").write_text(page(results), "utf-8")
    for name, svg in charts(results).items():
        (path.parent / name).write_bytes(svg)


def page(results: Results) -> str:
    """The page, in Markdown."""
    largest = max(results.sections, key=lambda one: one.documents)
    head = HEAD.format(
        command=results.command,
        date=results.date,
        commit=results.commit,
        machine=results.machine,
        versions=_versions(results.versions),
        each=largest.size / largest.documents / 1e3,
        interval=INTERVAL,
    )
    parts = [head, *_goals(results)]
    if results.of("size"):
        parts.append(CHARTS)
    parts += [part for one in results.of("size") for part in _size(one)]
    parts += [part for one in results.of("peers") for part in _peers(one, results)]
    parts += [part for one in results.of("prepare") for part in _threads(one)]
    parts += [part for one in results.of("start") for part in _start(one)]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _versions(versions: dict[str, str] | object) -> str:
    return ", ".join(f"{name} {version}" for name, version in dict(versions).items())  # type: ignore[call-overload]


def _table(section: Section, base: str | None) -> str:
    """A row for each command; ratios to that named `base`."""
    first = None if base is None else section.case(base)
    lines = [
        "| | time, s | least to most | : floor | µs each | processors, s | peak memory, MB | files opened |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for one in section.cases:
        walls = [time.wall for time in one.times]
        processor = sorted(time.processor for time in one.times)[len(one.times) // 2]
        ratio = "" if first is None else f"{one.seconds() / first.seconds():.2f}"
        cells = [
            one.name if one.name.startswith(("floor", "rewriting", "pandas", "the same", "frictionless")) else one.name,
            f"{one.seconds():.2f}",
            f"{min(walls):.2f} to {max(walls):.2f}",
            ratio,
            f"{one.seconds() / section.documents * 1e6:.0f}",
            f"{processor:.2f}",
            f"{one.look.memory / 1e6:,.0f}",
            f"{one.look.opened:,}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
