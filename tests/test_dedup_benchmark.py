"""benchmarks/dedup: what it counts is right, and its measure sees every process."""

import ast
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.dedup.quality import all_pairs, judge
from benchmarks.dedup.steps import deduplicated
from dataset_tools.text import shingles, similarity

THRESHOLD = 0.8
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def edited_texts(count: int) -> list[str]:
    """Texts of a small vocabulary, half of them made from the one before by changing a few words."""
    random = np.random.default_rng(7)
    texts: list[list[str]] = []
    for number in range(count):
        words = [f"từ{one}" for one in random.integers(0, 40, int(random.integers(0, 90)))]
        if number % 2:
            words = list(texts[-1])
            for place in random.integers(0, max(len(words), 1), int(random.integers(0, 3))) if words else ():
                words[place] = "khác"
        texts.append(words)
    return [" ".join(words) for words in texts]


def test_all_pairs_are_those_of_comparing_every_two():
    texts = edited_texts(120)
    sets = [shingles(text) for text in texts]
    expected = {
        (a, b): similarity(sets[a], sets[b])
        for a, b in combinations(range(len(texts)), 2)
        if similarity(sets[a], sets[b]) >= THRESHOLD
    }
    assert len(expected) > 20
    assert all_pairs(texts, THRESHOLD) == expected


def test_three_copies_are_pairs_of_each_other():
    text = "một hai ba bốn năm sáu bảy"
    assert all_pairs([text, "khác hẳn đi", text, text], THRESHOLD) == {(0, 2): 1.0, (0, 3): 1.0, (2, 3): 1.0}


def test_a_removal_is_unjustified_without_a_kept_document_near_it():
    pairs = {(0, 1): 0.82, (1, 2): 0.9}
    found = judge(pairs, kept={0, 3}, documents=5, threshold=THRESHOLD)  # 1 has 0; 2 has only 1, 4 has none
    assert (found.removed, found.unjustified) == (3, 2)
    assert (found.pairs, found.resolved) == (2, 2)
    assert (found.near_pairs, found.near_resolved) == (1, 1)


def test_a_pair_of_which_both_are_kept_is_not_resolved():
    found = judge({(0, 1): 0.82}, kept={0, 1}, documents=2, threshold=THRESHOLD)
    assert (found.removed, found.unjustified, found.resolved, found.near_resolved) == (0, 0, 0, 0)


def measured(code: str, folder: Path) -> dict[str, object]:
    """Measure some Python in a process of its own: what is measured is all children of a process."""
    call = (
        "import dataclasses, os, sys; from pathlib import Path; from benchmarks.dedup.measure import measured; "
        "print(dataclasses.asdict(measured([sys.executable, '-c', sys.argv[1]], Path(sys.argv[2]), os.environ)))"
    )
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", call, code, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    return ast.literal_eval(done.stdout)


@on_linux
def test_memory_and_time_of_child_processes_count(tmp_path):
    child = (
        "import time; data = b'1' * 150_000_000; end = time.process_time() + 0.6\nwhile time.process_time() < end: 0"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    run = measured(parent, tmp_path)
    assert run["error"] is None
    assert run["memory"] > 150_000_000
    assert run["processor"] > 0.6


@on_linux
def test_a_command_that_fails_is_reported_with_the_end_of_its_output(tmp_path):
    run = measured("raise SystemExit('no such model')", tmp_path)
    assert run["error"] == "exit status 1\nno such model"


def test_deduplication_alone_keeps_what_it_should(tmp_path):
    texts = edited_texts(120)
    paths = [f"{number:03}" for number in range(len(texts))]
    (tmp_path / "parquet").mkdir()
    for file in (0, 1):
        part = slice(60 * file, 60 * file + 60)
        table = pa.table({"path": paths[part], "text": texts[part]})
        pq.write_table(table, tmp_path / "parquet" / f"{file}.parquet", row_group_size=25)
    (tmp_path / "scratch").mkdir()
    counts = deduplicated(tmp_path / "parquet", tmp_path / "kept", THRESHOLD, 1, tmp_path / "scratch")
    kept = {
        path for file in (0, 1) for path in pq.read_table(tmp_path / "kept" / f"{file}.parquet")["path"].to_pylist()
    }
    found = judge(all_pairs(texts, THRESHOLD), {paths.index(path) for path in kept}, len(texts), THRESHOLD)
    assert found.removed == counts["removed"] > 10
    assert found.unjustified == 0
    assert found.resolved == found.pairs
