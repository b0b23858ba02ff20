"""What `ids` has found: `full` for people, `json` for programs."""

import json
from collections.abc import Iterator

from dataset_tools.formats.call import Call
from dataset_tools.formats.json import VERSION, printable_values
from dataset_tools.formats.lines import many, shown
from dataset_tools.formats.look import PLAIN, Look
from dataset_tools.formats.summary import Summary, Whole, table, text
from dataset_tools.ids_report import Explains, FolderIds, IdsReport, Named

_FEW = 2
"""So many files that a recipe does not explain are named in the table."""


def full(report: IdsReport, look: Look = PLAIN, call: Call | None = None) -> str:
    """For each root a table of recipes and the files that do not fit; then what each file would be called."""
    lines: list[str] = []
    for folder in report.folders:
        if len(report.folders) > 1:
            lines += [f"In {folder.decision.root}:"]
        for part in ([*_table(folder, look)], [*_names(folder.named)], [*_misfits(folder)]):
            lines += [*part, ""] if part else []
    ignored = f" ({many(report.ignored, 'other entry', 'other entries')} ignored)" if report.ignored else ""
    unfit = f"{report.misfits:,} {'does' if report.misfits == 1 else 'do'} not fit" if report.misfits else "all fit"
    said = [f"Checked {many(report.checked, 'file')}{ignored}: {unfit}."]
    for folder in report.folders:
        said += [f"{folder.decision.sentence()}."] if folder.decision.total else []
        if folder.pin is not None:
            said += ["To keep it so, put this into the settings:", Whole(f"  {folder.pin}")]
    steps = _next(report, call or Call(command="ids"))
    return "".join(f"{shown(line)}\n" for line in lines) + text(Summary(said=said, next=steps), look)


def _next(report: IdsReport, call: Call) -> list[str]:
    """Where files are named by a recipe, and some have another name, those names are looked at."""
    wrong = any(one.name is not None for folder in report.folders for one in folder.misfits)
    return [call.then("validate", "--diff", "--unsafe-fixes")] if wrong and report.asked is None else []


def _table(folder: FolderIds, look: Look) -> Iterator[str]:
    if not folder.table:
        return
    rows = [(one.recipe, f"{one.files:,} of {folder.decision.total:,}", _remark(one)) for one in folder.table]
    rows = [("Recipe", "Explains", ""), *rows]
    yield from table(rows, look, margin="")


def _remark(one: Explains) -> str:
    parts = ["in use"] if one.in_use else []
    if one.not_explained:
        more = len(one.not_explained) - _FEW
        parts.append(f"not {', '.join(one.not_explained[:_FEW])}{f' and {more:,} more' if more > 0 else ''}")
    return ", ".join(parts)


def _names(named: tuple[Named, ...]) -> Iterator[str]:
    for one in named:
        yield f"{one.path}{'' if one.ids else ': no text, so no id'}"
        for given, recipes in one.ids:
            more = f" and {len(recipes) - _FEW:,} more" if len(recipes) > _FEW else ""
            mark = "=" if given == one.id else " "
            yield f"{mark} {given}  {', '.join(recipes[:_FEW])}{more}"


def _misfits(folder: FolderIds) -> Iterator[str]:
    for one in folder.misfits:
        yield f"{one.path}: {one.message}"
        if one.name is not None:
            yield f"    next: restore the content, or rename the file to {one.name}"


def as_json(report: IdsReport) -> str:
    """One object with all of it."""
    summary = {
        "checked": report.checked,
        "ignored": report.ignored,
        "misfits": report.misfits,
        "exit_code": report.exit_code,
    }
    values = {"version": VERSION, "command": "ids", "summary": summary, "ids": report.values()}
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


RENDERERS = {"full": full, "json": as_json}
