"""docs/verify.md is true: each row of its table is done again; the column of mlcroissant where that is installed."""

from pathlib import Path

import datasets
import pytest

from benchmarks.damage import DATASETS, MLCROISSANT, VERIFY, row
from tests.conftest import ROOT
from tests.verification.damage import DAMAGES

PAGE = (ROOT / "docs" / "verify.md").read_text("utf-8")
TABLE = [
    line.strip("| ").split(" | ") for line in PAGE.split("## What finds what\n")[1].splitlines() if line[:1] == "|"
]
HEADS, ROWS = TABLE[0], TABLE[2:]


@pytest.fixture(autouse=True)
def _offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def test_the_table_has_a_row_for_each_damage() -> None:
    assert [cells[0] for cells in ROWS] == [damage.what for damage in DAMAGES]
    assert HEADS[1:] == [VERIFY, DATASETS, MLCROISSANT]


@pytest.mark.parametrize("number", range(len(DAMAGES)), ids=[damage.do.__name__ for damage in DAMAGES])
def test_a_row_is_what_each_makes_of_the_damage(small: Path, number: int) -> None:
    said = dict(zip(HEADS, ROWS[number], strict=True))
    found = row(small, DAMAGES[number])
    assert found == {name: said[name] for name in found}


def test_what_a_table_of_rules_links_to_is_there() -> None:
    assert "## A built dataset\n" in (ROOT / "docs" / "rules.md").read_text("utf-8")
