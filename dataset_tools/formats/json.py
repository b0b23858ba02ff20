"""`json`: for programs; one object, stable within a version."""

import json
from typing import Any

from dataset_tools.model import Issue, RunReport
from dataset_tools.rules import RULES
from dataset_tools.text import printable

VERSION = 1


def render(report: RunReport) -> str:
    """The whole report as one JSON object."""
    summary: dict[str, Any] = {
        "checked": report.checked,
        "ignored": report.ignored,
        "errors": report.errors,
        "warnings": report.warnings,
        "exit_code": report.exit_code,
    }
    values = {
        "version": VERSION,
        "command": report.command,
        "summary": summary,
        "issues": [_issue(one) for one in report.issues],
        report.command: report.details(),
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _issue(one: Issue) -> dict[str, Any]:
    return {
        "code": one.code,
        "rule": RULES[one.code].name,
        "severity": one.severity,
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "message": printable(one.message),
        "hint": printable(one.hint),
        "fixable": False,
    }
