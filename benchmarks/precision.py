"""What each rule finds in real files, to be read and judged, and what its check costs.

    python benchmarks/precision.py FOLDER [--hits HITS.txt] [--draw 20] [--select CODES] [--repeat 5]

Runs every rule, those that are off by default as well, on a folder of articles, and prints for each warning about a
file the number of its hits, of the files with one, and the cost of its check. Up to `--draw` hits of each, drawn at
random with a fixed seed, are written to HITS with enough of the text around to judge them by. HITS has texts of other
people: keep it outside the repository. Read it, judge each hit, and put the counts into
`dataset_tools/rules/measured.py`, from which `dataset-tools rule` and docs/rules.md take them.

The cost of a check is the time of its test of columns and its search, alone, on batches as the tool makes them, as a
percentage of what `floor.py` takes. The last line is what `validate` takes longer with the default rules than with
one; it is less than the sum, as the patterns of checks are looked for at once.
"""

import argparse
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ["POLARS_MAX_THREADS"] = "1"

import floor
import polars as pl

import dataset_tools
from dataset_tools.model import Issue, Severity
from dataset_tools.prepare import BATCH_BYTES
from dataset_tools.rules import RULES
from dataset_tools.stages.lines import line_keys
from dataset_tools.stages.lint import CHECKS
from dataset_tools.stages.lint.check import Check, Text
from dataset_tools.text import printable, split_article

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20261125
AROUND = 400
"""Characters of the text on each side of a hit, and of the two ends of the text for a hit of a whole file."""


def main(folder: Path, hits: Path | None, draw: int, select: str, repeat: int) -> None:
    """Do it."""
    found: dict[str, list[Issue]] = defaultdict(list)
    for one in dataset_tools.validate(folder, select=[select]).issues:
        if one.severity is Severity.WARNING and one.path is not None and one.row is not None:
            found[one.code].append(one)
    if hits is not None:
        hits.write_text("".join(_drawn(code, found[code], draw) for code in sorted(found)), "utf-8")
    costs = _costs(folder, repeat)
    print("code  name                      hits   files  cost")
    for code, rule in RULES.items():
        if found[code] or code in costs:
            files = len({one.path for one in found[code]})
            cost = f"{costs[code]:5.2f}%" if code in costs else "     -"
            print(f"{code}  {rule.name:<22} {len(found[code]):7,} {files:7,} {cost}")
    print(f"all rules that are on by default: {costs['all']:.1f}% of the floor")


def _drawn(code: str, issues: list[Issue], draw: int) -> str:
    chosen = sorted(random.Random(f"{SEED} {code}").sample(issues, min(draw, len(issues))), key=lambda one: one.order)
    head = f"{'=' * 80}\n{code} {RULES[code].name}: {RULES[code].what} {len(issues):,} hits\n"
    return head + "".join(
        f"{'-' * 80}\n{one.path}:{one.line}:{one.column} {one.message}\n{_around(one)}\n" for one in chosen
    )


def _around(one: Issue) -> str:
    """The text around an issue, the place itself marked."""
    text = Path(one.path or "").read_bytes().decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    if one.line is None or one.column is None:
        place = f"{text[:AROUND]}\n[...]\n{text[-AROUND:]}" if len(text) > 2 * AROUND else text
    else:
        lines = text.split("\n")
        at = sum(len(line) + 1 for line in lines[: one.line - 1]) + one.column - 1
        place = f"{text[max(at - AROUND, 0) : at]}>>>{text[at : at + AROUND]}"
    return "\n".join(map(printable, place.split("\n")))


def _costs(folder: Path, repeat: int) -> dict[str, float]:
    """The cost of each check, and of all rules that are on by default, in percent of the floor."""
    frames = _frames(folder)
    with tempfile.TemporaryDirectory() as scratch:
        tasks: dict[str, Callable[[], object]] = {
            "floor": partial(floor.main, str(folder), str(Path(scratch, "floor.parquet"))),
            "with rules": partial(dataset_tools.validate, folder),
            "without": partial(dataset_tools.validate, folder, select=["F004"]),
            **{check.code: partial(_run, check, frames) for check in CHECKS},
        }
        times: dict[str, list[float]] = {name: [] for name in tasks}
        for _ in range(repeat + 1):  # the first round warms up
            for name, task in tasks.items():
                start = time.process_time()
                task()
                times[name].append(time.process_time() - start)
    medians = {name: statistics.median(some[1:]) for name, some in times.items()}
    medians["all"] = medians["with rules"] - medians["without"]
    return {name: 100 * one / medians["floor"] for name, one in medians.items()}


def _run(check: Check, frames: list[pl.DataFrame]) -> None:
    for frame in frames:
        for row in frame.filter(check.suspicious()).select(Text._fields).iter_rows(named=True):
            list(check.find(Text(**row)))


def _frames(folder: Path) -> list[pl.DataFrame]:
    """The articles of a folder in batches, as `prepare` makes them."""
    frames: list[pl.DataFrame] = []
    rows: list[Text] = []
    size = 0
    paths = sorted(path for path in folder.rglob("*.txt") if path.is_file())
    for number, path in enumerate(paths, 1):
        text = path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
        rows.append(Text(text, *split_article(text)))
        size += len(text.encode())
        if size > BATCH_BYTES or number == len(paths):
            joined = [f"{one.title}\n{one.body}".encode() for one in rows]
            frame = pl.DataFrame(rows, schema=Text._fields, orient="row")
            frames.append(frame.with_columns(pl.Series("repeats", line_keys(joined).repeats)))
            rows, size = [], 0
    return frames


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--hits", type=Path, help="where to write the hits to judge")
    parser.add_argument("--draw", type=int, default=20, help="hits of each rule")
    parser.add_argument("--select", default="ALL", help="rules, as dataset-tools takes them")
    parser.add_argument("--repeat", type=int, default=5, help="rounds of measuring the cost")
    main(**vars(parser.parse_args()))
