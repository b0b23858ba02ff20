"""`full`: each issue with what to do next, then the summary; what a person reads."""

from dataset_tools.formats.lines import location, summary
from dataset_tools.model import RunReport
from dataset_tools.text import printable


def render(report: RunReport) -> str:
    """Two lines for each issue, a blank line, the summary."""
    lines = []
    for one in report.issues:
        lines.append(f"{location(one)}: {one.code} {one.severity}: {printable(one.message)}")
        lines.append(f"    next: {printable(one.hint)}")
    if lines:
        lines.append("")
    return "\n".join([*lines, *summary(report)]) + "\n"
