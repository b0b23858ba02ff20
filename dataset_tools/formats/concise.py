"""`concise`: one line for each issue, as editors and grep like it, then the summary."""

from dataset_tools.formats.lines import location, shown, summary
from dataset_tools.run_report import RunReport


def render(report: RunReport) -> str:
    """`path:line:column: CODE message`, a line each."""
    lines = [f"{location(one)}: {one.code} {shown(one.message)}" for one in report.issues]
    return "\n".join([*lines, *summary(report)]) + "\n"
