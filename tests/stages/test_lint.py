import re

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_tools.columns import article_frame
from dataset_tools.model import Files, Issue
from dataset_tools.rules import RULES
from dataset_tools.stages.lines import line_keys
from dataset_tools.stages.lint import CHECKS, lint, unusual
from dataset_tools.stages.lint.check import MOST
from dataset_tools.stages.parse import parse
from tests.conftest import ROOT

EXAMPLES = ROOT / "tests" / "examples"
PATTERN = re.compile(r".*_(?P<id>\w+)\.txt")


def test_every_check_belongs_to_a_rule_of_its_own() -> None:
    codes = [check.code for check in CHECKS]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(RULES)


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


def test_control_characters_are_named() -> None:
    files = Files(rows=[0, 1], paths=["0_a.txt", "1_a.txt"], data=[b"A\nb\0\0", b"A\n\x1b[1m\xc2\x96"], issues=[])
    messages = [one.message for one in lint_all(files) if one.code == "U009"]
    assert messages == [r"U+0000 (NUL), 2 times: 'b\x00\x00'", r"U+001B (ESC), 2 times: '\x1b[1m\x96'"]


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
