import hashlib
import os
import re
import subprocess
import sys

import pytest

import dataset_tools
from dataset_tools import prepare
from dataset_tools.model import UserError
from dataset_tools.schema import compiled, load
from dataset_tools.text import printable
from tests.conftest import ROOT
from tests.schema.helpers import failing, load_text

HEAD = "import pandera.polars as pa\nimport polars as pl\n"
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


def load_python(folder, text, head=HEAD):
    return load_text(folder, head + text, "article.py")


def one_column(arguments):
    return f"schema = pa.DataFrameSchema({{\n    'title': pa.Column(str, {arguments}),\n}})\n"


def test_a_model_is_a_schema(tmp_path):
    schema = load_python(tmp_path, MODEL, head="")
    assert (schema.unique, schema.columns) == (("title",), (("title", "Tên bài"),))
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
    assert load_python(tmp_path, text + "schema = Other\n", head="").columns == (("body", ""),)
    assert load_python(tmp_path, text + "schema = Other.to_schema()\n", head="").columns == (("body", ""),)


@pytest.mark.parametrize(
    ("text", "line", "said", "hint"),
    [
        ("", 1, "the file defines no schema", "call it schema"),
        ("schema = 3\n", 3, "schema is int, not a DataFrameSchema", "import pandera.polars as pa"),
        ("import pandera.pandas as pd\nschema = pd.DataFrameSchema({})\n", 4, "not a DataFrameSchema", "pandera.polars"),
        ("class A(pa.DataFrameModel):\n    id: str\nclass B(A):\n    title: str\n", 5, "several DataFrameModels: A, B",
         "schema = B"),
        ("x = [\n", 3, "not Python: '[' was never closed", "correct the line"),
        ("x = 1\ny = )\n", 4, "not Python: unmatched ')'", "correct the line"),
        ("x = '\\0'\n\0", None, "not Python", "correct the line"),
        ("import not_there\n", 3, "ModuleNotFoundError: No module named 'not_there'", "correct the file"),
        ("def fail():\n    raise ValueError('hai\\ndòng')\n\nfail()\n", 4, "ValueError: hai", "correct the file"),
        ("import sys\nsys.exit(0)\n", 4, "SystemExit: 0", "correct the file"),
        ("raise BaseException\n", 3, "BaseException", "correct the file"),
        ("def f():\n    f()\nf()\n", 4, "RecursionError", "correct the file"),
        ("compile('(', 'x', 'exec')\n", 3, "SyntaxError: '(' was never closed", "correct the file"),
        ("schema = pa.DataFrameSchema({\n    'titel': pa.Column(str),\n})\n", 4, "'titel' is not a column", "title?"),
        ("schema = pa.DataFrameSchema({\n    'title': pa.Column(int),\n})\n", 4, "dtype Int64", "write str"),
        ("schema = pa.DataFrameSchema({\n    '^t': pa.Column(str, regex=True),\n})\n", 4, "'regex' of a column", "remove"),
        (one_column("coerce=True"), 4, "'coerce' of a column is not supported: all columns are strings", "remove it"),
        (one_column("default=''"), 4, "'default' of a column is not supported: nothing is filled in", "remove it"),
        (one_column("default=pl.lit('')"), 4, "'default' of a column is not supported", "remove it"),
        (one_column("drop_invalid_rows=True"), 4, "'drop_invalid_rows' of a column is not supported", "remove it"),
        (one_column("report_duplicates='exclude_last'"), 4, "'report_duplicates' of a column", "remove it"),
        (one_column("unique='yes'"), 4, "unique of column title must be True or False", "correct the value"),
        (one_column("nullable=1"), 4, "nullable of column title must be True or False", "correct the value"),
        (one_column("description=3"), 4, "description of column title must be text", "correct the value"),
        (one_column("pa.Check.unique_values_eq(['a'])"), 4, "'unique_values_eq' is not supported", "remove it"),
        (one_column("pa.Check.str_length(1, raise_warning=True)"), 4, "'raise_warning' of a check", "remove it"),
        (one_column("pa.Check.str_length(1, n_failure_cases=1)"), 4, "'n_failure_cases' of a check", "remove it"),
        (one_column("pa.Check(lambda data: data, groupby='title')"), 4, "'groupby' of a check is not supported", "remove"),
        (one_column("[\n        pa.Check.str_length(1),\n        pa.Check(lambda data: data, raise_warning=True)]"), 6,
         "'raise_warning' of a check", "remove it"),
        ("schema = pa.DataFrameSchema({}, coerce=True)\n", 3, "'coerce' of a schema is not supported", "remove it"),
        ("schema = pa.DataFrameSchema({}, ordered=True)\n", 3, "'ordered' of a schema is not supported", "remove it"),
        ("schema = pa.DataFrameSchema({}, index=3)\n", 3, "'index' of a schema is not supported", "remove it"),
        ("schema = pa.DataFrameSchema({}, dtype=str)\n", 3, "'dtype' of a schema is not supported", "remove it"),
        ("schema = pa.DataFrameSchema({}, unique=['id'])\n", 3, "'unique' of a schema is not supported", "remove it"),
        ("schema = pa.DataFrameSchema({}, add_missing_columns=True)\n", 3, "'add_missing_columns' of", "remove it"),
        ("schema = pa.DataFrameSchema({}, on_missing_columns='warn')\n", 3, "'on_missing_columns' of", "remove it"),
        ("schema = pa.DataFrameSchema({})\nschema.unique_column_names = True\n", 3, "'unique_column_names' of", "remove it"),
        ("schema = pa.DataFrameSchema({}, drop_invalid_rows=True)\n", 3, "'drop_invalid_rows' of a schema", "remove it"),
        ("schema = pa.DataFrameSchema({}, parsers=pa.Parser(lambda x: x))\n", 3, "AttributeError", "correct the file"),
        ("from pandera.api.parsers import Parser\nschema = pa.DataFrameSchema({}, parsers=Parser(lambda x: x))\n", 4,
         "'parsers' of a schema is not supported: a schema checks articles", "remove it"),
        ("schema = pa.DataFrameSchema({}, strict='filter')\n", 3, "strict must be true or false", "correct the value"),
        ("schema = pa.DataFrameSchema({\n    'id': pa.Column(str),\n}, strict=True)\n", 5, "does not name title, body",
         "name them"),
        ("schema = pa.DataFrameSchema({}, checks=pa.Check(\n    lambda data: data))\n", 4, "checks of the whole frame",
         "under a column"),
        ("class A(pa.DataFrameModel):\n    id: str\n    class Config:\n        coerce = True\n", 6, "'coerce' of a schema",
         "remove it"),
        ("class A(pa.DataFrameModel):\n    id: str\n    class Config:\n        unique = ['id']\n", 6, "'unique' of a", ""),
        ("class A(pa.DataFrameModel):\n    id: int\n", 4, "column id is of dtype Int64", "write str"),
        ("class A(pa.DataFrameModel):\n    id: str = pa.Field(coerce=True)\n", 4, "'coerce' of a column", "remove it"),
        ("class A(pa.DataFrameModel):\n    id: str\n    @pa.dataframe_check\n    def f(cls, data):\n        return data\n",
         5, "checks of the whole frame are not supported", "under a column"),
        ("from pandera.api.dataframe.model_components import parser\nclass A(pa.DataFrameModel):\n    id: str\n"
         "    @parser('id')\n    def f(cls, data):\n        return data\n", 4, "user-defined parsers", "correct the class"),
        ("class A(pa.DataFrameModel):\n    id: str = pa.Field(no_such=1)\n", None, "no_such", "correct the"),
    ],
)  # fmt: skip
def test_what_is_no_schema_of_articles_is_refused_with_its_line(tmp_path, text, line, said, hint):
    with pytest.raises(UserError) as caught:
        load_python(tmp_path, text)
    message = caught.value.message
    assert re.match(rf"{tmp_path}/article\.py:{line or '[0-9]+'}: ", message), message
    assert said in message
    assert hint in caught.value.hint
    assert printable(message) == message


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("pa.Check(lambda data: True)", "it gives one answer for all rows: it looks at several rows"),
        ("pa.Check(lambda data: False)", "it gives one answer for all rows: it looks at several rows"),
        ("pa.Check(lambda data: None)", "AttributeError: 'NoneType' object"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key) != '').collect())", "it gives DataFrame, not a LazyFrame"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).n_unique() > 1))", "1 answer for 5 rows"),
        ("pa.Check(lambda data: data.lazyframe.head(2).select(pl.col(data.key) != ''))", "2 answers for 5 rows"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key)))", "its answers are String, not true or false"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col('text') != ''))", "ColumnNotFoundError"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.lit(None, pl.Boolean).repeat_by(5).explode()))",
         "it gives neither true nor false for ''"),
        ("pa.Check(lambda value: None, element_wise=True)", "it gives neither true nor false for ''"),
        ("pa.Check(lambda value: 'yes', element_wise=True)", "SchemaError: unexpected value while building Series"),
        ("pa.Check(lambda value: value[0] == 'a', element_wise=True)", "IndexError: string index out of range"),
        ("pa.Check(lambda value: exit(0), element_wise=True)", "SystemExit: 0"),
        ("pa.Check(lambda: True)", "TypeError"),
        ("pa.Check.isin([3])", "InvalidOperationError"),
        ("pa.Check.str_startswith(None)", "it gives neither true nor false for ''"),
        ("pa.Check.words()", "ValueError: give min_value, max_value, or both"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).is_unique()))", "looks at several rows"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).str.len_chars()"
         " <= pl.col(data.key).str.len_chars().mean()))", "looks at several rows"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).is_first_distinct()))", "looks at several rows"),
    ],
)  # fmt: skip
def test_a_check_that_does_not_answer_for_each_row_is_refused_with_its_line(tmp_path, check, said):
    with pytest.raises(UserError) as caught:
        load_python(tmp_path, one_column(f"[pa.Check.str_length(0),\n        {check}]"))
    assert re.match(rf"{tmp_path}/article\.py:[45]: the check .* of title cannot ", caught.value.message)
    assert said in caught.value.message
    assert "\n" not in caught.value.message


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
    report = dataset_tools.validate(corpus.folder, schema=tmp_path / "article.py", jobs=jobs)
    assert [(one.code, one.line, one.column) for one in report.issues] == [("S001", 1, 1)] * 4
    assert report.issues[0].message == "title: 'chợ số 0' does not pass viết hoa chữ đầu"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_check_that_cannot_run_on_some_article_is_one_line_that_names_both(tmp_path, corpus, monkeypatch, jobs):
    monkeypatch.setattr(prepare, "BATCH_ROWS", 4)
    monkeypatch.chdir(tmp_path)
    text = HEAD + one_column("pa.Check(lambda value: 1 / (len(value) - 16) != 0, element_wise=True, name='odd')")
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


def test_the_forms_of_a_file_name(tmp_path):
    (tmp_path / "article.txt").write_text("columns: {}")
    with pytest.raises(UserError, match="no known form"):
        load(tmp_path / "article.txt")
