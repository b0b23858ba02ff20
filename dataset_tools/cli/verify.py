"""`dataset-tools verify`."""

from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.calls import call_of
from dataset_tools.cli.console import Output, progress_of, run, write_report


def verify(
    context: typer.Context,
    dist: options.Dist = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Look for near-duplicates among all candidate pairs, not with a sample of the documents."
        ),
    ] = False,
    load: Annotated[
        bool, typer.Option("--load", help="Load it with the library datasets as well, unless an error was found.")
    ] = False,
    config: options.Config = None,
    ignore: options.Ignore = None,
    strict: options.Strict = False,
    output_format: options.Format = options.OutputFormat.FULL,
    output_file: options.OutputFile = None,
    max_issues: options.MaxIssues = None,
    statistics: options.Statistics = False,
    quiet: options.Quiet = False,
    color: options.ColorOption = options.Color.AUTO,
    progress_form: options.ProgressOption = options.ProgressForm.AUTO,
    no_progress: options.NoProgress = False,
    profile: options.ProfileFile = None,
) -> None:
    """Check whether a folder is the dataset that was built.

    Checksums, manifest, card and Parquet are compared, and every row is looked at: its id, its split, that it is there
    once, and that removed documents have a kept one. The folder alone is asked, nothing in it is trusted, and nothing
    is written.
    """

    def command() -> int:
        call = call_of(context)
        output = Output(
            format=output_format,
            file=output_file,
            max_issues=max_issues,
            statistics=statistics,
            quiet=quiet,
            color=color,
        )
        output.check()
        folder = dist if dist is not None else options.configured_out(config)
        from dataset_tools import verification

        with progress_of(progress_form, color, profile, quiet=quiet, no_progress=no_progress) as progress:
            report = verification.verify(
                folder, full=full, load=load, ignore=ignore or (), strict=strict, progress=progress
            )
        write_report(report, output, call)
        return report.exit_code

    run(command)
