"""docs/verify.md is true: each row of its table is done again, for `verify` and for `datasets`."""

import re
from pathlib import Path

import datasets
import pytest

from benchmarks.damage import LOADS, REFUSES, row
from tests.conftest import ROOT
from tests.verification.damage import DAMAGES

PAGE = (ROOT / "docs" / "verify.md").read_text("utf-8")
ROWS = [
    line.strip("| ").split(" | ")
    for line in PAGE.splitlines()
    if line.startswith("| ") and re.search(rf"\| ({LOADS}|{REFUSES}) \|", line)
]


@pytest.fixture(autouse=True)
def _offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def test_the_table_has_a_row_for_each_damage() -> None:
    assert [cells[0] for cells in ROWS] == [damage.what for damage in DAMAGES]


@pytest.mark.parametrize("number", range(len(DAMAGES)), ids=[damage.do.__name__ for damage in DAMAGES])
def test_a_row_is_what_each_makes_of_the_damage(small: Path, number: int) -> None:
    assert row(small, DAMAGES[number]) == ROWS[number]


def test_what_a_table_of_rules_links_to_is_there() -> None:
    assert "## A built dataset\n" in (ROOT / "docs" / "rules.md").read_text("utf-8")
