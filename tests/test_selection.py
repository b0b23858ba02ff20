"""Which rules are in force, and the catalogue as text."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.cli import app
from dataset_tools.rules import GROUPS, RULES, ignored_codes
from dataset_tools.rules.page import explained, page
from tests.conftest import ROOT, CorpusFolder, article

ALWAYS = {code for code, rule in RULES.items() if rule.always}


@pytest.fixture
def residue(corpus: CorpusFolder) -> Path:
    corpus.add(article(1) + "![]() |\n")
    corpus.add(article(2) + "| a | b |\nchữ\u200bchữ\n")
    return corpus.folder


def codes(report: dataset_tools.RunReport) -> list[str]:
    return [one.code for one in report.issues]


def test_everything_is_in_force_unless_something_is_said(residue: Path) -> None:
    assert ignored_codes(RULES, (), ()) == frozenset()
    assert codes(dataset_tools.validate(residue)) == ["W001", "W002", "U002"]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"ignore": ["W001"]}, ["W002", "U002"]),
        ({"ignore": ["W"]}, ["U002"]),
        ({"ignore": ["table-row", "u002"]}, ["W001"]),
        ({"ignore": ["W001,W002"]}, ["U002"]),
        ({"select": ["W"]}, ["W001", "W002"]),
        ({"select": ["W"], "ignore": ["W002"]}, ["W001"]),
    ],
)
def test_select_and_ignore_take_codes_beginnings_and_names(options: dict, left: list[str], residue: Path) -> None:
    assert codes(dataset_tools.validate(residue, **options)) == left


def test_ignore_of_a_call_adds_to_that_of_the_settings(residue: Path) -> None:
    Path("dataset-tools.toml").write_text('ignore = ["W001"]', "utf-8")
    assert codes(dataset_tools.validate(residue)) == ["W002", "U002"]
    assert codes(dataset_tools.validate(residue, ignore=["U"])) == ["W002"]


def test_what_is_ignored_is_not_in_the_audit_either_and_strict_does_not_count_it(residue: Path) -> None:
    report = dataset_tools.build(residue, "dist", ignore=["W", "U", "P"], strict=True)
    assert (report.ok, codes(report)) == (True, [])


def test_an_error_that_is_ignored_lets_the_file_in(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(2), name_id="0" * 16)
    assert not dataset_tools.build(corpus.folder, "dist").ok
    assert dataset_tools.build(corpus.folder, "dist", ignore=["I001"]).ok


@pytest.mark.parametrize("word", sorted(ALWAYS))
def test_what_nothing_can_do_without_cannot_be_ignored(word: str) -> None:
    with pytest.raises(dataset_tools.UserError, match="cannot be ignored"):
        ignored_codes(RULES, (), [word])
    assert not ALWAYS & ignored_codes(RULES, ["W"], [word[0]])


@pytest.mark.parametrize(("word", "hint"), [("W0001", "did you mean W001?"), ("tabel-row", "did you mean table-row?")])
def test_what_is_no_rule_is_refused_with_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(dataset_tools.UserError, match="is no rule") as raised:
        ignored_codes(RULES, (), [word])
    assert raised.value.hint.startswith(hint)


def test_the_page_of_rules_is_what_the_catalogue_says() -> None:
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == page(GROUPS)


def test_rule_lists_and_explains() -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["rule"]).stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(RULES)
    by_code, by_name = (runner.invoke(app, ["rule", word]).stdout for word in ("w003", "headline-tail"))
    assert by_code == by_name
    assert by_code == explained(RULES["W003"])
    unknown = runner.invoke(app, ["rule", "X1"])
    assert (unknown.exit_code, unknown.stderr.splitlines()[0]) == (2, "error: 'X1' is no rule")
