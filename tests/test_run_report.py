from dataclasses import replace
from pathlib import Path

import pytest

from dataset_tools.model import Issue, Severity
from dataset_tools.run_report import BuiltDataset, Counts, IdDecision, RunReport

ISSUE = Issue(code="F001", severity=Severity.ERROR, message="không phải UTF-8", hint="chuyển mã")


@pytest.mark.parametrize(
    ("recipe", "decided_by", "explained", "total", "sentence"),
    [
        (None, "undecided", 0, 0, "Ids: no file has one"),
        (None, "undecided", 0, 1, "Ids: not decided, no recipe explains any of 1"),
        (None, "detected", 0, 1200, "Ids: external, no recipe explains any of 1,200; form and uniqueness are checked"),
        ("md5(file)", "detected", 1199, 1200, "Ids: md5(file) explains 1,199 of 1,200"),
    ],
)
def test_an_id_decision_says_in_one_line_how_much_it_explains(recipe, decided_by, explained, total, sentence):
    decision = IdDecision(root="raw", recipe=recipe, decided_by=decided_by, explained=explained, total=total)
    assert decision.sentence() == sentence


def test_a_report_counts_its_errors_and_warnings_and_says_what_it_did():
    report = RunReport(
        command="build",
        checked=2,
        ignored=0,
        issues=(ISSUE, ISSUE, replace(ISSUE, severity=Severity.WARNING)),
        ids=(IdDecision(root="raw", recipe=None, decided_by="settings", explained=0, total=2),),
        exit_code=1,
    )
    assert (report.errors, report.warnings, report.ok) == (2, 1, False)
    assert report.details() == {
        "ids": [{"root": "raw", "recipe": None, "decided_by": "settings", "explained": 0, "total": 2}]
    }
    assert replace(report, stopped="có lỗi").details()["stopped"] == "có lỗi"
    counts = Counts(discovered=2, written=2)
    dataset = BuiltDataset(out=Path("dist"), counts=counts, splits={"train": 2}, content_sha256="c", pin=None)
    details = replace(report, dataset=dataset, exit_code=0).details()
    assert (details["out"], details["counts"]["written"], details["splits"]) == ("dist", 2, {"train": 2})
