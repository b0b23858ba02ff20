"""Where the cache lies: what is in it can be made again, and may be deleted at any time."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = ".dataset-tools-cache"

_UNFINISHED = ".part"
_ABANDONED = 3600 * 10**9
"""Nanoseconds without a write after which a file that is not finished never will be."""


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


def has(folder: Path | None, kind: str) -> bool:
    """Whether there is a file of this kind: the first word of its name."""
    return folder is not None and any(one.kind == kind for one in _entries(folder))


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the cache: its size in bytes, and when it was made or last used, in nanoseconds."""

    path: Path
    size: int
    used: int

    @property
    def unfinished(self) -> bool:
        """Whether it is being written, or was when a run was killed."""
        return self.path.suffix == _UNFINISHED

    @property
    def kind(self) -> str:
        """The first word of its name."""
        return self.path.name.partition("-")[0]


def entries(folder: Path) -> list[Entry]:
    """The files of a cache, in the order of their names."""
    return sorted(_entries(folder), key=lambda one: one.path.name)


def _entries(folder: Path) -> Iterator[Entry]:
    try:
        with os.scandir(folder) as found:
            for one in found:
                if one.name.endswith((".arrow", ".json", _UNFINISHED)):
                    status = one.stat(follow_symlinks=False)
                    yield Entry(folder / one.name, status.st_size, status.st_mtime_ns)
    except OSError:  # there is none, or another process empties it
        return


def remove(some: list[Entry]) -> None:
    """Remove files of the cache; a run that uses one of them has it under another name, or makes it again.

    Raises:
        OSError: if one cannot be removed.
    """
    for one in some:
        one.path.unlink(missing_ok=True)


def trim(folder: Path, limit: int) -> None:
    """Remove the files that were not used for the longest time, until all have at most so many bytes together.

    What a killed run left unfinished goes first and in any case, once nobody can be writing it any more.
    """
    there = entries(folder)
    size = sum(one.size for one in there)
    abandoned = {one for one in there if one.unfinished and time.time_ns() - one.used > _ABANDONED}
    for one in sorted(there, key=lambda one: (one not in abandoned, one.used, one.path.name)):
        if size <= limit and one not in abandoned:
            return
        size -= one.size
        try:
            remove([one])
        except OSError:
            return
