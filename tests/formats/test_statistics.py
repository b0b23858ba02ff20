"""`--statistics`, and what formats say of issues that are left out."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from dataset_tools.formats import RENDERERS, statistics
from dataset_tools.model import Severity
from dataset_tools.rules import RULES, issue
from dataset_tools.run_report import RunReport
from dataset_tools.text import printable
from tests.formats.reports import CLEAN, REPORT, reports

MANY = replace(
    REPORT,
    ids=(),
    ignored=0,
    issues=tuple(
        issue(code, f"{code} {number}", path=f"{number}.txt", row=number)
        for number in range(4)
        for code, times in (("W001", 4), ("F001", 1), ("B001", 1), ("U008", 2))
        if number >= 4 - times
    ),
)


def test_rules_come_in_columns_by_count_then_code():
    assert statistics.concise(MANY).splitlines() == [
        f"4  W001  image-markup          [warning]  {RULES['W001'].what}",
        f"2  U008  mixed-tone-placement  [warning]  {RULES['U008'].what}",
        f"1  B001  body-missing          [error]    {RULES['B001'].what}",
        f"1  F001  not-utf-8             [error]    {RULES['F001'].what}",
        "",
        "Checked 1,200 files: 2 errors, 6 warnings.",
        "Fixable: 5 with --fix --unsafe-fixes; --diff shows what would change.",
    ]
    assert [list(one.values()) for one in json.loads(statistics.as_json(MANY))] == [
        [4, "W001", "image-markup", "warning", True],
        [2, "U008", "mixed-tone-placement", "warning", False],
        [1, "B001", "body-missing", "error", False],
        [1, "F001", "not-utf-8", "error", True],
    ]


def test_people_see_them_in_80_columns_and_then_what_to_do():
    lines = statistics.full(MANY).splitlines()
    assert lines[:3] == [
        "4  W001  image-markup          [warning]  A line has image markup without an",
        "                                          image.",
        "2  U008  mixed-tone-placement  [warning]  The same Vietnamese syllable has its",
    ]
    assert lines[-3:] == [
        "Checked 1,200 files: 2 errors, 6 warnings.",
        "Fixable: 5 with --fix --unsafe-fixes.",
        "    next: dataset-tools validate --diff --unsafe-fixes",
    ]


@pytest.mark.parametrize("render", [statistics.full, statistics.concise])
def test_counts_are_aligned_to_the_right(render):
    report = replace(MANY, issues=MANY.issues + (issue("W001", "x"),) * 1996)
    assert [line[:5] for line in render(report).splitlines() if "[warning]" in line] == ["2,000", "    2"]


def test_a_clean_run_has_no_rule():
    assert statistics.full(CLEAN) == statistics.concise(CLEAN) == "Checked 1 file: no issue.\n"
    assert json.loads(statistics.as_json(CLEAN)) == []


@settings(deadline=None)
@given(reports)
def test_they_count_every_issue_shown_or_not(report):
    found = json.loads(statistics.as_json(report))
    assert sum(one["count"] for one in found) == len(report.found)
    assert {(one["code"], one["severity"]) for one in found} == {(one.code, one.severity) for one in report.found}
    for text in (statistics.full(report), statistics.concise(report)):
        assert [line for line in text.split("\n") if printable(line) != line] == []


def limited(most: int) -> RunReport:
    return MANY.limited(most)


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8, 100])
def test_errors_are_shown_before_warnings_the_first_of_each_and_in_their_order(most):
    report = limited(most)
    assert len(report.issues) == min(most, 8)
    assert [one for one in MANY.issues if one in report.issues] == list(report.issues)
    errors = [one for one in MANY.issues if one.severity is Severity.ERROR]
    warnings = [one for one in MANY.issues if one.severity is Severity.WARNING]
    assert set(report.issues) == set([*errors, *warnings][:most])
    assert (report.errors, report.warnings, set(report.found)) == (2, 6, set(MANY.issues))


def test_a_report_limited_twice_is_limited_to_the_less():
    assert limited(5).limited(2).issues == limited(2).issues
    assert set(limited(5).limited(2).found) == set(MANY.issues)


@pytest.mark.parametrize("name", ["full", "concise", "github", "markdown", "junit"])
def test_people_read_how_many_of_which_severity_are_left_out(name):
    assert "Shown: 1 of 8 issues, errors first; left out: 1 error, 6 warnings" in RENDERERS[name](limited(1))
    assert "left out: 5 warnings" in RENDERERS[name](limited(3))
    assert "left out:" not in RENDERERS[name](MANY)


def test_programs_read_how_many_of_which_severity_are_left_out():
    report = limited(1)
    (run,) = json.loads(RENDERERS["sarif"](report))["runs"]
    places = {
        "json": json.loads(RENDERERS["json"](report))["summary"],
        "jsonl": json.loads(RENDERERS["jsonl"](report).splitlines()[-1]),
        "sarif": run["properties"],
    }
    for name, summary in places.items():
        counts = [summary[key] for key in ("errors", "warnings", "errors_left_out", "warnings_left_out")]
        assert counts == [2, 6, 1, 6], name
    for name in ("errors_left_out", "warnings_left_out"):
        assert f'<property name="{name}" value="{places["json"][name]}" />' in RENDERERS["junit"](report)
    violation, remark = json.loads(RENDERERS["gitlab"](report))
    assert (violation["severity"], remark["severity"]) == ("major", "info")
    assert remark["description"] == "Shown: 1 of 8 issues, errors first; left out: 1 error, 6 warnings"


@pytest.mark.parametrize("name", RENDERERS)
def test_what_is_left_out_is_not_shown(name):
    text = RENDERERS[name](limited(3))
    assert [one.message for one in MANY.issues if one.message in text] == ["W001 0", "F001 3", "B001 3"]


def test_the_table_of_rules_counts_what_is_left_out():
    assert "| W001 image-markup | warning | 4 |" in RENDERERS["markdown"](limited(1))
