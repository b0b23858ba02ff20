import re
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pandera.api.checks import Check

from dataset_tools.model import UserError
from dataset_tools.schema import REGISTERED_CHECKS, offending_place
from dataset_tools.schema.checks import PANDERA_CHECKS, SHORT_NAMES, known_checks, register_checks
from tests.schema.helpers import failing_titles, load_text, title_schema


@pytest.mark.parametrize(
    ("line", "failing"),
    [
        ("checks: {str_length: {min_value: 2, max_value: 3}}", ["", "ế", "bún bò"]),
        ("str_length: {min_value: 2, max_value: 3}", ["", "ế", "bún bò"]),
        ("checks: {str_length: {exact_value: 2}}", ["", "ế", "chợ", "bún bò"]),
        ("checks: {str_matches: 'ph'}", ["", "ế", "chợ", "bún bò"]),
        ("checks: {str_contains: 'ợ'}", ["", "ế", "phở"[:2], "bún bò"]),
        ("checks: {str_startswith: b}", ["", "ế", "ph", "chợ"]),
        ("checks: {isin: [chợ, ế]}", ["", "ph", "bún bò"]),
        ("checks: {notin: [chợ, ế]}", ["ế", "chợ"]),
        ("checks: {equal_to: chợ}", ["", "ế", "ph", "bún bò"]),
        ("checks: {not_blank: {}}", [""]),
        ("checks: {single_line: {}}", []),
        ("checks: {hex_digest: 2}", ["", "ế", "ph", "chợ", "bún bò"]),
    ],
)
def test_checks_look_at_each_value_wherever_they_are_written(tmp_path, line, failing):
    found = failing_titles(tmp_path, line, ["", "ế", "ph", "chợ", "bún bò"])
    assert list(found.values()) == ([failing] if failing else [])


def test_a_missing_value_fails_unless_the_column_is_nullable(tmp_path):
    assert failing_titles(tmp_path, "checks: {str_length: {min_value: 1}}", [None, "a"]) == {"not_nullable": [None]}
    assert failing_titles(tmp_path, "nullable: true", [None, "a"]) == {}
    line = "nullable: true\n    checks: {str_length: {min_value: 2, ignore_na: false, error: ngắn}}"
    assert failing_titles(tmp_path, line, [None, "a", "ab"]) == {"ngắn": [None, "a"]}


def test_the_error_text_of_a_check_is_its_label(tmp_path):
    line = "checks: {str_length: {min_value: 2, error: xem sổ tay}, hex_digest: {digits: 1, error: không phải số}}"
    assert failing_titles(tmp_path, line, ["ế", "aa"]) == {"xem sổ tay": ["ế"], "không phải số": ["ế", "aa"]}


def test_unique_columns_are_named_and_not_checked_within_a_batch(tmp_path):
    schema = load_text(tmp_path, title_schema("unique: true"))
    assert schema.unique == ("title",)
    assert failing_titles(tmp_path, "unique: true", ["chợ", "chợ"]) == {}


lines = st.text(st.sampled_from("aế0F \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\u2029\u200b"), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines)
@example("\x1c")
@example("\u2028")
@example("\u200b")
def test_single_line_and_not_blank_follow_the_white_space_and_lines_of_python(tmp_path, text):
    assert bool(failing_titles(tmp_path, "checks: {single_line: {}}", [text])) is (len(f"{text}.".splitlines()) > 1)
    assert bool(failing_titles(tmp_path, "checks: {not_blank: {}}", [text])) is (not text.strip())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("09afgAF\n٣"), max_size=5), st.integers(0, 5))
def test_a_hex_digest_is_exactly_so_many_lower_case_digits(tmp_path, text, digits):
    passes = len(text) == digits and set(text) <= set("0123456789abcdef")
    assert bool(failing_titles(tmp_path, f"checks: {{hex_digest: {{digits: {digits}}}}}", [text])) is not passes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.sampled_from("aếợ0_ .,\n\u200b\xa0ไ中"), max_size=9), st.integers(0, 4), st.none() | st.integers(0, 4)
)
def test_words_are_those_of_python_in_text_that_is_nfc(tmp_path, text, low, high):
    text = unicodedata.normalize("NFC", text)
    count = len(re.findall(r"\w+", text))
    passes = low <= count <= (count if high is None else high)
    limits = f"min_value: {low}, max_value: {'null' if high is None else high}"
    assert bool(failing_titles(tmp_path, f"words: {{{limits}}}", [text])) is not passes


def test_a_word_in_decomposed_form_is_one_word(tmp_path):
    assert failing_titles(tmp_path, "words: {max_value: 2}", [unicodedata.normalize("NFD", "Chợ nổi")]) == {}


@pytest.mark.parametrize(
    ("pattern", "passes", "fails"),
    [(r"'[.!]$'", ["Chợ nổi", "2.0 và"], ["Chợ nổi."]), ("'(?i)đọc thêm'", ["Đọc"], ["x ĐỌC THÊM y"])],
)
def test_what_a_text_must_not_contain(tmp_path, pattern, passes, fails):
    for line in (f"str_not_contains: {pattern}", f"checks: {{str_not_contains: {{pattern: {pattern}}}}}"):
        (found,) = failing_titles(tmp_path, line, [*passes, *fails]).values()
        assert found == fails


@pytest.mark.parametrize(
    ("check", "statistics", "value", "place"),
    [
        ("single_line", {}, "chợ\rnổi", 3),
        ("single_line", {}, "chợ", 0),
        ("str_endswith", {"string": "."}, "Chợ\nnổi", 6),
        ("str_endswith", {"string": "."}, "", 0),
        ("str_not_contains", {"pattern": "nổi|Nước"}, "Chợ nổi.", 4),
        ("str_contains", {"pattern": "ế"}, "Chợ nổi.", 0),
        ("", {}, "Chợ nổi.", 0),
    ],
)
def test_where_a_fault_is_in_a_value(check, statistics, value, place):
    assert offending_place(check, statistics, value) == place


def test_an_alternative_of_str_matches_stands_at_the_beginning(tmp_path):
    assert failing_titles(tmp_path, "str_matches: 'Tin|Bài'", ["Bài một", "Tin", "Một bài Bài"]) == {
        "str_matches('Tin|Bài')": ["Một bài Bài"]
    }
    assert failing_titles(tmp_path, "str_matches: '(?i)tin'", ["TIN", "Bản tin"]) == {
        "str_matches('(?i)tin')": ["Bản tin"]
    }


SAMPLE = {
    "equal_to": "a",
    "in_range": "{min_value: a, max_value: b}",
    "isin": "[a]",
    "notin": "[a]",
    "hex_digest": "2",
    "single_line": "",
    "not_blank": "{}",
    "str_length": "{min_value: 1}",
    "words": "{min_value: 1}",
}


@pytest.mark.parametrize("name", [*PANDERA_CHECKS, *SHORT_NAMES, *REGISTERED_CHECKS])
def test_every_known_check_can_be_used_and_is_refused_without_its_arguments(tmp_path, name):
    value = SAMPLE.get(SHORT_NAMES.get(name, name), "a")
    failing_titles(tmp_path, f"{name}: {value}", ["a", "Chợ"])
    if known_checks()[name] == ():
        return
    with pytest.raises(UserError, match=r"article.yaml:4: the check .*cannot (be made|run)"):
        load_text(tmp_path, title_schema(f"{name}: {{value: null}}"))


def test_every_check_of_pandera_for_polars_is_allowed_or_refused_for_a_reason():
    register_checks()
    for_polars = {
        name
        for name, check in Check.CHECK_FUNCTION_REGISTRY.items()
        if any(kind.__name__ == "PolarsData" for kind in check._function_registry)
    }
    assert for_polars == {*PANDERA_CHECKS, "unique_values_eq"}
    assert set(known_checks()) == {*PANDERA_CHECKS, *SHORT_NAMES, *REGISTERED_CHECKS}


def test_threads_may_register_the_checks_at_the_same_time() -> None:
    code = """
import sys, threading
from dataset_tools.schema.checks import register_checks
import pandera.polars
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(8)
def register():
    barrier.wait()
    register_checks()
threading.excepthook = lambda failed: print(failed.exc_value)
threads = [threading.Thread(target=register) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
