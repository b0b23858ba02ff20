"""`--diff`: what fixes would change, for people."""

from dataset_tools.formats.lines import fixed
from dataset_tools.run_report import RunReport


def render(report: RunReport) -> str:
    """The differences of every file, then what would be done."""
    assert report.fixes is not None
    lines = [line for one in report.fixes.files for line in one.diff]
    return "\n".join([*lines, *([""] if lines else []), *fixed(report.fixes)]) + "\n"
