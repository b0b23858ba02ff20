"""Checks of the end of a text, where web pages put what belongs to others: invitations, headlines, sources."""

import re
from collections.abc import Iterator, Sequence

from dataset_tools.stages.lint.check import Check, Hit, Line, Text, body_lines, matching
from dataset_tools.text import shortened

_DOTS = r"(?:…|\.\.\.)"
_READ_MORE = re.compile(
    rf"(?:\[\s*{_DOTS}\s*\]|{_DOTS}\s*(?:xem thêm|đọc tiếp|xem tiếp|đọc thêm|read more|continue reading))[\s»>.]*\Z",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"(?:có thể bạn quan tâm|có thể bạn thích|tin khác|tin liên quan|tin cùng chuyên mục|bài liên quan|nên xem"
    r"|đọc thêm|xem thêm|tin mới hơn|tin cũ hơn|đừng bỏ lỡ|related (?:articles|posts)|read also)\s*[:.»>]*",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"[.!?…:;,][\"”’')\]]*\Z")
_LEAST_TAIL = 3
_LONGEST_HEADLINE = 160

_DATE = r"(?:[0-9]{1,2}[:h][0-9]{2}[ ,|-]*)?[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}(?:[ ,|-]*[0-9]{1,2}[:h][0-9]{2})?"
_DATE_LINE = re.compile(rf"[^0-9]{{0,30}}{_DATE}\)?")
_DATED_HEADLINE = re.compile(rf".{{20,}}\({_DATE}\)")
_NO_HEADLINE = re.compile(r"[.:;,]\Z")
_LEAST_DATED = 3
_LEAST_WORDS = 4

_SOURCE = re.compile(
    r"(?:theo(?: báo| tạp chí| trang(?: tin)?| đài| hãng tin| kênh)?|nguồn:|nguồn|source:)\s*(?P<name>\S.*)",
    re.IGNORECASE,
)
_LONGEST_SOURCE = 60
_MOST_SOURCE_WORDS = 8
_SOURCE_LINES = 3


def _read_more(text: Text) -> Iterator[Hit]:
    match = _READ_MORE.search(text.body)
    if match:
        yield Hit(text.body_offset + match.start(), f"the body ends with {shortened(match.group().strip())}")


def without_tail(body: Sequence[Line]) -> Sequence[Line]:
    """The lines above a list of other headlines, which are all where there is none."""
    announced = _announced_at(body)
    return body[: _dated_at(body) if announced is None else announced]


def _announced_tail(text: Text) -> Iterator[Hit]:
    body = list(body_lines(text))
    number = _announced_at(body)
    if number is not None:
        message = f"a list of {len(body) - number - 1:,} other headlines to the end: {shortened(body[number].text)}"
        yield Hit(body[number].offset, message)


def _dated_tail(text: Text) -> Iterator[Hit]:
    body = list(body_lines(text))
    number = _dated_at(body) if _announced_at(body) is None else None
    if number is not None:
        message = f"{len(body) - number:,} lines of headlines with dates to the end: {shortened(body[number].text)}"
        yield Hit(body[number].offset, message)


def _source_line(text: Text) -> Iterator[Hit]:
    for line in without_tail(list(body_lines(text)))[-_SOURCE_LINES:]:
        if _names_a_source(line.text):
            yield Hit(line.offset, f"a line that only names the source: {shortened(line.text)}")


def _announced_at(body: Sequence[Line]) -> int | None:
    """The first line that announces other articles: below it, to the end, is hardly one that ends a sentence."""
    first = None
    headlines = 0
    for below, number in enumerate(reversed(range(len(body)))):
        line = body[number].text
        short = len(line) <= _LONGEST_HEADLINE
        if short and below >= _LEAST_TAIL and 10 * headlines >= 9 * below and _RELATED.fullmatch(line):
            first = number
        headlines += short and not _ENDS_SENTENCE.search(line)
    return first


def _dated_at(body: Sequence[Line]) -> int | None:
    """The first of the headlines that stand, to the end, with their dates behind or below them."""
    first = None
    dated = lines_of_dated = 0
    number = len(body)
    while number and len(body[number - 1].text) <= _LONGEST_HEADLINE:
        line = body[number - 1].text
        height = 0
        if _DATED_HEADLINE.fullmatch(line):
            height = 1
        elif number > 1 and _DATE_LINE.fullmatch(line) and _is_headline(body[number - 2].text):
            height = 2
        elif not _is_headline(line):
            break
        if height:
            first = number - height
            dated += 1
            lines_of_dated += height
        number -= height or 1
    enough = first is not None and dated >= _LEAST_DATED and 2 * lines_of_dated >= len(body) - first
    return first if enough else None


def _is_headline(line: str) -> bool:
    return (
        len(line) <= _LONGEST_HEADLINE
        and len(line.split()) >= _LEAST_WORDS
        and not _NO_HEADLINE.search(line)
        and not _DATE_LINE.fullmatch(line)
    )


def _names_a_source(line: str) -> bool:
    if len(line) > _LONGEST_SOURCE:
        return False
    inner = line[1:-1].strip() if line[0] == "(" and line[-1] == ")" else line
    match = _SOURCE.fullmatch(inner)
    if not match or len(inner.split()) > _MOST_SOURCE_WORDS or inner[-1] in ".!?…:;,":
        return False
    name = match["name"]
    return name[0].isupper() or name[0].isdigit() or "." in name.split()[0] or ":" in inner


CHECKS = (
    Check("W003", matching("body", rf"(?im)^\s*{_RELATED.pattern}\s*$"), _announced_tail),
    Check("W006", matching("body", r"(?i)(?:\]|thêm|tiếp|more|reading)[\s»>.]*\z"), _read_more),
    Check(
        "W008", matching("body", r"[0-9][/.-][0-9]{4}(?:[ ,|-]*[0-9]{1,2}[:h][0-9]{2})?\)?\s*\n[^\n]+\n"), _dated_tail
    ),
    Check("W009", matching("body", r"(?im)^\s*\(?(?:theo|nguồn|source)[^\n]*$"), _source_line),
)
