"""The table of docs/dedup-benchmark.md."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.dedup.contestants import Contestant
from benchmarks.dedup.measure import INTERVAL, Run
from benchmarks.dedup.quality import NEAR_THRESHOLD, Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out of one contestant; no quality if it wrote nothing or failed.

    The first of the runs was watched for its memory, the others are those of the rounds.
    """

    contestant: Contestant
    versions: str
    runs: Sequence[Run]
    quality: Quality | None
    error: str | None

    def wall(self) -> float:
        """The median of the rounds."""
        return statistics.median(run.wall for run in self.runs[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What was measured, and on what."""

    command: str
    machine: str
    commit: str
    documents: int
    size: int
    threshold: float
    rounds: int
    pairs: int
    planted: int


TEXT = """# Deduplication, measured against others

This page is what

    {command}

wrote, at commit {commit}; `benchmarks/README.md` says how to repeat it.

* Machine: {machine}.
* Corpus: {documents:,} documents, {size:,.0f} MB, made by `benchmarks/generate.py`. Texts are words drawn at random, so
  only planted pairs are near each other. All pairs at {threshold} or above were found by exact comparison of every two
  documents that can reach it: {pairs:,}, of which {planted:,} were planted.
* All read the same texts, from a disk cache that is warm: Parquet, written before and not counted, or the text files.
  Each ran alone, in a virtual environment and with caches of its own, one after the other, in as many rounds as
  the table of times says. Times are medians, the least and the most in brackets.
* Time is from the start of the command to its end, with the start of Python and the writing of the result. Processor
  time is that of all processes. Memory is that of all processes together, what they share counted once (Pss, looked at
  every {interval} s), in one more run of each before the rounds, as looking takes time.

## Time and memory, rounds: {rounds}
"""

QUALITY = """
## What was found

A pair is resolved if not both of its documents are kept. A removal is unjustified if no document is kept whose
similarity to it is {threshold} or more, by the definition in `dataset_tools/text.py`. Other tools promise
other things (datatrove verifies nothing): what is counted here is what ours promises.

| | documents removed | unjustified | pairs resolved | of those below {end:.2f} |
|---|---:|---:|---:|---:|
"""


def report(setting: Setting, results: Sequence[Result]) -> str:
    """The page, in Markdown."""
    values = {name: getattr(setting, name) for name in Setting.__dataclass_fields__}
    lines = [TEXT.format_map({**values, "size": setting.size / 1e6, "interval": INTERVAL})]
    lines += _times(results)
    lines.append(QUALITY.format(threshold=setting.threshold, end=setting.threshold + NEAR_THRESHOLD).rstrip())
    lines += _qualities(results)
    lines += _works(results)
    lines += _errors(results)
    return "\n".join(lines) + "\n"


def _times(results: Sequence[Result]) -> Iterator[str]:
    first = results[0]
    yield f"| | time, s | processor time, s | peak memory, MB | time : {first.contestant.name} |"
    yield "|---|---:|---:|---:|---:|"
    for one in results:
        if one.error is not None:
            yield f"| {one.contestant.name} | failed, see below | | | |"
            continue
        walls = [run.wall for run in one.runs[1:]]
        processor = statistics.median(run.processor for run in one.runs[1:])
        memory = one.runs[0].memory / 1e6
        ratio = f"{one.wall() / first.wall():.1f}" if first.error is None else ""
        wall = f"{one.wall():.1f} ({min(walls):.1f} to {max(walls):.1f})"
        yield f"| {one.contestant.name} | {wall} | {processor:.1f} | {memory:,.0f} | {ratio} |"


def _qualities(results: Sequence[Result]) -> Iterator[str]:
    for one in results:
        found = one.quality
        if found is not None:
            resolved = _share(found.resolved, found.pairs)
            near = _share(found.near_resolved, found.near_pairs)
            yield f"| {one.contestant.name} | {found.removed:,} | {found.unjustified:,} | {resolved} | {near} |"


def _share(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({part / whole:.2%})" if whole else "none"


def _works(results: Sequence[Result]) -> Iterator[str]:
    yield "\n## What was run\n\n| | from → to | versions |\n|---|---|---|"
    for one in results:
        yield f"| {one.contestant.name} | {one.contestant.work} | {one.versions} |"


def _errors(results: Sequence[Result]) -> Iterator[str]:
    failed: Mapping[str, str] = {one.contestant.name: one.error for one in results if one.error is not None}
    if failed:
        yield "\n## What failed"
    for name, error in failed.items():
        yield f"\n{name}:\n\n```\n{error}\n```"
