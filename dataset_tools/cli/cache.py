"""`dataset-tools cache`: where the cache lies, what is in it, and how to empty it."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from dataset_tools.cli import options
from dataset_tools.cli.console import run
from dataset_tools.model import UserError
from dataset_tools.text import printable

if TYPE_CHECKING:
    from dataset_tools.settings import Settings

cache = typer.Typer(help="Show or empty the cache of what runs have found in files.")

_KINDS = {
    "rows": "what was found in files",
    "texts": "titles and bodies",
    "stamps": "sizes and times of files",
    "against": "indexes of published datasets",
    "report": "reports of checks",
    "features": "schemas of what is written",
    "groups": "places of rows in datasets",
}
"""What files of the cache are, by the first word of their names."""


@cache.command()
def info(config: options.Config = None) -> None:
    """Say where the cache lies, how large it is, and what is in it."""

    def command() -> int:
        from dataset_tools.cache import entries

        settings, folder = _cache(config)
        there = entries(folder)
        most = size(settings.cache_size)
        typer.echo(
            f"{printable(str(folder))}: {_count(len(there))}, {size(sum(one.size for one in there))} of at most {most}"
        )
        for kind, what in _KINDS.items():
            some = [one.size for one in there if one.kind == kind]
            if some:
                typer.echo(f"{size(sum(some)):>9}  {what}")
        return 0

    run(command)


@cache.command()
def clean(config: options.Config = None) -> None:
    """Remove what is in the cache, which is safe at any time.

    The next run takes as long as the first.
    """

    def command() -> int:
        from dataset_tools.cache import entries, remove

        _, folder = _cache(config)
        there = entries(folder)
        try:
            remove(there)
        except OSError as error:
            hint = "make the folder writable for this user, or remove it as its owner"
            raise UserError(f"cannot empty {printable(str(folder))}: {error.strerror}", hint) from None
        freed = size(sum(one.size for one in there))
        typer.echo(f"Removed {_count(len(there))}, {freed}, from {printable(str(folder))}.")
        return 0

    run(command)


def _cache(config: Path | None) -> "tuple[Settings, Path]":
    from dataset_tools import config as settings_files

    settings = settings_files.load(config)
    if settings.cache is None:
        reason = "there is no home folder" if settings.cache_size else "cache_size is 0"
        raise UserError(f"nothing is cached, since {reason}", "set cache_size, and put the settings beside the corpus")
    return settings, settings.cache


def size(count: int) -> str:
    """Bytes for people."""
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB".replace(".0 ", " ")


def _count(files: int) -> str:
    return f"{files:,} file{'' if files == 1 else 's'}"
