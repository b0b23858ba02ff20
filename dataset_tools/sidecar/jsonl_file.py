"""JSON lines: an object in each line, its values text, numbers, true, false or null."""

import json
from typing import Any, NoReturn

import pyarrow as pa

from dataset_tools.schema.located import is_writable
from dataset_tools.sidecar.table import BadTableError, Column, Rows, check_names
from dataset_tools.text import shortened


def read(text: str) -> Rows:
    """Read a whole file; a key that is not there is a missing value.

    Raises:
        BadTableError: with the line.
    """
    lines: list[int] = []
    columns: dict[str, Column] = {}
    for line, record in enumerate(text.split("\n"), 1):
        if not record.strip():
            continue
        values = _object(record, line)
        new = [name for name in values if name not in columns]
        if new:
            check_names([*columns, *new], line)
        for name in new:
            columns[name] = Column()
            columns[name].fill(len(lines))
        for name, column in columns.items():
            column.add(values.get(name), line, name)
        lines.append(line)
    if not lines:
        raise BadTableError(None, "the file is empty", "write an object with an id into each line")
    return Rows(table=pa.table({name: column.finished() for name, column in columns.items()}), lines=lines)


def _object(record: str, line: int) -> dict[str, Any]:
    try:
        values = json.loads(record, object_pairs_hook=_pairs, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise BadTableError(line, f"not JSON: {error.msg}, at character {error.pos + 1}", "correct the line") from None
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise BadTableError(line, reason, "correct the line") from None
    if not isinstance(values, dict):
        raise BadTableError(line, "not an object", 'write {"id": "…", …} into each line')
    if "\\u" in record and not all(is_writable(f"{name}{value}") for name, value in values.items()):
        raise BadTableError(line, "a text has half of a surrogate pair", "write the character itself")
    return values


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{shortened(twice)} is there twice")
    return values


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")
