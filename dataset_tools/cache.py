"""Where the cache lies: what is in it can be made again, and may be deleted at any time."""

import os
from pathlib import Path

FOLDER = ".dataset-tools-cache"


def cache_folder(home: Path | None) -> Path | None:
    """The cache of a project: beside its settings file, which lies in `home`; without one that of the user.

    The user's is below XDG_CACHE_HOME, else below ~/.cache. None if the user has no home.
    """
    if home is not None:
        return home / FOLDER
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():  # others are to be ignored (XDG Base Directory Specification)
        return Path(named) / "dataset-tools"
    try:
        return Path.home() / ".cache" / "dataset-tools"
    except RuntimeError:
        return None


def made(folder: Path) -> Path:
    """Make a cache folder that Git leaves alone.

    Raises:
        OSError: if it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", "utf-8")
    return folder
