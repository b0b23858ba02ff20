import re

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dataset_tools.model import UserError
from dataset_tools.schema import COLUMNS, ArticleSchema
from dataset_tools.text import printable
from tests.conftest import ROOT
from tests.schema.helpers import load_text, title_schema

BUILT_IN = (ROOT / "dataset_tools" / "schemas" / "article.yaml").read_text("utf-8")


def error_of(folder, text):
    """The message of the user error that a text gives, None if it is a schema."""
    try:
        assert isinstance(load_text(folder, text), ArticleSchema)
    except UserError as error:
        return error.message
    return None


@pytest.mark.parametrize(
    ("old", "new", "line", "said", "hint"),
    [
        ("schema_type:", "schema_typ:", 4, "'schema_typ' is not a key of a schema", "did you mean schema_type?"),
        ("strict: false", "strictly: false", 34, "'strictly' is not", "did you mean strict?"),
        ("strict: false", "index: []", 34, "'index' is not supported", "remove it"),
        ("strict: false", "drop_invalid_rows: true", 34, "'drop_invalid_rows' is not supported", "remove it"),
        ("polars_dataframe", "dataframe", 4, "schema_type must be polars_dataframe", "write schema_type: "),
        ("api: polars", "api: pandas", 5, "api must be polars", "write api: polars"),
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
        ("columns: {}", "a schema needs columns"),
        (title_schema(r'description: "\ud83d"'), "half of a surrogate pair"),
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
        (title_schema("checks: {hex_digest: {}}"), "hex_digest cannot be made: TypeError: missing a"),
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.fixed_dictionaries({"columns": columns | trees}, optional={"checks": trees, "strict": trees}).map(yaml.safe_dump)
    | st.lists(words | marks, max_size=25).map("".join)
    | st.text()
)
@example("columns: {id: {coerce: true}}")
def test_any_text_is_a_schema_or_a_user_error(tmp_path, text):
    message = error_of(tmp_path, text)
    assert message is None or printable(message) == message
