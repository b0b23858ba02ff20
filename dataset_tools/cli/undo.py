"""`dataset-tools undo`."""

from pathlib import Path
from typing import Annotated

import typer

from dataset_tools.cli.console import run, write_text


def undo(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What validate --fix --undo FILE has written.", show_default=False)
    ],
) -> None:
    """Take back what validate --fix --undo FILE has changed.

    Each file gets its old bytes and its old name. Files that were changed since stay as they are, and are named; then
    the exit code is 1.
    """

    def command() -> int:
        from dataset_tools.fixes.undo import undo as take_back
        from dataset_tools.formats.lines import many, shown

        done = take_back(file)
        lines = []
        for held in done.held:
            lines += [f"{held.path}: not restored: {held.reason}", f"    next: {held.hint}"]
        already = f"; {many(done.already, 'file')} had nothing to restore" if done.already else ""
        lines.append(f"Restored {many(len(done.restored), 'file')}{already}.")
        write_text("".join(f"{shown(line)}\n" for line in lines), None)
        return int(bool(done.held))

    run(command, interrupted="each file is the new one or the old one; run it again")
