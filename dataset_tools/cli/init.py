"""`dataset-tools init`."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli import options
from dataset_tools.cli.console import look_of, progress_of, run, write_text


def init(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="Folder of the project, which has the folder of articles in it.",
            readable=False,
        ),
    ] = Path(),
    color: options.ColorOption = options.Color.AUTO,
    progress_form: options.ProgressOption = options.ProgressForm.AUTO,
    no_progress: options.NoProgress = False,
) -> None:
    """Set up a folder for a corpus.

    Settings that fit what is there, the schema, a workflow for CI, pre-commit, .gitattributes and .gitignore. Names,
    ids and languages of the articles are found out. Nothing is overwritten: of a file that is there already, what it
    lacks is shown.
    """

    def command() -> int:
        from dataset_tools import setting_up
        from dataset_tools.formats import set_up

        with progress_of(progress_form, color, None, quiet=False, no_progress=no_progress) as progress:
            report = setting_up.init(folder, progress)
        write_text(set_up.full(report, look_of(color, None)), None)
        return 0

    run(command, interrupted="files that were written are whole; init again writes the others")
