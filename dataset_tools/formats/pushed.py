"""What a push has done: `full` for people, `json` for programs."""

import json

from dataset_tools.formats.call import Call
from dataset_tools.formats.json import VERSION, printable_values
from dataset_tools.formats.lines import many, shown
from dataset_tools.formats.look import PLAIN, Look
from dataset_tools.formats.summary import Stage, Summary, text
from dataset_tools.push_report import PushReport


def full(report: PushReport, look: Look = PLAIN, call: Call | None = None) -> str:
    """Each file that is sent or removed, the files of others, and what it comes to."""
    call = call or Call(command="push", places=(report.target,))
    if not report.verified.ok:
        again = f"build the dataset again, or get a whole copy of it, then {call.again()}"
        return text(Summary(said=[f"Nothing was pushed to {report.target}."], next=[again]), look)
    lines = [f"+ {shown(one.path)} ({one.bytes:,} bytes)" for one in report.uploaded]
    lines += [f"- {shown(path)}" for path in report.removed]
    lines += [f"? {shown(path)}: not of this dataset, left as it is" for path in report.foreign]
    lines += [f"! {shown(path)}: arrived with other bytes than were sent" for path in report.differing]
    return "".join(f"{line}\n" for line in [*lines, ""] if lines) + text(_summary(report, call), look)


def _summary(report: PushReport, call: Call) -> Summary:
    if report.differing:
        again = "push again; what has arrived is not sent twice"
        return Summary(said=[f"{report.target} is not whole."], next=[again])
    sent, same, gone = len(report.uploaded), len(report.unchanged), len(report.removed)
    if not (sent or gone or report.commit):
        return Summary(said=[f"{report.target} has this dataset already: {many(same, 'file')} unchanged."])
    seen = report.verified.verified
    documents = many((seen and seen.documents) or 0, "document")
    size = f"{sum(one.bytes for one in report.uploaded):,} bytes"
    if report.dry_run:
        stages = [Stage("to upload", sent, size), Stage("unchanged", same), Stage("to remove", gone)]
        said = [f"Would push {documents} to {report.target}. Nothing was changed."]
        return Summary(said=said, stages=stages, next=[call.again()])
    arrived = f"{size}, read back and the same" if sent else ""
    stages = [Stage("uploaded", sent, arrived), Stage("unchanged", same), Stage("removed", gone)]
    commit = [f"Commit {report.commit}."] if report.commit else []
    return Summary(said=[f"Pushed {documents} to {report.target}.", *commit], stages=stages)


def as_json(report: PushReport) -> str:
    """One object with all lists."""
    values = {"version": VERSION, "command": "push", "push": report.values()}
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


RENDERERS = {"full": full, "json": as_json}
