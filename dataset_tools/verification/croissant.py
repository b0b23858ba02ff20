"""croissant.json: what it states of files, record sets and columns, against the manifest."""

import json
from collections.abc import Mapping
from typing import Any

from dataset_tools.stages.package import croissant
from dataset_tools.text import printable, shortened
from dataset_tools.verification.description import Description, is_deep
from dataset_tools.verification.findings import Findings, UnreadableError
from dataset_tools.verification.folder import Folder

MAX_CROISSANT = 16 << 20
_SHOWN = 100


def check_croissant(folder: Folder, one: Description, features: Mapping[str, str], found: Findings) -> None:
    """Compare croissant.json with the manifest; `features` are names and types of the columns."""
    try:
        stated = _stated(folder)
    except UnreadableError as error:
        found.add("V025", str(error), croissant.NAME)
        return
    for where, right in _expected(one, features).items():
        difference = _difference(_plain(stated.get(where)), right, where)
        if difference is not None:
            found.add("V025", difference, croissant.NAME)


def _stated(folder: Folder) -> dict[str, Any]:
    try:
        stated = json.loads(folder.read(croissant.NAME, MAX_CROISSANT).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"it is not JSON: {printable(str(error))[:200]}") from None
    if not isinstance(stated, dict) or is_deep(stated):
        raise UnreadableError("it is no JSON object, or is nested too deeply")
    return stated


def _expected(one: Description, features: Mapping[str, str]) -> dict[str, object]:
    named = one.named()
    shards = {name: {path: named[path] for path in paths} for name, paths in one.shards().items()}
    described = {
        "conformsTo": croissant.CONFORMS_TO,
        "distribution": [entry for name, files in shards.items() for entry in croissant.distribution(name, files)],
        "recordSet": [
            croissant.records(name, "", {key: (kind, "") for key, kind in features.items()}) for name in shards
        ],
    }
    return {where: _plain(right) for where, right in described.items()}


def _plain(value: object) -> object:
    """The same without descriptions, which are for people."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key != "description"}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _difference(there: object, right: object, where: str) -> str | None:
    """The first place at which two values of JSON differ, and how; None if they do not."""
    if isinstance(there, dict) and isinstance(right, dict):
        for key in (*right, *(key for key in there if key not in right)):
            inner = _difference(there.get(key), right.get(key), f"{where}.{key}")
            if inner is not None:
                return inner
        return None
    if isinstance(there, list) and isinstance(right, list):
        if len(there) != len(right):
            return f"{printable(where)[:_SHOWN]}: {len(there):,} entries where the manifest gives {len(right):,}"
        pairs = zip(there, right, strict=True)
        differences = (_difference(a, b, f"{where}[{number}]") for number, (a, b) in enumerate(pairs))
        return next((one for one in differences if one is not None), None)
    if there == right and isinstance(there, bool) == isinstance(right, bool):
        return None
    values = f"{shortened(str(there), _SHOWN)} where the manifest gives {shortened(str(right), _SHOWN)}"
    return f"{printable(where)[:_SHOWN]}: {values}"
