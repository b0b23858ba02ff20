"""Fixes of what nobody sees: the byte-order mark, the ends of lines, white space before them, invisible characters."""

import codecs
import re

from dataset_tools.stages.lint.unicode import INVISIBLE

_CR_BEFORE_LF = re.compile(rb"\r+\n")
_ANY = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_BETWEEN_WORDS = re.compile("(?<=\\w)\u200b+(?=\\w)")


def without_mark(data: bytes) -> bytes:
    """The bytes without the byte-order mark of UTF-8 at their start."""
    return data.removeprefix(codecs.BOM_UTF8)


def line_feeds(data: bytes) -> bytes:
    """The bytes with LF where lines end with CR LF, however many CRs there are."""
    return _CR_BEFORE_LF.sub(b"\n", data)


def lone_carriage_returns(data: bytes) -> bytes:
    """The bytes with LF where a CR stands alone."""
    return line_feeds(data).replace(b"\r", b"\n") if _has_lone(data) else data


def _has_lone(data: bytes) -> bool:
    return data.count(b"\r") > data.count(b"\r\n")


def without_invisible(text: str) -> str:
    """The text without characters that nobody sees, but for zero-width spaces between words.

    Nobody knows whether such a one stands for a space or for nothing.
    """
    if not _ANY.search(text):
        return text
    kept = {match.start() for match in _BETWEEN_WORDS.finditer(text)}
    return INVISIBLE.sub(lambda match: match.group() if match.start() in kept else "", text)
