"""benchmarks/run: what it counts is right, the page is what the figures give, and charts can be read anywhere."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.generate import Duplicates, blocks, documents, write
from benchmarks.performance.cases import (
    BUILD,
    BUILD_AGAIN,
    BUILD_KILLED,
    BUILD_MANY,
    BUILD_ONE,
    BUILD_UNCACHED,
    FLOOR,
    FRICTIONLESS,
    REWRITE,
    SCRIPT,
    SCRIPT_BATCH,
    VALIDATE,
    VALIDATE_AGAIN,
)
from benchmarks.performance.opened import opened_files
from benchmarks.performance.page import goals_of, page
from benchmarks.performance.results import Look, Measured, Results, Section, Time, read_results, write_results
from tests.conftest import ROOT

RESULTS = ROOT / "docs" / "performance" / "results.json"
NO_CHARTS = "charts take pip install -e '.[benchmarks]'"
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="inotify and /proc are Linux's")
once_measured = pytest.mark.skipif(not RESULTS.exists(), reason="not measured yet: run python -m benchmarks.run")


def measured(name: str, *walls: float, memory: int = 0, opened: int = 0, datasets: str = "") -> Measured:
    return Measured(
        name=name,
        times=[Time(wall=wall, processor=2 * wall) for wall in walls],
        look=Look(memory=memory, opened=opened, stages={"Checking": 1.5}),
        datasets=list(datasets) or [""] * (len(walls) + 1),
    )


def results() -> Results:
    small = [
        measured(FLOOR, 2.0, 1.0, 9.0),
        measured(VALIDATE, 3.0, opened=1000),
        measured(VALIDATE_AGAIN, 0.6),
        measured(BUILD_UNCACHED, 5.0, datasets="ab"),
        measured(BUILD, 4.0, datasets="ab"),
        measured(REWRITE, 0.5, datasets="ab"),
        measured(BUILD_AGAIN, 1.0, datasets="ab"),
        measured(BUILD_ONE, 0.9, opened=1),
        measured(BUILD_MANY, 1.2, datasets="cd"),
        measured(BUILD_KILLED, 2.6, datasets="cx"),
    ]
    large = [measured(FLOOR, 20.0), measured(BUILD, 44.0, memory=1 << 30)]
    peers = [
        measured(VALIDATE, 3.0),
        measured(BUILD, 4.0),
        measured(SCRIPT, 100.0),
        measured(SCRIPT_BATCH, 60.0),
        measured(FRICTIONLESS, 1.5),
    ]
    return Results(
        command="the command",
        date="2026-01-02",
        commit="abc",
        machine="a machine",
        versions={"Python": "3.11"},
        peers={"pandas": "3"},
        sections=[
            Section(kind="size", documents=1000, size=3_500_000, cases=small),
            Section(kind="size", documents=10_000, size=35_000_000, cases=large),
            Section(kind="peers", documents=1000, size=3_500_000, cases=peers),
        ],
    )


def goals(measurements: Results) -> dict[str, str]:
    return {what: got for what, _, got in goals_of(measurements)}


def test_what_is_aimed_at_is_computed_from_medians_of_one_table() -> None:
    found = goals(results())
    assert found[f"{BUILD} : {FLOOR}, 1,000 documents"] == "2.00"
    assert found[f"{VALIDATE_AGAIN} : {VALIDATE}, 1,000 documents"] == "0.20"
    assert found[f"({BUILD_ONE} − {REWRITE}) : {FLOOR}, 1,000 documents"] == "0.20"
    assert found[f"files opened by {BUILD_ONE}"] == "1"
    assert found[f"{BUILD_KILLED} : {BUILD}, 1,000 documents"] == "0.65"
    assert found[f"time of {BUILD} for each document, 10,000 documents : 1,000"] == "1.10"
    assert found[f"peak memory of {BUILD}, 10,000 documents"] == "1.00 GiB"
    assert found[f"{SCRIPT} : {BUILD}, 1,000 documents"] == "25.00"
    assert found[f"{FRICTIONLESS} : {VALIDATE}, 1,000 documents"] == "0.50"


def test_a_dataset_of_other_bytes_is_not_passed_over() -> None:
    found = goals(results())
    assert found[f"{BUILD_AGAIN}: same bytes as {BUILD_UNCACHED}"] == "always"
    assert found[f"{BUILD_KILLED}: same bytes as {BUILD_MANY}"] == "1 of 2"


def test_no_dataset_at_all_is_not_the_same_dataset() -> None:
    first, *others = results().sections
    emptied = replace(first, cases=[replace(case, datasets=["", ""]) for case in first.cases])
    found = goals(replace(results(), sections=[emptied, *others]))
    assert found[f"{BUILD_AGAIN}: same bytes as {BUILD_UNCACHED}"] == "0 of 2"


def test_every_command_is_in_the_page_with_its_median_and_its_extremes() -> None:
    text = page(results())
    assert "| floor | 2.00 | 1.00 to 9.00 | 1.00 | 2000 |" in text
    for section in results().sections:
        for case in section.cases:
            assert f"| {case.name} |" in text


def test_results_are_the_same_when_they_are_read_back(tmp_path: Path) -> None:
    write_results(tmp_path / "new" / "results.json", results())
    again = read_results(tmp_path / "new" / "results.json")
    assert page(again) == page(results())
    assert again.sections[0].cases[0].times == results().sections[0].cases[0].times


@once_measured
def test_the_page_is_what_was_measured() -> None:
    assert (ROOT / "docs" / "performance.md").read_text("utf-8") == page(read_results(RESULTS))


@once_measured
def test_the_charts_are_what_was_measured() -> None:
    matplotlib = pytest.importorskip("matplotlib", reason=NO_CHARTS)
    from benchmarks.performance.charts import charts

    for name, svg in charts(read_results(RESULTS)).items():
        committed = (RESULTS.parent / name).read_bytes()
        if f"Matplotlib v{matplotlib.__version__},".encode() not in committed:
            pytest.skip(f"{name} was drawn by another version of matplotlib")
        assert committed == svg


def test_charts_are_the_same_bytes_each_time_and_name_all_commands() -> None:
    pytest.importorskip("matplotlib", reason=NO_CHARTS)
    from benchmarks.performance.charts import charts

    drawn = charts(results())
    assert sorted(drawn) == ["memory.svg", "peers.svg", "ratios.svg", "time.svg"]
    assert drawn == charts(results())
    for case in results().sections[0].cases:
        assert case.name in drawn["ratios.svg"].decode()


def luminance(colour: str) -> float:
    """Of WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["#ffffff", "#0d1117"])
def test_colours_of_charts_stand_out_on_light_and_dark_pages(ground: str) -> None:
    pytest.importorskip("matplotlib", reason=NO_CHARTS)
    from benchmarks.performance.charts import COLOURS, OTHERS, TEXT

    for colour, least in [(TEXT, 4.0), (OTHERS, 3.0), *((one, 3.0) for one in COLOURS.values())]:
        low, high = sorted((luminance(colour), luminance(ground)))
        assert (high + 0.05) / (low + 0.05) >= least, colour


@on_linux
def test_opened_files_are_counted_whoever_opens_them_and_folders_are_not(tmp_path: Path) -> None:
    for name in ("một.txt", "hai.txt", "ba.txt"):
        (tmp_path / name).write_text("a")
    with opened_files(tmp_path) as names:
        os.listdir(tmp_path)
        (tmp_path / "hai.txt").stat()
        (tmp_path / "một.txt").read_bytes()
        subprocess.run([sys.executable, "-c", "import sys; open(sys.argv[1])", str(tmp_path / "ba.txt")], check=True)
    assert {name.decode() for name in names} == {"một.txt", "ba.txt"}


@on_linux
def test_no_opened_file_is_missed_among_many(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number}").touch()
    with opened_files(tmp_path) as names:
        for number in range(3000):
            (tmp_path / f"{number}").read_bytes()
    assert len(names) == 3000


@on_linux
def test_a_command_is_killed_after_its_limit(tmp_path: Path) -> None:
    call = (
        "import os, sys; from pathlib import Path; from benchmarks.dedup.measure import measured; "
        "sleep = [sys.executable, '-c', 'import time; time.sleep(60)']; "
        "run = measured(sleep, Path(sys.argv[1]), os.environ, limit=0.3); "
        "print(run.error, run.wall < 30)"
    )
    command = [sys.executable, "-c", call, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert re.fullmatch(r"stopped after \d s True\n", done.stdout)


def test_a_corpus_is_the_same_written_by_workers_or_made_in_a_row(tmp_path: Path) -> None:
    wanted = {"identical": 20, "same_text": 15, "near": 30, "template": 10, "bulletins": 12}
    duplicates = Duplicates(**wanted)
    write(tmp_path / "raw", 1300, duplicates, 1)
    files = sorted((tmp_path / "raw").iterdir(), key=lambda path: int(path.name.partition("_")[0]))
    assert [path.read_bytes().decode() for path in files] == [text for text, _, _ in documents(1300, duplicates, 1)]
    planned = [kind for block in blocks(1300, duplicates, 1) for kind in block.kinds if kind]
    assert {kind: planned.count(kind) for kind in planned} == wanted
    pairs = [line.split("\t") for line in (tmp_path / "raw.pairs.tsv").read_text("utf-8").splitlines()]
    assert len(pairs) == 65
    assert {path.name for path in files} >= set(chain.from_iterable(pair[:2] for pair in pairs))
