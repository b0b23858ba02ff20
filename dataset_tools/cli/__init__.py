"""The command line: one module for each command; the only package that imports typer and rich."""

import gc
import sys

import typer

from dataset_tools import __version__
from dataset_tools.cli.add import add
from dataset_tools.cli.build import build
from dataset_tools.cli.cache import cache
from dataset_tools.cli.dedup import dedup
from dataset_tools.cli.diff import diff
from dataset_tools.cli.ids import ids
from dataset_tools.cli.init import init
from dataset_tools.cli.push import push
from dataset_tools.cli.report import report
from dataset_tools.cli.rule import rule
from dataset_tools.cli.undo import undo
from dataset_tools.cli.usage import Commands
from dataset_tools.cli.validate import validate
from dataset_tools.cli.verify import verify
from dataset_tools.processes import (
    collect_garbage_rarely,
    heed_every_interrupt,
    keep_freed_memory,
    set_up_libraries,
)

app = typer.Typer(
    name="dataset-tools",
    cls=Commands,
    help="Turn a folder of raw text files into a dataset that people can trust.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 no error, 1 the data has errors, 2 the call or a setting is wrong, 3 a defect, 130 stopped.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dataset-tools {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Say the version and exit."
    ),
) -> None:
    pass


app.command()(validate)
app.command()(build)
app.command()(verify)
app.command()(dedup)
app.command()(diff)
app.command()(init)
app.command()(add)
app.command()(ids)
app.command()(report)
app.command()(push)
app.command()(undo)
app.command()(rule)
app.add_typer(cache, name="cache", no_args_is_help=True)


def main() -> None:
    """Run the command line of this process."""
    collect_garbage_rarely()
    keep_freed_memory()
    set_up_libraries()
    heed_every_interrupt()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Reports are UTF-8 whatever the locale says, and a character must never end a run.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    finally:
        gc.freeze()  # what is left goes with the process, and need not be searched for cycles before
