"""Checks of titles and bodies."""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dataset_tools.stages.lint.check import Check, Hit, Line, Text, body_lines, matching
from dataset_tools.stages.lint.residue import ENTITY, HTML
from dataset_tools.stages.lint.tails import without_tail
from dataset_tools.text import WHITE_SPACE, shortened

if TYPE_CHECKING:
    import polars as pl

REPEATED_LINE = 40
"""Shorter lines may stand twice: names in a dialogue, captions, refrains."""

_LETTERS = re.sub(
    rb"(?s)([A-Za-z\xc3-\xcb\xcd-\xe1\xe3-\xed])|.", lambda m: b"\1" if m[1] else b"\0", bytes(range(256))
)
"""1 for the first bytes of characters that are letters, but for a few signs among them, else 0."""

_WHITE = " \t\n\r\v\f"
_TITLE_MARKUP = re.compile(
    rf"{HTML.pattern}|<(?:!doctype|html|head|body|title|\?xml)\b|<[a-z]+\s+[a-z:]+=|{ENTITY.pattern}"
    r"|\]\((?:https?:|/|\))|\*\*\w[^*]*\w\*\*",
    re.IGNORECASE,
)


def _title_start(text: Text) -> int:
    return text.text.find(text.title)


def _without_letters(text: Text) -> Iterator[Hit]:
    if text.title and not any(map(str.isalpha, text.title)):
        yield Hit(_title_start(text), f"the title has no letter: {shortened(text.title)}")


def _in_capitals(text: Text) -> Iterator[Hit]:
    letters = [character for character in text.title if character.isalpha()]
    if len(letters) >= 12 and text.title.isupper() and len(text.title.split()) >= 3:
        yield Hit(_title_start(text), f"the title is in capitals only: {shortened(text.title)}")


def _markup(text: Text) -> Iterator[Hit]:
    match = _TITLE_MARKUP.search(text.title)
    if match:
        start = _title_start(text)
        yield Hit(start + match.start(), f"the title has markup: {shortened(match.group())}")


def _repeated_title(text: Text) -> Iterator[Hit]:
    if text.title and text.body.partition("\n")[0].strip() == text.title:
        yield Hit(text.body_offset, f"the first line of the body is the title again: {shortened(text.title)}")


def _title_is_first_line() -> "pl.Expr":
    import polars as pl

    return pl.col("body").str.strip_chars_start(WHITE_SPACE).str.starts_with(pl.col("title"))


def _repeated_lines(text: Text) -> Iterator[Hit]:
    """One hit for each run of lines that stand in the same order further up."""
    body = without_tail(list(body_lines(text)))
    lines = [line.strip(_WHITE) for line in text.body.split("\n")]  # as `repeats` has them
    first: dict[str, int] = {}
    earlier = [first.setdefault(lines[one.number - text.body_line], number) for number, one in enumerate(body)]
    start = 0
    while start < len(body):
        stop = start + 1
        if earlier[start] < start:
            while stop < len(body) and earlier[stop] == earlier[stop - 1] + 1 < start:
                stop += 1
            run = body[start:stop]
            if any(map(_counts_as_repeated, run)):
                what = "line as" if len(run) == 1 else f"{len(run):,} lines as from"
                where = f"the same {what} line {body[earlier[start]].number:,}"
                yield Hit(run[0].offset, f"{where}: {shortened(run[0].text)}")
        start = stop


def _counts_as_repeated(line: Line) -> bool:
    return len(line.text) >= REPEATED_LINE and line.text[0] not in "|<" and any(map(str.isalpha, line.text))


def _has_repeated_lines() -> "pl.Expr":
    import polars as pl

    return pl.col("repeats")


def _few_letters(text: Text) -> Iterator[Hit]:
    dense = "".join(text.body.split())
    letters = sum(unicodedata.category(character)[0] in "LM" for character in dense)  # marks are parts of letters
    if len(dense) >= 40 and 2 * letters < len(dense):
        yield Hit(text.body_offset, f"{letters:,} of the {len(dense):,} characters of the body are letters")


def _half_without_letters() -> "pl.Expr":
    import numpy as np
    import polars as pl

    def letters(bodies: pl.Series) -> pl.Series:
        marked = (np.frombuffer(body.translate(_LETTERS), np.bool_) for body in bodies.cast(pl.Binary).to_list())
        return pl.Series([np.count_nonzero(marks) for marks in marked], dtype=pl.Int64)

    body = pl.col("body")
    return 2 * body.map_batches(letters, return_dtype=pl.Int64) < body.str.len_chars()


CHECKS = (
    Check("T003", matching("title", r"\A\PL*\z"), _without_letters),
    Check("T004", matching("title", r"\A[^\p{Ll}]*\z"), _in_capitals),
    Check("T005", matching("title", r"<|\]\(|\*\*|&"), _markup),
    Check("T006", _title_is_first_line, _repeated_title),
    Check("B002", _has_repeated_lines, _repeated_lines),
    Check("B003", _half_without_letters, _few_letters),
)
