"""The dataset card: what its YAML states, against the manifest."""

import json
from typing import Any

from dataset_tools.model import UserError
from dataset_tools.schema import yaml_text
from dataset_tools.stages.package.card import size_category
from dataset_tools.text import printable, shortened
from dataset_tools.verification.description import CARD, Description
from dataset_tools.verification.findings import Findings, UnreadableError
from dataset_tools.verification.folder import Folder

MAX_CARD = 64 << 20
MAX_YAML = 128 << 10
_FROM_SETTINGS = ("license", "language", "task_categories", "tags")
_SHOWN = 80


def check_card(folder: Folder, one: Description, features: dict[str, str], found: Findings) -> None:
    """Compare what the card states with the manifest; `features` are names and types as the card should have them."""
    try:
        stated = _stated(folder)
    except UnreadableError as error:
        found.add("V008", str(error), CARD)
        return
    for where, right in _expected(one, features).items():
        there = _at(stated, where)
        if not _same(there, right):
            said = f"{shortened(str(there), _SHOWN)} where the manifest gives {shortened(str(right), _SHOWN)}"
            found.add("V009", f"{where}: {_difference(there, right) or said}", CARD)


def _stated(folder: Folder) -> dict[str, Any]:
    text = folder.read(CARD, MAX_CARD).decode("utf-8", "replace")
    start, end = "---\n", text.find("\n---\n", 3)
    if not text.startswith(start) or end < 0:
        raise UnreadableError("it does not begin with a block of YAML between two lines of ---")
    block = text[len(start) : end + 1]
    if len(block) > MAX_YAML:
        raise UnreadableError(f"its YAML has {len(block):,} characters, and at most {MAX_YAML:,} are read")
    try:
        stated = yaml_text.read(block, CARD).plain()
    except UserError as error:
        raise UnreadableError(error.message[:200]) from None
    if not isinstance(stated, dict):
        raise UnreadableError("its YAML is no mapping of keys to values")
    return stated


def _expected(one: Description, features: dict[str, str]) -> dict[str, object]:
    """What the card must say, by the keys that lead there."""
    sizes = one.named()
    shards = one.shards()
    said = one.settings.get("card")
    settings: dict[str, Any] = said if isinstance(said, dict) else {}
    return {
        "dataset_info.features": [{"name": name, "dtype": kind} for name, kind in features.items()],
        "dataset_info.splits": [
            {"name": name, "num_bytes": split.num_bytes, "num_examples": split.rows}
            for name, split in one.splits.items()
        ],
        "dataset_info.download_size": sum(sizes[path][0] for paths in shards.values() for path in paths),
        "dataset_info.dataset_size": sum(split.num_bytes for split in one.splits.values()),
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": name, "path": f"data/{name}-*"} for name in one.splits],
            }
        ],
        "size_categories": [size_category(sum(split.rows for split in one.splits.values()))],
        **{name: settings[name] or None for name in _FROM_SETTINGS if name in settings},
    }


def _at(stated: dict[str, Any], where: str) -> object:
    place: object = stated
    for key in where.split("."):
        place = place.get(key) if isinstance(place, dict) else None
    return place


def _same(a: object, b: object) -> bool:
    """Equal as JSON, where true is not 1."""
    return json.dumps(a, sort_keys=True, default=str) == json.dumps(b, sort_keys=True, default=str)


def _difference(there: object, right: object) -> str | None:
    """The first entry of two lists that differs; None if there is none to name."""
    if not isinstance(there, list) or not isinstance(right, list):
        return None
    if len(there) != len(right):
        return f"{len(there):,} entries where the manifest gives {len(right):,}"
    for number, (a, b) in enumerate(zip(there, right, strict=True)):
        if _same(a, b):
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            key = next(key for key in (*b, *a) if not _same(a.get(key), b.get(key)))
            name = b.get("name") or f"entry {number}"
            values = f"{shortened(str(a.get(key)))} where the manifest gives {shortened(str(b.get(key)))}"
            return f"{printable(str(name))}: {printable(str(key))} is {values}"
        return f"{shortened(str(a))} where the manifest gives {shortened(str(b))}"
    return None
