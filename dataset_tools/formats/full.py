"""`full`: each issue with its line of the file and what to do next, then the summary; what a person reads."""

from collections.abc import Callable

from dataset_tools.formats.call import Call
from dataset_tools.formats.excerpt import MARGIN, excerpt
from dataset_tools.formats.lines import location, shown
from dataset_tools.formats.look import PLAIN, Look
from dataset_tools.formats.run_summary import run_summary
from dataset_tools.formats.summary import text
from dataset_tools.model import Issue
from dataset_tools.run_report import RunReport

SourceLine = Callable[[str, int], str | None]
"""Gives a line (from 1) of the file at a path of the report, without its line end; None if it cannot be had."""


def no_source(path: str, line: int) -> None:
    """Leave the lines of the files out."""


def render(report: RunReport, source_line: SourceLine = no_source, look: Look = PLAIN, call: Call | None = None) -> str:
    """The issues, a blank line, and the summary of the run, which answers `call`."""
    found = issues(report, source_line, look)
    return found + ("\n" if found else "") + text(run_summary(report, call), look)


def issues(report: RunReport, source_line: SourceLine, look: Look) -> str:
    """Two lines for each issue, between them its line of the file with a caret."""
    lines = []
    for one in report.issues:
        place, rule = f"{location(one)}:", f"{one.code} {one.severity}:"
        lines.append(f"{look.paint('place', place)} {look.paint(one.severity, rule)} {shown(one.message)}")
        lines += _source(one, source_line, look.width - len(MARGIN))
        lines.append(look.paint("next", f"    next: {shown(one.hint)}"))
    return "".join(f"{line}\n" for line in lines)


def _source(one: Issue, source_line: SourceLine, width: int) -> list[str]:
    line = None if one.path is None or one.line is None else source_line(one.path, one.line)
    return [] if line is None else excerpt(line, one.column, width)
