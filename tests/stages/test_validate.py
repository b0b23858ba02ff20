import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_tools.columns import article_frame, article_table
from dataset_tools.model import Files, Severity
from dataset_tools.rules import RULES, issue
from dataset_tools.schema import load
from dataset_tools.settings import FILE_NAME
from dataset_tools.stages.parse import parse
from dataset_tools.stages.validate import issues_by_row, repeated, validate


def checked(*texts, schema=None, names=None):
    data = [None if text is None else text.encode("utf-8", "surrogateescape") for text in texts]
    names = names or [f"{i:03}_{'0' * 16}.txt" for i in range(len(texts))]
    files = Files(rows=[10 + i for i in range(len(texts))], paths=names, data=data, issues=[])
    articles = parse(files, file_name=re.compile(FILE_NAME))
    digests = [None if one is None else hashlib.sha256(one).hexdigest() for one in data]
    frame = article_frame(article_table(files, articles, digests, [None] * len(digests)))
    return validate(frame, schema=schema or load(None).source)


def said(issues):
    return [(one.code, one.row, one.line, one.column) for one in issues]


def title_schema(tmp_path, checks):
    path = tmp_path / "schema.yaml"
    path.write_text(f"columns:\n  title:\n    dtype: String\n    checks: {checks}\n", "utf-8")
    return load(path).source


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Chợ\nNước lên", []),
        ("ế" * 500 + "\nNước lên", []),
        ("ế" * 501 + "\nNước lên", [("T002", 10, 1, 1)]),
        (" \t\nNước lên", [("T001", 10, 1, 1)]),
        ("Chợ", [("B001", 10, None, None)]),
        ("Chợ\n \n\n", [("B001", 10, None, None)]),
    ],
)
def test_what_the_built_in_schema_finds_and_where(text, found):
    issues = checked(text)
    assert said(issues) == found
    assert all(one.severity is Severity.ERROR and one.path == f"000_{'0' * 16}.txt" for one in issues)


def test_the_message_names_the_length_the_limits_and_the_beginning_of_the_value():
    (found,) = checked("Chợ nổi " * 100 + "\nNước lên")
    assert found.message == f"the title has 799 characters, not 1 to 500: '{('Chợ nổi ' * 8)[:60]}… (799 characters)'"


@pytest.mark.parametrize(
    ("checks", "limits"),
    [
        ("{str_length: {min_value: 9}}", "at least 9"),
        ("{str_length: {max_value: 2}}", "at most 2"),
        ("{str_length: {exact_value: 1200}}", "exactly 1,200"),
        ("{str_length: {min_value: 5, max_value: 6}}", "5 to 6"),
    ],
)
def test_limits_of_length_are_said_as_the_schema_has_them(tmp_path, checks, limits):
    (found,) = checked("Chợ\nx", schema=title_schema(tmp_path, checks))
    assert (found.code, found.message) == ("T002", f"the title has 3 characters, not {limits}: 'Chợ'")


def test_any_other_check_names_the_column_the_value_and_what_was_expected(tmp_path):
    schema = title_schema(tmp_path, "{str_startswith: {string: Bài, error: phải là một bài}, not_blank: {}}")
    (found,) = checked("Chợ\x1b\nx", schema=schema)
    assert (found.code, found.line) == ("S001", 1)
    assert found.message == "title: 'Chợ\\x1b': phải là một bài"


def test_an_issue_of_the_body_is_at_the_line_where_the_body_starts(tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text("columns:\n  body:\n    checks: {str_startswith: N}\n  path:\n    checks: {str_endswith: .md}\n")
    issues = checked("Chợ\n\n\nMưa", schema=load(schema).source)
    assert said(issues) == [("S001", 10, 4, 1), ("S001", 10, None, None)]


@pytest.mark.parametrize(
    ("column", "check", "text", "line", "place", "shown"),
    [
        ("title", "{single_line: {}}", "  Chợ\x0bnổi\nNước", 1, 6, "Chợ\\x0bnổi"),
        ("title", "{str_not_contains: nổi}", "\tChợ nổi\nNước", 1, 6, "Chợ nổi"),
        ("title", "{str_startswith: B}", "\tChợ nổi\nNước", 1, 2, "Chợ nổi"),
        ("title", "{str_endswith: .}", "Chợ nổi \nNước", 1, 7, "Chợ nổi"),
        ("body", "{str_not_contains: 'Theo .*'}", "Chợ\n\nNước\nlên. Theo bạn đọc\n.", 4, 6, "lên. Theo bạn đọc"),
        ("body", "{str_endswith: .}", "Chợ\n\nNước\n\nlên\n\n", 5, 3, "lên"),
        ("body", "{single_line: {}}", "Chợ\n\nNước\nlên", 3, 5, "Nước"),
        ("body", "{str_contains: X}", "Chợ\n\nNước\nlên", 3, 1, "Nước\\x0alên"),
    ],
)
def test_an_issue_is_where_the_fault_is_if_that_can_be_known(tmp_path, column, check, text, line, place, shown):
    path = tmp_path / "schema.yaml"
    path.write_text(f"columns:\n  {column}:\n    checks: {check}\n")
    (found,) = checked(text, schema=load(path).source)
    assert (found.line, found.column) == (line, place)
    assert found.message.startswith(f"{column}: '{shown}' does not pass ")


def test_the_error_text_of_a_check_is_said_of_lengths_too(tmp_path):
    (found,) = checked("Chợ\nx", schema=title_schema(tmp_path, "{str_length: {min_value: 5, error: ngắn quá}}"))
    assert (found.code, found.message) == ("T002", "title: 'Chợ': ngắn quá")


def test_a_text_whose_lines_end_with_cr_alone_has_no_body_and_the_hint_of_the_rule_about_them():
    (found,) = checked("Chợ\rNước lên")
    assert (found.code, found.hint) == ("B001", RULES["F015"].fix)
    assert "the lines end with CR alone" in found.message


def test_an_empty_title_is_said_once_however_many_checks_it_fails(tmp_path):
    schema = title_schema(tmp_path, "{not_blank: {}, str_length: {min_value: 1}}")
    assert said(checked("\nNước lên", schema=schema)) == [("T001", 10, 1, 1)]


def test_articles_without_text_take_no_part_and_rows_keep_their_numbers():
    issues = checked(None, "\udcff", "", "\nNước lên", " ", "Chợ")
    assert said(issues) == [("T001", 13, 1, 1), ("B001", 15, None, None)]
    assert checked(None, "") == []
    assert checked() == []


def test_a_name_without_id_is_not_said_twice():
    assert said(checked("Chợ\nNước lên", "\nNước", names=["a.txt", "b.txt"])) == [("T001", 11, 1, 1)]


def test_an_id_that_does_not_pass_is_an_issue_of_the_whole_file(tmp_path):
    schema = tmp_path / "schema.yaml"
    schema.write_text("columns:\n  id:\n    checks: {hex_digest: {digits: 12}}\n")
    (found,) = checked("Chợ\nNước lên", schema=load(schema).source)
    assert (found.code, found.line) == ("S001", None)
    assert "'0000000000000000' does not pass hex_digest" in found.message


def test_a_column_that_the_schema_does_not_name_is_not_checked(tmp_path):
    assert checked("Chợ", "\nNước", schema=title_schema(tmp_path, "{single_line: {}}")) == []


SOME = ["Chợ\nNước", "Chợ", "\nNước", "ế" * 501 + "\nNước", "", None, "\udcff"]


@pytest.fixture(scope="module")
def said_alone():
    return {text: [(one.code, one.message) for one in checked(text)] for text in SOME}


@settings(max_examples=40)
@given(texts=st.lists(st.sampled_from(SOME), max_size=8))
def test_what_is_said_of_an_article_does_not_depend_on_its_neighbours(said_alone, texts):
    together = [(one.row - 10, one.code, one.message) for one in checked(*texts)]
    alone = [(row, *one) for row, text in enumerate(texts) for one in said_alone[text]]
    assert sorted(together) == sorted(alone)


def test_a_repeated_value_of_a_unique_column_names_the_first_that_has_it():
    found = repeated("title", [(0, "a", "Chợ"), (1, "b", "chợ"), (5, "c", "Chợ"), (6, "d", "Chợ")])
    assert [(one.code, one.row, one.path) for one in found] == [("S001", 5, "c"), ("S001", 6, "d")]
    assert all("the title must be unique, but a has the same" in one.message for one in found)


def test_issues_are_given_to_their_rows_in_report_order():
    rows = [7, 3, 9]
    later, sooner = issue("F003", "x", row=3, line=2, column=1), issue("F002", "x", row=3, line=1, column=1)
    whole, other = issue("F004", "x", row=3), issue("F001", "x", row=9, line=1, column=1)
    assert issues_by_row([later, other, sooner, whole], rows) == [[], [whole, sooner, later], [other]]
