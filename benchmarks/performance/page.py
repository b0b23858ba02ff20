"""The page docs/performance.md: tables, and words whose figures come from what was measured."""

import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
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
    PANDERA,
    REWRITE,
    SCRIPT,
    SCRIPT_BATCH,
    TYPER,
    VALIDATE,
    VALIDATE_AGAIN,
)
from benchmarks.performance.results import Measured, Results, Section
from dataset_tools.running import PARALLEL_BYTES

HEAD = """# Performance

This page and its charts are what

    python -m benchmarks.run --page docs/performance/results.json

makes of [results.json](performance/results.json), which has every single run. They were measured by

    {command}

on {date}, at commit {commit}; `benchmarks/README.md` says how to repeat it.

* Machine: {machine}.
* Versions: {versions}.
* Corpora are made by `benchmarks/generate.py`: articles of about {each:.1f} kB, one in fifty a copy or nearly so. All
  files are read into the disk cache before each command.
* The commands of a table ran one after the other, and that as often as there were rounds, so that what changes on the
  machine meets all alike. Times are medians of the rounds, from the start of the command to its end, with the start of
  Python; a ratio is that of two medians of one table.
* Memory is the peak of all processes together, what they share counted once (Pss, looked at every {interval} s), in
  one more run of each before the rounds, as looking takes time. In this run it was also counted how many files of the
  corpus were opened, by any process (inotify).
* The *floor* is a program that reads every file once, in one thread, hashes it, decodes it and writes zstd Parquet,
  with nothing else (`benchmarks/floor.py`).
"""

PEERS = """
## Others

The job of `build` on {documents:,} documents of {size:,.0f} MB (rounds: {rounds}), done in the obvious way by a script
with pandas, pandera, datasketch and datasets (`benchmarks/peers/straightforward.py`), and the checks of the built-in
schema by frictionless, to be compared with `validate`, which has all other rules to check as well
(`benchmarks/peers/frictionless_validate.py`). Each runs in an environment of its own: {versions}.
"""

THREADS = """
## Threads against processes

`prepare`, which reads, checks and fingerprints a batch of files, on {documents:,} documents (`benchmarks/threads.py`),
from the start of the command to its end. Python's own work on each file (decoding, lists, names) holds the lock of the
interpreter, and only what the system, numpy, polars and Arrow do in between can run beside it: threads wait for each
other. Processes do not, but have to start, and to hand over their rows, which are narrow: texts go from the worker
straight to a file. The tool starts processes, and only for {start:,.0f} MB of text or more.
"""

START = """
## Starts

Commands that do next to nothing are mostly imports. `validate` of a file cannot do without pandera, whose import brings
polars and pandas with it: it takes pandera without pandas. `--help` and `rule` load none of them.
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
    parts = [head, *_goals(results), *_sizes(results)]
    parts += [part for one in results.of("peers") for part in _peers(one, results)]
    parts += [part for one in results.of("prepare") for part in _threads(one)]
    parts += [part for one in results.of("start") for part in _start(one)]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


Column = tuple[str, Callable[[Measured], str]]


def _table(cases: Sequence[Measured], columns: Sequence[Column]) -> str:
    """A row for each command."""
    lines = [f"| | {' | '.join(name for name, _ in columns)} |", "|---|" + "---:|" * len(columns)]
    lines += [f"| {one.name} | {' | '.join(cell(one) for _, cell in columns)} |" for one in cases]
    return "\n".join(lines)


TIME: Column = ("time, s", lambda one: f"{one.seconds():.2f}")
SPAN: Column = ("least to most", lambda one: f"{min(_walls(one)):.2f} to {max(_walls(one)):.2f}")
PROCESSORS: Column = ("processors, s", lambda one: f"{statistics.median(time.processor for time in one.times):.2f}")
MEMORY: Column = ("peak memory, MB", lambda one: f"{one.look.memory / 1e6:,.0f}")
OPENED: Column = ("files opened", lambda one: f"{one.look.opened:,}")


def _walls(one: Measured) -> list[float]:
    return [time.wall for time in one.times]


def _ratio_to(section: Section, name: str) -> Column:
    """How many times as long as the command of this name."""
    base = section.case(name)
    return f": {name}", lambda one: "" if base is None else f"{one.seconds() / base.seconds():.2f}"


def _each(section: Section) -> Column:
    return "µs for each document", lambda one: f"{one.seconds() / section.documents * 1e6:.0f}"


def full_size(results: Results) -> Section | None:
    """The largest corpus on which every command ran."""
    return max((one for one in results.of("size") if one.case(VALIDATE)), key=lambda one: one.documents, default=None)


def _goals(results: Results) -> Iterator[str]:
    goals = [f"| {what} | {wanted} | {got} |" for what, wanted, got in goals_of(results)]
    if goals:
        yield "## What is aimed at, and what was measured"
        yield "\n".join(["| | aim | measured |", "|---|---:|---:|", *goals])


def goals_of(results: Results) -> Iterator[tuple[str, str, str]]:
    """What is measured of what is aimed at: what, the aim, the figure."""
    full = full_size(results)
    if full is not None:
        at = f"{full.documents:,} documents"
        yield f"{BUILD} : {FLOOR}, {at}", "at most 2.0", _ratio(full, BUILD, FLOOR)
        yield f"{BUILD_UNCACHED} : {FLOOR}, {at}", "at most 2.0", _ratio(full, BUILD_UNCACHED, FLOOR)
        yield f"{VALIDATE} : {FLOOR}, {at}", "at most 1.5", _ratio(full, VALIDATE, FLOOR)
        yield f"{VALIDATE_AGAIN} : {VALIDATE}, {at}", "below 0.25", _ratio(full, VALIDATE_AGAIN, VALIDATE)
        yield f"files opened by {VALIDATE_AGAIN}", "0", f"{_case(full, VALIDATE_AGAIN).look.opened:,}"
        rest = _case(full, BUILD_ONE).seconds() - _case(full, REWRITE).seconds()
        of_floor = f"{rest / _case(full, FLOOR).seconds():.2f}"
        yield f"({BUILD_ONE} − {REWRITE}) : {FLOOR}, {at}", "at most 0.25", of_floor
        yield f"files opened by {BUILD_ONE}", "1", f"{_case(full, BUILD_ONE).look.opened:,}"
        yield f"{BUILD_KILLED} : {BUILD}, {at}", "at most 0.7", _ratio(full, BUILD_KILLED, BUILD)
        yield f"{BUILD_KILLED}: same bytes as {BUILD_MANY}", "always", _same(full, BUILD_MANY, BUILD_KILLED)
        yield f"{BUILD_AGAIN}: same bytes as {BUILD_UNCACHED}", "always", _same(full, BUILD_UNCACHED, BUILD_AGAIN)
        large = max(results.of("size"), key=lambda one: one.documents)
        if large.documents > full.documents:
            each = [_case(one, BUILD).seconds() / one.documents for one in (large, full)]
            what = f"time of {BUILD} for each document, {large.documents:,} documents : {full.documents:,}"
            yield what, "at most 1.25", f"{each[0] / each[1]:.2f}"
            gib = f"{_case(large, BUILD).look.memory / (1 << 30):.2f} GiB"
            yield f"peak memory of {BUILD}, {large.documents:,} documents", "at most 2 GiB", gib
    for peers in results.of("peers"):
        for theirs, ours in ((SCRIPT, BUILD), (SCRIPT_BATCH, BUILD), (FRICTIONLESS, VALIDATE)):
            yield f"{theirs} : {ours}, {peers.documents:,} documents", "at least 20", _ratio(peers, theirs, ours)


def _case(section: Section, name: str) -> Measured:
    found = section.case(name)
    if found is None:
        raise ValueError(f"{name} was not measured on {section.documents:,} documents")
    return found


def _ratio(section: Section, name: str, base: str) -> str:
    return f"{_case(section, name).seconds() / _case(section, base).seconds():.2f}"


def _same(section: Section, first: str, second: str) -> str:
    """Of how many runs of two commands, made from the same files one after the other, the datasets are equal."""
    pairs = list(zip(_case(section, first).datasets, _case(section, second).datasets, strict=True))
    same = sum(one == other != "" for one, other in pairs)
    return "always" if same == len(pairs) else f"{same} of {len(pairs)}"


def _sizes(results: Results) -> Iterator[str]:
    if results.of("size"):
        yield "## By size"
        yield "![Time for each document, by size of the corpus](performance/time.svg)"
        yield "![Peak memory, by size of the corpus](performance/memory.svg)"
    if full_size(results) is not None:
        yield "![Times, the floor being 1](performance/ratios.svg)"
    for one in results.of("size"):
        rounds = len(one.cases[0].times)
        yield f"### {one.documents:,} documents, {one.size / 1e6:,.0f} MB, rounds: {rounds}"
        columns = [TIME, SPAN, _ratio_to(one, FLOOR), _each(one), PROCESSORS, MEMORY, OPENED]
        yield _table(one.cases, columns)
        stages = _case(one, BUILD).look.stages
        shares = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in stages.items())
        yield f"Where the time went in {BUILD}, while memory was looked at: {shares}."


def _peers(section: Section, results: Results) -> Iterator[str]:
    yield PEERS.format(
        documents=section.documents,
        size=section.size / 1e6,
        rounds=len(section.cases[0].times),
        versions=_versions(results.peers),
    )
    yield "![Times of others and of this tool](performance/peers.svg)"
    yield _table(
        section.cases, [TIME, SPAN, _ratio_to(section, BUILD), _ratio_to(section, VALIDATE), PROCESSORS, MEMORY]
    )


def _threads(section: Section) -> Iterator[str]:
    yield THREADS.format(documents=section.documents, start=PARALLEL_BYTES / 1e6)
    yield _table(section.cases, [TIME, SPAN, _ratio_to(section, ALONE), PROCESSORS, MEMORY])


def _start(section: Section) -> Iterator[str]:
    yield START
    yield _table(section.cases, [TIME, SPAN, _ratio_to(section, TYPER), _ratio_to(section, PANDERA)])
