"""Where a dataset lies: a folder or a file on this machine, or anywhere that a URL leads to."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow as pa
import pyarrow.fs

from dataset_tools.model import UserError
from dataset_tools.text import printable, shortened

_OF_ARROW = ("s3", "gs", "gcs", "hdfs")
_PATIENCE = 20
"""Seconds for which Arrow tries to reach Google; by default that is a quarter of an hour."""

_REACH = "check the URL, the network and the credentials"
_MORE = 200
"""Characters of somebody else's message that are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A file or folder: `root` is its path in the file system `files`, `local` the same on this machine or None.

    `shown` is for messages, which begin with `option`. `name` is for what is published: a URL, or the last part of a
    path.
    """

    option: str
    shown: str
    name: str
    files: pyarrow.fs.FileSystem
    root: str
    local: Path | None

    @contextmanager
    def faults(self, doing: str = "read", hint: str | None = None) -> Iterator[None]:
        """Make what reading (or `doing`) raises an error of the user; a plug-in may raise anything.

        Raises:
            UserError: naming the place.
        """
        plugged = isinstance(self.files, pyarrow.fs.PyFileSystem)
        expected = Exception if plugged else (OSError, pa.ArrowException, ValueError, MemoryError)
        try:
            yield
        except UserError:
            raise
        except expected as error:
            reason = few_words(error)
            hint = hint or ("restore or replace what is damaged" if self.local else _REACH)
            raise UserError(f"{self.option}cannot {doing} {self.shown}: {reason}", hint) from None


def locate(word: str, option: str = "--against: ") -> Place:
    """The place that a path or URL names; nothing is read yet.

    Credentials come from the environment, as the file systems find them there, and are refused in a URL. Messages about
    the place begin with `option`.

    Raises:
        UserError: if it is not a URL that can be opened here; with the command that installs what is missing.
    """
    if "://" not in word:
        return _on_this_machine(word, word, option)
    try:
        parts = urlsplit(word)
    except ValueError as error:
        raise UserError(f"{option}{shortened(word)} is not a URL: {few_words(error)}", "correct it") from None
    shown = printable(parts._replace(query="", fragment="").geturl())
    if "@" in parts.netloc:
        safe = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
        message = f"{option}{printable(safe)} is given with credentials, which would be recorded"
        raise UserError(message, "put them into the environment, and leave them out of the URL")
    if "::" in word:
        raise UserError(f"{option}{shown} is a chain of URLs", "name the file or the folder itself")
    if parts.scheme == "file":
        if parts.netloc not in ("", "localhost") or not parts.path:
            raise UserError(f"{option}{shown} names no file of this machine", "write file:///, then the whole path")
        return _on_this_machine(unquote(parts.path), word, option)
    if parts.scheme in ("gs", "gcs") and "retry_limit_seconds" not in parts.query:
        word = f"{word}{'&' if parts.query else '?'}retry_limit_seconds={_PATIENCE}"
    files, root = _file_system(word, parts.scheme, shown, option)
    return Place(option=option, shown=shown, name=shown.rstrip("/"), files=files, root=root.rstrip("/"), local=None)


def _on_this_machine(path: str, word: str, option: str) -> Place:
    try:
        local = Path(os.path.realpath(path))
    except ValueError as error:
        raise UserError(f"{option}{shortened(word)} is not a path: {few_words(error)}", "correct it") from None
    files = pyarrow.fs.LocalFileSystem()
    return Place(
        option=option, shown=printable(word), name=printable(local.name), files=files, root=str(local), local=local
    )


def _file_system(url: str, scheme: str, shown: str, option: str) -> tuple[pyarrow.fs.FileSystem, str]:
    """The file system of a URL: Arrow's own where it has one, else that of fsspec."""
    import fsspec

    if scheme in _OF_ARROW:
        try:
            found: tuple[pyarrow.fs.FileSystem, str] = pyarrow.fs.FileSystem.from_uri(url)
            return found
        except NotImplementedError:
            pass  # this Arrow was built without it
        except (OSError, ValueError) as error:
            raise UserError(f"{option}cannot reach {shown}: {few_words(error)}", _REACH) from None
    try:
        files, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        package = getattr(error.__cause__, "name", None) or scheme
        message = f"{option}what opens {scheme}:// is not installed: {few_words(error)}"
        raise UserError(message, f"install it: pip install {package}") from None
    except ValueError:
        known = "a path, s3://, gs://, hf:// and what fsspec knows"
        raise UserError(f"{option}{shortened(scheme)} is not a kind of URL known here", f"use {known}") from None
    except Exception as error:  # a plug-in may raise anything
        raise UserError(f"{option}cannot reach {shown}: {few_words(error)}", _REACH) from None
    return pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(files)), root


def few_words(error: Exception) -> str:
    """The message of an error, without what follows the ? of a URL in it, which may be a signature."""
    message = re.sub(r"(?<=\S)\?\S+", "?…", str(error))
    return printable(" ".join(message.split()) or type(error).__name__)[:_MORE]
