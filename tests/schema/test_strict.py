import os
import re
import subprocess
import sys

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pandera.config import ValidationDepth, config_context

from dataset_tools.model import UserError
from dataset_tools.schema import COLUMNS, REGISTERED_CHECKS, ArticleSchema, check_failures, compiled, load
from dataset_tools.text import printable
from tests.conftest import ROOT

BUILT_IN = (ROOT / "dataset_tools" / "schemas" / "article.yaml").read_text("utf-8")
ROW = {"id": "0" * 16, "title": "Chợ nổi", "body": "Nước lên.", "path": "a.txt", "sha256": "f" * 64}


def load_text(folder, text):
    path = folder / "article.yaml"
    path.write_text(text, "utf-8")
    return load(path)


def error_of(folder, text):
    """The message of the user error that a text gives, None if it is a schema."""
    try:
        assert isinstance(load_text(folder, text), ArticleSchema)
    except UserError as error:
        return error.message
    return None


def title_schema(line):
    return f"columns:\n  title:\n    dtype: String\n    {line}\n"


def failing_titles(folder, line, titles):
    """For each check of a schema for titles that fails: its label and the titles that do not pass."""
    schema = compiled(load_text(folder, title_schema(line)).source)
    failures = check_failures(schema, pl.DataFrame({"title": titles}, schema={"title": pl.String}))
    assert [failure.broken for failure in failures] == [None] * len(failures)
    return {failure.label: [titles[row] for row in failure.rows] for failure in failures}


def test_the_built_in_schema_is_the_one_in_the_schemas_folder_byte_for_byte():
    built_in = ROOT / "dataset_tools" / "schemas" / "article.yaml"
    assert built_in.read_bytes() == (ROOT / "schemas" / "article.yaml").read_bytes()
    assert load(None).sha256 == load(ROOT / "schemas" / "article.yaml").sha256


def test_the_built_in_schema_describes_every_column_and_wants_ids_unique():
    schema = load(None)
    assert tuple(name for name, _ in schema.columns) == COLUMNS
    assert all(description for _, description in schema.columns)
    assert schema.unique == ("id",)


@pytest.mark.parametrize(
    ("column", "value", "passes"),
    [
        ("title", "", False),
        ("title", "ế", True),
        ("title", "ế" * 500, True),
        ("title", "ế" * 501, False),
        ("title", None, False),
        ("body", "", False),
        ("body", "x", True),
        ("id", "0" * 15, False),
        ("id", "0" * 15 + "A", False),
        ("id", "0" * 16 + "\n", False),
        ("sha256", "f" * 63, False),
        ("path", "", True),
    ],
)
def test_what_the_built_in_schema_asks_of_an_article(column, value, passes):
    frame = pl.DataFrame(
        {name: [text] for name, text in (ROW | {column: value}).items()}, schema=dict.fromkeys(ROW, pl.String)
    )
    failures = check_failures(compiled(load(None).source), frame)
    assert [(failure.column, failure.rows) for failure in failures] == ([] if passes else [(column, [0])])


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "hint"),
    [
        ("schema_type:", "schema_typ:", 4, "'schema_typ' is not a key of a schema", "did you mean schema_type?"),
        ("strict: false", "strictly: false", 34, "'strictly' is not", "did you mean strict?"),
        ("strict: false", "index: []", 34, "'index' is not supported", "remove it"),
        ("strict: false", "drop_invalid_rows: true", 34, "'drop_invalid_rows' is not supported", "remove it"),
        ("polars_dataframe", "dataframe", 4, "schema_type must be polars_dataframe", "correct the value"),
        ("api: polars", "api: pandas", 5, "api must be polars", "correct the value"),
        ("\n  title:\n", "\n  titel:\n", 16, "'titel' is not a column of an article", "did you mean title?"),
        ("\n  path:\n", "\n  content:\n", 26, "'content' is not a column of an article", "known: id, title, body"),
        ("unique: true", "uniqe: true", 13, "'uniqe' is not a key of column id", "did you mean unique?"),
        ("unique: true", "unique: perhaps", 13, "unique must be true or false", "correct the value"),
        ("dtype: String\n", "dtype: Int64\n", 11, "of dtype String", "write dtype: String"),
        ("hex_digest: {digits: 16}", "hex_digets: {digits: 16}", 15, "'hex_digets' is not", "did you mean hex_digest?"),
        ("{digits: 16}", "{digit: 16}", 15, "'digit' is not a key of the check hex_digest", "did you mean digits?"),
        ("max_value: 500", "max: 500", 20, "'max' is not a key of the check str_length", "did you mean max_value?"),
        ("max_value: 500", "raise_warning: true", 20, "'raise_warning' is not supported", "remove it"),
        ("str_length: {min_value: 1}", "unique_values_eq: [a]", 25, "'unique_values_eq' is not supported", "remove it"),
        ("strict: false", "strict: false\nname: twice", 35, "'name' is there twice", "remove one"),
        ("unique: true", "dtype: String", 13, "'dtype' is there twice", "remove one"),
        ("{digits: 16}", "{digits: 16, digits: 17}", 15, "'digits' is there twice", "remove one"),
        ("  path:\n", "  id:\n", 26, "'id' is there twice", "remove one"),
        ("strict: false", "checks: {str_length: {min_value: 1}}", 34, "the whole frame", "under a column"),
        ("    checks:\n      hex_digest: {digits: 16}", "    checks: [hex_digest]", 14, "checks must be a mapping", ""),
        ("description: One article", "description: [", 9, "not YAML", "correct the line"),
        ("strict: false", "strict: false\n---\nstrict: true", 35, "not YAML", "correct the line"),
        ("strict: false", "? [a, b]\n: c", 34, "is not a key: keys are words", "correct the line"),
    ],
)  # fmt: skip
def test_what_would_be_ignored_or_is_wrong_is_refused_with_its_line(tmp_path, old, new, line, said, hint):
    assert BUILT_IN.count(old) >= 1
    with pytest.raises(UserError) as caught:
        load_text(tmp_path, BUILT_IN.replace(old, new, 1))
    assert caught.value.message.startswith(f"{tmp_path}/article.yaml:{line}: ")
    assert said in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a schema must be a mapping"),
        ("chỉ là một câu", "a schema must be a mapping"),
        ("- columns", "a schema must be a mapping"),
        ("name: article", "a schema needs columns"),
        ("columns: [title]", "columns must be a mapping"),
        ("columns:\n  title:\n", "column title must be a mapping"),
        ("columns:\n  id: &a {dtype: String}\n  title: *a\n", "aliases are not supported"),
        ("columns: &a\n  id: *a\n", "aliases are not supported"),
        ("columns: {id: {dtype: String}}\n<<: {strict: true}", "'<<' is not a key"),
        ("columns: {id: {}}\nstrict: maybe", "strict"),
        ("columns: {id: {coerce: true}}", ""),
        ("columns:\n  1: {required: false}", ""),
        ("columns:\n  foo: {required: !!bool perhaps}", ""),
        ("columns:\n  foo: {required: false, description: 2024-02-30}", ""),
        (title_schema("unique: !!bool perhaps"), ""),
        (title_schema("description: 2024-02-30"), ""),
        (title_schema("description: !secret x"), ""),
        (title_schema("description: !!python/name:os.system"), ""),
        ("[" * 1000 + "]" * 1000, ""),
        ("columns: {id: {description: " + "[" * 800 + "]" * 800 + "}}", ""),
        ("columns: {id: {dtype: String}}\0", "not YAML"),
        (title_schema("checks: {str_matches: '['}"), "unterminated character set"),
        (title_schema("checks: {str_matches: '(?=a)'}"), "str_matches of title cannot run"),
        (title_schema("checks: {str_length: abc}"), "str_length of title cannot run"),
        (title_schema("checks: {str_length: {}}"), "a minimum or a maximum"),
        (title_schema("checks: {str_length: }"), ""),
        (title_schema("checks: {str_length: {min_value: x}}"), "str_length of title cannot run"),
        (title_schema("checks: {hex_digest: {}}"), "hex_digest of title cannot run"),
        (title_schema("checks: {hex_digest: {digits: -1}}"), "hex_digest of title cannot run"),
        (title_schema("checks: {isin: 3}"), "isin of title cannot run"),
        (title_schema("checks: {greater_than: 3}"), "greater_than of title cannot run"),
        (title_schema("checks: {equal_to: 2024-02-30}"), ""),
        (title_schema("checks: {single_line: true}"), "single_line"),
        ('columns:\n  "a\\eb": 1', "column a\\x1bb must be a mapping"),
    ],
)  # fmt: skip
def test_whatever_else_is_wrong_is_one_printable_line_that_names_the_place(tmp_path, text, said):
    with pytest.raises(UserError) as caught:
        load_text(tmp_path, text)
    assert re.match(rf"{tmp_path}/article\.yaml:[1-5]: ", caught.value.message)
    assert said in caught.value.message
    assert printable(caught.value.message) == caught.value.message
    assert caught.value.hint


def test_a_schema_that_cannot_be_read_is_a_user_error(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("name: Chợ".encode("utf-16"))
    for name, said in (("none.yaml", "No such file"), (".", "Is a directory"), ("latin.yaml", "not UTF-8")):
        with pytest.raises(UserError, match=said):
            load(tmp_path / name)


words = st.sampled_from(
    [
        "columns",
        "id",
        "title",
        "body",
        "foo",
        "dtype",
        "String",
        "Int64",
        "unique",
        "required",
        "nullable",
        "coerce",
        "checks",
        "str_length",
        "min_value",
        "hex_digest",
        "digits",
        "single_line",
        "not_blank",
        "isin",
        "str_matches",
        "error",
        "name",
        "index",
        "strict",
        "schema_type",
        "polars_dataframe",
        "api",
        "polars",
    ]
)
scalars = words | st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=5)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
columns = st.dictionaries(
    st.sampled_from(COLUMNS), st.dictionaries(words, trees, max_size=3) | st.just({"dtype": "String"}), max_size=3
)
marks = st.sampled_from(
    [": ", "\n", "\n  ", "\n    ", "- ", "{", "}", "[", "]", ", ", "&a ", "*a", "!!int ", "|", '"', "#"]
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries({"columns": columns | trees}, optional={"checks": trees, "strict": trees}).map(yaml.safe_dump)
    | st.lists(words | marks, max_size=25).map("".join)
    | st.text()
)
@example("columns: {id: {coerce: true}}")
def test_any_text_is_a_schema_or_a_user_error(tmp_path, text):
    message = error_of(tmp_path, text)
    assert message is None or printable(message) == message


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


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines)
@example("\x1c")
@example("\u2028")
@example("\u200b")
def test_single_line_and_not_blank_follow_the_white_space_and_lines_of_python(tmp_path, text):
    assert bool(failing_titles(tmp_path, "checks: {single_line: {}}", [text])) is (len(f"{text}.".splitlines()) > 1)
    assert bool(failing_titles(tmp_path, "checks: {not_blank: {}}", [text])) is (not text.strip())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("09afgAF\n٣"), max_size=5), st.integers(0, 5))
def test_a_hex_digest_is_exactly_so_many_lower_case_digits(tmp_path, text, digits):
    passes = len(text) == digits and set(text) <= set("0123456789abcdef")
    assert bool(failing_titles(tmp_path, f"checks: {{hex_digest: {{digits: {digits}}}}}", [text])) is not passes


def test_all_registered_checks_are_tested_here():
    assert set(REGISTERED_CHECKS) == {"hex_digest", "single_line", "not_blank"}


def test_the_configuration_of_pandera_cannot_switch_checks_off(tmp_path):
    with config_context(validation_enabled=False, validation_depth=ValidationDepth.SCHEMA_ONLY):
        assert failing_titles(tmp_path, "checks: {str_length: {min_value: 2}}", ["ế"]) != {}


def test_the_environment_of_pandera_cannot_switch_checks_off():
    program = (
        "import polars as pl; from dataset_tools.schema import *\n"
        "frame = pl.DataFrame({name: [''] for name in COLUMNS})\n"
        "print(sorted(failure.column for failure in check_failures(compiled(load(None).source), frame)))"
    )
    environment = {**os.environ, "PANDERA_VALIDATION_ENABLED": "False", "PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout == "['body', 'id', 'sha256', 'title']\n", ran.stderr
