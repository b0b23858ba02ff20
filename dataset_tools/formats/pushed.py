"""What a push has done: `full` for people, `json` for programs."""

import json

from dataset_tools.formats.json import VERSION, printable_values
from dataset_tools.formats.lines import many, shown
from dataset_tools.push_report import PushReport


def full(report: PushReport) -> str:
    """Each file that is sent or removed, the files of others, and what it comes to."""
    if not report.verified.ok:
        return f"Nothing was pushed to {shown(report.target)}.\n"
    lines = [f"+ {shown(one.path)} ({one.bytes:,} bytes)" for one in report.uploaded]
    lines += [f"- {shown(path)}" for path in report.removed]
    lines += [f"? {shown(path)}: not of this dataset, left as it is" for path in report.foreign]
    if report.differing:
        lines += [f"! {shown(path)}: arrived with other bytes than were sent" for path in report.differing]
        lines += [f"{shown(report.target)} is not whole.", "    next: push again; what has arrived is not sent twice"]
        return "\n".join(lines) + "\n"
    return "\n".join([*lines, *([""] if lines else []), _verdict(report)]) + "\n"


def _verdict(report: PushReport) -> str:
    sent, same, gone = len(report.uploaded), len(report.unchanged), len(report.removed)
    target = shown(report.target)
    if not (sent or gone or report.commit):
        return f"{target} has this dataset already: {many(same, 'file')} unchanged."
    seen = report.verified.verified
    documents = many((seen and seen.documents) or 0, "document")
    files = f"{many(sent, 'file')} ({sum(one.bytes for one in report.uploaded):,} bytes)"
    if report.dry_run:
        counts = f"{files} to upload, {same:,} unchanged, {gone:,} to remove"
        return f"Would push {documents} to {target}: {counts}. Nothing was changed."
    commit = f" Commit {shown(report.commit)}." if report.commit else ""
    arrived = " What was uploaded was read back and is the same." if sent else ""
    return f"Pushed {documents} to {target}: {files} uploaded, {same:,} unchanged, {gone:,} removed.{arrived}{commit}"


def as_json(report: PushReport) -> str:
    """One object with all lists."""
    values = {"version": VERSION, "command": "push", "push": report.values()}
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


RENDERERS = {"full": full, "json": as_json}
