"""`-`: standard input in place of a file, as editors hand over what is not saved yet."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dataset_tools.model import UserError

DASH = Path("-")


def contents(paths: Sequence[Path], file_name: Path | None, limit: int) -> dict[Path, bytes]:
    """What is to be checked in place of a file, if the call asks for it by `-` or by `--stdin-filename` alone.

    Of a text longer than `limit` one byte more than that is read, which is enough to say so.

    Raises:
        UserError: if that does not go with the rest of the call, or there is nothing to read.
    """
    if file_name is None:
        if DASH not in paths:
            return {}
        hint = "name it with --stdin-filename raw/NNN_ID.txt, or write the whole path of a file of that name"
        raise UserError("- is standard input, and nothing says which file it stands for", hint)
    if paths not in ([], [DASH]):
        hint = "give - once, and check other paths in a call of their own"
        raise UserError("standard input is checked alone, and another path is given", hint)
    return {file_name: _read(limit)}


def _read(limit: int) -> bytes:
    hint = "pipe the text in: … | dataset-tools validate - --stdin-filename raw/NNN_ID.txt"
    if sys.stdin is None or sys.stdin.closed:
        raise UserError("standard input is closed", hint)
    if sys.stdin.isatty():
        raise UserError("standard input is a terminal, and no text comes from it", hint)
    try:
        return sys.stdin.buffer.read(limit + 1)
    except OSError as error:
        raise UserError(f"cannot read standard input: {error.strerror}", hint) from None
