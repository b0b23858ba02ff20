"""`sarif`: SARIF 2.1.0 (OASIS), which GitHub code scanning and many editors read.

The whole catalogue of rules is in `tool.driver.rules`. Paths below the current folder are relative to `%SRCROOT%`,
others are `file:` URIs.
"""

import json
from typing import Any
from urllib.parse import quote

from dataset_tools import __version__
from dataset_tools.formats.fingerprint import fingerprints
from dataset_tools.formats.json import printable_values, summary_values
from dataset_tools.model import Issue, Severity
from dataset_tools.rules import RULES, Rule
from dataset_tools.run_report import RunReport
from dataset_tools.text import printable

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def render(report: RunReport) -> str:
    """The report as a log of one run."""
    numbers = {code: number for number, code in enumerate(RULES)}
    pairs = zip(report.issues, fingerprints(report), strict=True)
    run = {
        "tool": {
            "driver": {
                "name": "dataset-tools",
                "version": __version__,
                "rules": [_rule(rule) for rule in RULES.values()],
            }
        },
        "invocations": [{"executionSuccessful": True, "exitCode": report.exit_code}],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which the command was run."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, numbers[one.code], fingerprint) for one, fingerprint in pairs],
        "properties": {"command": report.command, **summary_values(report)},
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(printable_values(log), ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": _message(rule.what)},
        "fullDescription": {"text": _message(f"{rule.what} {rule.why}")},
        "help": {"text": _message(f"{rule.why} What to do next: {rule.fix}")},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(one: Issue, number: int, fingerprint: str) -> dict[str, Any]:
    return {
        "ruleId": one.code,
        "ruleIndex": number,
        "level": _LEVELS[one.severity],
        "message": {"text": _message(f"{one.message}; next: {one.hint}")},
        "locations": [] if one.path is None else [{"physicalLocation": _place(one, one.path)}],
        "partialFingerprints": {"datasetToolsIssue/v1": fingerprint},
    }


def _place(one: Issue, path: str) -> dict[str, Any]:
    uri = quote(printable(path))
    place: dict[str, Any] = {
        "artifactLocation": {"uri": f"file://{uri}"} if path.startswith("/") else {"uri": uri, "uriBaseId": _ROOT}
    }
    if one.line is not None:
        place["region"] = {"startLine": one.line}
        if one.column is not None:
            place["region"]["startColumn"] = one.column
    return place


def _message(text: str) -> str:
    """A message without placeholders and links: braces doubled (SARIF 3.11.5), no bracket right before a parenthesis.

    The standard lets a viewer turn `[text](target)` into a link, and viewers do so whatever is before the bracket.
    """
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")
