"""`json`: for programs; one object, stable within a version."""

import json
from typing import Any

from dataset_tools.model import Issue, errors_among
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport
from dataset_tools.text import printable

VERSION = 1


def render(report: RunReport) -> str:
    """The whole report as one JSON object."""
    values = {
        "version": VERSION,
        "command": report.command,
        "summary": summary_values(report),
        "issues": [issue_values(one) for one in report.issues],
        report.command: report.details(),
    }
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


def printable_values(value: Any) -> Any:  # noqa: ANN401  whatever JSON can hold
    """The same value, every string in it made printable, keys too."""
    if isinstance(value, dict):
        return {printable_values(key): printable_values(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [printable_values(entry) for entry in value]
    return printable(value) if isinstance(value, str) else value


def summary_values(report: RunReport) -> dict[str, Any]:
    """The numbers of a report; those of the issues that are left out are part of those of all."""
    return {
        "checked": report.checked,
        "ignored": report.ignored,
        "errors": report.errors,
        "warnings": report.warnings,
        "errors_left_out": errors_among(report.left_out),
        "warnings_left_out": len(report.left_out) - errors_among(report.left_out),
        "exit_code": report.exit_code,
    }


def issue_values(one: Issue) -> dict[str, Any]:
    """An issue as JSON has it."""
    return {
        "code": one.code,
        "rule": RULES[one.code].name,
        "severity": one.severity,
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "message": one.message,
        "hint": one.hint,
        "fixable": RULES[one.code].mending is not None,
    }
