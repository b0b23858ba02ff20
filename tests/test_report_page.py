"""docs/report.md is true: its pictures are there and small. tests/test_pages.py runs its session."""

import re

from dataset_tools.html_report.duplicates import PAIRS
from dataset_tools.html_report.issues import EXAMPLES
from dataset_tools.html_report.measures import FREQUENT_LINES
from dataset_tools.html_report.scan import SAMPLE
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "report.md").read_text("utf-8")


def test_its_pictures_are_there_and_small() -> None:
    pictures = set(re.findall(r"report-\d+\.png", PAGE))
    assert len(pictures) == 3
    assert all((ROOT / "docs" / name).stat().st_size < 300_000 for name in pictures)


def test_the_numbers_it_states_are_those_of_the_code() -> None:
    assert (PAIRS, EXAMPLES, FREQUENT_LINES, SAMPLE) == (10, 10, 20, 20_000)
    assert "its first ten issues" in PAGE
    assert "the ten nearest pairs on each side" in PAGE
    assert "counted in 20,000 of them at most" in PAGE
