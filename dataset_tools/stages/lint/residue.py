"""Checks for what web pages leave behind."""

import re
from collections.abc import Iterator

from dataset_tools.stages.lint.check import Check, Hit, Text, first_of, lines, matching
from dataset_tools.text import shortened

_IMAGE = re.compile(r"\s*(?:!\[[^\]\n]*\]\(\s*\)\s*\|?\s*)+")
_TABLE_ROW = re.compile(r"\s*\|(?!\s*!\[).*\|\s*")
_TAGS = "p|div|br|hr|span|a|img|table|tbody|tr|td|th|li|ul|ol|b|i|u|strong|em|script|style|iframe|font|figure|h[1-6]"
_HTML = re.compile(rf"</?(?:{_TAGS})(?:\s[^<>\n]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|hellip|ndash|mdash|[lr]squo|[lr]dquo|bull|copy|#\d{2,7}|#x[\da-f]{2,6});", re.I
)
_DOTS = r"(?:…|\.\.\.)"
_READ_MORE = re.compile(
    rf"(?:\[\s*{_DOTS}\s*\]|{_DOTS}\s*(?:xem thêm|đọc tiếp|xem tiếp|đọc thêm|read more|continue reading))[\s»>.]*\Z",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"\s*(?:chia sẻ(?: bài viết| facebook| qua email)?|gửi bình luận|bình luận|ý kiến bạn đọc|sao chép liên kết"
    r"|copy link|facebook|zalo|twitter|pinterest|in bài viết|theo dõi (?:chúng tôi|trên google news)|share|tweet|print)"
    r"\s*[:.!|]?\s*",
    re.IGNORECASE,
)
_RELATED = re.compile(
    r"\s*(?:có thể bạn quan tâm|có thể bạn thích|tin khác|tin liên quan|tin cùng chuyên mục|bài liên quan|nên xem"
    r"|đọc thêm|xem thêm|tin mới hơn|tin cũ hơn|đừng bỏ lỡ|related (?:articles|posts)|read also)\s*[:.»>]*\s*",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"[.!?…:;,][\"”’')\]]*\s*\Z")
_LEAST_TAIL = 3
_LONGEST_HEADLINE = 160


def _headline_tail(text: Text) -> Iterator[Hit]:
    """A line that announces other articles, and below it, to the end, nothing but short lines that are no sentences."""
    body_lines = text.body.split("\n")
    start = text.body_offset
    offsets = []
    for line in body_lines:
        offsets.append(start)
        start += len(line) + 1
    for number, line in enumerate(body_lines):
        if not _RELATED.fullmatch(line):
            continue
        rest = [other.strip() for other in body_lines[number + 1 :] if other.strip()]
        headlines = [other for other in rest if len(other) <= _LONGEST_HEADLINE and not _ENDS_SENTENCE.search(other)]
        if len(rest) >= _LEAST_TAIL and 10 * len(headlines) >= 9 * len(rest):
            message = f"a list of {len(rest):,} other headlines to the end: {shortened(line.strip())}"
            yield Hit(offsets[number], message)
            return


def _read_more(text: Text) -> Iterator[Hit]:
    match = _READ_MORE.search(text.body)
    if match:
        yield Hit(text.body_offset + match.start(), f"the body ends with {shortened(match.group().strip())}")


CHECKS = (
    Check("W001", matching("body", r"!\[[^\]\n]*\]\(\s*\)"), lines(_IMAGE, "image markup without an image")),
    Check("W002", matching("body", r"(?m)^\s*\|.*\|\s*$"), lines(_TABLE_ROW, "a row of a table")),
    Check("W003", matching("body", f"(?im)^{_RELATED.pattern}$"), _headline_tail),
    Check("W004", matching("body", "<[A-Za-z/]"), first_of(_HTML, "HTML", in_body=True)),
    Check("W005", matching("body", "&[A-Za-z#]"), first_of(_ENTITY, "HTML entity", in_body=True)),
    Check("W006", matching("body", r"(?i)(?:\]|thêm|tiếp|more|reading)[\s»>.]*\z"), _read_more),
    Check("W007", matching("body", f"(?im)^{_PROMPT.pattern}$"), lines(_PROMPT, "a button of a web page")),
)
