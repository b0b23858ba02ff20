import hashlib

import polars as pl
import pytest

from dataset_tools.model import UserError
from dataset_tools.schema import COLUMNS, check_failures, compiled, load
from tests.conftest import ROOT
from tests.schema.helpers import failing, load_python, load_text

ROW = {"id": "0" * 16, "title": "Chợ nổi", "body": "Nước lên.", "path": "a.txt", "sha256": "f" * 64}


def test_the_built_in_schema_is_the_one_in_the_schemas_folder_byte_for_byte():
    built_in = ROOT / "dataset_tools" / "schemas" / "article.yaml"
    assert built_in.read_bytes() == (ROOT / "schemas" / "article.yaml").read_bytes()
    assert load(None).sha256 == load(ROOT / "schemas" / "article.yaml").sha256


def test_the_built_in_schema_describes_every_column_and_wants_ids_unique():
    schema = load(None)
    assert tuple(rule.name for rule in schema.rules) == COLUMNS
    assert all(rule.description for rule in schema.rules)
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


def test_a_schema_that_cannot_be_read_is_a_user_error(tmp_path):
    (tmp_path / "latin.yaml").write_bytes("name: Chợ".encode("utf-16"))
    for name, said in (("none.yaml", "No such file"), (".", "Is a directory"), ("latin.yaml", "not UTF-8")):
        with pytest.raises(UserError, match=said):
            load(tmp_path / name)


def test_a_schema_of_no_known_form_is_refused(tmp_path):
    with pytest.raises(UserError, match="is of no known form") as caught:
        load_text(tmp_path, "columns: {}", "article.txt")
    assert caught.value.hint == "name it .yaml, .yml, .json, .py"


SAME = {
    "article.yaml": "columns: {title: {unique: true, description: Tên, str_length: {min_value: 2, error: ngắn}}}",
    "article.yml": "columns:\n  title:\n    unique: true\n    description: Tên\n    checks:\n"
    "      str_length: {min_value: 2, error: ngắn}\n",
    "article.JSON": '{"columns": {"title": {"unique": true, "description": "T\\u00ean",\n\t"str_length":'
    ' {"min_value": 2, "error": "ng\\u1eafn"}}}}',
    "article.py": "import pandera.polars as pa\nclass Article(pa.DataFrameModel):\n"
    "    title: str = pa.Field(unique=True, description='Tên')\n"
    "    @pa.check('title', element_wise=True, error='ngắn')\n    def long(cls, value): return len(value) > 1\n",
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_one_schema_in_every_form_says_the_same(tmp_path, name, mark):
    schema = load_text(tmp_path, mark + SAME[name], name)
    assert (schema.unique, [(rule.name, rule.description) for rule in schema.rules]) == (("title",), [("title", "Tên")])
    assert failing(schema, ["ế", "chợ"]) == {"ngắn": ["ế"]}
    assert schema.sha256 == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


def test_what_pandera_writes_is_read(tmp_path):
    text = "schema = pa.DataFrameSchema({'title': pa.Column(str, [pa.Check.str_length(2, 9), pa.Check.isin(['ế'])])})\n"
    load_python(tmp_path, text)
    namespace = {}
    exec((tmp_path / "article.py").read_text("utf-8"), namespace)
    for name, written in (("a.yaml", namespace["schema"].to_yaml()), ("a.json", namespace["schema"].to_json())):
        found = failing(load_text(tmp_path, written, name), ["ế", "chợ"])
        assert found == {"str_length(2, 9)": ["ế"], "isin(['ế'])": ["chợ"]}, written
