"""What a YAML or JSON schema says, read strictly: pandera ignores keys that it does not know, here they are refused."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from dataset_tools.schema.checks import FRAME_CHECKS, NO_COLUMNS, UNSUPPORTED, known_checks, make
from dataset_tools.schema.located import Located
from dataset_tools.schema.model import COLUMNS, DTYPES, ColumnCheck, ColumnRules
from dataset_tools.schema.placed import placed
from dataset_tools.schema.run import reason
from dataset_tools.text import shortened

_SCHEMA_KEYS = ("schema_type", "version", "api", "name", "title", "description", "columns", "strict", "checks")
_COLUMN_KEYS = ("title", "description", "dtype", "nullable", "required", "unique", "checks")
_CHECK_OPTIONS = ("error", "ignore_na", "name")
TYPE_NAMES = ", ".join(dict.fromkeys(DTYPES.values()))
_KINDS = {
    "name": (str, "text"),
    "title": (str, "text"),
    "description": (str, "text"),
    "error": (str, "text"),
    "nullable": (bool, "true or false"),
    "required": (bool, "true or false"),
    "unique": (bool, "true or false"),
    "strict": (bool, "true or false"),
    "ignore_na": (bool, "true or false"),
}


def rules_of(root: Located, further: Sequence[str] | None) -> tuple[ColumnRules, ...]:
    """The rules of a whole schema; `further` are the columns of the metadata, None if they are not known.

    Raises:
        UserError: with the line of the first thing that is wrong, or that pandera would ignore.
    """
    schema = root.mapping("a schema")
    _only(schema, _SCHEMA_KEYS, "a schema")
    for key, value in (("schema_type", "polars_dataframe"), ("api", "polars")):
        if key in schema and schema[key].value != value:
            hint = f"write {key}: {value}, or leave the line out; schemas of pandas are written otherwise"
            schema[key].fail(f"{key} must be {value}", hint)
    if "checks" in schema and schema["checks"].value:
        schema["checks"].fail(*FRAME_CHECKS)
    columns = schema["columns"].mapping("columns") if "columns" in schema else {}
    if not columns:
        root.fail(*NO_COLUMNS)
    rules = tuple(_column(name, column, further) for name, column in columns.items())
    missing = [name for name in (*COLUMNS, *(further or ())) if name not in columns]
    if missing and "strict" in schema and schema["strict"].value:
        schema["strict"].fail(f"strict is true, but the schema does not name {', '.join(missing)}", "name all columns")
    return rules


def unique_columns(root: Located) -> tuple[str, ...]:
    """The columns of a schema, known to be right, whose values must differ."""
    columns = root.mapping("a schema")["columns"].mapping("columns")
    return tuple(name for name, column in columns.items() if _plain(column.mapping(name), "unique"))


def _column(name: str, located: Located, further: Sequence[str] | None) -> ColumnRules:
    known = known_checks()
    column = located.mapping(f"column {name}")
    _only(column, (*_COLUMN_KEYS, *known), f"column {name}")
    fault = unknown_column(name, further, required=_plain(column, "required") is not False)
    if fault is not None:
        located.fail(*fault)
    given = _plain(column, "dtype")
    dtype = DTYPES.get(given) if isinstance(given, str) else None
    if given is not None and name in COLUMNS and dtype != "String":
        column["dtype"].fail("all columns of an article are of dtype String", "write dtype: String")
    if given is not None and dtype is None:
        column["dtype"].fail(f"{shortened(str(given))} is not a dtype of metadata", f"known: {TYPE_NAMES}")
    listed = column["checks"].mapping("checks") if "checks" in column and column["checks"].value is not None else {}
    _only(listed, tuple(known), "the checks")
    named = (*listed.items(), *((key, column[key]) for key in column if key in known))
    return ColumnRules(
        name=name,
        description=_plain(column, "description") or "",
        dtype=dtype,
        nullable=bool(_plain(column, "nullable")),
        unique=bool(_plain(column, "unique")),
        checks=tuple(_check(check, arguments, known[check]) for check, arguments in named),
    )


def _plain(mapping: Mapping[str, Located], key: str) -> Any:  # noqa: ANN401  whatever the file holds
    return mapping[key].plain() if key in mapping else None


def _check(name: str, located: Located, known: tuple[str, ...]) -> ColumnCheck:
    """Build one check: arguments by name, or one alone, or none; and options."""
    named: dict[str, Any] = {}
    options: dict[str, Any] = {}
    if isinstance(located.value, dict):
        _only(located.value, (*known, "value", *_CHECK_OPTIONS), f"the check {name}")
        for key, entry in located.value.items():
            (options if key in _CHECK_OPTIONS else named)[key] = entry.plain()
        alone = named.pop("value", None)
    else:
        alone = located.plain()
    positional = [] if alone is None else [alone]
    try:
        check = make(name, *positional, **named)
    except Exception as error:  # whatever pandera makes of the arguments
        located.fail(f"the check {name} cannot be made: {reason(error)}", "correct its arguments")
    for option, value in options.items():
        if value is not None:
            setattr(check, option, value)
    return placed(check, located.place)


def _only(mapping: Mapping[str, Located], known: tuple[str, ...], what: str) -> None:
    for name, located in mapping.items():
        if name not in known and name in UNSUPPORTED:
            located.fail(f"'{name}' is not supported: {UNSUPPORTED[name]}", "remove it")
        if name not in known:
            located.fail(*unknown(name, known, f"a key of {what}"))
        kind, called = _KINDS.get(name, (object, ""))
        if located.value is not None and not isinstance(located.value, kind):
            located.fail(f"{name} must be {called}", "correct the value")


def unknown_column(name: str, further: Sequence[str] | None, *, required: bool) -> tuple[str, str] | None:
    """Message and hint for a column that neither an article nor its metadata has; None if one of them may have it."""
    if name in COLUMNS or further is None or name in further or not required:
        return None
    if further:
        return unknown(name, (*COLUMNS, *further), "a column of an article or of its metadata")
    message, hint = unknown(name, COLUMNS, "a column of an article")
    return message, hint if hint.endswith("?") else f"{hint}; others come from metadata.csv, .jsonl or .parquet"


def unknown(name: str, known: Iterable[str], what: str) -> tuple[str, str]:
    """Message and hint for a name that is not one of those known."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"{shortened(name)} is not {what}", f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
