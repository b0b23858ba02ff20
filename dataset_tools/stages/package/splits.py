"""Splits: who is in which, by a hash of the id, by the path, or by a value of the metadata."""

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from re import Pattern

import pyarrow as pa

from dataset_tools.globs import glob

TRAIN = "train"

Rule = float | tuple[str, ...] | Mapping[str, tuple[str, ...]]
"""A share of all documents, globs over paths, or a column with the values that count."""


@cache
def _pattern(one: str) -> Pattern[str]:
    return glob(one)


def _matches(pattern: str, path: str) -> bool:
    return _pattern(pattern).fullmatch(path) is not None


def split_of(
    document_id: str,
    rules: Mapping[str, Rule],
    *,
    path: str = "",
    values: Mapping[str, object] | None = None,
    matches: Callable[[str, str], bool] = _matches,
) -> str:
    """The split of a document: the first whose rule it fits, else train.

    SHA-256 places the id on [0, 1); the first share is what lies from 0 on, the next follows, so that a document keeps
    its split as the corpus grows. `path` is what globs look at (`matches` says whether one does), `values` has the
    metadata.
    """
    place = int.from_bytes(hashlib.sha256(f"split:{document_id}".encode()).digest()[:8]) / 2**64
    end = 0.0
    for name, rule in rules.items():
        if isinstance(rule, float):
            start, end = end, end + rule
            fits = start <= place < end
        elif isinstance(rule, Mapping):
            fits = any(_written((values or {}).get(column)) in wanted for column, wanted in rule.items())
        else:
            fits = any(matches(one, path) for one in rule)
        if fits:
            return name
    return TRAIN


def _written(value: object) -> str | None:
    """A value as the settings have it."""
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def columns_of(rules: Mapping[str, Rule]) -> dict[str, str]:
    """The columns of the metadata that splits go by, each with a split that does."""
    return {column: name for name, rule in rules.items() if isinstance(rule, Mapping) for column in rule}


def splits_of(documents: pa.Table, rules: Mapping[str, Rule]) -> list[str]:
    """The split of each document; the columns are id, path, and what `columns_of` names."""
    if not rules:
        return [TRAIN] * documents.num_rows
    columns = list(columns_of(rules))
    parts = [documents[name].to_pylist() for name in ("id", "path", *columns)]
    return [
        split_of(document_id, rules, path=path, values=dict(zip(columns, values, strict=True)))
        for document_id, path, *values in zip(*parts, strict=True)
    ]
