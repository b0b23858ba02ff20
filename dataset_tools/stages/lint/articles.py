"""Checks of titles and bodies."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dataset_tools.stages.lint.check import Check, Hit, Text, matching
from dataset_tools.text import shortened

if TYPE_CHECKING:
    import polars as pl

REPEATED_LINE = 40
"""Shorter lines may stand twice: names in a dialogue, captions, refrains."""

_LETTERS = re.sub(
    rb"(?s)([A-Za-z\xc3-\xcb\xcd-\xe1\xe3-\xed])|.", lambda m: b"\1" if m[1] else b"\0", bytes(range(256))
)
"""1 for the first bytes of characters that are letters, but for a few signs among them, else 0."""

_TITLE_MARKUP = re.compile(r"<[A-Za-z/!][^<>]*>|\]\(|\*\*|&(?:[a-zA-Z]{2,8}|#\d{1,7});")


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

    return pl.col("body").str.strip_chars_start().str.starts_with(pl.col("title"))


def _repeated_lines(text: Text) -> Iterator[Hit]:
    first: dict[str, int] = {}
    start = text.body_offset
    for number, line in enumerate(text.body.split("\n")):
        key = line.strip()
        if len(key) >= REPEATED_LINE and not key.startswith("|"):
            earlier = first.setdefault(key, number)
            if earlier != number:
                where = f"the same line as line {text.body_line + earlier}"
                yield Hit(start + len(line) - len(line.lstrip()), f"{where}: {shortened(key)}")
        start += len(line) + 1


def _has_repeated_lines() -> "pl.Expr":
    import polars as pl

    return pl.col("repeats")


def _few_letters(text: Text) -> Iterator[Hit]:
    dense = "".join(text.body.split())
    letters = sum(map(str.isalpha, dense))
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
