"""Fixes: what can be mended without a person, each a function from bytes to bytes; a table beside that of the rules."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from dataset_tools.fixes.characters import (
    line_feeds,
    lone_carriage_returns,
    without_invisible,
    without_mark,
)
from dataset_tools.fixes.encoding import as_ascii, as_utf8
from dataset_tools.fixes.mojibake import read_right
from dataset_tools.fixes.residue import without_end, without_lines
from dataset_tools.stages.lint.unicode import without_trailing_space
from dataset_tools.text import nfc

_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends the findings of a rule; `apply` gives the bytes that it is given where there is nothing to mend.

    Where `quiet`, it changes nothing that a reader sees or a word is made of.
    """

    code: str
    apply: Callable[[bytes], bytes]
    quiet: bool = False


def _to_text(function: Callable[[str], str], data: bytes) -> bytes:
    """Change a text behind its byte-order mark; bytes that are no text stay."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    mark = _MARK if text.startswith(_MARK) else ""
    return (mark + function(text.removeprefix(_MARK))).encode()


def _of_text(code: str, function: Callable[[str], str], *, quiet: bool = False) -> Fix:
    return Fix(code, partial(_to_text, function), quiet)


FIXES = (
    Fix("F001", as_utf8),
    Fix("F016", as_ascii),
    Fix("F002", without_mark, quiet=True),
    Fix("F003", line_feeds, quiet=True),
    Fix("F015", lone_carriage_returns),
    _of_text("U006", read_right),
    _of_text("U001", nfc, quiet=True),
    _of_text("U002", without_invisible),
    _of_text("W001", without_lines("W001")),
    _of_text("W007", without_lines("W007")),
    _of_text("W003", without_end("W003")),
    _of_text("W008", without_end("W008")),
    _of_text("U010", without_trailing_space, quiet=True),
)
"""Every fix of a content, in the order in which they are applied; renaming is that of `dataset_tools.fixes.names`."""

RENAMING = ("F004", "I001")
"""The rules whose findings are mended by another name."""
