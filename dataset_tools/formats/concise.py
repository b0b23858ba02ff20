"""`concise`: one line for each issue, as editors and grep like it, then the summary."""

from dataset_tools.formats.lines import location, summary
from dataset_tools.model import RunReport
from dataset_tools.text import printable


def render(report: RunReport) -> str:
    """`path:line:column: CODE message`, a line each."""
    lines = [f"{location(one)}: {one.code} {printable(one.message)}" for one in report.issues]
    return "\n".join([*lines, *summary(report)]) + "\n"
