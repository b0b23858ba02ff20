"""Lint: warnings about texts that are valid and yet not as they should be.

Each check has a cheap test of whole columns, which nearly every text passes; only the others are looked at character by
character.
"""

from collections.abc import Iterator

from dataset_tools.model import Articles, Files, Issue
from dataset_tools.rules import issue
from dataset_tools.stages.lint import articles as article_checks
from dataset_tools.stages.lint import residue, unicode
from dataset_tools.stages.lint.check import MOST, Check, Text

CHECKS: tuple[Check, ...] = (*article_checks.CHECKS, *unicode.CHECKS, *residue.CHECKS)
"""Every check; each belongs to one rule."""

__all__ = ["CHECKS", "lint"]


def lint(files: Files, articles: Articles, ignored: frozenset[str] = frozenset()) -> list[Issue]:
    """An issue for each place that a check finds, at most `MOST` for one rule in one file."""
    import polars as pl

    there = [position for position, text in enumerate(articles.texts) if text is not None]
    wanted = [check for check in CHECKS if check.code not in ignored]
    if not there or not wanted:
        return []
    columns = {"text": articles.texts, "title": articles.titles, "body": articles.bodies}
    frame = pl.DataFrame(
        {name: [values[position] for position in there] for name, values in columns.items()},
        schema=dict.fromkeys(columns, pl.String),
    )
    suspects = frame.select(check.suspicious().alias(check.code) for check in wanted)
    issues: list[Issue] = []
    for check in wanted:
        for row in suspects[check.code].arg_true().to_list():
            position = there[row]
            text = Text(frame["text"][row], frame["title"][row], frame["body"][row], articles.body_lines[position])
            issues += _issues(check, text, files.paths[position], files.rows[position])
    return issues


def _issues(check: Check, text: Text, path: str, row: int) -> Iterator[Issue]:
    hits = list(check.find(text))
    left = len(hits) - MOST
    for number, hit in enumerate(hits[:MOST], 1):
        more = f" (and {left:,} more in this file)" if left > 0 and number == MOST else ""
        line, column = text.place(hit.offset)
        yield issue(check.code, hit.message + more, path=path, row=row, line=line, column=column)
