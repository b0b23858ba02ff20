"""Checks for what web pages leave behind within a text."""

import re
from collections.abc import Iterator
from itertools import groupby

from dataset_tools.stages.lint.check import Check, Hit, Text, body_lines, first_of, lines, matching
from dataset_tools.text import shortened

_IMAGE = re.compile(r"(?:\|\s*)*(?:!\[[^\]\n]*\]\(\s*\)\s*(?:\|\s*)*)+")
_EMPTY_CELL = re.compile(r"[-:]*|!\[[^\]\n]*\]\([^()\n]*\)")
_TAGS = "p|div|br|hr|span|a|img|table|tbody|tr|td|th|li|ul|ol|b|i|u|strong|em|script|style|iframe|font|figure|h[1-6]"
HTML = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>\n]*)?/?>|<!--[^<>]*-->", re.IGNORECASE)
ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|hellip|ndash|mdash|[lr]squo|[lr]dquo|bull|copy|#\d{2,7}|#x[\da-f]{2,6});", re.I
)
_PROMPT = re.compile(
    r"(?:chia sẻ(?: bài viết| facebook| qua email)?|gửi bình luận|ý kiến bạn đọc|sao chép liên kết|copy link|tweet"
    r"|in bài viết|theo dõi (?:chúng tôi|trên google news))\s*[:.!|]?",
    re.IGNORECASE,
)
_ACTION = re.compile(r"(?:share|print|email|bình luận|in)\s*[:.!|]?", re.IGNORECASE)
_NETWORK = re.compile(r"(?:facebook|messenger|zalo|twitter|pinterest|linkedin|telegram)\s*[:.!|]?", re.IGNORECASE)
"""An action alone may be a heading, and networks a list: they are buttons in a row that has something surer."""


def _link_boxes(text: Text) -> Iterator[Hit]:
    """Rows of tables that have one filled cell at most; a table with two of them in one row is one of data."""
    for is_table, rows in groupby(body_lines(text), lambda line: _cells(line.text) is not None):
        if is_table:
            table = [(line, _cells(line.text) or []) for line in rows]
            if all(len(filled) < 2 for _, filled in table):
                for line, filled in table:
                    if filled or not _IMAGE.search(line.text):
                        yield Hit(line.offset, f"a row of a table with one cell: {shortened(line.text)}")


def _cells(line: str) -> list[str] | None:
    """What stands in the filled cells of a row of a table; None if the line is none."""
    if len(line) < 2 or line[0] != "|" or line[-1] != "|":
        return None
    return [cell for cell in map(str.strip, line[1:-1].split("|")) if not _EMPTY_CELL.fullmatch(cell)]


def _buttons(text: Text) -> Iterator[Hit]:
    for is_button, run in groupby(body_lines(text), lambda line: _is_button(line.text)):
        row = list(run) if is_button else []
        sure = any(_PROMPT.fullmatch(line.text) for line in row)
        if sure or (len(row) > 1 and any(_ACTION.fullmatch(line.text) for line in row)):
            for line in row:
                yield Hit(line.offset, f"a button of a web page: {shortened(line.text)}")


def _is_button(line: str) -> bool:
    return len(line) < 40 and any(pattern.fullmatch(line) for pattern in (_PROMPT, _ACTION, _NETWORK))


CHECKS = (
    Check("W001", matching("body", r"!\[[^\]\n]*\]\(\s*\)"), lines(_IMAGE, "image markup without an image")),
    Check("W002", matching("body", r"(?m)^\s*\|.*\|\s*$"), _link_boxes),
    Check("W004", matching("body", "<[A-Za-z/!]"), first_of(HTML, "HTML", in_body=True)),
    Check(
        "W005",
        matching("body", "&(?:[A-Za-z]{2,6}|#[0-9A-Fa-fXx]{2,8});"),
        first_of(ENTITY, "HTML entity", in_body=True),
    ),
    Check("W007", matching("body", rf"(?im)^\s*(?:{_PROMPT.pattern}|{_ACTION.pattern})\s*$"), _buttons),
)
