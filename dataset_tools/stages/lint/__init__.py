"""Lint: warnings about texts that are valid and yet not as they should be.

Each check has a cheap test of whole columns, which nearly every text passes; only the others are looked at character by
character. The tests themselves are joined into one: a regular expression takes as long for many patterns as for one.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from dataset_tools.model import Issue
from dataset_tools.rules import issue
from dataset_tools.stages.lint import articles as article_checks
from dataset_tools.stages.lint import bodies, residue, tails, unicode
from dataset_tools.stages.lint.check import MOST, Check, Text
from dataset_tools.text import MAY_NOT_BE_NFC

if TYPE_CHECKING:
    import polars as pl

CHECKS: tuple[Check, ...] = (*article_checks.CHECKS, *bodies.CHECKS, *unicode.CHECKS, *residue.CHECKS, *tails.CHECKS)
"""Every check; each belongs to one rule."""

__all__ = ["CHECKS", "lint", "unusual"]


def unusual(frame: "pl.DataFrame", ignored: frozenset[str] = frozenset()) -> "pl.Series":
    """Which texts have anything that the pattern of a check looks for, or that may not be in NFC.

    The others are in Unicode normalization form C, and only checks without a pattern have to look at them. `frame` has
    the columns of `dataset_tools.columns.article_frame`.
    """
    patterns = [check.pattern for check in CHECKS if check.pattern is not None and check.code not in ignored]
    return frame["text"].str.contains(_any_of(tuple(dict.fromkeys([*patterns, MAY_NOT_BE_NFC]))))


def lint(frame: "pl.DataFrame", suspects: "pl.Series", ignored: frozenset[str] = frozenset()) -> list[Issue]:
    """An issue for each place that a check finds, at most `MOST` for one rule in one file.

    `frame` has the columns of `dataset_tools.columns.article_frame`; `suspects` is what `unusual` says of it.
    """
    wanted = [check for check in CHECKS if check.code not in ignored]
    issues: list[Issue] = []
    for checks, rows in (
        ([check for check in wanted if check.pattern is None], frame),
        ([check for check in wanted if check.pattern is not None], frame.filter(suspects)),
    ):
        for check, found in _passed(rows, checks):
            for row in found.iter_rows(named=True):
                text = Text(row["text"], row["title"], row["body"], row["body_line"])
                issues += _issues(check, text, row["path"], row["row"])
    return issues


def _passed(frame: "pl.DataFrame", checks: list[Check]) -> "Iterator[tuple[Check, pl.DataFrame]]":
    if checks and not frame.is_empty():
        suspicious = frame.select(check.suspicious().alias(check.code) for check in checks)
        for check in checks:
            if suspicious[check.code].any():
                yield check, frame.filter(suspicious[check.code])


@lru_cache(maxsize=8)
def _any_of(patterns: tuple[str, ...]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def _issues(check: Check, text: Text, path: str, row: int) -> Iterator[Issue]:
    hits = list(check.find(text))
    left = len(hits) - MOST
    for number, hit in enumerate(hits[:MOST], 1):
        more = f" (and {left:,} more in this file)" if left > 0 and number == MOST else ""
        line, column = text.place(hit.offset)
        yield issue(check.code, hit.message + more, path=path, row=row, line=line, column=column)
