"""What `add` has found and done: `full` for people, `json` for programs."""

import json

from dataset_tools.add_report import AddReport
from dataset_tools.formats import full as issues
from dataset_tools.formats.full import SourceLine, no_source
from dataset_tools.formats.json import VERSION, issue_values, printable_values, summary_values
from dataset_tools.formats.lines import many, shown


def full(report: AddReport, source_line: SourceLine = no_source) -> str:
    """What is wrong, each file with its new name, and what it comes to."""
    lines = [f"Finished what a killed call had begun: {shown(path)}" for path in report.finished]
    if report.ok:
        lines += [f"{shown(one.source)} -> {shown(one.path)}" for one in report.additions]
    text = "\n".join([*lines, ""] if lines else []) + issues.render(report.checked, source_line)
    return text + "\n".join(map(shown, _verdict(report))) + "\n"


def _verdict(report: AddReport) -> list[str]:
    if not report.ok:
        refused = (
            f"{len(report.refused):,} of {many(report.checked.checked, 'file')}" if report.refused else "see above"
        )
        return [
            f"Nothing was added to {report.raw}; refused: {refused}.",
            "    next: mend these files, or leave them out, and add again",
        ]
    count = many(len(report.additions), "file")
    ids = f"ids: {report.recipe}"
    if report.dry_run:
        return [f"Would add {count} to {report.raw}; {ids}. Nothing was changed."]
    return [f"Added {count} to {report.raw}; {ids}."]


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
