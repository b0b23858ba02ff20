"""`--statistics`: how often each rule is broken, in place of single issues; the most frequent one first."""

import json
from collections import Counter
from collections.abc import Callable

from dataset_tools.formats.lines import shown, summary
from dataset_tools.model import Severity
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport

Row = tuple[int, str, Severity]
"""How many issues, of which rule, of which severity."""


def rows(report: RunReport) -> list[Row]:
    """The rules that are broken, by count, then by code."""
    counts = Counter((one.code, one.severity) for one in report.found)
    return sorted(((count, *rule) for rule, count in counts.items()), key=lambda row: (-row[0], *row[1:]))


def text(report: RunReport) -> str:
    """`12  W001  image-markup  [warning]  A line has…`, a line for each rule, in columns; then the summary."""
    found = [(f"{count:,}", code, RULES[code].name, f"[{severity}]") for count, code, severity in rows(report)]
    wide = [max(map(len, column)) for column in zip(*found, strict=True)]
    lines = [
        f"{count:>{wide[0]}}  {code:<{wide[1]}}  {name:<{wide[2]}}  {severity:<{wide[3]}}  {shown(RULES[code].what)}"
        for count, code, name, severity in found
    ]
    return "\n".join([*lines, *([""] if lines else []), *summary(report)]) + "\n"


def as_json(report: RunReport) -> str:
    """A list of `{"count", "code", "rule", "severity", "fixable"}`."""
    values = [
        {
            "count": count,
            "code": code,
            "rule": RULES[code].name,
            "severity": severity,
            "fixable": RULES[code].mending is not None,
        }
        for count, code, severity in rows(report)
    ]
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


RENDERERS: dict[str, Callable[[RunReport], str]] = {"full": text, "concise": text, "json": as_json}
"""The formats that have a form for it; others are lists of single issues by their nature."""
