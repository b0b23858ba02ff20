import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from dataset_tools.formats import RENDERERS
from dataset_tools.formats.lines import errors_first
from dataset_tools.model import Severity
from dataset_tools.rules import RULES, issue
from dataset_tools.text import printable
from tests.formats.reports import BUILT, CLEAN, PLACED, REPORT, WHOLE, reports


def test_json_has_the_documented_keys_and_no_others():
    found = json.loads(RENDERERS["json"](REPORT))
    assert list(found) == ["version", "command", "summary", "issues", "validate"]
    assert (found["version"], found["command"]) == (1, "validate")
    assert found["summary"] == {
        "checked": 1200,
        "ignored": 1,
        "errors": 1,
        "warnings": 2,
        "errors_left_out": 0,
        "warnings_left_out": 0,
        "exit_code": 1,
    }
    assert found["issues"][2] == {
        "code": "F003",
        "rule": "carriage-return",
        "severity": "warning",
        "path": "raw/001.txt",
        "line": 2,
        "column": 7,
        "message": "3 dòng kết thúc bằng CR LF",
        "hint": "đổi sang LF",
        "fixable": True,
    }
    places = [(one["path"], one["line"], one["column"]) for one in found["issues"][:2]]
    assert places == [(None, None, None), ("raw/tin/a b.txt", None, None)]
    assert found["validate"] == {
        "ids": [{"root": "raw", "recipe": "sha256(file)[:16]", "decided_by": "detected", "explained": 1, "total": 2}]
    }


def test_json_of_a_build_says_what_was_written():
    found = json.loads(RENDERERS["json"](replace(REPORT, command="build", dataset=BUILT, exit_code=0)))
    assert list(found)[-1] == "build"
    assert found["build"]["out"] == "dist"
    assert found["build"]["counts"]["near"] == 5
    assert found["build"]["splits"] == {"train": 1100, "validation": 85}
    assert (found["build"]["content_sha256"], found["build"]["pin"]) == (BUILT.content_sha256, BUILT.pin)


def test_concise_is_one_line_for_each_issue_and_then_the_summary():
    assert RENDERERS["concise"](REPORT).splitlines() == [
        ".: P001 chưa có giấy phép",
        "raw/tin/a b.txt: F004 tên tệp không khớp",
        "raw/001.txt:2:7: F003 3 dòng kết thúc bằng CR LF",
        "Checked 1,200 files (1 other entry ignored): 1 error, 2 warnings.",
        "Fixable: 2 with --fix --unsafe-fixes; --diff shows what would change.",
        "Ids: sha256(file)[:16] explains 1 of 2.",
    ]


def test_full_says_what_to_do_next_below_each_issue():
    assert RENDERERS["full"](replace(REPORT, issues=(PLACED,), ignored=0)).splitlines() == [
        "raw/001.txt:2:7: F003 warning: 3 dòng kết thúc bằng CR LF",
        "    next: đổi sang LF",
        "",
        "Checked 1,200 files: 1 warning.",
        "Fixable: 1 with --fix --unsafe-fixes.",
        "Ids: sha256(file)[:16] explains 1 of 2.",
        "  1 warning  dataset-tools rule F003  carriage-return",
        "    next: dataset-tools validate --diff --unsafe-fixes",
    ]


WRITTEN = replace(REPORT, command="build", issues=(), dataset=BUILT, threshold=0.8, exit_code=0)


def test_the_summary_of_a_build_accounts_for_every_document():
    reasons = "1 invalid, 2 published, 3 identical, 4 with the same text, 5 near-duplicates (similarity >= 0.8)"
    assert RENDERERS["concise"](WRITTEN).splitlines()[2:] == [
        f"Left out 15 of 1,200: {reasons}; see dist/audit/removed.parquet.",
        "Wrote 1,185 documents to dist: train 1,100, validation 85.",
        'To keep the recipe of the ids as it is, put this into the settings: recipe = "sha256(file)[:16]"',
    ]


def test_people_see_how_many_documents_each_step_leaves():
    assert RENDERERS["full"](WRITTEN).splitlines()[2:-1] == [
        "Wrote 1,185 documents to dist: train 1,100, validation 85.",
        "To keep the recipe of the ids as it is, put this into the settings:",
        '  recipe = "sha256(file)[:16]"',
        "Left out 15, on record in dist/audit/removed.parquet:",
        "  found     1,200",
        "  valid     1,199  1 with errors",
        "  new       1,197  2 published",
        "  distinct  1,185  3 identical, 4 with the same text, 5 near-duplicates (>= 0.8)",
        "  written   1,185",
    ]


def test_a_clean_run_and_a_stopped_one_say_so():
    assert RENDERERS["full"](CLEAN) == "Checked 1 file: no issue.\n"
    assert RENDERERS["full"](replace(CLEAN, stopped="có lỗi")).splitlines()[1] == "Nothing was written: có lỗi."


@pytest.mark.parametrize("name", RENDERERS)
@settings(deadline=None, max_examples=120)
@given(report=reports)
@example(report=replace(REPORT, issues=(replace(PLACED, path="a\x9b\u202e\udcff\n.txt"),)))
@example(report=replace(REPORT, issues=(replace(PLACED, message="a\x1b[31m\nb: F001 giả", hint="\u2028"),)))
@example(report=replace(REPORT, command="build", dataset=replace(BUILT, out=Path("d\udcff\x9b"))))
def test_no_format_passes_on_a_character_that_could_fool_a_terminal(name, report):
    text = RENDERERS[name](report)
    assert text.endswith("\n")
    assert [line for line in text.split("\n") if printable(line) != line] == []
    text.encode("utf-8")


@settings(deadline=None)
@given(reports)
@example(replace(REPORT, issues=(replace(PLACED, message="a\nb.txt: F001 giả", path="x\ny: F001 giả"),)))
def test_an_issue_is_one_concise_line_whatever_its_path_and_message_hold(report):
    lines = RENDERERS["concise"](report).split("\n")
    for one, line in zip(report.issues, lines, strict=False):
        place = "".join(f":{number}" for number in (one.line, one.column) if number is not None)
        assert re.fullmatch(f".*{place}: {one.code} .*", line)
    assert lines[len(report.issues)].startswith("Checked ")


@settings(deadline=None)
@given(reports)
def test_json_holds_every_issue_as_the_report_has_it(report):
    found = json.loads(RENDERERS["json"](report))
    assert [(one["code"], one["line"], one["column"]) for one in found["issues"]] == [
        (one.code, one.line, one.column) for one in report.issues
    ]
    assert [one["message"] for one in found["issues"]] == [printable(one.message) for one in report.issues]
    assert [one["rule"] for one in found["issues"]] == [RULES[one.code].name for one in report.issues]
    assert found["summary"]["errors"] + found["summary"]["warnings"] == len(report.found)
    left_out = found["summary"]["errors_left_out"] + found["summary"]["warnings_left_out"]
    assert left_out == len(report.left_out)


@pytest.mark.parametrize("name", ["full", "concise", "markdown"])
@settings(deadline=None, max_examples=150)
@given(report=reports)
@example(report=replace(REPORT, issues=(replace(WHOLE, path="::error::a"), replace(WHOLE, path=" ::error::a"))))
@example(report=replace(REPORT, issues=(replace(WHOLE, path=":"), replace(PLACED, path=" :"))))
@example(report=replace(REPORT, issues=(replace(WHOLE, path="##[group]a", message="##vso[task.complete]"),)))
def test_no_line_of_a_format_for_people_is_a_command_of_a_ci_system(name, report):
    for line in RENDERERS[name](report).split("\n"):
        assert not line.lstrip().startswith("::")
        assert not re.search(r"##(vso|teamcity)?\[", line)


@pytest.mark.parametrize("name", RENDERERS)
@settings(deadline=None, max_examples=20)
@given(report=reports)
def test_the_same_report_is_the_same_text(name, report):
    assert RENDERERS[name](report) == RENDERERS[name](replace(report))


def test_where_only_some_can_be_shown_errors_come_first_and_else_nothing_changes_its_place():
    found = [issue(code, code, path=path) for path in ("b", "a") for code in ("D001", "F001", "D002", "F007")]
    assert [(one.path, one.code) for one in errors_first(found)] == [
        ("b", "F001"), ("b", "F007"), ("a", "F001"), ("a", "F007"),
        ("b", "D001"), ("b", "D002"), ("a", "D001"), ("a", "D002"),
    ]  # fmt: skip
    assert {one.severity for one in found} == set(Severity)
