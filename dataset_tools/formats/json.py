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
    return json.dumps(_printable(values), ensure_ascii=False, indent=2) + "\n"


def _printable(value: Any) -> Any:  # noqa: ANN401  whatever JSON can hold
    """The same value, every string in it made printable."""
    if isinstance(value, dict):
        return {key: _printable(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(entry) for entry in value]
    return printable(value) if isinstance(value, str) else value


def _issue(one: Issue) -> dict[str, Any]:
    return {
        "code": one.code,
        "rule": RULES[one.code].name,
        "severity": one.severity,
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "message": one.message,
        "hint": one.hint,
        "fixable": False,
    }
