"""What `init` has found and written, for people."""

from collections.abc import Iterator

from dataset_tools.formats.lines import shown
from dataset_tools.formats.look import PLAIN, Look
from dataset_tools.formats.summary import Summary, text
from dataset_tools.init_report import InitReport, SetUpFile


def full(report: InitReport, look: Look = PLAIN) -> str:
    """What was found, each file, what it comes to, and the next commands."""
    lines = [shown(line) for one in report.files for line in _file(one)]
    found = text(Summary(said=report.found), look)
    summary = Summary(said=[report.checked] if report.checked is not None else [], next=report.next)
    return found + "".join(f"{line}\n" for line in ["", *lines, ""]) + text(summary, look)


def _file(one: SetUpFile) -> Iterator[str]:
    if one.what == "written":
        yield f"+ {one.path}"
    elif one.what == "left_out":
        yield f"- {one.path}: left out, since it counts only at the top of the repository: {one.top}"
    elif not one.lacks:
        yield f"= {one.path}: is there, and has what it needs"
    else:
        yield f"= {one.path}: is there and was left as it is; put this into it:"
        yield from (f"  | {line}".rstrip() for line in one.lacks)
