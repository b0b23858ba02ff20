"""The kinds of values that settings have, each checked with a message that says what is expected."""

import datetime
import re
import warnings
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    NonNegativeInt,
    PlainSerializer,
    PlainValidator,
    PositiveInt,
)

from dataset_tools.globs import glob
from dataset_tools.hub import known_language, known_license, known_task
from dataset_tools.model import UserError
from dataset_tools.recipes import AUTO, EXTERNAL, parse_recipe
from dataset_tools.text import shortened

_UNITS = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


def _size(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(\d+)\s*([A-Za-z]*)\s*", value)
    if match is None or match[2] not in _UNITS:
        raise ValueError(f"must be a size such as 32 MiB; units: {', '.join(filter(None, _UNITS))}")
    return int(match[1]) * _UNITS[match[2]]


def _pattern(value: str) -> str:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            groups = re.compile(value).groupindex
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if "id" not in groups:
        raise ValueError("needs a group (?P<id>...) around the id")
    return value


def _glob(value: str) -> str:
    try:
        glob(value)
    except ValueError as error:
        raise ValueError(f"{shortened(value)} is not a glob: {error}") from None
    return value


def _recipe(value: str) -> str:
    if value in (AUTO, EXTERNAL):
        return value
    try:
        return str(parse_recipe(value))
    except UserError as error:
        raise ValueError(str(error)) from error


def _as_path(value: object) -> object:
    if value == "":
        raise ValueError("must name a path")
    return Path(value) if isinstance(value, str) else value


def _place(value: str) -> str:
    if not value:
        raise ValueError("must name a path or a URL")
    return value


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _date(value: object) -> object:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    try:
        return datetime.date.fromisoformat(value).isoformat() if isinstance(value, str) else value
    except ValueError:
        raise ValueError("must be a date such as 2026-11-25") from None


def _version(value: str) -> str:
    if re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", value) is None:
        raise ValueError("must be a version of three numbers such as 1.0.0 (https://semver.org)")
    return value


def _url(value: str) -> str:
    if re.fullmatch(r"https?://[^\s<>\"`\\\x00-\x1f]+", value) is None:
        raise ValueError("must be a URL that begins with https:// or http://")
    return value


SplitRule = float | tuple[str, ...] | dict[str, tuple[str, ...]]
"""Who is in a split: a share of all by a hash of the id, those whose path matches a glob, or that have a value."""


def _split_rule(value: object) -> SplitRule:
    expected = (
        'must be a share such as 0.05, globs such as ["2024/**"], or a column and its values: {source = ["a", "b"]}'
    )
    if isinstance(value, bool):
        raise ValueError(expected)
    if isinstance(value, int | float):
        if not 0 < value < 1:
            raise ValueError("a share must be greater than 0 and less than 1")
        return float(value)
    if isinstance(value, dict) and len(value) == 1:
        ((column, values),) = value.items()
        found = _one_or_many(values) if not isinstance(values, int) else (values,)
        if isinstance(found, tuple) and found and all(isinstance(one, str | int) for one in found):
            return {str(column): tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in found)}
    if isinstance(value, list | tuple) and value and all(isinstance(one, str) for one in value):
        return tuple(_glob(one) for one in value)
    raise ValueError(expected)


FilePath = Annotated[Path, BeforeValidator(_as_path)]
Words = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Places = Annotated[tuple[Annotated[str, AfterValidator(_place)], ...], BeforeValidator(_one_or_many)]
ByteSize = Annotated[PositiveInt, BeforeValidator(_size)]
NoByteOrMore = Annotated[NonNegativeInt, BeforeValidator(_size)]
Glob = Annotated[str, AfterValidator(_glob)]
Globs = Annotated[tuple[Glob, ...], BeforeValidator(_one_or_many)]
SomeGlobs = Annotated[Globs, Field(min_length=1)]
Split = Annotated[SplitRule, PlainValidator(_split_rule), PlainSerializer(lambda rule: rule)]
Date = Annotated[str, BeforeValidator(_date)]
Version = Annotated[str, AfterValidator(_version)]
Url = Annotated[str, AfterValidator(_url)]
License = Annotated[str, AfterValidator(known_license)]
Languages = Annotated[tuple[Annotated[str, AfterValidator(known_language)], ...], BeforeValidator(_one_or_many)]
Tasks = Annotated[tuple[Annotated[str, AfterValidator(known_task)], ...], BeforeValidator(_one_or_many)]
FileName = Annotated[str, AfterValidator(_pattern)]
RecipeName = Annotated[str, AfterValidator(_recipe)]
