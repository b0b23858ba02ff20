import json

from hypothesis import given

from dataset_tools.formats import RENDERERS
from tests.formats.reports import BUILT, CLEAN, REPORT, reports


def test_each_issue_is_a_line_and_the_last_line_is_the_summary():
    *issues, summary = map(json.loads, RENDERERS["jsonl"](REPORT).splitlines())
    whole = json.loads(RENDERERS["json"](REPORT))
    assert issues == [{"type": "issue", **one} for one in whole["issues"]]
    assert list(summary) == [
        "type", "version", "command", "checked", "ignored", "errors", "warnings",
        "errors_left_out", "warnings_left_out", "exit_code", "validate",
    ]  # fmt: skip
    assert (summary["type"], summary["version"], summary["command"]) == ("summary", 1, "validate")
    assert {key: summary[key] for key in whole["summary"]} == whole["summary"]
    assert summary["validate"] == whole["validate"]


def test_a_clean_run_is_one_line():
    (line,) = RENDERERS["jsonl"](CLEAN).splitlines()
    assert json.loads(line)["errors"] == 0


@given(reports)
def test_there_is_one_object_a_line_whatever_the_issues_hold(report):
    text = RENDERERS["jsonl"](report)
    records = [json.loads(line) for line in text.split("\n")[:-1]]
    assert len(text.splitlines()) == len(records)
    assert [record["type"] for record in records] == ["issue"] * len(report.issues) + ["summary"]
    assert [record["code"] for record in records[:-1]] == [one.code for one in report.issues]
    assert BUILT.content_sha256 in text or report.dataset is None
