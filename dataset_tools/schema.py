"""The schema of an article: schemas/article.yaml, read strictly, as a pandera schema for polars.

pandera ignores keys that it does not know, so that a misspelt check passes everything; this loader refuses them.
"""

import hashlib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from dataset_tools.model import UserError
from dataset_tools.text import printable, shortened

if TYPE_CHECKING:
    import polars as pl
    from pandera.api.polars.types import PolarsData
    from pandera.polars import DataFrameSchema

COLUMNS = ("id", "title", "body", "path", "sha256")
"""The columns of a row, which a schema can speak of; all are strings."""

_SCHEMA_KEYS = ("schema_type", "version", "api", "name", "title", "description", "columns", "strict", "checks")
_COLUMN_KEYS = ("title", "description", "dtype", "nullable", "required", "unique", "coerce", "checks")
_CHECK_OPTIONS = ("error", "ignore_na", "name")
_UNSUPPORTED = {
    "index": "articles have no index",
    "drop_invalid_rows": "nothing is dropped without a record; build with --on-invalid quarantine instead",
    "raise_warning": "a check of the schema is an error",
    "unique_values_eq": "it looks at the whole corpus at once, and checks run on batches",
    "groupby": "it looks at several rows at once, and checks run on batches",
}
_STRING_TYPES = ("String", "Utf8", "str", "string")


@dataclass(frozen=True, slots=True)
class ArticleSchema:
    """A schema that was read and tried: its YAML, and the columns whose values must differ among the rows written."""

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
        text = _read(path)
    return _Strict(where).load(text)


def _read(path: Path) -> str:
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
    from pandera.io.polars_io import from_yaml

    _register_checks()
    schema: DataFrameSchema = from_yaml(schema_yaml)
    for column in schema.columns.values():
        column.unique = False
    return schema


class _Strict:
    """Walks the YAML tree before pandera sees it, and names the line of what is wrong."""

    def __init__(self, where: str) -> None:
        self.where = where

    def load(self, text: str) -> ArticleSchema:
        try:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
                raise UserError(f"{self.where}: YAML aliases are not supported", "write the value out")
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise UserError(f"{self.where}:{line}: not YAML: {error.problem}", "correct the line") from None
        except yaml.YAMLError as error:
            raise UserError(f"{self.where}: not YAML: {shortened(str(error))}", "correct the file") from None
        schema = self._mapping(root, "a schema")
        self._known_keys(schema, _SCHEMA_KEYS, "a schema")
        self._fixed(schema, "schema_type", "polars_dataframe")
        self._fixed(schema, "api", "polars")
        if "checks" in schema and self._mapping_or_empty(schema["checks"][1]):
            self._fail(schema["checks"][0], "checks of the whole frame are not supported", "put them under a column")
        if "columns" not in schema:
            self._fail(root, "a schema needs columns", f"add columns: with any of {', '.join(COLUMNS)}")
        columns = self._mapping(schema["columns"][1], "columns")
        unique, described = [], []
        for name, (key, node) in columns.items():
            entry = self._column(name, key, node)
            if entry.get("unique") is True:
                unique.append(name)
            described.append((name, str(entry.get("description") or "")))
        self._try(text, root)
        return ArticleSchema(text, tuple(unique), tuple(described))

    def _column(self, name: str, key: yaml.Node, node: yaml.Node) -> dict[str, Any]:
        checks = _known_checks()
        column = self._mapping(node, f"column {name}")
        if name not in COLUMNS:
            values = {part: yaml.safe_load(yaml.serialize(value)) for part, (_, value) in column.items()}
            if values.get("required", True) is not False:
                self._unknown(key, name, COLUMNS, "a column of an article")
        self._known_keys(column, (*_COLUMN_KEYS, *checks), f"column {name}")
        for part in ("nullable", "required", "unique", "coerce"):
            if part in column and column[part][1].tag != "tag:yaml.org,2002:bool":
                self._fail(column[part][0], f"{part} must be true or false", "correct the value")
        if "dtype" in column and getattr(column["dtype"][1], "value", None) not in _STRING_TYPES:
            self._fail(column["dtype"][0], "all columns of an article are of dtype String", "write dtype: String")
        listed = self._mapping_or_empty(column["checks"][1]) if "checks" in column else {}
        flat = {part: pair for part, pair in column.items() if part in checks}
        self._known_keys(listed, tuple(checks), "the checks")
        for check, (_, arguments) in (*listed.items(), *flat.items()):
            if isinstance(arguments, yaml.MappingNode):
                given = self._mapping(arguments, check)
                self._known_keys(given, (*checks[check], "value", *_CHECK_OPTIONS), f"the check {check}")
        return {
            part: yaml.safe_load(yaml.serialize(column[part][1]))
            for part in ("unique", "description")
            if part in column
        }

    def _try(self, text: str, root: yaml.Node | None) -> None:
        """Build the schema and run it on one row: pandera finds some faults only then."""
        import polars as pl

        try:
            schema = compiled(text)
        except Exception as error:
            self._fail(root, f"pandera cannot build the schema: {shortened(str(error), 200)}", "correct the checks")
        for failure in check_failures(schema, pl.DataFrame({name: [""] for name in COLUMNS})):
            if failure.broken is not None:
                what = f"the check {failure.check} of {failure.column} cannot run: {shortened(failure.broken, 200)}"
                self._fail(root, what, "correct its arguments")

    def _mapping(self, node: yaml.Node | None, what: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._fail(node, f"{what} must be a mapping of keys to values", "see the built-in schema for an example")
        mapping: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._fail(key, f"a key of {what} must be a word", "correct the line")
            if key.value in mapping:
                self._fail(key, f"'{printable(key.value)}' is there twice in {what}", "remove one of the two")
            mapping[key.value] = (key, value)
        return mapping

    def _mapping_or_empty(self, node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
            return {}
        return self._mapping(node, "checks")

    def _known_keys(self, mapping: dict[str, tuple[yaml.Node, yaml.Node]], known: Iterable[str], what: str) -> None:
        known = tuple(known)
        for name, (key, _) in mapping.items():
            if name in _UNSUPPORTED:
                self._fail(key, f"'{name}' is not supported: {_UNSUPPORTED[name]}", "remove it")
            if name not in known:
                self._unknown(key, name, known, f"a key of {what}")

    def _unknown(self, key: yaml.Node, name: str, known: Iterable[str], what: str) -> None:
        known = tuple(known)
        near = get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
        self._fail(key, f"{shortened(name)} is not {what}", hint)

    def _fixed(self, schema: dict[str, tuple[yaml.Node, yaml.Node]], key: str, value: str) -> None:
        if key in schema and getattr(schema[key][1], "value", None) != value:
            self._fail(schema[key][0], f"{key} must be {value}", "correct the value")

    def _fail(self, node: yaml.Node | None, message: str, hint: str) -> NoReturn:
        line = node.start_mark.line + 1 if node is not None else 1
        raise UserError(f"{self.where}:{line}: {message}", hint)


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

    names = (
        "equal_to not_equal_to greater_than greater_than_or_equal_to less_than less_than_or_equal_to in_range isin "
        "notin str_matches str_contains str_startswith str_endswith str_length"
    )
    checks = {
        name: tuple(p.name for p in inspect.signature(getattr(Check, name)).parameters.values() if p.kind not in (2, 4))
        for name in names.split()
    }
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
    """At least one character that is not white space."""
    import polars as pl

    return data.lazyframe.select(pl.col(data.key).str.contains(r"\S"))


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
