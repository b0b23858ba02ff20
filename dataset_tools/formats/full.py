"""`full`: each issue with its line of the file and what to do next, then the summary; what a person reads."""

from collections.abc import Callable

from dataset_tools.formats.excerpt import excerpt
from dataset_tools.formats.lines import location, shown, summary
from dataset_tools.model import Issue
from dataset_tools.run_report import RunReport

SourceLine = Callable[[str, int], str | None]
"""Gives a line (from 1) of the file at a path of the report, without its line end; None if it cannot be had."""


def no_source(path: str, line: int) -> None:
    """Leave the lines of the files out."""


def render(report: RunReport, source_line: SourceLine = no_source) -> str:
    """Two lines for each issue, between them its line of the file with a caret; a blank line; the summary."""
    lines = []
    for one in report.issues:
        lines.append(f"{location(one)}: {one.code} {one.severity}: {shown(one.message)}")
        lines += _source(one, source_line)
        lines.append(f"    next: {shown(one.hint)}")
    if lines:
        lines.append("")
    return "\n".join([*lines, *summary(report)]) + "\n"


def _source(one: Issue, source_line: SourceLine) -> list[str]:
    text = None if one.path is None or one.line is None else source_line(one.path, one.line)
    return [] if text is None else excerpt(text, one.column)
