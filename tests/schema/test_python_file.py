import hashlib
import os
import re
import subprocess
import sys

import pytest

import dataset_tools
from dataset_tools import prepare
from dataset_tools.model import UserError
from dataset_tools.schema import compiled
from dataset_tools.text import printable
from tests.conftest import ROOT
from tests.schema.helpers import HEAD, failing, load_python, one_column

MODEL = """\
import pandera.polars as pa
import polars as pl


class Article(pa.DataFrameModel):
    title: str = pa.Field(str_length={"min_value": 2}, unique=True, description="Tên bài")

    @pa.check("title", error="viết hoa chữ đầu")
    def capital(cls, data):
        return data.lazyframe.select(pl.col(data.key).str.contains(r"^\\p{Lu}"))

    @pa.check("title", element_wise=True)
    def no_shouting(cls, value):
        return value != value.upper()
"""


def test_a_model_is_a_schema(tmp_path):
    schema = load_python(tmp_path, MODEL, head="")
    assert (schema.unique, [(rule.name, rule.description) for rule in schema.rules]) == (
        ("title",),
        [("title", "Tên bài")],
    )
    assert failing(schema, ["Chợ nổi", "chợ", "A", "NẮNG"]) == {
        "str_length(2, None)": ["A"],
        "viết hoa chữ đầu": ["chợ"],
        "no_shouting": ["A", "NẮNG"],
    }


@pytest.mark.parametrize(
    ("check", "label", "passes", "fails"),
    [
        ("pa.Check.str_length(2, 4)", "str_length(2, 4)", ["chợ"], ["ế", "Chợ nổi"]),
        ("pa.Check.isin(['a', 'ế'])", "isin(['a', 'ế'])", ["ế"], ["chợ"]),
        ("pa.Check.hex_digest(digits=2)", "hex_digest(digits=2)", ["a1"], ["a"]),
        ("pa.Check.words(max_value=1)", "words(max_value=1)", ["chợ"], ["chợ nổi"]),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key) != 'a'))", "<lambda> ({}:4)", ["b"], ["a"]),
        ("pa.Check(lambda value: len(value) < 3, element_wise=True, error='dài\\x1b')", "dài\\x1b", ["ế"], ["chợ"]),
        ("pa.Check(lambda value: value < 'b', element_wise=True, name='early')", "early", ["a"], ["b"]),
        ("pa.Check.str_matches('a|b')", "str_matches('a|b')", ["ba"], ["ca", "cb"]),
    ],
)
def test_every_kind_of_check_answers_for_each_row(tmp_path, check, label, passes, fails):
    schema = load_python(tmp_path, one_column(check))
    expected = {label.format(tmp_path / "article.py"): fails}
    assert failing(schema, [*passes, *fails]) == expected


def test_a_check_that_the_file_registers_is_a_check_and_can_be_registered_again_by_another_version(tmp_path):
    text = (
        "@pa.extensions.register_check_method(statistics=['low'], check_type='{}')\n"
        "def at_least(value, *, low):\n    return {}\n"
    )
    column = one_column("pa.Check.at_least(low=2)")
    head = "import pandera.extensions\n" + HEAD.replace(
        "polars as pa", "polars as pa\npa.extensions = pandera.extensions"
    )
    versions = (
        ("element_wise", "len(value) >= low"),
        (
            "vectorized",
            "value.lazyframe.select(pl.col(value.key).str.len_chars() >= low)",
        ),
    )
    for version in versions:
        schema = load_python(tmp_path, text.format(*version) + column, head)
        assert failing(schema, ["ế", "chợ"]) == {"at_least(low=2)": ["ế"]}


def test_a_check_of_a_column_sees_the_other_columns_of_its_row(tmp_path):
    check = "pa.Check(lambda data: data.lazyframe.select(pl.col('title') != pl.col('body')), name='differs')"
    (column,) = compiled(load_python(tmp_path, one_column(check)).source)
    assert column.checks[0].label == "differs"


def test_annotations_may_be_texts(tmp_path):
    assert load_python(tmp_path, "from __future__ import annotations\n" + MODEL, head="").unique == ("title",)


def test_what_is_called_schema_counts_whatever_else_there_is(tmp_path):
    text = MODEL + "class Other(pa.DataFrameModel):\n    body: str\n"
    for which in ("Other", "Other.to_schema()"):
        schema = load_python(tmp_path, f"{text}schema = {which}\n", head="")
        assert [(rule.name, rule.description) for rule in schema.rules] == [("body", "")]


def whole(arguments):
    return f"schema = pa.DataFrameSchema({{}}, {arguments})\n"


def model(body):
    return f"class A(pa.DataFrameModel):\n    id: str\n{body}"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the file defines no schema"),
        ("schema = 3\n", 3, "schema is int, not a DataFrameSchema"),
        ("import pandera.pandas as pd\nschema = pd.DataFrameSchema({})\n", 4, "not a DataFrameSchema"),
        (model("class B(A):\n    title: str\n"), 5, "several DataFrameModels: A, B"),
        ("x = [\n", 3, "not Python: '[' was never closed"),
        ("x = 1\ny = )\n", 4, "not Python: unmatched ')'"),
        ("x = '\\0'\n\0", "[0-9]", "not Python"),
        ("import not_there\n", 3, "ModuleNotFoundError: No module named 'not_there'"),
        ("def fail():\n    raise ValueError('hai\\ndòng')\n\nfail()\n", 4, "ValueError: hai"),
        ("import sys\nsys.exit(0)\n", 4, "SystemExit: 0"),
        ("raise BaseException\n", 3, "BaseException"),
        ("def f():\n    f()\nf()\n", 4, "RecursionError"),
        ("compile('(', 'x', 'exec')\n", 3, "SyntaxError: '(' was never closed"),
        ("schema = pa.DataFrameSchema({\n    'titel': pa.Column(str),\n})\n", 4, "'titel' is not a column"),
        ("schema = pa.DataFrameSchema({\n    'title': pa.Column(int),\n})\n", 4, "column title is of dtype Int64"),
        ("schema = pa.DataFrameSchema({\n    '^t': pa.Column(str, regex=True),\n})\n", 4, "'regex' of a column"),
        ("schema = pa.DataFrameSchema({\n    'id': pa.Column(str),\n}, strict=True)\n", 5, "does not name title, body"),
        ("schema = pa.DataFrameSchema(title='a', columns={\n    'title': pa.Column(int)})\n", 4, "dtype Int64"),
        (one_column("coerce=True"), 4, "'coerce' of a column is not supported: all columns are strings"),
        (one_column("default=''"), 4, "'default' of a column is not supported: nothing is filled in"),
        (one_column("default=pl.lit('')"), 4, "'default' of a column is not supported"),
        (one_column("drop_invalid_rows=True"), 4, "'drop_invalid_rows' of a column is not supported: nothing is"),
        (one_column("report_duplicates='exclude_last'"), 4, "'report_duplicates' of a column is not supported"),
        (one_column("unique='yes'"), 4, "unique of column title must be True or False"),
        (one_column("nullable=1"), 4, "nullable of column title must be True or False"),
        (one_column("description=3"), 4, "description of column title must be text"),
        (one_column("pa.Check.unique_values_eq(['a'])"), 4, "'unique_values_eq' is not supported: it looks"),
        (one_column("pa.Check.str_length(1, raise_warning=True)"), 4, "'raise_warning' of a check is not supported"),
        (one_column("pa.Check.str_length(1, n_failure_cases=1)"), 4, "'n_failure_cases' of a check is not supported"),
        (one_column("pa.Check(lambda data: data, groupby='title')"), 4, "'groupby' of a check is not supported"),
        (one_column("[\n    pa.Check.str_length(1),\n    pa.Check(len, raise_warning=True)]"), 4, "'raise_warning'"),
        (one_column("[\n    pa.Check.str_length(1),\n    pa.Check(lambda d: d, n_failure_cases=1)]"), 6, "'n_fail"),
        (one_column("description='\\ud83d'"), 4, "description of column title must be text"),
        (whole("name='a'"), 3, "a schema needs columns"),
        (whole("coerce=True"), 3, "'coerce' of a schema is not supported"),
        (whole("ordered=True"), 3, "'ordered' of a schema is not supported"),
        (whole("index=3"), 3, "'index' of a schema is not supported: articles have no index"),
        (whole("dtype=str"), 3, "'dtype' of a schema is not supported"),
        (whole("unique=['id']"), 3, "'unique' of a schema is not supported: values are unique in a column"),
        (whole("add_missing_columns=True"), 3, "'add_missing_columns' of a schema is not supported"),
        (whole("on_missing_columns='warn'"), 3, "'on_missing_columns' of a schema is not supported"),
        (whole("drop_invalid_rows=True"), 3, "'drop_invalid_rows' of a schema is not supported"),
        (whole("name='a'") + "schema.unique_column_names = True\n", 3, "'unique_column_names' of a schema"),
        (whole("name='a'") + "schema.new_in_pandera = 1\n", 3, "'new_in_pandera' of a schema is not supported"),
        ("from pandera.api.parsers import Parser\n" + whole("parsers=Parser(len)"), 4, "'parsers' of a schema"),
        (whole("strict='filter'"), 3, "strict must be true or false"),
        (whole("checks=pa.Check(\n    lambda data: data)"), 4, "checks of the whole frame are not supported"),
        (model("    class Config:\n        coerce = True\n"), 6, "'coerce' of a schema is not supported"),
        (model("    class Config:\n        unique = ['id']\n"), 6, "'unique' of a schema is not supported"),
        (model("    body: int\n"), 5, "column body is of dtype Int64"),
        (model("    body: str = pa.Field(coerce=True)\n"), 5, "'coerce' of a column is not supported"),
        (model("    @pa.dataframe_check\n    def f(cls, data):\n        return data\n"), 5, "checks of the whole"),
        (model("    body: str = pa.Field(no_such=1)\n"), "[0-9]", "no_such"),
        (model("    body: list[str]\n"), 5, "column body is of dtype List(String)"),
    ],
)  # fmt: skip
def test_what_is_no_schema_of_articles_is_refused_with_its_line(tmp_path, text, line, said):
    with pytest.raises(UserError) as caught:
        load_python(tmp_path, text)
    message = caught.value.message
    assert re.match(rf"{tmp_path}/article\.py:{line}: ", message), message
    assert said in message
    assert caught.value.hint
    assert printable(message) == message


def test_parsers_of_a_model_are_refused(tmp_path):
    text = model("    @parser('id')\n    def f(cls, data):\n        return data\n")
    with pytest.raises(UserError, match=r"py:3: pandera cannot use A: SchemaInitError: user-defined parsers"):
        load_python(
            tmp_path, text, "import pandera.polars as pa\nfrom pandera.api.dataframe.model_components import parser\n"
        )


def test_the_digest_is_that_of_the_bytes_and_line_ends_count(tmp_path):
    for text in (MODEL, MODEL.replace("\n", "\r\n")):
        schema = load_python(tmp_path, text, head="")
        assert schema.sha256 == hashlib.sha256((tmp_path / "article.py").read_bytes()).hexdigest()


def test_a_schema_is_made_from_the_bytes_that_were_read_whatever_the_file_holds_later(tmp_path):
    schema = load_python(tmp_path, MODEL, head="")
    (tmp_path / "article.py").write_text("raise ValueError")
    compiled.cache_clear()
    assert compiled(schema.source)[0].name == "title"


def test_a_file_beside_the_schema_can_be_read(tmp_path):
    (tmp_path / "words.txt").write_text("chợ\n", "utf-8")
    text = (
        "from pathlib import Path\nWORDS = Path(__file__).with_name('words.txt').read_text('utf-8').split()\n"
        + one_column("pa.Check.isin(WORDS, error='lạ')")
    )
    assert failing(load_python(tmp_path, text), ["chợ", "ế"]) == {"lạ": ["ế"]}


def run(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "dataset_tools", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )


def test_a_python_file_is_executed_only_when_it_is_named(tmp_path, corpus):
    corpus.add("Chợ nổi\nNước lên.\n")
    script = "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n" + MODEL
    ran = tmp_path / "schemas" / "article.ran"
    ran.parent.mkdir()
    (tmp_path / "schemas" / "article.py").write_text(script, "utf-8")
    (corpus.folder / "article.py").write_text(script, "utf-8")
    named = "schemas/article.py"
    variables = ("SCHEMA", "DATASET_TOOLS_SCHEMA", "DATASET_TOOLS_ARTICLE_SCHEMA", "DATASET_TOOLS_VALIDATE_SCHEMA")
    done = run(tmp_path, "validate", "raw", **dict.fromkeys(variables, named))
    assert (done.returncode, ran.exists()) == (0, False), done.stderr
    done = run(tmp_path, "validate", "raw", "--schema", named)
    assert (done.returncode, ran.exists()) == (0, True), done.stderr
    ran.unlink()
    (tmp_path / "dataset-tools.toml").write_text(f'schema = "{named}"\n')
    done = run(tmp_path, "validate", "raw")
    assert (done.returncode, ran.exists()) == (0, True), done.stderr


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_python_schema_runs_wherever_batches_are_checked(tmp_path, corpus, monkeypatch, jobs):
    monkeypatch.setattr(prepare, "BATCH_ROWS", 3)
    (tmp_path / "article.py").write_text(MODEL, "utf-8")
    for number in range(20):
        corpus.add(f"{'chợ' if number % 5 == 0 else 'Chợ'} số {number}\nNước lên {number}.\n")
    report = dataset_tools.validate(corpus.folder, schema=tmp_path / "article.py", jobs=jobs, select=["S"])
    assert [(one.code, one.line, one.column) for one in report.issues] == [("S001", 1, 1)] * 4
    assert report.issues[0].message == "title: 'chợ số 0': viết hoa chữ đầu"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_check_that_cannot_run_on_some_article_is_one_line_that_names_both(tmp_path, corpus, monkeypatch, jobs):
    monkeypatch.setattr(prepare, "BATCH_ROWS", 4)
    monkeypatch.chdir(tmp_path)
    text = HEAD + one_column(
        "[pa.Check(lambda value: 1 / (len(value) - 16) != 0, element_wise=True, name='odd'),\n"
        "    pa.Check(lambda value: 1 / (len(value) - 15) != 0, element_wise=True, name='even')]"
    )
    (tmp_path / "article.py").write_text(text, "utf-8")
    for number in range(9):
        corpus.add(f"Chợ{'ợ' * number} nổi\nNước lên {number}.\n")
    bad = corpus.add("Thêm mười ba chữ\nNước xuống.\n")
    with pytest.raises(UserError) as caught:
        dataset_tools.validate(corpus.folder, schema="article.py", jobs=jobs)
    where = f"article.py:4: the check odd of title cannot run on {bad.name}"
    assert caught.value.message == f"{where}: ZeroDivisionError: division by zero"


def test_a_python_schema_that_cannot_be_loaded_is_exit_code_2(tmp_path, corpus):
    corpus.add("Chợ nổi\nNước lên.\n")
    (tmp_path / "article.py").write_text(HEAD + "import sys\nsys.exit(0)\n")
    done = run(tmp_path, "validate", "raw", "--schema", "article.py")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: article.py:4: SystemExit: 0\n    next: correct the file\n"
