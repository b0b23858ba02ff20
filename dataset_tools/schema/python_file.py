"""A schema in Python: a file that defines a pandera schema for polars. It is executed, as code that its user trusts.

Nothing else of the package executes a file, and this one only when the command line or the settings name it.
"""

import sys
import types
from contextlib import redirect_stdout
from typing import Any

from dataset_tools.schema.checks import FRAME_CHECKS, NO_COLUMNS, SEVERAL_ROWS, UNSUPPORTED, register_checks
from dataset_tools.schema.located import is_writable
from dataset_tools.schema.model import COLUMNS, ColumnCheck, ColumnRules, SchemaSource
from dataset_tools.schema.placed import placed
from dataset_tools.schema.python_lines import Lines, line_of_check, line_of_exception
from dataset_tools.schema.run import reason
from dataset_tools.schema.strict import TYPE_NAMES, unknown_column

_READ = {
    "schema": ("columns", "name", "title", "description", "metadata", "strict"),
    "column": ("checks", "name", "title", "description", "metadata", "nullable", "unique", "required", "dtype"),
    "check": (
        *("name", "error", "statistics", "check_fn", "check_kwargs", "element_wise", "native", "ignore_na", "title"),
        *("description", "determined_by_unique", "statistics_args", "strategy", "constraint"),
    ),
}
"""The attributes that count or say nothing about data; any other must be as pandera sets it by itself."""


def rules_of_module(source: SchemaSource) -> tuple[ColumnRules, ...]:
    """Execute a Python file and take the rules of the schema it defines.

    The schema is what is called `schema`, a `DataFrameSchema` or a `DataFrameModel`; or else the one `DataFrameModel`
    that the file defines.

    Raises:
        UserError: with the line, if the file cannot be executed, defines no schema, or one that says what is not
            supported.
    """
    import pandera.polars as pa

    lines = Lines(source)
    name, found = _schema_of(lines, _executed(lines))
    lines = lines.within(name)
    if not isinstance(found, pa.DataFrameSchema):
        try:
            found = found.to_schema()
        except Exception as error:  # whatever pandera makes of the class
            raise lines.error(lines.first, f"pandera cannot use {name}: {reason(error)}", "correct the class") from None
    if found.strict not in (True, False):
        what = "strict must be true or false: no column is left out"
        raise lines.error(lines.of("strict"), what, "correct the value")
    if found.checks:
        line = line_of_check(found.checks[0], lines.file_name) or lines.of("checks")
        raise lines.error(line, *FRAME_CHECKS)
    _only_read(lines, "schema", found, pa.DataFrameSchema())
    if not found.columns:
        raise lines.error(lines.first, *NO_COLUMNS)
    rules = tuple(_column(lines, str(name), column) for name, column in found.columns.items())
    missing = [name for name in (*COLUMNS, *(source.further or ())) if name not in found.columns]
    if missing and found.strict:
        what = f"the schema is strict, but does not name {', '.join(missing)}"
        raise lines.error(lines.of("strict"), what, "name all columns")
    return rules


def _executed(lines: Lines) -> types.ModuleType:
    """The module of the file. It stands in sys.modules, where pandera looks up the annotations of a class."""
    from pandera.api.checks import Check

    register_checks()
    module = types.ModuleType(f"dataset_tools_schema_{lines.source.sha256[:16]}")
    module.__file__ = str(lines.source.path)
    sys.modules[module.__name__] = module
    known = set(Check.REGISTERED_CUSTOM_CHECKS)
    try:
        code = compile(lines.source.data, lines.file_name, "exec", dont_inherit=True)
        with redirect_stdout(sys.stderr):  # standard output is for the report
            exec(code, module.__dict__)  # noqa: S102  such a schema is a program, and is run only when it is named
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # code can raise anything, SystemExit too
        raise lines.error(line_of_exception(error, lines.file_name), reason(error), "correct the file") from None
    finally:
        # Else no other version of this file could be loaded in this process: a name is registered once.
        for name in set(Check.REGISTERED_CUSTOM_CHECKS) - known:
            if getattr(module.__dict__.get(name), "__module__", None) == module.__name__:
                del Check.REGISTERED_CUSTOM_CHECKS[name]
    return module


def _schema_of(lines: Lines, module: types.ModuleType) -> tuple[str, Any]:
    import pandera.polars as pa

    def is_model(value: object) -> bool:
        return isinstance(value, type) and issubclass(value, pa.DataFrameModel)

    names = module.__dict__
    if "schema" in names:
        if type(names["schema"]) is pa.DataFrameSchema or is_model(names["schema"]):
            return "schema", names["schema"]
        what = f"schema is {type(names['schema']).__name__}, not a DataFrameSchema or DataFrameModel of pandera.polars"
        raise lines.error(lines.within("schema").first, what, "make it with: import pandera.polars as pa")
    own = (value for value in names.values() if is_model(value) and value.__module__ == module.__name__)
    models = list(dict.fromkeys(own))
    if len(models) == 1:
        return models[0].__name__, models[0]
    if models:
        called = [model.__name__ for model in models]
        what = f"there are several DataFrameModels: {', '.join(called)}"
        raise lines.error(lines.of(called[-1]), what, f"say which one counts: schema = {called[-1]}")
    what = "the file defines no schema"
    raise lines.error(1, what, "call it schema: a DataFrameSchema or a DataFrameModel of pandera.polars")


def _column(lines: Lines, name: str, column: Any) -> ColumnRules:  # noqa: ANN401  pandera is not typed
    import pandera.polars as pa
    import polars as pl

    lines = lines.column(name)
    if type(column) is not pa.Column:
        raise lines.error(lines.first, f"column {name} is not a Column of pandera.polars", "write pa.Column(str, ...)")
    fault = unknown_column(name, lines.source.further, required=column.required)
    if fault is not None and not column.regex:
        raise lines.error(lines.first, *fault)
    known = {pa.Column(getattr(pl, called)).dtype: called for called in TYPE_NAMES.split(", ")}
    dtype = None if column.dtype is None else known.get(column.dtype, "")
    if name in COLUMNS and dtype not in (None, "String"):
        what = f"column {name} is of dtype {column.dtype}, and all are of dtype String"
        raise lines.error(lines.first, what, "write str")
    if dtype == "":
        what = f"column {name} is of dtype {column.dtype}, which metadata cannot have"
        raise lines.error(lines.first, what, "write str, int, float or bool")
    _only_read(lines, "column", column, pa.Column())
    for key in ("nullable", "unique"):
        if not isinstance(getattr(column, key), bool):
            raise lines.error(lines.of(key), f"{key} of column {name} must be True or False", "correct the value")
    description = "" if column.description is None else column.description
    if not isinstance(description, str) or not is_writable(description):
        raise lines.error(lines.of("description"), f"description of column {name} must be text", "correct the value")
    return ColumnRules(
        name=name,
        description=description,
        dtype=dtype,
        nullable=column.nullable,
        unique=column.unique,
        checks=tuple(_check(lines, check) for check in column.checks),
    )


def _check(lines: Lines, check: Any) -> ColumnCheck:  # noqa: ANN401  pandera is not typed
    from pandera.api.checks import Check

    line = line_of_check(check, lines.file_name) or lines.of(getattr(check, "name", ""))
    if type(check) is not Check:
        raise lines.error(line, f"{type(check).__name__} is not supported: {SEVERAL_ROWS}", "use a Check")
    _only_read(lines, "check", check, Check(lambda data: data), line)
    found = placed(check, lines.place(line))
    if found.name in UNSUPPORTED:
        raise lines.error(line, f"'{found.name}' is not supported: {UNSUPPORTED[found.name]}", "remove it")
    return found


def _only_read(
    lines: Lines,
    what: str,
    given: Any,  # noqa: ANN401  pandera is not typed
    plain: Any,  # noqa: ANN401  pandera is not typed
    line: int | None = None,
) -> None:
    """Refuse whatever is not as pandera sets it by itself and would change or ignore data."""
    for attribute, value in vars(given).items():
        name, default = attribute.lstrip("_"), vars(plain).get(attribute)
        if name in _READ[what] or (type(value) is type(default) and value == default):
            continue
        why = UNSUPPORTED.get(name, "articles are checked as they are")
        raise lines.error(line or lines.of(name), f"'{name}' of a {what} is not supported: {why}", "remove it")
