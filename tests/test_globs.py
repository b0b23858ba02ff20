from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.globs import glob

MATCHES = {
    "*.txt": (["a.txt", ".txt", "a\nb.txt"], ["a/b.txt", "a.txt.bak", "a_txt"]),
    "**/*.txt": (["a.txt", "x/a.txt", "x/y/a.txt"], ["a.md", "x/a"]),
    "lưu/**": (["lưu/a", "lưu/b/c"], ["lưu", "x/lưu/a"]),
    "**": (["a", "a/b", ""], []),
    "?.txt": (["ế.txt"], ["ab.txt", "/.txt"]),
    "[a-c0]": (["a", "b", "c", "0"], ["d", "-", "[a-c0]"]),
    "[!a-c]": (["d", "!"], ["a", "/"]),
    "[-a]": (["-", "a"], ["b"]),
    "[a-]": (["a", "-"], [","]),
    "[--/]": (["-", "."], ["/"]),
    "[a^]": (["^", "a"], ["b"]),
    "[^a]": (["^", "a"], ["b"]),
    "[[a]": (["[", "a"], ["b"]),
    "[&&a||b~~c]": (["&", "|", "~"], ["d"]),
    r"[\d]": (["\\", "d"], ["1"]),
    "[]": (["[]"], ["a"]),
    "[a": (["[a"], ["a"]),
    "a.b": (["a.b"], ["axb"]),
}


@pytest.mark.parametrize("pattern", MATCHES)
def test_a_glob_speaks_of_whole_paths(pattern):
    yes, no = MATCHES[pattern]
    assert [path for path in [*yes, *no] if glob(pattern).fullmatch(path)] == yes


@pytest.mark.parametrize("pattern", ["[z-a]", "x/[!9-0]*"])
def test_an_empty_range_is_refused(pattern):
    with pytest.raises(ValueError, match=r"the range (z-a|9-0) is empty"):
        glob(pattern)


@given(st.text(st.sampled_from("ab[]!-^&|~\\*?/.ế\n#"), max_size=8))
def test_any_text_is_a_glob_or_refused_and_one_without_signs_matches_itself(pattern):
    try:
        found = glob(pattern)
    except ValueError:
        assert "[" in pattern
        return
    if not set(pattern) & set("*?["):
        assert [text for text in (pattern, f"{pattern}a") if found.fullmatch(text)] == [pattern]


def test_ranges_hold_what_lies_between_their_ends():
    for first, last in product("+-/9AZ^az~", repeat=2):
        if first <= last:
            found = glob(f"[{first}-{last}]")
            assert [chr(code) for code in range(32, 127) if found.fullmatch(chr(code))] == [
                chr(code) for code in range(ord(first), ord(last) + 1) if chr(code) != "/"
            ]
