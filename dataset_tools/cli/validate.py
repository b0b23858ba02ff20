"""`dataset-tools validate`."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import fixing, options, standard_input
from dataset_tools.cli.calls import call_of, without_default
from dataset_tools.cli.console import Output, describe, light, progress_of, run, write_report
from dataset_tools.processes import start_server_early


def validate(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files and folders; - is standard input. By default the raw folder of the settings.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    stdin_filename: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Check standard input as if this file held it; it need not exist.",
            show_default=False,
        ),
    ] = None,
    changed_since: Annotated[
        str | None,
        typer.Option(
            metavar="REF",
            help="Only files that Git says were added, changed or renamed since REF (a branch, tag or commit) and HEAD "
            "parted; what is not committed counts.",
            show_default=False,
        ),
    ] = None,
    config: options.Config = None,
    schema: options.Schema = None,
    near: Annotated[bool, typer.Option("--near", help="Warn of near-duplicates as well, as --threshold does.")] = False,
    threshold: options.Threshold = None,
    out: options.BuiltAs = None,
    against: options.Against = None,
    fix: fixing.Fix = False,
    unsafe_fixes: fixing.UnsafeFixes = False,
    diff: fixing.Diff = False,
    republish: fixing.Republish = False,
    undo: fixing.Undo = None,
    select: options.Select = None,
    ignore: options.Ignore = None,
    strict: options.Strict = False,
    jobs: options.Jobs = None,
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
    """Check articles; mend them with --fix, else change nothing.

    Nothing but the cache is written without --fix. Encoding, name, id, title, body, duplicates, residue of web pages:
    dataset-tools rule lists all rules. Ids are compared with the content. What they are the hash of is found out,
    unless the settings say it.
    """

    def command() -> int:
        call = call_of(context)
        from dataset_tools import config as settings_files

        output = Output(
            format=output_format,
            file=output_file,
            max_issues=max_issues,
            statistics=statistics,
            quiet=quiet,
            color=color,
        )
        output.check()
        wanted = fixing.wanted_fixes(
            fix=fix,
            unsafe_fixes=unsafe_fixes,
            diff=diff,
            republish=republish,
            undo=undo,
            output_format=output_format,
            standard_input=stdin_filename is not None or standard_input.DASH in (paths or []),
            statistics=statistics,
        )
        dedup = None if threshold is None else {"threshold": threshold}
        settings = settings_files.load(
            config,
            schema=schema,
            jobs=jobs,
            dedup=dedup,
            out=out,
            against=against,
            select=select,
            ignore=ignore,
            cache_size=0 if no_cache else None,
            rehash=rehash or None,
        )
        from dataset_tools.cache import has
        from dataset_tools.validation import validate as checked

        if not has(settings.cache, "report"):  # else few files will have to be looked at
            folders = paths or [settings.raw] if changed_since is None else []
            start_server_early(folders, settings.jobs, light=not settings.runs_code)
        call = without_default(call, settings.raw)
        contents = standard_input.contents(paths or [], stdin_filename, settings.max_file_size)
        if verbose:
            describe(settings, config)
        near_too = near or threshold is not None
        shown = progress_of(progress_form, color, profile, quiet=quiet, no_progress=no_progress)
        with light(settings), shown as progress:
            if wanted is not None:
                from dataset_tools.mending import mend

                report = mend(
                    settings,
                    paths or [],
                    wanted,
                    changed_since=changed_since,
                    near=near_too,
                    strict=strict,
                    published=out,
                    progress=progress,
                )
            else:
                report = checked(
                    settings,
                    [] if contents else paths or [],
                    contents=contents,
                    changed_since=changed_since,
                    near=near_too,
                    strict=strict,
                    published=out,
                    progress=progress,
                )
        write_report(report, output, call)
        return report.exit_code

    run(command, interrupted="each file is the old one or the new one" if fix else "the output is as it was before")
