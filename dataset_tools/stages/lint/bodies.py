"""Checks of what a body lacks: enough words, the end of its last sentence, the end of its markup."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dataset_tools.stages.lint.check import Check, Hit, Text, context, matching
from dataset_tools.text import is_spaceless, shortened

if TYPE_CHECKING:
    import polars as pl

SHORT_BODY = 30
"""Words (characters, in scripts without spaces); a body of fewer is a teaser or a caption."""

_SHORT_BODY_BYTES = 20 * SHORT_BODY  # what has so few words and is longer is no short text but a strange one

CUT_LINE = 20
"""Words; shorter last lines may be captions and headlines, which end as they like."""

_VIETNAMESE = "và|của|với|hoặc|nhưng|bởi|những|các|rằng|nhằm"
_ENGLISH = "the|a|an|and|or|of|to|in|on|at|for|with|by|from|as|than|because|whose|their|its|our|your|is|are|was|were"
_MAY_TRAIL_OFF = frozenset(("và", "hoặc", "nhưng", "and", "or", "because"))
_COMMON_ENGLISH = frozenset(("the", "of", "and"))
_VIETNAMESE_LETTER = re.compile("[ưạ-ỹ]")
_OPEN_VOWEL = "[ăằắẳẵặâầấẩẫậ]|[iy][êềếểễệ]|u[ôồốổỗộ]|ư[ơờớởỡợ]"
"""How a Vietnamese syllable does not end: after these vowels another one or a consonant follows."""
_CUT_SYLLABLE = re.compile(rf"(?!\w*giê\Z|k?hươ\Z)\w+?(?:{_OPEN_VOWEL})\Z")

_TAG_LEFT_OPEN = re.compile(
    r"<(?:a|img|div|p|span|td|table|iframe|script|font)\s+[a-z-]+\s*=\s*[\"'][^<>]*(?=<|\Z)", re.I
)
_FENCE = re.compile(r"^ {0,3}```", re.MULTILINE)
_LINK = re.compile(r"\]\((?=https?://|www\.)")
_BOLD = re.compile(r"(?<!\*)\*\*(?!\*)")


def _short_body(text: Text) -> Iterator[Hit]:
    words = re.findall(r"\w+", text.body)
    length, unit = len(words), "word"
    if is_spaceless(text.body):
        length, unit = len("".join(words)), "character"
    if text.body and length < SHORT_BODY:
        plural = "" if length == 1 else "s"
        yield Hit(text.body_offset, f"the body has {length} {unit}{plural}: {shortened(text.body.strip())}")


def _is_short() -> "pl.Expr":
    import polars as pl

    return pl.col("body").str.len_bytes() < _SHORT_BODY_BYTES


def _cut_off(text: Text) -> Iterator[Hit]:
    body = text.body.rstrip()
    line = body[body.rfind("\n") + 1 :]
    inner = line.rstrip(".… ")
    end = line[len(inner) :]
    trails_off = "…" in end or "..." in end
    words = inner.split()
    if len(words) < CUT_LINE or (end and not trails_off):
        return
    what = _what_is_cut(words, trails_off=trails_off)
    if what:
        stop = text.body_offset + len(body) - len(end)
        start = stop - len(words[-1])
        yield Hit(start, f"the body ends {what}: {context(text.text, start, stop + len(end))}")


def _what_is_cut(words: list[str], *, trails_off: bool) -> str | None:
    """What the last of these words shows: within what the text ends; None if it may be the end."""
    *before, last = words[-CUT_LINE:]
    if _VIETNAMESE_LETTER.search("".join(before)):
        if _CUT_SYLLABLE.match(last) and last.islower():
            return "within a word"
        function_words = _VIETNAMESE
    else:
        function_words = "" if _COMMON_ENGLISH.isdisjoint(before) else _ENGLISH
    if not trails_off and len(last) > 1 and last[-1] == "-" and last[-2].islower():
        return "within a word"
    if re.fullmatch(function_words, last) and not (trails_off and last in _MAY_TRAIL_OFF):
        return "within a sentence"
    return "within a sentence" if last[-1] == "," and not trails_off else None


def _left_open(text: Text) -> Iterator[Hit]:
    start = text.body_offset
    body = text.body
    comment = body.find("<!--", body.rfind("-->") + 1)
    if comment >= 0:
        place = start + comment
        yield Hit(place, f"a comment without its '-->': {context(text.text, place, place)}")
    for tag in _TAG_LEFT_OPEN.finditer(body):
        yield Hit(start + tag.start(), f"a tag without its '>': {shortened(tag.group(), 40)}")
    fences = list(_FENCE.finditer(body))
    if len(fences) % 2:
        yield Hit(start + fences[-1].start(), "a fence of a code block without a second one")
    line_start = 0
    for line in body.split("\n"):
        links = list(_LINK.finditer(line))
        if links and line.find(")", links[-1].end()) < 0:
            place = start + line_start + links[-1].start()
            yield Hit(place, f"a link without its ')': {context(text.text, place, place + 2)}")
        line_start += len(line) + 1
    bold = _bold_left_open(body)
    if bold is not None:
        place = start + bold
        yield Hit(place, f"bold without its second '**': {context(text.text, place, place + 2)}")


def _bold_left_open(body: str) -> int | None:
    """Where Markdown's bold is first opened and not closed, in a text that has it closed elsewhere."""
    opened: int | None = None
    left: list[int] = []
    closed = False
    for mark in _BOLD.finditer(body):
        before, after = body[mark.start() - 1 : mark.start()], body[mark.end() : mark.end() + 1]
        if opened is not None and before.strip() and not after.isalnum():
            opened, closed = None, True
        elif after.isalnum() and not before.isalnum():
            left += [] if opened is None else [opened]
            opened = mark.start()
    left += [] if opened is None else [opened]
    return left[0] if closed and left else None


CHECKS = (
    Check("B004", _is_short, _short_body),
    Check(
        "B005", matching("body", rf"(?:\s(?:{_VIETNAMESE}|{_ENGLISH})|{_OPEN_VOWEL}|\p{{Ll}}-|,)[\s….]*\z"), _cut_off
    ),
    Check(
        "B006", matching("body", r"<!--|<(?i:[a-z]+\s+[a-z-]+\s*=)|(?m:^ {0,3}```)|\]\((?:http|www)|\*\*"), _left_open
    ),
)
