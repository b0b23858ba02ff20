"""docs/load.md is true: every example is run, and what it says of streams that are resumed is so."""

import importlib.util
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import datasets
import pytest

import dataset_tools
from tests import pages
from tests.conftest import CorpusFolder, article

PAGE = pages.read("docs/load.md")
EXAMPLES = pages.blocks(PAGE, "python")


def heading_of(number: int) -> str:
    before = PAGE[: PAGE.index(EXAMPLES[number])]
    return re.findall(r"^## (.*)$", before, re.MULTILINE)[-1].replace(" ", "-")


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=heading_of)
def test_an_example_runs_and_gives_what_it_says(number: int, checkout: Path) -> None:
    if "torch" in EXAMPLES[number] and importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed: pip install 'dataset-tools[torch]'")
    script = checkout / "example.py"  # a file, since worker processes import it
    script.write_text(EXAMPLES[number] + '\nif __name__ == "__main__":\n    print("to the end", flush=True)\n', "utf-8")
    done = subprocess.run([sys.executable, "-W", "error::UserWarning", script], capture_output=True, text=True)
    assert done.stdout.endswith("to the end\n"), done.stderr
    assert done.returncode == 0 or aborted_by_pyarrow(done), done.stderr


def aborted_by_pyarrow(done: subprocess.CompletedProcess[str]) -> bool:
    """The page says so: some programs that leave a stream half read abort while they end, when all is done."""
    return done.returncode == -signal.SIGABRT and done.stderr.startswith("terminate called without")


def test_every_way_of_loading_has_an_example() -> None:
    said = "".join(EXAMPLES)
    ways = ("map(", "streaming=True", "shuffle(", "state_dict()", "num_workers=2", "scan_parquet", "duckdb", "pandas")
    assert [way for way in ways if way not in said] == []


@pytest.fixture
def many(corpus: CorpusFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A split of six files."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(datasets.config, "SLEEP_TIME_ON_THREADS_SHUTDOWN", 0, raising=False)  # else 5 s a stream
    Path("dataset-tools.toml").write_text('[package]\nshard_size = "30 kB"\n', "utf-8")
    for number in range(200):
        corpus.add(article(number, 60))
    assert dataset_tools.build(corpus.folder, "dist").ok
    return Path("dist")


def stopped_and_resumed(stream: Callable[[], Any], after: int) -> list[str]:
    first = stream()
    seen = [row["id"] for row in islice(first, after)]
    again = stream()
    again.load_state_dict(json.loads(json.dumps(first.state_dict())))
    return seen + [row["id"] for row in again]


def test_a_stream_goes_on_at_the_next_row_wherever_it_was_stopped(many: Path) -> None:
    def stream() -> Any:
        return dataset_tools.load(many, split="train", streaming=True)

    whole = [row["id"] for row in stream()]
    assert len(set(whole)) == 200
    for after in (1, 70, 199):
        assert stopped_and_resumed(stream, after) == whole


def test_rows_that_were_shuffled_themselves_go_on_at_the_next_row_too(many: Path) -> None:
    def stream() -> Any:
        return dataset_tools.load(many, split="train").shuffle(seed=7).to_iterable_dataset(num_shards=4)

    whole = [row["id"] for row in stream()]
    assert whole != sorted(whole)
    assert len(set(whole)) == 200
    assert stopped_and_resumed(stream, 70) == whole


def test_what_was_in_a_buffer_when_a_stream_stopped_is_not_seen_in_that_epoch(many: Path) -> None:
    def stream() -> Any:
        return dataset_tools.load(many, split="train", streaming=True).shuffle(seed=7, buffer_size=10)

    assert len({row["id"] for row in stream()}) == 200
    seen = set(stopped_and_resumed(stream, 70))
    assert 190 <= len(seen) < 200
