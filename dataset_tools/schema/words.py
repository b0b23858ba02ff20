"""What a schema asks of a column, in words for readers of the dataset."""

from collections.abc import Callable, Mapping
from typing import Any

from dataset_tools.schema.model import ColumnCheck, ColumnRules

_LISTED = 20


def in_words(column: ColumnRules) -> list[str]:
    """A phrase for each thing that a schema asks of a column."""
    phrases = [_phrase(check) for check in column.checks]
    if column.unique:
        phrases.append("no two documents have the same")
    if column.nullable:
        phrases.append("may be missing")
    return phrases


def _phrase(check: ColumnCheck) -> str:
    say = _PHRASES.get(check.name)
    return check.label if say is None else say(check.check.statistics or {})


def _limits(given: Mapping[str, Any], what: str) -> str:
    low, high, exact = (given.get(key) for key in ("min_value", "max_value", "exact_value"))
    if low is not None and high is not None and exact is None:
        return f"{low:,} to {high:,} {what}s"
    how, number = ("exactly", exact) if exact is not None else ("at least", low) if high is None else ("at most", high)
    return f"{how} {number:,} {what}{'' if number == 1 else 's'}"


def _quoted(value: object) -> str:
    text = " ".join(str(value).split()).replace("`", "'")
    return f"`{text}`" if text else "nothing"


def _listed(values: Any) -> str:  # noqa: ANN401  whatever pandera has kept
    shown = sorted(map(str, values))
    more = f" and {len(shown) - _LISTED:,} more" if len(shown) > _LISTED else ""
    return ", ".join(map(_quoted, shown[:_LISTED])) + more


def _pattern(given: Mapping[str, Any]) -> str:
    pattern = given["pattern"]
    return _quoted(getattr(pattern, "pattern", pattern))


_PHRASES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "equal_to": lambda given: f"is {_quoted(given['value'])}",
    "not_equal_to": lambda given: f"is not {_quoted(given['value'])}",
    "greater_than": lambda given: f"more than {_quoted(given['min_value'])}",
    "greater_than_or_equal_to": lambda given: f"at least {_quoted(given['min_value'])}",
    "less_than": lambda given: f"less than {_quoted(given['max_value'])}",
    "less_than_or_equal_to": lambda given: f"at most {_quoted(given['max_value'])}",
    "in_range": lambda given: f"from {_quoted(given['min_value'])} to {_quoted(given['max_value'])}",
    "isin": lambda given: f"one of {_listed(given['allowed_values'])}",
    "notin": lambda given: f"none of {_listed(given['forbidden_values'])}",
    "str_matches": lambda given: f"begins with a match of {_pattern(given)}",
    "str_contains": lambda given: f"has a match of {_pattern(given)}",
    "str_startswith": lambda given: f"begins with {_quoted(given['string'])}",
    "str_endswith": lambda given: f"ends with {_quoted(given['string'])}",
    "str_length": lambda given: _limits(given, "character"),
    "hex_digest": lambda given: f"{given['digits']} hexadecimal digits",
    "single_line": lambda _: "a single line",
    "not_blank": lambda _: "not blank",
    "str_not_contains": lambda given: f"has no match of {_pattern(given)}",
    "words": lambda given: _limits(given, "word"),
}
