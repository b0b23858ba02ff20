"""What `add` has found and done: `full` for people, `json` for programs."""

import json

from dataset_tools.add_report import AddReport
from dataset_tools.formats.call import Call
from dataset_tools.formats.full import SourceLine, issues, no_source
from dataset_tools.formats.json import VERSION, issue_values, printable_values, summary_values
from dataset_tools.formats.lines import checked, many, shown
from dataset_tools.formats.look import PLAIN, Look
from dataset_tools.formats.run_summary import rules
from dataset_tools.formats.summary import Summary, text


def full(report: AddReport, source_line: SourceLine = no_source, look: Look = PLAIN, call: Call | None = None) -> str:
    """Each file with its new name, what is wrong, and what it comes to."""
    lines = [f"Finished what a killed call had begun: {shown(path)}" for path in report.finished]
    if report.ok:
        lines += [f"{shown(one.source)} -> {shown(one.path)}" for one in report.additions]
    found = issues(report.checked, source_line, look)
    summary = Summary(
        said=[f"{checked(report.checked)}.", _verdict(report)],
        rules=rules(report.checked),
        next=[_next(report, call or Call(command="add"))],
    )
    names = "".join(f"{line}\n" for line in [*lines, ""] if lines)
    return names + found + ("\n" if found else "") + text(summary, look)


def _verdict(report: AddReport) -> str:
    if not report.ok:
        refused = (
            f"{len(report.refused):,} of {many(report.checked.checked, 'file')}" if report.refused else "see above"
        )
        return f"Nothing was added to {report.raw}; refused: {refused}."
    count = many(len(report.additions), "file")
    ids = f"ids: {report.recipe}"
    if report.dry_run:
        return f"Would add {count} to {report.raw}; {ids}. Nothing was changed."
    return f"Added {count} to {report.raw}; {ids}."


def _next(report: AddReport, call: Call) -> str:
    if not report.ok:
        return "mend these files, or leave them out, and add again"
    return call.again() if report.dry_run else call.then("validate", places=())


def as_json(report: AddReport) -> str:
    """One object with the issues, and what became of each file."""
    values = {
        "version": VERSION,
        "command": "add",
        "summary": summary_values(report.checked),
        "issues": [issue_values(one) for one in report.checked.issues],
        "add": report.values(),
    }
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


RENDERERS = {"full": full, "json": as_json}
