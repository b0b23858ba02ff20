"""What calls say about fixes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dataset_tools.cli.options import OutputFormat
from dataset_tools.model import UserError

if TYPE_CHECKING:
    from dataset_tools.mending import Wanted

Fix = Annotated[bool, typer.Option("--fix", help="Fix what can be fixed without changing an id or a word.")]
UnsafeFixes = Annotated[
    bool,
    typer.Option("--unsafe-fixes", help="With --fix or --diff: also fix what changes words or ids, and rename files."),
]
Diff = Annotated[
    bool,
    typer.Option("--diff", help="Show what --fix would change and write nothing; exit code 1 if there is something."),
]
Republish = Annotated[
    bool, typer.Option("--republish", help="With --unsafe-fixes: also documents that are published under their id.")
]
Undo = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="With --fix: keep the old files there; dataset-tools undo FILE puts them back.",
        show_default=False,
    ),
]

_WITH_DIFFERENCES = (OutputFormat.FULL, OutputFormat.CONCISE, OutputFormat.JSON, OutputFormat.JSONL)


def wanted_fixes(
    *,
    fix: bool,
    unsafe_fixes: bool,
    diff: bool,
    republish: bool,
    undo: Path | None,
    output_format: OutputFormat,
    standard_input: bool,
    statistics: bool,
) -> "Wanted | None":
    """What is to be fixed, None if nothing is.

    Raises:
        UserError: if options do not go together.
    """
    for given, name in ((unsafe_fixes, "--unsafe-fixes"), (republish, "--republish")):
        if given and not (fix or diff):
            raise UserError(f"{name} says which fixes, and nothing says what to do", "add --diff to see them, or --fix")
    if undo is not None and (diff or not fix):
        raise UserError("--undo keeps what --fix changes, and nothing is to be changed", "add --fix, without --diff")
    if not (fix or diff):
        return None
    if standard_input:
        raise UserError("standard input is no file that could be fixed", "name the file itself")
    if diff and output_format not in _WITH_DIFFERENCES:
        known = ", ".join(_WITH_DIFFERENCES)
        raise UserError(f"--diff has no form in the format {output_format}", f"use one of {known}")
    if diff and statistics:
        raise UserError("--diff shows differences, and --statistics counts issues", "leave one of the two out")
    from dataset_tools.mending import Wanted

    return Wanted(write=not diff, unsafe=unsafe_fixes, republish=republish, undo=undo)
