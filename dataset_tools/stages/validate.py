"""Validate: the checks of the schema on each article, and what must hold among several."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from dataset_tools.model import Issue, UserError
from dataset_tools.rules import RULES, issue
from dataset_tools.schema import CheckFailure, check_failures, compiled
from dataset_tools.text import shortened

if TYPE_CHECKING:
    import polars as pl


def validate(frame: "pl.DataFrame", *, schema_yaml: str) -> list[Issue]:
    """An issue for each value that does not pass a check of the schema.

    `frame` has the columns of `dataset_tools.columns.article_frame`.
    """
    if frame.is_empty():
        return []
    issues = []
    for failure in check_failures(compiled(schema_yaml), frame):
        if failure.broken is not None:
            message = f"the check {failure.check} of {failure.column} cannot run: {shortened(failure.broken, 200)}"
            raise UserError(message, "correct its arguments in the schema")
        failed = frame[failure.rows].iter_rows(named=True)
        # That a name has no id is said already.
        issues += [_finding(failure, row) for row in failed if failure.column != "id" or row["id"] is not None]
    return list(dict.fromkeys(issues))  # an empty value can fail several checks, and is said once


def _finding(failure: CheckFailure, row: dict[str, Any]) -> Issue:
    value = row[failure.column]
    raised = partial(issue, path=row["path"], row=row["row"])
    line = {"title": 1, "body": row["body_line"]}.get(failure.column)
    column = None if line is None else 1
    if failure.column == "title" and value == "":
        return raised("T001", "the title, the first line, is empty", line=1, column=1)
    if failure.column == "body" and value == "":
        if "\r" in row["title"]:
            message = "there is a title but no body: the lines end with CR alone, and are taken for one line"
            return raised("B001", message, hint=RULES["F015"].fix)
        return raised("B001", "there is a title but no body")
    if failure.check == "str_length" and value is not None:
        wanted = _length_limits(failure.statistics)
        message = f"the {failure.column} has {len(value):,} characters, not {wanted}: {shortened(value)}"
        return raised("T002" if failure.column == "title" else "S001", message, line=line, column=column)
    said = "is missing" if value is None else f"{shortened(value)} does not pass {failure.label}"
    return raised("S001", f"{failure.column}: {said}", line=line, column=column)


def _length_limits(statistics: dict[str, int | None]) -> str:
    low, high, exact = (statistics.get(key) for key in ("min_value", "max_value", "exact_value"))
    if exact is not None:
        return f"exactly {exact:,}"
    if low is not None and high is not None:
        return f"{low:,} to {high:,}"
    return f"at least {low:,}" if high is None else f"at most {high:,}"


def repeated(column: str, values: Iterable[tuple[int, str, str]]) -> list[Issue]:
    """An issue for each row whose value in a `unique` column of the schema an earlier row has as well.

    `values` gives for each row that is to be written its number, its path and its value.
    """
    first: dict[str, str] = {}
    issues = []
    for row, path, value in values:
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
