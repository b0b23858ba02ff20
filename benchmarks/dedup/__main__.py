"""Time deduplication by this tool and by its peers on the same texts in one run, and say what each got right.

    python -m benchmarks.dedup CORPUS --work WORK [--out docs/dedup-benchmark.md]

CORPUS is made by `benchmarks/generate.py`. Each peer runs in a virtual environment of its own: the one that is named,
or one in WORK/environments, made the first time. A peer that cannot be installed or fails is reported with its error.
The page goes to standard output, or to OUT.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.dedup.contestants import (
    DATATROVE,
    TEXT_DEDUP,
    Contestant,
    Corpus,
    datatrove,
    ours,
    text_dedup,
    versions,
    virtual_environment,
)
from benchmarks.dedup.measure import Run, measured
from benchmarks.dedup.quality import Pairs, Quality, all_pairs, judge
from benchmarks.dedup.report import Result, Setting, report
from benchmarks.machine import commit, machine
from dataset_tools.text import canonical, split_article

GROUP_ROWS = 1000

Judge = Callable[[set[str]], Quality]


def main(call: argparse.Namespace) -> None:
    """Do it."""
    work = call.work.resolve()
    texts = {path.name: path.read_bytes().decode() for path in sorted(call.corpus.resolve().glob("*.txt"))}
    _say(f"{len(texts):,} documents; writing Parquet, and comparing all pairs")
    parquet = _fresh(work / "parquet")
    write_parquet(parquet, texts, call.workers)
    pairs = all_pairs([canonical(*split_article(text)[:2]) for text in texts.values()], call.threshold)
    numbers = {path: number for number, path in enumerate(texts)}
    planted = planted_pairs(call.corpus, numbers, call.threshold)
    missed = planted - pairs.keys()
    if missed:
        sys.exit(f"{len(missed)} planted pairs are not what the list beside the corpus says: make the corpus anew")
    corpus = Corpus(files=call.corpus.resolve(), parquet=parquet, threshold=call.threshold, workers=call.workers)
    size = sum(len(text.encode()) for text in texts.values())
    count = len(texts)
    del texts
    setting = Setting(
        command=f"python -m benchmarks.dedup CORPUS --work WORK --threshold {call.threshold} --workers {call.workers} "
        f"--rounds {call.rounds}" + "".join(f' --leave-out "{name}"' for name in call.leave_out),
        machine=machine(),
        commit=commit(),
        documents=count,
        size=size,
        threshold=call.threshold,
        rounds=call.rounds,
        pairs=len(pairs),
        planted=len(planted),
    )
    results = _results(_contestants(corpus, work, call), work, call.rounds, _judge(pairs, numbers, call.threshold))
    page = report(setting, results)
    if call.out is None:
        print(page, end="")
    else:
        call.out.write_text(page, "utf-8")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_parquet(folder: Path, texts: dict[str, str], files: int) -> None:
    """The same texts, in document order, in as many files as there are workers."""
    table = pa.table({"path": list(texts), "text": list(texts.values())})
    rows = -(-len(texts) // files)
    for number in range(files):
        pq.write_table(table.slice(number * rows, rows), folder / f"{number}.parquet", row_group_size=GROUP_ROWS)


def planted_pairs(folder: Path, numbers: dict[str, int], threshold: float) -> set[tuple[int, int]]:
    """The pairs of the list beside the corpus at the threshold or above."""
    lines = folder.resolve().with_name(f"{folder.resolve().name}.pairs.tsv").read_text("utf-8").splitlines()
    fields = (line.split("\t") for line in lines)
    found = [(numbers[a], numbers[b]) for a, b, value in fields if float(value) >= threshold]
    return {(min(pair), max(pair)) for pair in found}


def _judge(pairs: Pairs, numbers: dict[str, int], threshold: float) -> Judge:
    return lambda kept: judge(pairs, {numbers[path] for path in kept}, len(numbers), threshold)


def _contestants(corpus: Corpus, work: Path, call: argparse.Namespace) -> list[Contestant]:
    """Everyone, the virtual environments of peers made where there are none."""
    places = []
    for name, given, interpreter, packages in (
        ("text-dedup", call.text_dedup, call.text_dedup_python, TEXT_DEDUP),
        ("datatrove", call.datatrove, Path(sys.executable), DATATROVE),
    ):
        place = (given or work / "environments" / name).absolute()
        _say(f"{name} in {place}")
        places.append((place, virtual_environment(place, interpreter, packages)))
    every = [
        *ours(corpus),
        text_dedup(corpus, *places[0]),
        *(datatrove(corpus, *places[1], normalisation=how) for how in ("default", "kept")),
    ]
    return [one for one in every if one.name not in call.leave_out]


def _results(contestants: Sequence[Contestant], work: Path, rounds: int, judge_kept: Judge) -> list[Result]:
    """Run all of them one after the other, and that as often as there are rounds; first once to see their memory."""
    runs: dict[str, list[Run]] = {one.name: [] for one in contestants}
    qualities: dict[str, Quality] = {}
    errors = {one.name: one.why_not for one in contestants if one.why_not is not None}
    for number in range(rounds + 1):
        for one in contestants:
            if one.name in errors:
                continue
            folder = _fresh(work / "run")
            (folder / one.settings[0]).write_text(one.settings[1], "utf-8")
            run = measured(one.command, folder, one.environment(folder), watch=number == 0)
            _say(f"round {number}: {one.name}: {run.wall:.1f} s, {run.memory / 1e6:,.0f} MB {run.error or ''}")
            runs[one.name].append(run)
            if run.error is not None:
                errors[one.name] = run.error
            elif one.kept is not None:
                qualities[one.name] = judge_kept(set(one.kept(folder)))
    return [
        Result(
            contestant=one,
            versions=versions(one),
            runs=runs[one.name],
            quality=qualities.get(one.name),
            error=errors.get(one.name),
        )
        for one in contestants
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, help="a folder made by benchmarks/generate.py")
    parser.add_argument("--work", type=Path, required=True, help="a folder for environments, Parquet and results")
    parser.add_argument("--out", type=Path, help="where to write the page")
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--workers", type=int, default=2, help="processes of each tool")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--leave-out", nargs="*", default=[], metavar="NAME", help="who is not to take part")
    parser.add_argument("--text-dedup", type=Path, help="a virtual environment that has text-dedup")
    parser.add_argument("--datatrove", type=Path, help="a virtual environment that has datatrove")
    parser.add_argument(
        "--text-dedup-python",
        type=Path,
        default=Path("python3.12"),
        help="makes the environment of text-dedup; 3.12 or later",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())
