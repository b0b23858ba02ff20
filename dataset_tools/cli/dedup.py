"""`dataset-tools dedup`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.calls import call_of
from dataset_tools.cli.console import describe, light, look_of, progress_of, run, write_text
from dataset_tools.model import UserError

if TYPE_CHECKING:
    from dataset_tools.formats.look import Look
    from dataset_tools.settings import Settings

SHOWN = 10
"""So many clusters are shown to people, and so many documents of each, unless they say otherwise."""


class Format(StrEnum):
    """Forms of what this command shows."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSONL = "jsonl"


class Policy(StrEnum):
    """Which of duplicates stays."""

    FIRST = "first"
    LONGEST = "longest"
    PRIORITY = "priority"


def dedup(
    context: typer.Context,
    raw: options.Raw = None,
    show: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="ID ID",
            help="Show how two documents differ, word by word, instead; each by its id or its path.",
            show_default=False,
        ),
    ] = None,
    threshold: options.Threshold = None,
    policy: Annotated[
        Policy | None,
        typer.Option(help="Which of duplicates stays. By default that of the settings, first.", show_default=False),
    ] = None,
    estimate_recall: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Compare N documents, drawn at random, exactly with all others, and say how many of their "
            "near-duplicates are found. 1000 is a good number.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help=f"Show at most N clusters, and N documents of each; 0 shows all. By default {SHOWN} in full.",
            show_default=False,
        ),
    ] = None,
    config: options.Config = None,
    schema: options.Schema = None,
    jobs: options.Jobs = None,
    no_cache: options.NoCache = False,
    rehash: options.Rehash = False,
    output_format: Annotated[
        Format, typer.Option("--output-format", help="Form of what is shown on standard output.")
    ] = Format.FULL,
    output_file: options.OutputFile = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Draw no progress bars.")] = False,
    verbose: options.Verbose = False,
    color: options.ColorOption = options.Color.AUTO,
    progress_form: options.ProgressOption = options.ProgressForm.AUTO,
    no_progress: options.NoProgress = False,
    profile: options.ProfileFile = None,
) -> None:
    """Show which documents a build would remove as duplicates.

    Nothing but the cache is changed. The largest clusters come first, of equal ones those whose similarity is least.
    --show looks at two documents.
    """

    def command() -> int:
        from dataset_tools import config as settings_files
        from dataset_tools import duplicates
        from dataset_tools.formats import clusters

        said = {"threshold": threshold, "policy": policy and policy.value}
        given = {name: value for name, value in said.items() if value is not None}
        settings = settings_files.load(
            config,
            schema=schema,
            jobs=jobs,
            dedup=given or None,
            cache_size=0 if no_cache else None,
            rehash=rehash or None,
        )
        if verbose:
            describe(settings, config)
        if show is not None:
            if estimate_recall is not None:
                raise UserError("--show looks at two documents alone", "leave --estimate-recall out")
            write_text(_difference(settings, show, raw, output_format, look_of(color, output_file)), output_file)
            return 0
        shown = progress_of(progress_form, color, profile, quiet=quiet, no_progress=no_progress)
        with light(settings), shown as progress:
            report = duplicates.dedup(settings, raw, sample=estimate_recall, progress=progress)
        most = SHOWN if limit is None and output_format is Format.FULL else limit or None
        if output_format is Format.FULL:
            text = clusters.full(report, most, look_of(color, output_file), call_of(context))
        else:
            text = clusters.RENDERERS[output_format](report, most)
        write_text(text, output_file)
        return report.exit_code

    run(command)


def _difference(
    settings: "Settings", show: tuple[str, str], raw: Path | None, output_format: Format, look: "Look"
) -> str:
    from dataset_tools import duplicates
    from dataset_tools.formats import difference

    if output_format not in (Format.FULL, Format.JSON):
        raise UserError(f"--show has no form in the format {output_format}", "use full or json")
    found = duplicates.compare(settings, *show, raw)
    if output_format is Format.JSON:
        return difference.as_json(found)
    return difference.full(found, look)
