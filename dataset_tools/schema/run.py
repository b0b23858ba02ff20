"""Run the checks of a schema on a frame, and hold them to giving one answer for each row.

The checks are pandera's, applied by its backend for polars. Not `schema.validate`: that copies every value that fails,
takes no answer for a yes and one answer for that of the first row, and can be switched off by the environment.
"""

import sys
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from dataset_tools.model import UserError
from dataset_tools.schema.checks import SEVERAL_ROWS
from dataset_tools.schema.model import COLUMNS, CheckFailure, ColumnCheck, ColumnRules
from dataset_tools.text import printable, shortened

if TYPE_CHECKING:
    import polars as pl

_TRIAL_TEXTS = ("", "a", "a", "Chợ nổi, 2024.", "NẮNG\nMưa")


class _BrokenCheckError(Exception):
    """A check does not give what a check must give."""


def check_failures(rules: Sequence[ColumnRules], rows: "pl.DataFrame") -> list[CheckFailure]:
    """Run every check on its column; a value for each check that fails. Checks see all columns of the rows."""
    failures = []
    for column in rules:
        missing = rows[column.name].is_null()
        if not column.nullable and missing.any():
            nulls = missing.arg_true().to_list()
            failures.append(_failure(column, "not_nullable", "not_nullable", rows=nulls))
        for check in column.checks:
            found = answers(check, column.name, rows)
            if isinstance(found, str):
                first = _first_broken(check, column.name, rows)
                failures.append(_failure(column, check.name, check.label, check, rows=[first], broken=found))
            elif not found.all():
                failures.append(_failure(column, check.name, check.label, check, rows=(~found).arg_true().to_list()))
    return failures


def _failure(
    column: ColumnRules,
    name: str,
    label: str,
    check: ColumnCheck | None = None,
    *,
    rows: list[int],
    broken: str | None = None,
) -> CheckFailure:
    return CheckFailure(
        column=column.name,
        check=name,
        label=label,
        statistics={} if check is None else dict(check.check.statistics or {}),
        rows=rows,
        where="" if check is None else check.where,
        error=None if check is None else check.error,
        broken=broken,
    )


def answers(check: ColumnCheck, column: str, rows: "pl.DataFrame") -> "pl.Series | str":
    """Whether each row passes; or why the check cannot run."""
    try:
        return _answers(check.check, column, rows)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a check in Python can raise anything, SystemExit too
        return reason(error)


def _answers(check: Any, column: str, rows: "pl.DataFrame") -> "pl.Series":  # noqa: ANN401  pandera is not typed
    import polars as pl
    from pandera.api.polars.types import PolarsData
    from pandera.backends.polars.checks import PolarsCheckBackend

    with warnings.catch_warnings(), redirect_stdout(sys.stderr):  # standard output is for the report
        warnings.simplefilter("ignore")  # advice of polars to whoever writes the check
        output = PolarsCheckBackend(check).apply(PolarsData(rows.lazy(), column))
        if isinstance(output, bool):
            raise _BrokenCheckError(f"it gives one answer for all rows: {SEVERAL_ROWS}")
        if not isinstance(output, pl.LazyFrame):
            raise _BrokenCheckError(f"it gives {type(output).__name__}, not a LazyFrame")
        found = output.collect().to_series(0)
    if found.len() != rows.height:
        what = f"{found.len():,} answer{'' if found.len() == 1 else 's'} for {rows.height:,} rows"
        raise _BrokenCheckError(f"it gives {what}: {SEVERAL_ROWS}")
    if found.dtype != pl.Boolean:
        raise _BrokenCheckError(f"its answers are {found.dtype}, not true or false")
    if found.null_count():
        silent = found.is_null() & ~rows.select(pl.any_horizontal(pl.all().is_null())).to_series()
        if silent.any():
            value = rows[column][silent.arg_true().item(0)]
            raise _BrokenCheckError(f"it gives neither true nor false for {shortened(str(value))}")
        return found.fill_null(check.ignore_na)
    return found


def reason(error: BaseException) -> str:
    """What an exception says, in one line."""
    said = " ".join(str(error).partition("\n\nThis error occurred")[0].split())
    said = said[:200] + ("…" if len(said) > 200 else "")
    if isinstance(error, _BrokenCheckError):
        return printable(said)
    return printable(f"{type(error).__name__}: {said}" if said else type(error).__name__)


def _first_broken(check: ColumnCheck, column: str, rows: "pl.DataFrame") -> int:
    """The first row on which a check cannot run, of rows on which it cannot."""
    first, end = 0, rows.height
    while end - first > 1:
        middle = (first + end) // 2
        broken = isinstance(answers(check, column, rows[first:middle]), str)
        first, end = (first, middle) if broken else (middle, end)
    return first


def cannot_run(failure: CheckFailure, article: str | None = None) -> UserError:
    """The error that a check which cannot run is for its maintainer."""
    on = "" if article is None else f" on {article}"
    name = failure.check or failure.label
    message = f"{failure.where}: the check {name} of {failure.column} cannot run{on}: {failure.broken}"
    return UserError(message, "correct the check")


def trial_articles() -> "pl.DataFrame":
    """A few made-up articles."""
    import polars as pl

    return pl.DataFrame(
        {
            "id": [*(f"{number:016x}" for number in range(1, len(_TRIAL_TEXTS))), None],
            "title": [text.partition("\n")[0] for text in _TRIAL_TEXTS],
            "body": _TRIAL_TEXTS,
            "path": [f"{number:03}_{number:016x}.txt" for number in range(len(_TRIAL_TEXTS))],
            "sha256": [f"{number:064x}" for number in range(len(_TRIAL_TEXTS))],
        },
        schema=dict.fromkeys(COLUMNS, pl.String),
    )


def try_out(rules: Sequence[ColumnRules], frame: "pl.DataFrame") -> None:
    """Run every check on a few made-up rows, together and one by one: some faults show only then.

    Raises:
        UserError: if a check cannot run, or says of a row alone what it does not say of it among others.
    """
    for failure in check_failures(rules, frame):
        if failure.broken is not None:
            raise cannot_run(failure)
    for column in rules:
        for check in column.checks:
            together = answers(check, column.name, frame)
            alone = [answers(check, column.name, frame[row]) for row in range(frame.height)]
            assert not isinstance(together, str)
            if any(isinstance(one, str) or one.item() != whole for one, whole in zip(alone, together, strict=True)):
                what = f"the check {check.name or check.label} of {column.name} says of a row alone"
                message = f"{check.where}: {what} what it does not say of it among others"
                raise UserError(message, "let it look at each row for itself: checks run on batches")
