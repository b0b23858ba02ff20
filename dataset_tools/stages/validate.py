"""Validate: the checks of the schema on each article, and what must hold among several."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from dataset_tools.model import Issue
from dataset_tools.rules import RULES, issue
from dataset_tools.schema import (
    COLUMNS,
    CheckFailure,
    SchemaSource,
    cannot_run,
    check_failures,
    of_articles,
    offending_place,
)
from dataset_tools.text import shortened

if TYPE_CHECKING:
    import polars as pl


def validate(frame: "pl.DataFrame", *, schema: SchemaSource) -> list[Issue]:
    """An issue for each value that does not pass a check of the schema.

    `frame` has the columns of `dataset_tools.columns.article_frame`.

    Raises:
        UserError: if a check cannot run on one of the articles.
    """
    if frame.is_empty():
        return []
    issues = []
    for failure in check_failures(of_articles(schema), frame.select(COLUMNS)):
        if failure.broken is not None:
            raise cannot_run(failure, frame["path"][failure.rows[0]])
        failed = frame[failure.rows].iter_rows(named=True)
        # That a name has no id is said already.
        issues += [_finding(failure, row) for row in failed if failure.column != "id" or row["id"] is not None]
    return list(dict.fromkeys(issues))  # an empty value can fail several checks, and is said once


def _finding(failure: CheckFailure, row: dict[str, Any]) -> Issue:
    value = row[failure.column]
    raised = partial(issue, path=row["path"], row=row["row"])
    line, column, shown = _place(failure, row)
    if failure.column == "title" and value == "":
        return raised("T001", "the title, the first line, is empty", line=1, column=1)
    if failure.column == "body" and value == "":
        if "\r" in row["title"]:
            message = "there is a title but no body: the lines end with CR alone, and are taken for one line"
            return raised("B001", message, hint=RULES["F015"].fix)
        return raised("B001", "there is a title but no body")
    code = "T002" if failure.column == "title" and failure.check == "str_length" and value is not None else "S001"
    if value is None:
        message = f"{failure.column}: is missing"
    elif failure.error is not None:
        message = f"{failure.column}: {shortened(shown)}: {failure.error}"
    elif failure.check == "str_length":
        wanted = _length_limits(failure.statistics)
        message = f"the {failure.column} has {len(value):,} characters, not {wanted}: {shortened(value)}"
    else:
        message = f"{failure.column}: {shortened(shown)} does not pass {failure.label}"
    return raised(code, message, line=line, column=column)


def _place(failure: CheckFailure, row: dict[str, Any]) -> tuple[int | None, int | None, str]:
    """Line and column of what does not pass, and the line itself; of the whole value where that is not known."""
    value = row[failure.column] or ""
    if failure.column not in ("title", "body"):
        return None, None, value
    offset = offending_place(failure.check, failure.statistics, value)
    start = value.rfind("\n", 0, offset) + 1
    shown = value[start:].partition("\n")[0] if offset else value
    # The white space before a title in its line is no part of it.
    indent = len(row["text"]) - len(row["text"].lstrip()) if failure.column == "title" else 0
    line = (1 if failure.column == "title" else row["body_line"]) + value.count("\n", 0, offset)
    return line, 1 + indent + offset - start, shown


def _length_limits(statistics: dict[str, int | None]) -> str:
    low, high, exact = (statistics.get(key) for key in ("min_value", "max_value", "exact_value"))
    if exact is not None:
        return f"exactly {exact:,}"
    if low is not None and high is not None:
        return f"{low:,} to {high:,}"
    return f"at least {low:,}" if high is None else f"at most {high:,}"


def repeated(column: str, values: Iterable[tuple[int, str, str | None]]) -> list[Issue]:
    """An issue for each row whose value in a `unique` column of the schema an earlier row has as well.

    `values` gives for each row that is to be written its number, its path and its value, None if that is missing.
    """
    first: dict[str, str] = {}
    issues = []
    for row, path, value in values:
        if value is None:
            continue
        earlier = first.setdefault(value, path)
        if earlier != path:
            message = f"the {column} must be unique, but {earlier} has the same"
            hint = "change one of the two files, or remove unique from the schema"
            issues.append(issue("S001", message, path=path, row=row, hint=hint))
    return issues


def issues_by_row(issues: Iterable[Issue], rows: list[int]) -> list[list[Issue]]:
    """The issues of each row, in report order."""
    found: dict[int, list[Issue]] = {row: [] for row in rows}
    for one in sorted(issues, key=lambda one: one.order):
        assert one.row is not None
        found[one.row].append(one)
    return [found[row] for row in rows]
