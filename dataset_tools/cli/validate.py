"""`dataset-tools validate`."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.console import progress_bars, run, write_report


def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files and folders. By default the raw folder of the settings.", show_default=False, readable=False
        ),
    ] = None,
    config: options.Config = None,
    schema: options.Schema = None,
    near: Annotated[
        bool, typer.Option("--near", help="Warn of near-duplicates as well; --threshold does so too.")
    ] = False,
    threshold: options.Threshold = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Dataset that was built from these files: it says what the ids are.", show_default=False
        ),
    ] = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    strict: options.Strict = False,
    jobs: options.Jobs = None,
    output_format: options.Format = options.OutputFormat.FULL,
    output_file: options.OutputFile = None,
    quiet: options.Quiet = False,
    color: options.ColorOption = options.Color.AUTO,
    no_progress: options.NoProgress = False,
) -> None:
    """Check article files; write nothing.

    Encoding, name, id, title, body, duplicates, residue of web pages: dataset-tools rule lists all rules. Ids are
    compared with the content. What they are the hash of is found out, unless the settings say it.
    """

    def command() -> int:
        from dataset_tools import config as settings_files
        from dataset_tools import pipeline

        dedup = None if threshold is None else {"threshold": threshold}
        settings = settings_files.load(
            config, schema=schema, jobs=jobs, dedup=dedup, out=out, select=select, ignore=ignore
        )
        with progress_bars(wanted=not (no_progress or quiet), color=color) as progress:
            report = pipeline.validate(
                settings,
                paths or [],
                near=near or threshold is not None,
                strict=strict,
                published=out,
                progress=progress,
            )
        write_report(report, output_format, output_file=output_file, quiet=quiet, color=color)
        return report.exit_code

    run(command)
