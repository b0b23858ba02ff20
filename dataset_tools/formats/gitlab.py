"""`gitlab`: a Code Quality report, as GitLab documents it under "Code Quality report format".

A list with an object for each issue: description, check_name, fingerprint, severity, location.path and
location.lines.begin. GitLab knows no issue of a whole file, so that is one of line 1. That issues are left out is an
object of its own, the last.
"""

import hashlib
import json
from typing import Any

from dataset_tools.formats.fingerprint import fingerprints
from dataset_tools.formats.json import printable_values
from dataset_tools.formats.lines import left_out
from dataset_tools.model import Issue, Severity
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def render(report: RunReport) -> str:
    """The issues as one JSON list."""
    pairs = zip(report.issues, fingerprints(report), strict=True)
    values = [_violation(one, fingerprint) for one, fingerprint in pairs]
    cut = left_out(report)
    if cut is not None:
        values.append(_remark(cut))
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


def _remark(text: str) -> dict[str, Any]:
    """What the report has to say of itself; the format has no other place for it."""
    return {
        "description": text,
        "check_name": "left-out",
        "fingerprint": hashlib.sha256(b"left-out").hexdigest()[:32],
        "severity": "info",
        "location": {"path": ".", "lines": {"begin": 1}},
    }


def _violation(one: Issue, fingerprint: str) -> dict[str, Any]:
    return {
        "description": f"{one.message}; next: {one.hint}",
        "check_name": f"{one.code} {RULES[one.code].name}",
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[one.severity],
        # GitLab takes relative paths only; what lies outside the checkout it cannot show in any case.
        "location": {"path": (one.path or "").lstrip("/") or ".", "lines": {"begin": one.line or 1}},
    }
