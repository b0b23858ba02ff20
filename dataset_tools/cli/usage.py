"""A wrong call is told in the form of all other errors: what, and what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from dataset_tools.text import printable

_UsageError: Any = typer.BadParameter.__base__
"""The class of all wrong calls, which typer gives no name."""


class Commands(TyperGroup):
    """The commands, whose wrong calls end with one message and exit code 2."""

    def make_context(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401  those of typer
        """Read the options that come before the name of the command."""
        with _told():
            return super().make_context(*arguments, **named)

    def invoke(self, *arguments: Any) -> Any:  # noqa: ANN401  those of typer
        """Read the rest, and run the command."""
        with _told():
            return super().invoke(*arguments)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except _UsageError as error:
        if error.ctx is None or type(error).__name__ == "NoArgsIsHelpError":
            raise  # it is the help, and no error
        said = error.format_message().replace("Value error, ", "").removesuffix(".")
        hint = f"{error.ctx.command_path} --help says how it is called"
        typer.echo(f"error: {printable(said[:1].lower() + said[1:])}\n    next: {printable(hint)}", err=True)
        raise typer.Exit(2) from None
