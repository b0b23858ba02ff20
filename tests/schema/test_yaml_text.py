import json

import pytest

from dataset_tools.model import UserError
from dataset_tools.schema.yaml_text import read


def test_every_value_has_its_line_and_an_entry_that_of_its_key():
    root = read("a:\n  - 1\n  - b\nc: {d: null,\n  e: 'no'}\n", "a.yaml")
    assert root.plain() == {"a": [1, "b"], "c": {"d": None, "e": "no"}}
    assert (root.value["a"].line, root.value["c"].value["e"].line) == (1, 5)
    assert [one.line for one in root.value["a"].value] == [2, 3]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: &x 2\nc: *x", "a.yaml:3: YAML aliases are not supported"),
        ("a: 1\nb: 2024-02-03", "a.yaml:2: '2024-02-03' is read as 'timestamp', not as text"),
        ("a: !!binary aGk=", "a.yaml:1: 'aGk=' is read as 'binary', not as text"),
        ("a: 1\na: 2", "a.yaml:2: 'a' is there twice"),
        ("a: 1\nyes: 2", "a.yaml:2: 'yes' is not a key: keys are words"),
        ("a:\n\t- b", "a.yaml:2: not YAML: found character '\\t' that cannot start any token"),
        ('a: 1\nb: "\\ud83d"', "a.yaml:2: a text has half of a surrogate pair"),
    ],
)
def test_the_traps_of_yaml_are_refused_with_their_line(text, said):
    with pytest.raises(UserError) as caught:
        read(text, "a.yaml")
    assert caught.value.message == said


@pytest.mark.parametrize("text", ['{"a":\n\t1}', '{"a": "\\ud83d\\ude00"}', '{"a": 1e5}'])
def test_yaml_is_no_way_to_read_json(text):
    try:
        found = read(text, "a.yaml").plain()
    except UserError:
        return
    assert found != json.loads(text)
