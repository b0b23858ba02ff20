"""The kinds of values that settings have, each checked with a message that says what is expected."""

import re
import warnings
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, NonNegativeInt, PositiveInt

from dataset_tools.globs import glob
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
        raise ValueError(f"{error.message}; {error.hint}") from None


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


FilePath = Annotated[Path, BeforeValidator(_as_path)]
Words = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Places = Annotated[tuple[Annotated[str, AfterValidator(_place)], ...], BeforeValidator(_one_or_many)]
ByteSize = Annotated[PositiveInt, BeforeValidator(_size)]
NoByteOrMore = Annotated[NonNegativeInt, BeforeValidator(_size)]
Glob = Annotated[str, AfterValidator(_glob)]
Globs = Annotated[tuple[Glob, ...], BeforeValidator(_one_or_many)]
SomeGlobs = Annotated[Globs, Field(min_length=1)]
Share = Annotated[float, Field(gt=0, lt=1)]
FileName = Annotated[str, AfterValidator(_pattern)]
RecipeName = Annotated[str, AfterValidator(_recipe)]
