"""`dataset-tools diff`."""

from enum import StrEnum
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.calls import call_of
from dataset_tools.cli.console import look_of, run, write_text

SHOWN = 20
"""So many documents of a kind are shown to people, unless they say otherwise."""


class Format(StrEnum):
    """Forms of what this command shows."""

    FULL = "full"
    JSON = "json"
    MARKDOWN = "markdown"


def diff(
    context: typer.Context,
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A dataset: its folder, a Parquet file, a folder of such, or a URL.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another one, which came after it.")],
    words: Annotated[
        bool, typer.Option("--words", help="Show how the texts of changed documents differ, word by word.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help=f"Show at most N documents of each kind; 0 shows all. By default {SHOWN}; json has all in any case.",
            show_default=False,
        ),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 if the two are not the same, as git diff does.")
    ] = False,
    output_format: Annotated[
        Format, typer.Option("--output-format", help="Form of what is shown; markdown is for release notes.")
    ] = Format.FULL,
    output_file: options.OutputFile = None,
    color: options.ColorOption = options.Color.AUTO,
) -> None:
    """Show which documents differ between two datasets.

    Those that were added, removed, changed, or moved to another split are shown. Documents are known by their ids. A
    text that was corrected has a new id: it is changed if its path is the same but for the id, as in 012_OLD.txt and
    012_NEW.txt.
    """

    def command() -> int:
        from dataset_tools import comparison
        from dataset_tools.formats import changes

        most = SHOWN if limit is None else limit or None
        compared = None if output_format is Format.JSON else most
        report = comparison.diff(old, new, words=compared if words else 0)
        if output_format is Format.FULL:
            text = changes.full(report, most, look_of(color, output_file), call_of(context))
        else:
            text = changes.RENDERERS[output_format](report, most)
        write_text(text, output_file)
        return int(exit_code and report.differs)

    run(command)
