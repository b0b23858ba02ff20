"""`dataset-tools ids`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.calls import call_of
from dataset_tools.cli.console import light, look_of, progress_of, run, write_text
from dataset_tools.model import UserError


class Format(StrEnum):
    """Forms of what this command shows."""

    FULL = "full"
    JSON = "json"


def ids(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="Files and folders. By default the raw folder of the settings.",
            show_default=False,
            readable=False,
        ),
    ] = None,
    check: Annotated[
        str | None,
        typer.Option(
            metavar="RECIPE",
            help="Hold the files to this recipe; exit with 1 if some do not fit.",
            show_default=False,
        ),
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="Show for each file its id by every recipe.")] = False,
    config: options.Config = None,
    out: options.BuiltAs = None,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    rehash: options.Rehash = False,
    output_format: Annotated[
        Format, typer.Option("--output-format", "--format", help="Form of what is shown on standard output.")
    ] = Format.FULL,
    output_file: options.OutputFile = None,
    color: options.ColorOption = options.Color.AUTO,
    progress_form: options.ProgressOption = options.ProgressForm.AUTO,
    no_progress: options.NoProgress = False,
) -> None:
    """Show what the ids of articles are the hash of.

    Which recipes explain which files is shown; nothing but the cache is changed. Files that do not fit the recipe in
    use are named, with what they would be called. Which one is in use is decided on the whole folder, or by the
    settings or the published dataset, never by a few given files.
    """

    def command() -> int:
        if check is not None and names:
            raise UserError("--check asks about one recipe, --names about all", "leave one of the two out")
        from dataset_tools import config as settings_files
        from dataset_tools import ids as identities
        from dataset_tools.formats import ids as rendering
        from dataset_tools.recipes import parse_recipe

        recipe = None if check is None else parse_recipe(check)
        settings = settings_files.load(
            config, jobs=jobs, out=out, cache_size=0 if no_cache else None, rehash=rehash or None
        )
        shown = progress_of(progress_form, color, None, quiet=False, no_progress=no_progress)
        with light(settings), shown as progress:
            report = identities.ids(settings, paths or [], check=recipe, names=names, published=out, progress=progress)
        if output_format is Format.FULL:
            text = rendering.full(report, look_of(color, output_file), call_of(context))
        else:
            text = rendering.as_json(report)
        write_text(text, output_file)
        return report.exit_code

    run(command)
