"""Where output goes: reports to standard output or a file, progress to standard error, faults to one clear line."""

import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from dataset_tools import __version__
from dataset_tools.cli.options import Color, OutputFormat, ProgressForm
from dataset_tools.model import Progress, UserError
from dataset_tools.processes import without_pandas
from dataset_tools.run_report import RunReport
from dataset_tools.text import printable

if TYPE_CHECKING:
    from dataset_tools.formats.call import Call
    from dataset_tools.formats.look import Look
    from dataset_tools.settings import Settings

WRONG_CALL, DEFECT, INTERRUPTED = 2, 3, 130

_NARROWEST = 40
"""Columns that are used even of a narrower terminal."""

_STYLES: dict[str, dict[str, Any]] = {
    "removed": {"fg": "red"},
    "added": {"fg": "green"},
    "old": {"fg": "red"},
    "new": {"fg": "green"},
    "place": {"bold": True},
    "error": {"fg": "red"},
    "warning": {"fg": "yellow"},
    "next": {"dim": True},
    "command": {"bold": True},
}
"""The styles of `dataset_tools.formats.look.Paint`."""

_FOR_PEOPLE = (OutputFormat.FULL, OutputFormat.CONCISE, OutputFormat.GITHUB, OutputFormat.MARKDOWN)
"""Formats that --quiet keeps back when there is nothing to report; programs want their document in any case."""


def run(command: Callable[[], int], interrupted: str = "the output is as it was before") -> None:
    """Run a command and leave with its exit code; the one place that catches what no one expected."""
    try:
        code = command()
    except UserError as error:
        _say(f"error: {printable(error.message)}\n    next: {printable(error.hint)}")
        code = WRONG_CALL
    except KeyboardInterrupt:
        _say(f"interrupted; {interrupted}")
        code = INTERRUPTED
    except Exception as error:
        _say(_defect(error))
        code = DEFECT
    raise typer.Exit(code)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def describe(settings: "Settings", config: Path | None) -> None:
    """Say on standard error what a run works with."""
    from dataset_tools.cli import verbose

    for line in verbose.described(settings, config):
        _say(printable(line))


def _defect(error: Exception) -> str:
    """Keep the traceback in a file and say where."""
    descriptor, path = tempfile.mkstemp(prefix="dataset-tools-", suffix=".log")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as log:
        log.write(f"dataset-tools {__version__}, Python {sys.version}\n{datetime.now(UTC).isoformat()}\n")
        log.write(f"{sys.argv}\n\n{''.join(traceback.format_exception(error))}")
    what = printable(f"{type(error).__name__}: {error}")[:200]
    return f"defect of dataset-tools: {what}\n    next: please report it, with the log {path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What a call says about its report: the form, the place, and how much of it."""

    format: OutputFormat
    file: Path | None
    max_issues: int | None
    statistics: bool
    quiet: bool
    color: Color

    def check(self) -> None:
        """Refuse what does not go together, before anything is done for it.

        Raises:
            UserError: if there are no statistics in this format, or nothing to limit.
        """
        from dataset_tools.formats import statistics

        if self.statistics and self.format not in statistics.RENDERERS:
            known = ", ".join(statistics.RENDERERS)
            raise UserError(f"--statistics has no form in the format {self.format}", f"use one of {known}")
        if self.statistics and self.max_issues is not None:
            hint = "leave one of the two out"
            raise UserError("--statistics shows no single issues that --max-issues could limit", hint)


def write_report(report: RunReport, output: Output, call: "Call") -> None:
    """Render a report, which answers `call`, and write it to standard output or a file.

    On GitHub it is added to the summary of the job as well: with the format github, where GITHUB_STEP_SUMMARY names the
    file of the summary.
    """
    nothing = report.ok and not report.issues and (report.fixes is None or not report.fixes.files)
    if output.quiet and output.file is None and output.format in _FOR_PEOPLE and nothing:
        return
    if output.max_issues is not None:
        report = report.limited(output.max_issues)
    if output.format is OutputFormat.FULL:
        text = _for_people(report, look_of(output.color, output.file), call, statistics=output.statistics)
    else:
        text = _rendered(report, output.format, statistics=output.statistics)
    write_text(text, output.file)
    summary_file = os.environ.get("GITHUB_STEP_SUMMARY")
    if output.format is OutputFormat.GITHUB and summary_file:
        _add_to_summary(report, Path(summary_file))


def write_text(text: str, file: Path | None) -> None:
    """Write to a file, or to standard output if there is none.

    Raises:
        UserError: if it cannot be written.
    """
    if file is None:
        _print(text)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        reason = f"cannot write {printable(str(file))}: {error.strerror}"
        raise UserError(reason, "name another file with --output-file") from None


def look_of(color: Color, file: Path | None) -> "Look":
    """The look of what goes to a file, or to standard output if there is none."""
    from dataset_tools.formats.look import WIDTH, Look, marked

    terminal = file is None and sys.stdout.isatty()
    width = min(max(shutil.get_terminal_size().columns, _NARROWEST), WIDTH) if terminal else WIDTH
    return Look(width, painted if file is None and _colored(color, terminal) else marked)


def painted(kind: str, words: str) -> str:
    """Words in the colour of their kind, for terminals."""
    return typer.style(words, **_STYLES[kind]) if kind in _STYLES else words


def _print(text: str) -> None:
    """Write to standard output; that its reader has gone changes nothing of what the command has found."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise UserError(f"cannot write the report: {error.strerror}", "write it to a file with --output-file") from None


def _rendered(report: RunReport, output_format: OutputFormat, *, statistics: bool = False) -> str:
    from dataset_tools.formats import RENDERERS, fixed
    from dataset_tools.formats.statistics import RENDERERS as STATISTICS

    if statistics:
        return STATISTICS[output_format](report)
    if output_format is OutputFormat.CONCISE and report.shows_differences:
        return fixed.concise(report)
    return RENDERERS[output_format](report)


def _for_people(report: RunReport, look: "Look", call: "Call", *, statistics: bool) -> str:
    from dataset_tools.formats import fixed, full
    from dataset_tools.formats import statistics as counted
    from dataset_tools.report import SourceLines

    if statistics:
        return counted.full(report, look, call)
    if report.shows_differences:
        return fixed.full(report, look, call)
    return full.render(report, SourceLines(report.contents), look, call)


def _add_to_summary(report: RunReport, path: Path) -> None:
    """Append the report as Markdown, apart from what others have written there."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write("\n" + _rendered(report, OutputFormat.MARKDOWN))
    except OSError as error:
        reason = f"cannot write the summary of the job to {printable(str(path))}: {error.strerror}"
        raise UserError(reason, "unset GITHUB_STEP_SUMMARY, or let it name a file that can be written") from None


def _colored(color: Color, terminal: bool) -> bool:
    """NO_COLOR and FORCE_COLOR count where the call leaves it open (https://no-color.org)."""
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")


def light(settings: "Settings") -> AbstractContextManager[None]:
    """For work of our own: without pandas, unless the schema is a program or Daft does it, which may need it."""
    return nullcontext() if settings.runs_code or settings.engine.name != "local" else without_pandas()


def progress_of(
    form: ProgressForm, color: Color, profile: Path | None, *, quiet: bool, no_progress: bool
) -> AbstractContextManager[Progress]:
    """What a command is to tell its progress to."""
    from dataset_tools.cli.progress import shown_progress

    form = ProgressForm.NONE if no_progress else form
    return shown_progress(form, quiet=quiet, no_color=not _colored(color, terminal=True), profile=profile)
