"""`github`: workflow commands, which GitHub Actions shows as annotations on the files, then the summary.

Commands and their escapes are those of "Workflow commands for GitHub Actions" and of `@actions/core`, which is what
GitHub's own actions write them with. GitHub shows ten errors and ten warnings of a step; errors come first.
"""

from dataset_tools.formats.lines import errors_first, shown, summary
from dataset_tools.model import Issue
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport


def render(report: RunReport) -> str:
    """`::error file=…,line=…,col=…,title=…::message`, or `::warning`, a line each, then the summary as plain lines."""
    return "\n".join([*map(_command, errors_first(report.issues)), *summary(report)]) + "\n"


def _command(one: Issue) -> str:
    properties = {
        "file": one.path,
        "line": one.line,
        "col": one.column,
        "title": f"{one.code} {RULES[one.code].name}",
    }
    written = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    message = f"{shown(one.message)}\nnext: {shown(one.hint)}"
    return f"::{one.severity} {written}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(shown(text)).replace(":", "%3A").replace(",", "%2C")
