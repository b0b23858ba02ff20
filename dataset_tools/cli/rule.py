"""`dataset-tools rule`."""

from typing import Annotated

import typer

from dataset_tools.cli.console import run
from dataset_tools.model import UserError
from dataset_tools.text import shortened


def rule(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE", help="Code or name of a rule. Without it, all rules are listed.", show_default=False
        ),
    ] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Show the whole catalogue as a page of Markdown.")
    ] = False,
) -> None:
    """Explain a rule, or list them all."""

    def command() -> int:
        from dataset_tools.rules import GROUPS, RULES
        from dataset_tools.rules.page import explained, listed, page

        if markdown:
            typer.echo(page(GROUPS), nl=False)
        elif code is None:
            typer.echo(listed(RULES), nl=False)
        else:
            found = [one for one in RULES.values() if code.upper() == one.code or code.lower() == one.name]
            if not found:
                raise UserError(f"{shortened(code)} is no rule", "dataset-tools rule lists them all")
            typer.echo(explained(found[0]), nl=False)
        return 0

    run(command)
