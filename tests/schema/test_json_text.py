import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools.model import UserError
from dataset_tools.schema.json_text import read
from dataset_tools.text import printable
from tests.schema.helpers import load_text


def refused(text):
    try:
        read(text, "a.json")
    except UserError as caught:
        error = caught
    else:
        return None
    assert re.match(r"a\.json:[0-9]+: ", error.message), error.message
    assert printable(error.message) == error.message
    return error.message


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20
)


@given(documents, st.sampled_from([None, 1, "\t"]), st.booleans())
@example("\U0001f600/", None, True)
@example({"a": 1e5, "b": [1e-7, 10**400]}, "\t", True)
def test_what_json_writes_is_read_as_json_reads_it(document, indent, ascii_only):
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    assert read(text, "a.json").plain() == json.loads(text)


@given(
    st.lists(st.sampled_from(['"a"', '"b"', "1", ":", ",", "{", "}", "[", "]", " ", "\n", "null", "1e5"])).map("".join)
)
@example('{"a":1,}')
@example("1e511")
@example("[1,]")
@example("[1 1]")
@example('{"a" 1}')
@example("{1: 1}")
def test_what_json_refuses_is_refused_with_a_line(text):
    said = refused(text)
    try:
        json.loads(text)
    except ValueError:
        assert said is not None
    else:
        assert said is None or "is there twice" in said or "is too large" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.json:1: not JSON: Expecting value"),
        ("{\n\n'a': 1}", "a.json:3: not JSON: a key in double quotes must stand here"),
        ('{\n"a": 1,\n"a": 2}', "a.json:3: 'a' is there twice"),
        ('{"a":\n{"b": 1,\n"b": 2}}', "a.json:3: 'b' is there twice"),
        ('{\n"a": NaN}', "a.json:2: not JSON: NaN is not a value of JSON"),
        ('{"a":\n-Infinity}', "a.json:2: not JSON: -Infinity is not"),
        ("[\n1e999]", "a.json:2: not JSON: '1e999' is too large"),
        ("[\n" + "9" * 5000 + "]", "a.json:2: not JSON: Exceeds the limit"),
        ('["\\ud83d\\ude00",\n"\\ud83d"]', "a.json:2: a text has half of a surrogate pair"),
        ('{\n"\\udc00": 1}', "a.json:2: a text has half of a surrogate pair"),
        ('["a\tb"]', "a.json:1: not JSON: Invalid control character"),
        ('["\\x"]', "a.json:1: not JSON: Invalid \\escape"),
        ('["a]', "a.json:1: not JSON: Unterminated string"),
        ("[1] // two", "a.json:1: not JSON: there is more after the end"),
        ("[\n01]", "a.json:2: not JSON: ',' is missing"),
        ("[" * 1000 + "]" * 1000, "a.json:1: nested too deeply"),
    ],
)
def test_a_fault_is_named_with_its_line(text, said):
    assert refused(text).startswith(said)


def test_the_line_of_an_entry_is_that_of_its_key():
    root = read('{\r\n"a":\r\n\r\n1, "b": {\n"c": [1,\n2]}}', "a.json")
    assert (root.value["a"].line, root.value["b"].line, root.value["b"].value["c"].line) == (2, 4, 5)
    assert [one.line for one in root.value["b"].value["c"].value] == [5, 6]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"columns": {\n "titel": {}}}', ":2: 'titel' is not a column of an article"),
        ('{"columns": {"title": {\n"unique": "yes"}}}', ":2: unique must be true or false"),
        ('{"columns": {"title": {\n"str_lenght": 3}}}', ":2: 'str_lenght' is not a key of column title"),
        ('{"columns": {"title": {\n\n"str_length": "3"}}}', ":3: the check str_length of title cannot run"),
        ('{"columns": {"title": {"isin": ["a",\n"\\ud83d"]}}}', ":2: a text has half of a surrogate pair"),
        ("[]", ":1: a schema must be a mapping"),
    ],
)
def test_a_schema_in_json_is_read_as_strictly_as_one_in_yaml(tmp_path, text, said):
    with pytest.raises(UserError) as caught:
        load_text(tmp_path, text, "article.json")
    assert caught.value.message.startswith(f"{tmp_path}/article.json{said}")
