"""What to run next, by what a run of `validate`, `build` or `verify` has found."""

import importlib.util
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dataset_tools.formats.call import OF_CORPUS, Call
from dataset_tools.formats.lines import fixable_by
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport

TARGET = "hf://datasets/OWNER/NAME"
"""Where a dataset goes, until somebody says it."""

_UNDO = "fixes.undo"


def next_steps(report: RunReport, call: Call) -> Sequence[str]:
    """The next command, or nothing where none suggests itself."""
    if report.command == "verify":
        return _after_verify(report)
    if report.shows_differences:
        return [call.again("--fix", "--undo", _UNDO)] if report.fixes and report.fixes.files else []
    if report.command == "build":
        return _after_build(report, call)
    return _after_validate(report, call)


def _after_verify(report: RunReport) -> Sequence[str]:
    if not report.ok or report.verified is None:
        return []
    return [Call(command="push", places=(str(report.verified.out), TARGET)).again("--dry-run")]


def _after_validate(report: RunReport, call: Call) -> Sequence[str]:
    if report.contents:
        return []
    fix = _fix(report, call)
    if fix is not None:
        return [call.again(*fix)]
    if not report.ok:
        return [f"mend these files, then {call.again()}"]
    return [_build(call)] if report.counts is not None and report.counts.discovered > report.counts.invalid else []


def _fix(report: RunReport, call: Call) -> Sequence[str] | None:
    """The options that show what would be fixed; None if there is nothing that was not tried."""
    nameless = RULES["F004"].fix  # what is said of a file name from which no right one can be guessed
    safe, unsafe = fixable_by(
        replace(report, issues=tuple(one for one in report.found if one.hint != nameless), left_out=())
    )
    if report.fixes is not None:  # what was safe is done
        safe = 0
        unsafe = 0 if call.said("--unsafe-fixes") else unsafe
    if not (safe or unsafe):
        return None
    return ["--diff", "--unsafe-fixes"] if unsafe and not call.said("--unsafe-fixes") else ["--diff"]


def _build(call: Call) -> str:
    """The build of the corpus that was validated; of one that the settings do not name, into a folder beside it."""
    if not call.places or call.said("--out"):
        return call.then("build", keep=(*OF_CORPUS, "--out"))
    (place,) = call.places
    out = f"{Path(place).resolve()}-dataset"
    return call.then("build", "--out", out if Path(place).is_absolute() else os.path.relpath(out))


def _after_build(report: RunReport, call: Call) -> Sequence[str]:
    if report.dataset is not None:
        shows = "report" if importlib.util.find_spec("vl_convert") is not None else "verify"
        return [Call(command=shows, places=(str(report.dataset.out),)).again()]
    if report.compared is not None:
        return [] if report.compared.same else [call.again()]
    if not report.errors and not call.said("--strict"):
        return [call.then("dedup", keep=("--config", "--schema", "--threshold"))]
    fix = _fix(report, call)
    if fix is not None:
        return [call.then("validate", *fix)]
    return [f"mend these files, then {call.again()}"]
