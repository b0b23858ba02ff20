"""`--statistics`: how often each rule is broken, in place of single issues; the most frequent one first."""

import json
from collections.abc import Callable
from dataclasses import replace

from dataset_tools.formats.call import Call
from dataset_tools.formats.lines import broken_rules, shown, summary
from dataset_tools.formats.look import PLAIN, Look
from dataset_tools.formats.run_summary import run_summary
from dataset_tools.formats.summary import table
from dataset_tools.formats.summary import text as summary_text
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport


def full(report: RunReport, look: Look = PLAIN, call: Call | None = None) -> str:
    """`12  W001  image-markup  [warning]  A line has…`, in columns, for each rule; then the summary."""
    rows = list(table(_cells(report), look, margin="", numbers=0))
    summary = replace(run_summary(report, call), rules=())
    return "".join(f"{line}\n" for line in [*rows, *([""] if rows else [])]) + summary_text(summary, look)


def concise(report: RunReport) -> str:
    """The same, however wide a line is."""
    cells = _cells(report)
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        f"{count:>{wide[0]}}  {code:<{wide[1]}}  {name:<{wide[2]}}  {severity:<{wide[3]}}  {shown(what)}"
        for count, code, name, severity, what in cells
    ]
    return "\n".join([*lines, *([""] if lines else []), *summary(report)]) + "\n"


def _cells(report: RunReport) -> list[tuple[str, ...]]:
    return [
        (f"{count:,}", code, RULES[code].name, f"[{severity}]", RULES[code].what)
        for count, code, severity in broken_rules(report)
    ]


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
        for count, code, severity in broken_rules(report)
    ]
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


RENDERERS: dict[str, Callable[[RunReport], str]] = {"full": full, "concise": concise, "json": as_json}
"""The formats that have a form for it; others are lists of single issues by their nature."""
