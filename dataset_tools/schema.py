"""The schema of an article: schemas/article.yaml, read strictly, as a pandera schema for polars.

pandera ignores keys that it does not know, so that a misspelt check passes everything; this loader refuses them.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataset_tools.model import UserError
from dataset_tools.strict_yaml import Located, read
from dataset_tools.text import printable, shortened

if TYPE_CHECKING:
    import polars as pl
    from pandera.api.polars.types import PolarsData
    from pandera.polars import DataFrameSchema

COLUMNS = ("id", "title", "body", "path", "sha256")
"""The columns of a row, which a schema can speak of; all are strings."""

_SCHEMA_KEYS = ("schema_type", "version", "api", "name", "title", "description", "columns", "strict", "checks")
_COLUMN_KEYS = ("title", "description", "dtype", "nullable", "required", "unique", "checks")
_CHECK_OPTIONS = ("error", "ignore_na", "name")
_UNSUPPORTED = {
    "index": "articles have no index",
    "coerce": "all columns are strings already",
    "drop_invalid_rows": "nothing is dropped without a record; build with --on-invalid quarantine instead",
    "raise_warning": "a check of the schema is an error",
    "unique_values_eq": "it looks at the whole corpus at once, and checks run on batches",
    "groupby": "it looks at several rows at once, and checks run on batches",
}
_ELEMENT_WISE = (
    "equal_to",
    "not_equal_to",
    "greater_than",
    "greater_than_or_equal_to",
    "less_than",
    "less_than_or_equal_to",
    "in_range",
    "isin",
    "notin",
    "str_matches",
    "str_contains",
    "str_startswith",
    "str_endswith",
    "str_length",
)
_STRING_TYPES = ("String", "Utf8", "str", "string")


@dataclass(frozen=True, slots=True)
class ArticleSchema:
    """A schema that was read and tried.

    `unique` are the columns whose values must differ among the rows written, `columns` the names with what the schema
    says of them.
    """

    yaml: str
    unique: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]

    @property
    def sha256(self) -> str:
        """The digest of the YAML."""
        return hashlib.sha256(self.yaml.encode()).hexdigest()


def load(path: Path | None) -> ArticleSchema:
    """Read a schema file, or the built-in schema for None.

    Raises:
        UserError: if the file cannot be read, is not a schema, or says something that would be ignored; with its line.
    """
    if path is None:
        where = "the built-in schema"
        text = resources.files("dataset_tools").joinpath("schemas/article.yaml").read_text("utf-8")
    else:
        where = printable(str(path))
        text = _text_of(path)
    root = read(text, where)
    columns = _checked(root)
    _try(text, root)
    return ArticleSchema(
        text,
        unique=tuple(name for name, column in columns.items() if column.get("unique")),
        columns=tuple((name, column.get("description") or "") for name, column in columns.items()),
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UserError(
            f"cannot read the schema {printable(str(path))}: {error.strerror}",
            "name an existing schema with --schema, or leave the setting out to use the built-in one",
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"the schema {printable(str(path))} is not UTF-8", "save it as UTF-8") from None


@lru_cache(maxsize=4)
def compiled(schema_yaml: str) -> "DataFrameSchema":
    """The pandera schema of a YAML text that `load` has passed, without `unique`, which is not a matter of batches."""
    from pandera.io.polars_io import deserialize_schema

    _register_checks()
    schema: DataFrameSchema = deserialize_schema(read(schema_yaml, "the schema").plain())
    for column in schema.columns.values():
        column.unique = False
    return schema


def _checked(root: Located) -> dict[str, dict[str, Any]]:
    """Refuse what pandera would ignore or misread; returns the keys of each column as plain values."""
    schema = root.mapping("a schema")
    _only(schema, _SCHEMA_KEYS, "a schema")
    for key, value in (("schema_type", "polars_dataframe"), ("api", "polars")):
        if key in schema and schema[key].value != value:
            schema[key].fail(f"{key} must be {value}", "correct the value")
    if "strict" in schema and schema["strict"].value not in (True, False, None):
        schema["strict"].fail("strict must be true or false", "correct the value")
    if "checks" in schema and schema["checks"].value:
        schema["checks"].fail("checks of the whole frame are not supported", "put them under a column")
    if "columns" not in schema:
        root.fail("a schema needs columns", f"add columns: with any of {', '.join(COLUMNS)}")
    columns = schema["columns"].mapping("columns")
    return {name: _checked_column(name, column) for name, column in columns.items()}


def _checked_column(name: str, located: Located) -> dict[str, Any]:
    checks = _known_checks()
    column = located.mapping(f"column {name}")
    if name not in COLUMNS:
        _unknown(located, name, COLUMNS, "a column of an article")
    _only(column, (*_COLUMN_KEYS, *checks), f"column {name}")
    for key, kind, what in (
        ("nullable", bool, "true or false"),
        ("required", bool, "true or false"),
        ("unique", bool, "true or false"),
        ("title", str, "text"),
        ("description", str, "text"),
    ):
        if key in column and column[key].value is not None and not isinstance(column[key].value, kind):
            column[key].fail(f"{key} must be {what}", "correct the value")
    if "dtype" in column and column["dtype"].value not in _STRING_TYPES:
        column["dtype"].fail("all columns of an article are of dtype String", "write dtype: String")
    listed = column["checks"].mapping("checks") if "checks" in column and column["checks"].value is not None else {}
    _only(listed, tuple(checks), "the checks")
    for check, arguments in (*listed.items(), *((key, column[key]) for key in column if key in checks)):
        if isinstance(arguments.value, dict):
            _only(arguments.value, (*checks[check], "value", *_CHECK_OPTIONS), f"the check {check}")
    return {key: column[key].plain() for key in ("unique", "description") if key in column}


def _only(mapping: Mapping[str, Located], known: Iterable[str], what: str) -> None:
    known = tuple(known)
    for name, located in mapping.items():
        if name in _UNSUPPORTED:
            located.fail(f"'{name}' is not supported: {_UNSUPPORTED[name]}", "remove it")
        if name not in known:
            _unknown(located, name, known, f"a key of {what}")


def _unknown(located: Located, name: str, known: tuple[str, ...], what: str) -> None:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
    located.fail(f"{shortened(name)} is not {what}", hint)


def _try(text: str, root: Located) -> None:
    """Build the schema and run it on one row: pandera finds some faults only then."""
    import polars as pl

    try:
        failures = check_failures(compiled(text), pl.DataFrame({name: [""] for name in COLUMNS}))
    except Exception as error:
        root.fail(f"pandera cannot use the schema: {shortened(str(error), 200)}", "correct the checks")
    for failure in failures:
        if failure.broken is not None:
            column = root.value["columns"].value[failure.column]
            what = f"the check {failure.check} of {failure.column} cannot run: {shortened(failure.broken, 200)}"
            column.fail(what, "correct its arguments")


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """One check that failed on some rows of a frame, by their position; `broken` says that it could not run at all."""

    column: str
    check: str
    label: str
    statistics: dict[str, Any]
    rows: list[int]
    broken: str | None = None


def check_failures(schema: "DataFrameSchema", frame: "pl.DataFrame") -> list[CheckFailure]:
    """Run every check on the columns that the schema names; a value for each check that fails."""
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaErrors

    named = frame.select([name for name in frame.columns if name in schema.columns])
    try:
        # An environment variable of pandera can switch validation off; here it is not optional.
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(named, lazy=True)
    except SchemaErrors as errors:
        return [_failure(error) for error in errors.schema_errors]
    return []


def _failure(error: Any) -> CheckFailure:  # noqa: ANN401  pandera is not typed
    import polars as pl

    name = error.check if isinstance(error.check, str) else str(error.check.name)
    label = name if isinstance(error.check, str) else str(error.check.error or name)
    statistics = {} if isinstance(error.check, str) else dict(error.check.statistics or {})
    output = error.check_output
    if not isinstance(output, pl.DataFrame):
        return CheckFailure(str(error.schema.name), name, label, statistics, [], broken=str(error))
    passed = output.to_series(0).fill_null(False)
    return CheckFailure(str(error.schema.name), name, label, statistics, (~passed).arg_true().to_list())


def _known_checks() -> dict[str, tuple[str, ...]]:
    """The element-wise checks of pandera and ours, each with the names of its arguments."""
    from pandera.api.checks import Check

    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    checks = {}
    for name in _ELEMENT_WISE:
        parameters = inspect.signature(getattr(Check, name)).parameters.values()
        checks[name] = tuple(parameter.name for parameter in parameters if parameter.kind not in variable)
    ours = {name: tuple(inspect.signature(check).parameters)[1:] for name, check in REGISTERED_CHECKS.items()}
    return checks | ours


def _hex_digest(data: "PolarsData", *, digits: int) -> "pl.LazyFrame":
    """Lower-case hexadecimal digits, exactly so many."""
    import polars as pl

    return data.lazyframe.select(pl.col(data.key).str.contains(rf"\A[0-9a-f]{{{digits}}}\z"))


def _single_line(data: "PolarsData") -> "pl.LazyFrame":
    """No character that ends a line, of any kind that Unicode knows."""
    import polars as pl

    return data.lazyframe.select(~pl.col(data.key).str.contains("[\n\r\x0b\x0c\x1c-\x1e\u0085\u2028\u2029]"))


def _not_blank(data: "PolarsData") -> "pl.LazyFrame":
    """At least one character that is not white space, in Python's sense."""
    import polars as pl

    return data.lazyframe.select(pl.col(data.key).str.contains(r"[^\s\x1c-\x1f]"))


REGISTERED_CHECKS: dict[str, Callable[..., Any]] = {
    "hex_digest": _hex_digest,
    "single_line": _single_line,
    "not_blank": _not_blank,
}
"""Our own element-wise checks, usable in a schema file like those of pandera."""


def _register_checks() -> None:
    from pandera.api.checks import Check
    from pandera.api.extensions import register_check_method

    for name, check in REGISTERED_CHECKS.items():
        if name not in Check.REGISTERED_CUSTOM_CHECKS:
            check.__name__ = name
            register_check_method(check, statistics=list(inspect.signature(check).parameters)[1:])
