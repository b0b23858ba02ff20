"""`dataset-tools push`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.calls import call_of
from dataset_tools.cli.console import look_of, progress_of, run, write_text
from dataset_tools.model import UserError


class Format(StrEnum):
    """Forms of what this command shows."""

    FULL = "full"
    JSON = "json"


def push(
    context: typer.Context,
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="[DIST] TARGET",
            help="Folder of the dataset (by default that of the settings, dist), and where it goes: "
            "hf://datasets/OWNER/NAME, the URL of a folder in an object store (s3://, gs://, what fsspec opens), or a "
            "folder.",
            show_default=False,
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")] = False,
    private: Annotated[
        bool, typer.Option("--private", help="Make the repository of the Hub a private one, if it is not there yet.")
    ] = False,
    revision: Annotated[
        str | None,
        typer.Option(
            metavar="BRANCH", help="Branch of the repository of the Hub, made if need be.", show_default=False
        ),
    ] = None,
    config: options.Config = None,
    output_format: Annotated[Format, typer.Option("--output-format", help="Form of what is shown.")] = Format.FULL,
    output_file: options.OutputFile = None,
    quiet: options.Quiet = False,
    color: options.ColorOption = options.Color.AUTO,
    progress_form: options.ProgressOption = options.ProgressForm.AUTO,
    no_progress: options.NoProgress = False,
) -> None:
    """Publish a built dataset, after verifying it.

    What is there already and equal is not sent again. Data go first, the manifest last, and what has arrived is read
    back. Files that no manifest of ours names are never touched. Tokens and keys come from the environment (HF_TOKEN,
    AWS_ACCESS_KEY_ID, …).
    """

    def command() -> int:
        if len(places) > 2:
            raise UserError(f"{len(places)} places are given", "name the dataset, then where it goes")
        folder = Path(places[0]) if len(places) == 2 else _configured(config)
        from dataset_tools import publishing
        from dataset_tools.formats import full, pushed

        with progress_of(progress_form, color, None, quiet=quiet, no_progress=no_progress) as progress:
            report = publishing.push(
                folder, places[-1], dry_run=dry_run, private=private, revision=revision, progress=progress
            )
        if not (quiet and report.ok and output_file is None and output_format is Format.FULL):
            if output_format is Format.FULL:
                look = look_of(color, output_file)
                errors = "" if report.verified.ok else full.render(report.verified, look=look)
                text = errors + pushed.full(report, look, call_of(context))
            else:
                text = pushed.as_json(report)
            write_text(text, output_file)
        return report.exit_code

    run(command, interrupted="what was sent stays; push again, and only the rest is sent")


def _configured(config: Path | None) -> Path:
    from dataset_tools import config as settings_files

    return settings_files.load(config).out
