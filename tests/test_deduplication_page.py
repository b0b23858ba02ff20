"""The page on deduplication says what the code does."""

import re

import pytest

from dataset_tools import settings
from dataset_tools.stages.fingerprint import RECALL, banding
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "deduplication.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if "×" in line and "%" in line
]
SIMILARITIES = [float(number) for number in re.findall(r"at (0\.\d+) \|", PAGE)]


def test_there_is_a_table() -> None:
    assert len(ROWS) >= 8
    assert len(SIMILARITIES) == len(ROWS[0]) - 3


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_table_of_bandings_is_what_the_code_computes(row: list[str]) -> None:
    threshold = float(row[0])
    cut = banding(threshold)
    expected = [f"{cut.bands} × {cut.rows}", f"{cut.recall(threshold):.2%}"]
    assert row[1:] == expected + [f"{cut.recall(similarity):.2%}" for similarity in SIMILARITIES]
    assert cut.recall(threshold) >= RECALL


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    dedup = settings.DedupSettings()
    assert f"by default {dedup.threshold:g}" in PAGE
    assert f"`bucket_limit` kept documents are compared**, {dedup.bucket_limit} by default" in PAGE
    assert (600 - 5 * 13) / (600 + 5 * 13) >= 0.8 > (600 - 5 * 14) / (600 + 5 * 14)
    assert (600 - 5 * 6) / (600 + 5 * 6) >= 0.9 > (600 - 5 * 7) / (600 + 5 * 7)
