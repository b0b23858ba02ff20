"""Where a report is written: a file that is new or was a report, outside of corpus and dataset, whole or not at all."""

import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from dataset_tools.html_report.page import MARK
from dataset_tools.model import UserError, kind_of_file
from dataset_tools.text import printable

_HEAD = 4096


def check_place(out: Path, others: Iterable[Path]) -> None:
    """Whether a report may be written to this file.

    Raises:
        UserError: if it lies in one of the other folders, or something that is no report is there.
    """
    shown = printable(str(out))
    place = Path(os.path.realpath(out.parent)) / out.name
    for folder in others:
        if place.is_relative_to(os.path.realpath(folder)):
            message = f"{shown} is inside {printable(str(folder))}, to which a report does not belong"
            raise UserError(message, "name a file elsewhere with --out or --report")
    if not place.parent.is_dir():
        raise UserError(f"the folder of {shown} does not exist", "make it, or name another file")
    try:
        status = place.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(f"cannot write {shown}: {error.strerror}", "name another file") from None
    if not stat.S_ISREG(status.st_mode):
        kind = "a link" if stat.S_ISLNK(status.st_mode) else kind_of_file(status.st_mode)
        raise UserError(f"{shown} is {kind}, and is left as it is", "name another file")
    if status.st_size and MARK.encode() not in _head(place):
        raise UserError(f"{shown} is there, and no report of dataset-tools", "name another file, or move it away")


def _head(place: Path) -> bytes:
    try:
        with place.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def write_page(out: Path, text: str) -> None:
    """Put a page in its place; what was there before stays until the new one is whole.

    Raises:
        UserError: if it cannot be written.
    """
    part = out.parent / f".report-{secrets.token_hex(8)}.part"
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise UserError(f"cannot write {printable(str(out))}: {error.strerror}", "name another file") from None
    finally:
        part.unlink(missing_ok=True)
