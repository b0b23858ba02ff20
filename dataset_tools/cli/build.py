"""`dataset-tools build`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.calls import call_of
from dataset_tools.cli.console import Output, describe, light, progress_of, run, write_report
from dataset_tools.model import UserError
from dataset_tools.processes import start_server_early


class Engine(StrEnum):
    """Where the work is done."""

    LOCAL = "local"
    DAFT = "daft"


class OnInvalid(StrEnum):
    """What to do with files that have errors."""

    FAIL = "fail"
    QUARANTINE = "quarantine"


def build(
    context: typer.Context,
    raw: options.Raw = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIST",
            help="Folder of the dataset. By default that of the settings, dist.",
            show_default=False,
        ),
    ] = None,
    config: options.Config = None,
    schema: options.Schema = None,
    on_invalid: Annotated[
        OnInvalid | None,
        typer.Option(
            help="fail (the default): write nothing if a file has an error. quarantine: leave such files out.",
            show_default=False,
        ),
    ] = None,
    threshold: options.Threshold = None,
    against: options.Against = None,
    accept_changed: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="A published id that may have other content now. Can be given again.", show_default=False
        ),
    ] = None,
    report_file: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Show the dataset in this HTML file as well, as dataset-tools report does.",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; say whether the dataset that is there is what a build would give."
        ),
    ] = False,
    select: options.Select = None,
    ignore: options.Ignore = None,
    strict: options.Strict = False,
    jobs: options.Jobs = None,
    engine: Annotated[
        Engine | None,
        typer.Option(
            help="local (the default): this machine. daft: Daft, on the cluster at --address if one is given.",
            show_default=False,
        ),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(metavar="ray://HOST:PORT", help="The Ray cluster that Daft runs on.", show_default=False),
    ] = None,
    work_dir: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="A folder or URL that every machine of the cluster reaches, for what the stages of the build hand on.",
            show_default=False,
        ),
    ] = None,
    no_cache: options.NoCache = False,
    rehash: options.Rehash = False,
    output_format: options.Format = options.OutputFormat.FULL,
    output_file: options.OutputFile = None,
    max_issues: options.MaxIssues = None,
    statistics: options.Statistics = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    color: options.ColorOption = options.Color.AUTO,
    progress_form: options.ProgressOption = options.ProgressForm.AUTO,
    no_progress: options.NoProgress = False,
    profile: options.ProfileFile = None,
) -> None:
    """Validate, remove duplicates, write Parquet and a dataset card.

    The output folder changes as a whole or not at all; what is left out is recorded in its audit folder.
    """

    def command() -> int:
        call = call_of(context)
        from dataset_tools import config as settings_files
        from dataset_tools.cache import has

        output = Output(
            format=output_format,
            file=output_file,
            max_issues=max_issues,
            statistics=statistics,
            quiet=quiet,
            color=color,
        )
        output.check()
        place = {"name": engine and engine.value, "address": address, "work_dir": work_dir}
        settings = settings_files.load(
            config,
            raw=raw,
            out=out,
            against=against,
            schema=schema,
            on_invalid=on_invalid and on_invalid.value,
            jobs=jobs,
            cache_size=0 if no_cache else None,
            rehash=rehash or None,
            select=select,
            ignore=ignore,
            dedup=None if threshold is None else {"threshold": threshold},
            engine={name: value for name, value in place.items() if value is not None} or None,
        )
        if report_file is not None:
            if check:
                raise UserError("--check writes nothing, so it makes no --report", "leave one of the two out")
            from dataset_tools import html_report

            html_report.check(report_file, settings.raw, settings.out)
        if settings.engine.name == "local" and not has(settings.cache, "groups"):  # else few files will be new
            start_server_early([settings.raw], settings.jobs, light=not settings.runs_code)
        if check:
            from dataset_tools.checking import check as work
        else:
            from dataset_tools.pipeline import build as work
        if verbose:
            describe(settings, config)
        shown = progress_of(progress_form, color, profile, quiet=quiet, no_progress=no_progress)
        with light(settings), shown as progress:
            report = work(settings, strict=strict, accept_changed=accept_changed or [], progress=progress)
        write_report(report, output, call)
        if report_file is not None and report.dataset is not None:
            html_report.report(settings.out, report_file, raw=settings.raw)
        return report.exit_code

    run(command)
