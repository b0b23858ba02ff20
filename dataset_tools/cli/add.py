"""`dataset-tools add`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.calls import call_of
from dataset_tools.cli.console import light, look_of, progress_of, run, write_text


class Format(StrEnum):
    """Forms of what this command shows."""

    FULL = "full"
    JSON = "json"


def add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Files, and folders of files.", readable=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    config: options.Config = None,
    schema: options.Schema = None,
    threshold: options.Threshold = None,
    against: options.Against = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    strict: options.Strict = False,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    rehash: options.Rehash = False,
    output_format: Annotated[
        Format, typer.Option("--output-format", "--format", help="Form of what is shown on standard output.")
    ] = Format.FULL,
    output_file: options.OutputFile = None,
    quiet: options.Quiet = False,
    color: options.ColorOption = options.Color.AUTO,
    progress_form: options.ProgressOption = options.ProgressForm.AUTO,
    no_progress: options.NoProgress = False,
) -> None:
    """Check incoming files and copy them into the corpus: all or none.

    Each gets the next free index and the id that its content has. A file with an error is refused, and so is one that
    is in the corpus, in a published dataset (--against) or among the others already, even nearly. The files that are
    given stay as they are.
    """

    def command() -> int:
        from dataset_tools import config as settings_files
        from dataset_tools import incoming
        from dataset_tools.formats import added
        from dataset_tools.report import SourceLines

        settings = settings_files.load(
            config,
            schema=schema,
            jobs=jobs,
            dedup=None if threshold is None else {"threshold": threshold},
            against=against,
            select=select,
            ignore=ignore,
            cache_size=0 if no_cache else None,
            rehash=rehash or None,
        )
        shown = progress_of(progress_form, color, None, quiet=quiet, no_progress=no_progress)
        with light(settings), shown as progress:
            report = incoming.add(settings, files, dry_run=dry_run, strict=strict, progress=progress)
        if output_format is Format.FULL:
            if not (quiet and report.ok and not report.checked.issues and output_file is None):
                lines = SourceLines(report.checked.contents)
                write_text(added.full(report, lines, look_of(color, output_file), call_of(context)), output_file)
        else:
            write_text(added.as_json(report), output_file)
        return report.exit_code

    run(command, interrupted="all of the files were added, or none; add them again to see")
