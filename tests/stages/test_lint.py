"""Every rule about a text has a file that breaks it, with the issues beside it, and a near one that does not."""

import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools.columns import article_frame
from dataset_tools.model import Files, Issue
from dataset_tools.rules import RULES
from dataset_tools.stages.lines import line_keys
from dataset_tools.stages.lint import CHECKS, lint, unusual
from dataset_tools.stages.lint.check import MOST
from dataset_tools.stages.parse import parse
from tests.conftest import ROOT, CorpusFolder

EXAMPLES = ROOT / "tests" / "examples"
BAD = sorted(EXAMPLES.glob("*_bad.txt"))
PATTERN = re.compile(r".*_(?P<id>\w+)\.txt")


def found(example: Path, corpus: CorpusFolder) -> list[str]:
    corpus.add(example.read_bytes(), name_id="0123456789abcdef")
    issues = [one for one in dataset_tools.validate(corpus.folder).issues if one.code != "I004"]
    return [f"{'-' if one.line is None else f'{one.line}:{one.column}'} {one.code}" for one in issues]


@pytest.mark.parametrize("example", BAD, ids=lambda path: path.stem)
def test_a_bad_file_has_the_issues_that_stand_beside_it(example: Path, corpus: CorpusFolder) -> None:
    assert found(example, corpus) == example.with_suffix(".issues").read_text("utf-8").splitlines()


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*_good.txt")), ids=lambda path: path.stem)
def test_a_near_file_does_not_break_the_rule(example: Path, corpus: CorpusFolder) -> None:
    code = example.name.split("_")[0]
    assert [line for line in found(example, corpus) if line.endswith(code)] == []


def test_every_check_has_its_rule_and_its_examples() -> None:
    codes = [check.code for check in CHECKS]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(RULES)
    assert set(codes) <= {path.name.split("_")[0] for path in BAD}
    assert {path.name.replace("_bad", "_good") for path in BAD} == {path.name for path in EXAMPLES.glob("*_good.txt")}


def frame_of(files: Files) -> pl.DataFrame:
    articles = parse(files, file_name=PATTERN)
    return article_frame(files, articles, [""] * len(files.rows), line_keys(articles.joined).repeats)


def lint_all(files: Files, ignored: frozenset[str] = frozenset()) -> list[Issue]:
    frame = frame_of(files)
    return lint(frame, unusual(frame, ignored), ignored)


def linted(*texts: str) -> list[list[tuple[str, int | None, int | None]]]:
    data = [text.encode() for text in texts]
    files = Files(
        rows=list(range(len(data))), paths=[f"{i}_a.txt" for i in range(len(data))], data=list(data), issues=[]
    )
    issues = lint_all(files)
    return [[(one.code, one.line, one.column) for one in issues if one.row == row] for row in range(len(data))]


def test_one_rule_says_at_most_so_much_about_one_file_and_how_much_more_there_is() -> None:
    data = ("Bài\n" + "![]() |\n" * (MOST + 7)).encode()
    files = Files(rows=[0], paths=["0_a.txt"], data=[data], issues=[])
    issues = [one for one in lint_all(files) if one.code == "W001"]
    assert len(issues) == MOST
    assert issues[-1].message.endswith("(and 7 more in this file)")


def test_an_ignored_check_is_not_run() -> None:
    files = Files(rows=[0], paths=["0_a.txt"], data=["Bài\n![]() |\nChữ.\n".encode()], issues=[])
    assert [one.code for one in lint_all(files)] == ["W001"]
    assert lint_all(files, frozenset({"W001"})) == []


PIECES = [path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n") for path in sorted(EXAMPLES.glob("*.txt"))]
texts = st.text(max_size=80) | st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=4).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(texts, min_size=1, max_size=4))
def test_any_text_can_be_linted_alone_or_among_others_and_every_place_exists(some: list[str]) -> None:
    together = linted(*some)
    assert together == [linted(text)[0] for text in some]
    for text, issues in zip(some, together, strict=True):
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        for _, line, column in issues:
            assert line is not None
            assert column is not None
            assert 1 <= line <= len(lines)
            assert 1 <= column <= len(lines[line - 1]) + 1
