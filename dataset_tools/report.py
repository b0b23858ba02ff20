"""Report: issues as a person in the current folder would write their paths, and the lines that they are about."""

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from dataset_tools.model import Issue
from dataset_tools.text import printable

MAX_SOURCE_BYTES = 32 << 20
"""Larger files are not read again for the sake of one line."""


def report_issues(issues: Iterable[Issue], root: Path) -> list[Issue]:
    """Issues in document order, their paths relative to the current folder where they lie below it, else absolute.

    An issue of the corpus as a whole gets the path of the root.
    """
    base = printable(str(_from_here(root)))
    return [replace(one, path=_joined(base, one.path)) for one in sorted(issues, key=lambda one: one.order)]


def report_path(path: str, root: Path) -> str:
    """A path below the root, as reports have it."""
    return _joined(printable(str(_from_here(root))), path)


def _joined(base: str, path: str | None) -> str:
    return base if path is None else path if base == "." else f"{base}/{path}"


def _from_here(root: Path) -> Path:
    here = Path.cwd()
    absolute = root.absolute()
    if absolute.is_relative_to(here):
        return absolute.relative_to(here)
    return absolute.resolve()


class SourceLines:
    """The lines that issues are about, read when they are asked for; holds one file at a time.

    `contents` has, by paths of the report, what was checked in place of files. Of the others only regular files of at
    most `MAX_SOURCE_BYTES` are read, and no links: what is printed here was a file of the corpus when it was checked,
    and might be anything by now.
    """

    def __init__(self, contents: Mapping[str, bytes] | None = None) -> None:
        """Begin without a file."""
        self._contents = contents or {}
        self._path: str | None = None
        self._data: bytes | None = None
        self._line, self._start = 1, 0
        self._text: str | None = None  # of that line, once it was asked for

    def __call__(self, path: str, line: int) -> str | None:
        """A line (from 1) of the file at a path of a report, without BOM and line end; None if it cannot be had.

        Bytes that are not UTF-8 are lone surrogates, as `surrogateescape` makes them, so that each is one column. It is
        fast where the lines of a file are asked for in order.
        """
        if path != self._path:
            self._open(path, self._contents[path] if path in self._contents else _content(path))
        if self._data is None:
            return None
        if line < self._line:
            self._open(path, self._data)
        while self._line < line:
            end = self._data.find(b"\n", self._start)
            if end < 0:
                return None
            self._line, self._start, self._text = self._line + 1, end + 1, None
        if self._text is None:
            end = self._data.find(b"\n", self._start)
            data = self._data[self._start : end if end >= 0 else None].removesuffix(b"\r")
            text = data.decode("utf-8", "surrogateescape")
            self._text = text.removeprefix("\ufeff") if line == 1 else text
        return self._text

    def _open(self, path: str, data: bytes | None) -> None:
        """Stand at the first line."""
        self._path, self._data, self._line, self._start, self._text = path, data, 1, 0, None


def _content(path: str) -> bytes | None:
    if "\\" in path:
        return None  # an escape, most likely: then the path as shown is not the name of the file
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SOURCE_BYTES:
            return None
        return os.read(descriptor, status.st_size)
    except OSError:
        return None
    finally:
        os.close(descriptor)
