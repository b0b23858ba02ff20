"""Differences show all that changes, in one way only, and nothing that could fool a terminal."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools.fixes import differ
from dataset_tools.fixes.differ import difference, visible
from dataset_tools.formats.lines import COMMAND_BRACKET
from dataset_tools.text import printable
from tests.fixes.patch import patched, paths, unescaped
from tests.fixes.texts import contents

lines = (contents | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace"))).map(
    lambda data: data.replace(b"\n", b"")
)


@given(lines)
@example("ế é e\u0302\u0301 \u212b \uac00 \u1100\u1161 \U0001f600 \ufe0f \u3164".encode())
@example(b"##[group] ##vso[x] a\\u0041 \\")
@example(b"\x80 \xc2\x80 \xed\xa0\x80 a  ")
def test_a_line_is_shown_without_what_cannot_be_seen_and_can_be_read_back(line: bytes) -> None:
    shown = visible(line)
    assert unescaped(shown) == line
    assert printable(shown) == shown
    assert not shown.endswith(" ")
    assert not COMMAND_BRACKET.search(shown)
    shown.encode()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("\ufeffChợ\r", "\\ufeffChợ\\r"),
        ("con\u200bthuyền", "con\\u200bthuyền"),
        ("hai  ", "hai\\u0020\\u0020"),
        ("\tmột\u00a0hai\u3000ba", "\\tmột\\u00a0hai\\u3000ba"),
        ("C:\\x41", "C:\\\\x41"),
        ("\u202egiả\x1b[2J", "\\u202egiả\\u001b[2J"),
        (unicodedata.normalize("NFD", "thế"), "the\\u0302\\u0301"),
        ("\U000e0041\U0001f33e", "\\U000e0041🌾"),
    ],
)
def test_what_cannot_be_seen_is_written_out(line: str, shown: str) -> None:
    assert visible(line.encode()) == shown


def test_a_byte_that_is_not_utf_8_is_not_the_character_of_that_number() -> None:
    assert [visible(data) for data in (b"\x85", b"\xc2\x85", b"\\x85")] == ["\\x85", "\\u0085", "\\\\x85"]


def changed(old: str, new: str) -> list[str]:
    return difference("a", "a", old.encode(), new.encode())[2:]


def test_the_form_is_that_of_a_unified_diff() -> None:
    old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13"
    assert changed(old, old.replace("5", "năm") + "\n") == [
        *("@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+năm", " 6", " 7", " 8"),
        *("@@ -10,4 +10,4 @@", " 10", " 11", " 12", "-13", "\\ No newline at end of file", "+13"),
    ]
    assert changed("1\n2\n3\n", "2\n3\n") == ["@@ -1,3 +1,2 @@", "-1", " 2", " 3"]
    assert changed("", "1\n") == ["@@ -0,0 +1,1 @@", "+1"]
    assert changed("1\n", "") == ["@@ -1,1 +0,0 @@", "-1"]
    assert changed("1\n", "1\n") == []


def test_another_name_is_shown_by_the_two_paths_alone() -> None:
    assert difference("raw/a\n.txt", "raw/b.txt", b"x", b"x") == ["--- raw/a\\u000a.txt", "+++ raw/b.txt"]


@given(contents, contents)
@example(b"a\n\n", b"a\n")
@example(b"a", b"a\n")
@example(b"", b"\n")
@example(b"1\n" * 20 + b"x", b"1\n" * 9 + b"2\n" + b"1\n" * 10)
def test_the_old_bytes_and_what_is_shown_give_the_new_bytes(old: bytes, new: bytes) -> None:
    lines = difference("a", "b", old, new)
    assert paths(lines) == ("a", "b")
    assert patched(old, lines) == new
    assert all(re.match(r"[-+ ]|@@ |\\ No newline", line) for line in lines)


@given(
    old=st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=30),
    new=st.lists(st.sampled_from([b"a", b"b"]), max_size=30),
)
def test_lines_that_are_too_many_to_compare_are_shown_as_changed(old: list[bytes], new: list[bytes]) -> None:
    most = differ._MOST_COMPARED
    differ._MOST_COMPARED = 4
    try:
        assert patched(b"\n".join(old), difference("a", "a", b"\n".join(old), b"\n".join(new))) == b"\n".join(new)
    finally:
        differ._MOST_COMPARED = most
