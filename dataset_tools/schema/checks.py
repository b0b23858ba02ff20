"""The checks that a schema can name: those of pandera that look at one value at a time, and ours."""

import inspect
import re
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from dataset_tools.schema.model import COLUMNS

if TYPE_CHECKING:
    import polars as pl
    from pandera.api.polars.types import PolarsData

PANDERA_CHECKS = {
    "equal_to": "Is this text.",
    "not_equal_to": "Is another text.",
    "greater_than": "Comes after this text, in the order of code points.",
    "greater_than_or_equal_to": "Is this text or comes after it.",
    "less_than": "Comes before this text, in the order of code points.",
    "less_than_or_equal_to": "Is this text or comes before it.",
    "in_range": "Comes between two texts, in the order of code points.",
    "isin": "Is one of these texts.",
    "notin": "Is none of these texts.",
    "str_matches": "Begins with a match of this pattern.",
    "str_contains": "Has a match of this pattern anywhere.",
    "str_startswith": "Begins with this text.",
    "str_endswith": "Ends with this text.",
    "str_length": "Has so many characters (code points).",
}
"""The element-wise checks of pandera for polars, and what each asks of a value."""

SHORT_NAMES = {
    "eq": "equal_to",
    "ne": "not_equal_to",
    "gt": "greater_than",
    "ge": "greater_than_or_equal_to",
    "lt": "less_than",
    "le": "less_than_or_equal_to",
    "between": "in_range",
}
"""Other names that pandera has for some of them."""

SEVERAL_ROWS = "it looks at several rows at once, and checks run on batches"

UNSUPPORTED = {
    "index": "articles have no index",
    "coerce": "all columns are strings already",
    "dtype": "all columns are strings; say dtype: String of a column, or nothing",
    "default": "nothing is filled in: an article is packaged as it is",
    "parsers": "a schema checks articles and does not change them",
    "drop_invalid_rows": "nothing is dropped without a record; build with --on-invalid quarantine instead",
    "add_missing_columns": "an article has all its columns",
    "on_missing_columns": "an article has all its columns",
    "ordered": "the columns of an article have one order",
    "unique": "values are unique in a column, not in several columns together",
    "unique_column_names": "the columns of an article have different names",
    "report_duplicates": "every row that repeats a value is reported, but not the first one that has it",
    "regex": "name each column",
    "raise_warning": "a check of the schema is an error",
    "n_failure_cases": "every value that fails is reported",
    "groupby": SEVERAL_ROWS,
    "groups": SEVERAL_ROWS,
    "unique_values_eq": "it looks at the whole corpus at once, and checks run on batches",
}
"""What pandera knows and a schema of articles cannot say, and why."""

NO_COLUMNS = ("a schema needs columns", f"name any of {', '.join(COLUMNS)}")
"""Message and hint for a schema that asks nothing."""

FRAME_CHECKS = (
    "checks of the whole frame are not supported",
    "put them under a column: a check there sees the other columns of its row too",
)
"""Message and hint for checks that do not stand under a column."""

_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\u0085\u2028\u2029]")


def _hex_digest(data: "PolarsData", digits: int) -> "pl.LazyFrame":
    """Is lower-case hexadecimal digits, exactly so many."""
    import polars as pl

    return data.lazyframe.select(pl.col(data.key).str.contains(rf"\A[0-9a-f]{{{digits}}}\z"))


def _single_line(data: "PolarsData") -> "pl.LazyFrame":
    """Has no character that ends a line, of any kind that Unicode knows."""
    import polars as pl

    return data.lazyframe.select(~pl.col(data.key).str.contains(_LINE_END.pattern))


def _not_blank(data: "PolarsData") -> "pl.LazyFrame":
    """Has a character that is not white space, in Python's sense."""
    import polars as pl

    return data.lazyframe.select(pl.col(data.key).str.contains(r"[^\s\x1c-\x1f]"))


def _str_not_contains(data: "PolarsData", pattern: str) -> "pl.LazyFrame":
    """Has no match of this pattern anywhere."""
    import polars as pl

    return data.lazyframe.select(~pl.col(data.key).str.contains(pattern))


def _words(data: "PolarsData", min_value: int | None = None, max_value: int | None = None) -> "pl.LazyFrame":
    r"""Has so many words: runs of letters, marks, digits and underscores (`\w+`)."""
    import polars as pl

    if min_value is None and max_value is None:
        raise ValueError("give min_value, max_value, or both")
    words = pl.col(data.key).str.count_matches(r"\w+")
    lowest, highest = (0 if min_value is None else min_value), (words if max_value is None else max_value)
    return data.lazyframe.select(words.is_between(lowest, highest))


REGISTERED_CHECKS: dict[str, Callable[..., Any]] = {
    "hex_digest": _hex_digest,
    "single_line": _single_line,
    "not_blank": _not_blank,
    "str_not_contains": _str_not_contains,
    "words": _words,
}
"""Our own element-wise checks, usable in a schema file like those of pandera."""


_REGISTERING = threading.Lock()


@cache
def known_checks() -> dict[str, tuple[str, ...]]:
    """The checks that a YAML or JSON schema can name, each with the names of its arguments."""
    from pandera.api.checks import Check

    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    checks = {}
    for name in (*PANDERA_CHECKS, *SHORT_NAMES):
        parameters = inspect.signature(getattr(Check, SHORT_NAMES.get(name, name))).parameters.values()
        checks[name] = tuple(parameter.name for parameter in parameters if parameter.kind not in variable)
    return checks | {name: tuple(_arguments(check)) for name, check in REGISTERED_CHECKS.items()}


def make(name: str, *positional: Any, **named: Any) -> Any:  # noqa: ANN401  pandera is not typed
    """A check by its name and the arguments that a YAML or JSON schema has for it.

    Ours are made as pandera makes those that are registered; to register one takes pandas, which takes long to import.

    Raises:
        Exception: whatever is wrong with the arguments.
    """
    import pandera.backends.polars.builtin_checks  # noqa: F401  its import registers those of pandera
    from pandera.api.checks import Check

    ours = REGISTERED_CHECKS.get(name)
    if ours is None:
        return getattr(Check, name)(*positional, **named)
    _, *given = inspect.signature(ours).bind(None, *positional, **named).arguments.items()
    call = ", ".join(f"{argument}={value}" for argument, value in given)
    return Check(ours, name=name, error=f"{name}({call})" if given else None, **dict(given))


def register_checks() -> None:
    """Make the checks for polars, and ours, known to pandera, once: for code that makes its checks itself."""
    import pandera.backends.polars.builtin_checks  # noqa: F401  its import registers them
    from pandera.api.checks import Check
    from pandera.api.extensions import register_check_method

    with _REGISTERING:
        for name, check in REGISTERED_CHECKS.items():
            if name not in Check.REGISTERED_CUSTOM_CHECKS:
                check.__name__ = name
                register_check_method(check, statistics=_arguments(check))


def _arguments(check: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(check).parameters)[1:]


def offending_place(check: str, statistics: Mapping[str, Any], value: str) -> int:
    """Where in a value that does not pass a check the fault is, as an offset in code points; 0 if that is not known."""
    if check == "single_line":
        match = _LINE_END.search(value)
        return 0 if match is None else match.start()
    if check == "str_endswith":
        return max(len(value) - 1, 0)
    if check == "str_not_contains":
        import polars as pl

        found = pl.Series([value]).str.find(statistics["pattern"]).item()
        return len(value.encode()[: found or 0].decode())
    return 0
