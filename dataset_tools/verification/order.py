"""Document order, the id in a path, the globs of splits: by patterns of the manifest, which may be made to be slow."""

import re
from typing import Any

from dataset_tools.globs import glob
from dataset_tools.settings import FILE_NAME
from dataset_tools.stages.discover import document_order
from dataset_tools.text import printable
from dataset_tools.verification.findings import UnreadableError

_PATIENCE = 1.0
"""Seconds for one name."""

_MAX_PATTERN = 1000
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")


class FileNames:
    """What a pattern for file names says of the paths of a dataset."""

    def __init__(self, pattern: object) -> None:
        """Compile the pattern.

        Raises:
            UnreadableError: if it is no pattern with an id.
        """
        if not isinstance(pattern, str) or len(pattern) > _MAX_PATTERN:
            raise UnreadableError("settings.file_name is no pattern that is read")
        self._pattern: Any = re.compile(FILE_NAME)
        if pattern != FILE_NAME:
            self._pattern = _Patient(pattern, "settings.file_name")
        self._order = document_order(self._pattern)
        if "id" not in self._pattern.groupindex:
            raise UnreadableError("settings.file_name has no group for the id")

    def key(self, path: str) -> str:
        """What sorts as the paths do in document order; never empty."""
        return self._order(_as_it_was(path))

    def id_in(self, path: str) -> str | None:
        """The id in the name of a file, None if it has none."""
        match = self._pattern.fullmatch(_as_it_was(path.rpartition("/")[2]))
        return None if match is None else match["id"]


class Globs:
    """Whether globs of splits match paths."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[str, _Patient] = {}

    def __call__(self, pattern: str, path: str) -> bool:
        """Whether a glob matches a path of the dataset.

        Raises:
            UnreadableError: if it takes too long.
        """
        if pattern not in self._known:
            self._known[pattern] = _Patient(glob(pattern).pattern, "settings.split", dot_all=True)
        return self._known[pattern].fullmatch(path) is not None


class _Patient:
    """A pattern that gives up; `what` is the setting that has it."""

    def __init__(self, pattern: str, what: str, *, dot_all: bool = False) -> None:
        import regex

        try:
            compiled = regex.compile(pattern, regex.DOTALL if dot_all else 0)
        except (regex.error, RecursionError, OverflowError, MemoryError, ValueError):
            raise UnreadableError(f"{what} is no regular expression") from None
        self._compiled = compiled
        self._what = what
        self.groupindex = compiled.groupindex

    def fullmatch(self, name: str) -> Any:  # noqa: ANN401  regex is not typed
        try:
            return self._compiled.fullmatch(name, timeout=_PATIENCE)
        except TimeoutError:
            raise UnreadableError(f"{self._what} takes too long") from None


def _as_it_was(path: str) -> str:
    """Undo `printable`, since the order is that of the bytes of the file system."""
    return _ESCAPE.sub(_character, path) if "\\" in path else path


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2] or escape[3], 16)
    if escape[1] and code >= 0x80:
        return chr(0xDC00 + code)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF or printable(chr(code)) == chr(code):
        return escape[0]
    return chr(code)
