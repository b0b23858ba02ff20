import re
import time

import polars as pl
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dataset_tools.columns import article_frame, article_table
from dataset_tools.model import Files, Issue
from dataset_tools.rules import RULES
from dataset_tools.stages.lines import line_keys
from dataset_tools.stages.lint import CHECKS, lint, unusual
from dataset_tools.stages.lint.check import MOST, Text
from dataset_tools.stages.parse import parse
from dataset_tools.text import split_article
from tests.conftest import ROOT

EXAMPLES = ROOT / "tests" / "examples"
PATTERN = re.compile(r".*_(?P<id>\w+)\.txt")


def test_every_check_belongs_to_a_rule_of_its_own() -> None:
    codes = [check.code for check in CHECKS]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(RULES)


def frame_of(files: Files) -> pl.DataFrame:
    articles = parse(files, file_name=PATTERN)
    return article_frame(article_table(files, articles, [""] * len(files.rows), line_keys(articles.joined).repeats))


def lint_all(files: Files, ignored: frozenset[str] = frozenset()) -> list[Issue]:
    frame = frame_of(files)
    return lint(frame, unusual(frame, ignored), ignored)


def one_file(data: bytes) -> Files:
    return Files(rows=[0], paths=["0_a.txt"], data=[data], issues=[])


def linted(*texts: str) -> list[list[tuple[str, int | None, int | None]]]:
    data = [text.encode() for text in texts]
    files = Files(
        rows=list(range(len(data))), paths=[f"{i}_a.txt" for i in range(len(data))], data=list(data), issues=[]
    )
    issues = lint_all(files)
    return [[(one.code, one.line, one.column) for one in issues if one.row == row] for row in range(len(data))]


def test_one_rule_says_at_most_so_much_about_one_file_and_how_much_more_there_is() -> None:
    data = ("Bài\n" + "![]() |\n" * (MOST + 7)).encode()
    files = one_file(data)
    issues = [one for one in lint_all(files) if one.code == "W001"]
    assert len(issues) == MOST
    assert issues[-1].message.endswith("(and 7 more in this file)")


def test_control_characters_are_named() -> None:
    files = Files(rows=[0, 1], paths=["0_a.txt", "1_a.txt"], data=[b"A\nb\0\0", b"A\n\x1b[1m\xc2\x96"], issues=[])
    messages = [one.message for one in lint_all(files) if one.code == "U009"]
    assert messages == [r"U+0000 (NUL), 2 times: 'b\x00\x00'", r"U+001B (ESC), 2 times: '\x1b[1m\x96'"]


def test_an_ignored_check_is_not_run() -> None:
    files = one_file("Bài\n![]() |\nChữ.\n".encode())
    assert [one.code for one in lint_all(files)] == ["B004", "W001"]
    assert [one.code for one in lint_all(files, frozenset({"W001"}))] == ["B004"]


PIECES = [path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n") for path in sorted(EXAMPLES.glob("*.txt"))]
characters = st.characters(exclude_categories=["Cs", "Cn"])  # what is new in Unicode is known to Rust before Python
texts = st.text(characters, max_size=80) | st.lists(
    st.sampled_from(PIECES) | st.text(characters, max_size=20), max_size=4
).map("\n".join)


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


@given(texts)
@example("0\n\x1f0")
def test_the_cheap_tests_let_all_through_that_the_checks_find(text: str) -> None:
    decoded = text.removeprefix("\ufeff").replace("\r\n", "\n")
    (parsed,) = parse(one_file(text.encode()), file_name=PATTERN).texts
    assume(parsed is not None)  # an empty file, say, is not linted
    whole = Text(decoded, *split_article(decoded))
    found_at_all = {check.code for check in CHECKS if next(iter(check.find(whole)), None)}
    the_test_decides_as_well = {"B004", "U006"}
    assert found_at_all - the_test_decides_as_well <= {code for code, _, _ in linted(text)[0]}


HOSTILE = [
    *("|", "<", "&", "!", "[", " ", "...", "…", "*", "`", "a", "A", "ò", "o", "\t", "\n", "-", ".", "(", ",", "0"),
    *("![]()  ", "| a ", "| |\n", "|a|b|\n", "<a ", '<a href="', "<!--", "**a ", "](http://", "```\n", "&#1", "-|"),
    *("Tin khác\nA b c.\n", "Facebook\n", "chia sẻ  ", "Theo A\n", "12/03/2026\n", "a b c d\n12/03/2026\n"),
    *("[ ", "… xem thêm ", "xоx", " хòa хoà", "e\u0301", "\u0301", "Ã©", "\u200b", "\ufffd", "\x01", "và ", "-a\n"),
]
"""What makes a regular expression or a loop go over the same characters again and again, where it can."""


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_check_takes_much_longer_for_odd_texts(piece: str) -> None:
    # What a quadratic check needs here is minutes; the bound is of processor time, and fifty times what is needed.
    for start, end in (("", "x"), ("![]() ", "\n|a|"), ("chia sẻ", "x"), ("đ " * 30, ""), ("**b** ", "")):
        text = f"Zхòa hoà {piece.strip()}\n{start}{piece * (40_000 // len(piece))}{end}"
        whole = Text(text, *split_article(text))
        for check in CHECKS:
            before = time.process_time()
            list(check.find(whole))
            assert time.process_time() - before < 5, check.code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<!-- đóng --> chữ <!-- mở", "B006"),
        ("chữ <a href='https://example.org chữ <b>chữ</b>", "B006"),
        ("chữ\n```\nmã\n```\nchữ\n```\nmã", "B006"),
        ("xem [thuyền](https://example.org và (bến)\nxem [thuyền](https://example.org và bến", "B006"),
        ("**chữ đậm** và **chữ đậm", "B006"),
        ("chữ " * 20 + "đến từ các", "B005"),
        ("chữ " * 20 + "đến từ của...", "B005"),
        ("chữ " * 20 + "được giao cho ngườ…", "B005"),
        ("ở trường " * 10 + "một, hai,", "B005"),
        ("the word " * 10 + "and the", "B005"),
        ("the word " * 10 + "govern-", "B005"),
    ],
)
def test_what_is_cut_or_left_open_is_found_once(body: str, code: str) -> None:
    assert [found for found, _, _ in linted(f"Bài\n{body}\n")[0] if found[0] == "B" and found != "B004"] == [code]


@pytest.mark.parametrize(
    "body",
    [
        "chữ <!-- đóng -->",
        "chữ " * 20 + "đến từ các.",
        "chữ " * 20 + "khóc và…",
        "chữ " * 20 + "có giấy, bút, mực,...",
        "chữ " * 20 + "và magiê",
        "chữ " * 5 + "đến từ các",
        "casa " * 20 + "cea frumoasă",
        "wort " * 20 + "rief an",
        "2**3 và 5** sao, **chú thích",
    ],
)
def test_what_may_end_so_is_left_alone(body: str) -> None:
    assert [code for code, _, _ in linted(f"Bài\n{body}\n")[0] if code in ("B005", "B006")] == []
