"""What a schema asks is said in words that a reader of the dataset understands."""

import pytest

from dataset_tools.schema import in_words
from dataset_tools.schema.checks import PANDERA_CHECKS, REGISTERED_CHECKS
from dataset_tools.schema.words import _PHRASES
from tests.schema.helpers import load_text

CHECKS = [
    ("str_length: {min_value: 1, max_value: 500}", "1 to 500 characters"),
    ("str_length: {min_value: 1}", "at least 1 character"),
    ("str_length: {max_value: 1200}", "at most 1,200 characters"),
    ("str_length: {exact_value: 16}", "exactly 16 characters"),
    ("words: {min_value: 100}", "at least 100 words"),
    ("hex_digest: 16", "16 hexadecimal digits"),
    ("single_line: {}", "a single line"),
    ("not_blank: {}", "not blank"),
    ("str_not_contains: '[|]`'", "has no match of `[|]'`"),
    ("str_matches: '[A-Z]+'", "begins with a match of `[A-Z]+`"),
    ("str_contains: 'a b'", "has a match of `a b`"),
    ("str_startswith: Tin", "begins with `Tin`"),
    ("str_endswith: .", "ends with `.`"),
    ("isin: [b, a]", "one of `a`, `b`"),
    ("notin: [a]", "none of `a`"),
    ("eq: a", "is `a`"),
    ("ne: ''", "is not nothing"),
    ("gt: a", "more than `a`"),
    ("ge: a", "at least `a`"),
    ("lt: a", "less than `a`"),
    ("le: a", "at most `a`"),
    ("in_range: {min_value: a, max_value: c}", "from `a` to `c`"),
    ("unique: true", "no two documents have the same"),
    ("nullable: true", "may be missing"),
]


@pytest.mark.parametrize(("check", "words"), CHECKS)
def test_a_check_in_words(check, words, tmp_path):
    (rule,) = load_text(tmp_path, f"columns:\n  title:\n    {check}\n").rules
    assert in_words(rule) == [words]


def test_every_check_that_a_schema_can_name_has_words():
    assert set(_PHRASES) == {*PANDERA_CHECKS, *REGISTERED_CHECKS}


def test_a_long_list_is_cut_and_says_so(tmp_path):
    values = ", ".join(f"v{number:03}" for number in range(50))
    (rule,) = load_text(tmp_path, f"columns:\n  title:\n    isin: [{values}]\n").rules
    assert in_words(rule)[0].endswith("`v019` and 30 more")
