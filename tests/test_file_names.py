import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.file_names import difference
from dataset_tools.settings import FILE_NAME

ID = "0123456789abcdef"
NAME = f"001_{ID}.txt"


def differs(name, pattern=FILE_NAME):
    return tuple(difference(name, re.compile(pattern)))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("001_12345.txt", "5 hex digits after _ where 16 are expected"),
        ("001_.txt", "no hex digits after _ where 16 are expected"),
        (f"001_{ID}0a.txt", "18 hex digits after _ where 16 are expected"),
        (f"12_{ID}.txt", "2 digits at the start where at least 3 are expected"),
        ("001_0123g56789abcdef.txt", "g is no hex digit, at character 9"),
        (f"001_{ID.upper()[:-1]}.txt", "A is no lower-case hex digit, at character 15"),
        (f"{ID}.txt", "no index: something like 000_ is expected at the start"),
        (f"_{ID}.txt", "no index: something like 000 is expected at the start"),
        (f"001{ID}.txt", "a where a digit or _ is expected, at character 14"),
        ("001.txt", ". where a digit or _ is expected, at character 4"),
        ("001", "it ends where a digit or _ is expected"),
        ("notes.txt", "n is no digit, at character 1"),
        ("Bài viết.txt", "B is no digit, at character 1"),
        ("001\\xff.txt", "\\xff where a digit or _ is expected, at character 4"),
    ],
)
def test_what_is_wrong_is_said_where_it_is_wrong(name, message):
    assert differs(name) == (message, None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (f"001_{ID.upper()}.txt", "capital letters in the id"),
        (f"001_{ID.upper()}.TXT", "capital letters"),
        (f"001_{ID}.TXT", "the ending is .TXT, not .txt"),
        (f"{NAME} ", "white space at the end"),
        (f"\u3000{NAME.upper()} ", "white space at the start, white space at the end, capital letters"),
        (f"001-{ID}.txt", "- where _ is expected, at character 4"),
        (f"001 {ID}.txt", "a space where _ is expected, at character 4"),
        (f"001\u0301{ID}.txt", "U+0301 (combining acute accent) where _ is expected, at character 4"),
        (f"001__{ID}.txt", "_ is too much, at character 5"),
        (f"001_{ID} (1).txt", "' (1)' is too much, at character 21"),
        (f"001_{ID}.txt.bak", ".bak is too much, at character 25"),
        (f"001_{ID}{'-' * 99}.txt", f"{'-' * 40}… is too much, at character 21"),
        (f"001_{ID}", ".txt is missing at the end"),
        (f"001_{ID}.md", "md where txt is expected at the end"),
    ],
)
def test_where_one_change_mends_the_name_the_right_name_is_known(name, message):
    assert differs(name) == (message, NAME)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        (r"(?P<id>[0-9A-F]{4})\.txt", "abcd.txt", ("small letters in the id", "ABCD.txt")),
        (r"(?P<id>[0-9a-f]{4})\.txt", "0.txt", ("1 hex digit at the start where 4 are expected", None)),
        (r"(?P<of>vi|en)-(?P<id>\d{4,9})\.txt", "fr-1234.txt", ("f where e or v is expected, at character 1", None)),
        (r"(?P<of>vi|en)-(?P<id>\d{4,9})\.txt", "vi-12.txt", ("2 digits after - where at least 4 are expected", None)),
        (r"(?P<of>vi|en)-(?P<id>\d{4,9})\.txt", "VI-1234.txt", ("capital letters in the of", "vi-1234.txt")),
        (r"(?P<of>vi|en)-(?P<id>\d{4})\.txt", "vi_1234.txt", ("_ where - is expected, at character 3", "vi-1234.txt")),
        (r"\d+(_(?P<id>\d{4}))?\.txt", "1.txt", (r"it has no id, though it matches \d+(_(?P<id>\d{4}))?\.txt", None)),
        (r".*_(?P<id>\w+)\.txt", "a.txt", (r"it does not match .*_(?P<id>\w+)\.txt", None)),
        (r"(?P<id>a){e:}", "b", (r"it does not match (?P<id>a){e:}", None)),  # an error to `regex` alone
    ],
)
def test_any_pattern_is_explained_or_else_stated(pattern, name, expected):
    assert differs(name, pattern) == expected


parts = st.sampled_from(["001", "_", ID, ID.upper(), ".txt", ".TXT", "-", " ", "a", "0", "ế", "\\x0a", "\n", "(1)"])
names = st.text(max_size=40) | st.lists(parts, max_size=6).map("".join)
patterns = st.sampled_from(
    [
        FILE_NAME,
        r"(?P<id>a){e}",
        r".*?(?P<id>\w{3,5})",
        r"(?P<id>[^.]+)(?:\.txt|\.md)",
        r"(?P<x>[A-Z]+)-(?P<id>\d{2})|(?P<y>z)",
    ]
)


@given(names, patterns)
def test_every_wrong_name_gets_one_line_and_a_right_name_is_right(name, pattern):
    match = re.fullmatch(pattern, name)
    if match and match["id"] is not None:
        return
    message, right = differs(name, pattern)
    assert message
    assert right is None or re.fullmatch(pattern, right)["id"]
