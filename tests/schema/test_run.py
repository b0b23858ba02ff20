import os
import re
import subprocess
import sys

import pytest
from pandera.config import ValidationDepth, config_context

from dataset_tools.model import UserError
from tests.conftest import ROOT
from tests.schema.helpers import failing_titles, load_python, one_column


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("pa.Check(lambda data: True)", "it gives one answer for all rows: it looks at"),
        ("pa.Check(lambda data: False)", "it gives one answer for all rows: it looks at several rows"),
        ("pa.Check(lambda data: None)", "AttributeError: 'NoneType' object"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key) != '').collect())", "it gives DataFrame, not a"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).n_unique() > 1))", "1 answer for 5 rows"),
        ("pa.Check(lambda data: data.lazyframe.head(2).select(pl.col(data.key) != ''))", "2 answers for 5 rows"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key)))", "its answers are String, not true or false"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col('text') != ''))", "ColumnNotFoundError"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.lit(None, pl.Boolean).repeat_by(5).explode()))",
         "it gives neither true nor false for ''"),
        ("pa.Check(lambda value: None, element_wise=True)", "it gives neither true nor false for ''"),
        ("pa.Check(lambda value: 'yes', element_wise=True)", "of title cannot run: "),
        ("pa.Check(lambda value: value[0] == 'a', element_wise=True)", "IndexError: string index out of range"),
        ("pa.Check(lambda value: exit(0), element_wise=True)", "SystemExit: 0"),
        ("pa.Check(lambda: True)", "TypeError"),
        ("pa.Check.isin([3])", "InvalidOperationError"),
        ("pa.Check.str_startswith(None)", "it gives neither true nor false for ''"),
        ("pa.Check.words()", "ValueError: give min_value, max_value, or both"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).is_unique()))", "says of a row alone"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col('id') < pl.col('id').max()))", "says of a row alone"),
        ("pa.Check(lambda data: data.lazyframe.select(pl.col(data.key).is_first_distinct()))", "says of a row alone"),
    ],
)  # fmt: skip
def test_a_check_that_does_not_answer_for_each_row_is_refused_with_its_line(tmp_path, check, said):
    with pytest.raises(UserError) as caught:
        load_python(tmp_path, one_column(f"[pa.Check.str_length(0),\n        {check}]"))
    assert re.match(rf"{tmp_path}/article\.py:[45]: the check .* of title ", caught.value.message)
    assert said in caught.value.message
    assert "\n" not in caught.value.message


def test_the_configuration_of_pandera_cannot_switch_checks_off(tmp_path):
    with config_context(validation_enabled=False, validation_depth=ValidationDepth.SCHEMA_ONLY):
        assert failing_titles(tmp_path, "str_length: {min_value: 2}", ["ế"]) != {}


def test_the_environment_of_pandera_cannot_switch_checks_off():
    program = (
        "import polars as pl; from dataset_tools.schema import *\n"
        "frame = pl.DataFrame({name: [''] for name in COLUMNS})\n"
        "print(sorted(failure.column for failure in check_failures(compiled(load(None).source), frame)))"
    )
    environment = {**os.environ, "PANDERA_VALIDATION_ENABLED": "False", "PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout == "['body', 'id', 'sha256', 'title']\n", ran.stderr


def test_a_check_that_was_interrupted_is_interrupted(tmp_path):
    (tmp_path / "flag").touch()
    check = "pa.Check(lambda value: stop(value), element_wise=True)"
    text = "def stop(value):\n    raise KeyboardInterrupt\n" + one_column(check)
    with pytest.raises(KeyboardInterrupt):
        load_python(tmp_path, text)
