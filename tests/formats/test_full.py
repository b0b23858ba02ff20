"""The lines of files in `full`: what is read, and where the caret stands."""

import os
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools.formats import full
from dataset_tools.formats.excerpt import WIDTH, character_width, excerpt
from dataset_tools.report import MAX_SOURCE_BYTES, SourceLines
from dataset_tools.text import printable
from tests.formats.reports import ATTACKS, OF_CORPUS, PLACED, REPORT, WHOLE

MARGIN = "  | "


def test_the_line_and_a_caret_stand_between_the_issue_and_what_to_do_next():
    report = replace(REPORT, issues=(OF_CORPUS, WHOLE, PLACED))
    asked = []

    def source_line(path: str, line: int) -> str:
        asked.append((path, line))
        return "Hôm nay"

    assert full.render(report, source_line).splitlines()[4:8] == [
        "raw/001.txt:2:7: F003 warning: 3 dòng kết thúc bằng CR LF",
        "  | Hôm nay",
        "  |       ^",
        "    next: đổi sang LF",
    ]
    assert asked == [("raw/001.txt", 2)]


def test_without_a_column_there_is_no_caret_and_without_a_line_no_excerpt():
    lines = full.render(replace(REPORT, issues=(replace(PLACED, column=None),)), lambda path, line: "Hôm nay")
    assert lines.splitlines()[1:3] == ["  | Hôm nay", "    next: đổi sang LF"]
    assert "|" not in full.render(replace(REPORT, issues=(PLACED,)), lambda path, line: None)


EXCERPTS = {
    "the first column": ("abc", 1, "abc", "^"),
    "after the end": ("abc", 4, "abc", "   ^"),
    "far after the end": ("abc", 400, "abc", "   ^"),
    "an empty line": ("", 1, "", "^"),
    "a tab": ("\tabc", 2, "    abc", "    ^"),
    "under a tab": ("a\tb", 2, "a    b", " ^"),
    "a wide character": ("世界x", 3, "世界x", "    ^"),
    "a combining mark before": ("e\u0302\u0301x", 4, "e\u0302\u0301x", " ^"),
    "on a combining mark": ("ae\u0302x", 3, "ae\u0302x", " ^"),
    "Hangul in jamo": ("\u1112\u1161\u11abx", 4, "\u1112\u1161\u11abx", "  ^"),
    "an escape": ("\x1b[2Jx", 5, r"\x1b[2Jx", "       ^"),
    "a byte that is not UTF-8": ("a\udcffb", 3, r"a\xffb", "     ^"),
    "a command of a CI system": ("##[group]x", 10, r"##\x5bgroup]x", "            ^"),
    "white space at the end": ("a  ", 3, "a", "  ^"),
}


@pytest.mark.parametrize(("line", "column", "text", "caret"), EXCERPTS.values(), ids=EXCERPTS)
def test_the_caret_stands_under_its_character(line, column, text, caret):
    assert excerpt(line, column) == [f"{MARGIN}{text}".rstrip(), f"{MARGIN}{caret}"]


def test_a_long_line_is_cut_around_the_column():
    line = "".join(f"{number:<5}" for number in range(1000))
    assert excerpt(line, 1)[0] == f"  | {line[:74]}…"
    row, caret = excerpt(line, 2501)
    assert row == f"  | …{line[2464:2538]}…"
    assert row[caret.index("^") :].startswith("500")
    assert excerpt(line, 5000)[0] == f"  | …{line[4926:]}".rstrip()
    assert len(excerpt("x" * WIDTH, 3)[0]) == len(MARGIN) + WIDTH
    assert excerpt("x" * (WIDTH + 1), 3)[0].endswith("x…")


def columns(text: str) -> int:
    return sum(map(character_width, text))


lines = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=8), max_size=60).map("".join)


@given(lines, st.integers(1, 400))
@example("世" * 100, 50)
@example("\x1b" * 100, 50)
@example("a" + "\u0301" * 5000, 3000)
def test_whatever_the_line_holds_it_fits_and_the_caret_is_where_it_should_be(line, column):
    text, caret = (row.removeprefix(MARGIN) for row in (row.ljust(len(MARGIN)) for row in excerpt(line, column)))
    assert columns(text) <= WIDTH
    assert printable(text) == text
    assert caret.strip() == "^"
    before = caret.index("^")
    wanted = printable(line[column - 1 : column]).strip()
    if wanted and columns(wanted) and line[column - 1] not in "\t[":
        start = next(i for i in range(len(text) + 1) if columns(text[:i]) == before and text[i:].startswith(wanted))
        assert columns(text[:start]) == before


def test_characters_are_as_wide_as_terminals_make_them():
    assert [character_width(character) for character in "aếđ世ｱア한👍"] == [1, 1, 1, 2, 1, 2, 2, 2]
    assert [character_width(character) for character in "\u0301\u0e31\u093f\u1161\u20dd"] == [0] * 5
    assert all(character_width(chr(code)) == 1 for code in range(0x20, 0x300))
    assert all(unicodedata.category(chr(code)) != "Mn" for code in range(0x300))


def test_lines_are_read_without_bom_and_line_ends_and_with_bad_bytes_as_one_column_each():
    Path("a.txt").write_bytes(b"\xef\xbb\xbfTi\xc3\xaau \xc4\x91\xe1\xbb\x81\r\n\nth\xc3\xa2n \xff\xfe b\xc3\xa0i")
    line = SourceLines()
    assert [line("a.txt", number) for number in (1, 2, 3, 4)] == ["Tiêu đề", "", "thân \udcff\udcfe bài", None]
    assert [line("a.txt", number) for number in (3, 1, 1)] == ["thân \udcff\udcfe bài", "Tiêu đề", "Tiêu đề"]


def test_contents_that_were_checked_are_shown_in_place_of_files():
    Path("a.txt").write_text("cũ\n", "utf-8")
    Path("b.txt").write_text("b1\n", "utf-8")
    line = SourceLines({"a.txt": "mới\ndòng hai\n".encode(), r"\xff.txt": b"\xff"})
    asked = [("a.txt", 1), ("b.txt", 1), ("a.txt", 2), (r"\xff.txt", 1)]
    assert [line(*one) for one in asked] == ["mới", "b1", "dòng hai", "\udcff"]


def test_the_lines_of_several_files_are_told_apart():
    for name in ("a", "b"):
        Path(f"{name}.txt").write_text(f"{name}1\n{name}2\n", "utf-8")
    line = SourceLines()
    asked = [("a.txt", 2), ("b.txt", 2), ("b.txt", 1), ("a.txt", 1), ("a.txt", 3), ("a.txt", 4)]
    assert [line(*one) for one in asked] == ["a2", "b2", "b1", "a1", "", None]


def test_only_regular_files_of_a_moderate_size_are_read():
    line = SourceLines()
    Path("a.txt").write_text("a", "utf-8")
    Path("link.txt").symlink_to("a.txt")
    os.mkfifo("pipe.txt")
    with Path("large.txt").open("wb") as file:
        file.truncate(MAX_SOURCE_BYTES + 1)
    Path(r"a\xff.txt").write_text("a", "utf-8")
    assert line("a.txt", 1) == "a"
    for path in ("link.txt", "pipe.txt", "large.txt", "nowhere.txt", ".", "a\0b", "a\ud800", "/dev/zero", r"a\xff.txt"):
        assert line(path, 1) is None, path
