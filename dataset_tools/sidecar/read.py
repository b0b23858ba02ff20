"""Find the sidecar of a corpus and read it."""

import hashlib
import os
import stat
from pathlib import Path

import pyarrow as pa

from dataset_tools.model import Issue, kind_of_file
from dataset_tools.rules import issue
from dataset_tools.sidecar import csv_file, jsonl_file, parquet_file
from dataset_tools.sidecar.table import BadTableError, Rows, Sidecar
from dataset_tools.stages.discover import SIDECARS

MAX_BYTES = 1 << 30
"""A larger sidecar is refused: its columns are held in memory."""


def read_sidecar(root: Path) -> Sidecar | None:
    """Read the sidecar in the folder of a corpus; None if there is none. One that is broken comes with an issue."""
    names = [name for name in SIDECARS if os.path.lexists(root / name)]
    if not names:
        return None
    name = names[0]
    if len(names) > 1:
        message = f"there are {' and '.join(names)}, and only one can count"
        return Sidecar(name=name, sha256="", rows=None, issues=(_refused(name, message, "keep one of them"),))
    sha256 = ""
    try:
        data = _content(root / name)
        sha256 = hashlib.sha256(data).hexdigest()
        rows = _rows(name, data)
        if rows.table["id"].type != pa.string():
            raise BadTableError(None, "the ids are not text", "write them as strings")
    except BadTableError as error:
        found = _refused(name, error.message, error.hint, error.line)
        return Sidecar(name=name, sha256=sha256, rows=None, issues=(found,))
    return Sidecar(name=name, sha256=sha256, rows=rows)


def _refused(name: str, message: str, hint: str | None, line: int | None = None) -> Issue:
    return issue("M001", message, path=name, line=line, column=None if line is None else 1, hint=hint)


def _content(path: Path) -> bytes:
    try:
        # A link or a pipe is not followed and must not hold the tool up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise BadTableError(None, "a link, which is not followed", "put the file itself there") from None
        raise BadTableError(None, f"cannot be opened: {error.strerror}", "make it readable for this user") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            what = f"not a regular file but {kind_of_file(status.st_mode)}"
            raise BadTableError(None, what, "put the file itself there")
        if status.st_size > MAX_BYTES:
            raise BadTableError(None, f"{status.st_size:,} bytes, more than {MAX_BYTES:,}", "leave columns out")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    except OSError as error:
        raise BadTableError(None, f"cannot be read: {error.strerror}", "run it again, or restore the file") from None
    finally:
        os.close(descriptor)


def _rows(name: str, data: bytes) -> Rows:
    if name.endswith(".parquet"):
        return parquet_file.read(data)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadTableError(line, "not UTF-8", "save the file as UTF-8") from None
    return csv_file.read(text) if name.endswith(".csv") else jsonl_file.read(text)
