"""Finding and reading settings: defaults, then pyproject.toml or dataset-tools.toml, then what a call says."""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from dataset_tools.model import UserError
from dataset_tools.settings import CardSettings, Settings
from dataset_tools.text import printable

_SURE = 0.8
"""How near a key has to be to one of another table, on the scale of difflib."""


def load(config: Path | None = None, **overrides: Any) -> Settings:  # noqa: ANN401  pydantic checks each by its key
    """Settings from the file `config`, or the nearest one upwards from the current folder, or the defaults.

    Paths in the file are relative to it. `overrides` that are not None win over it, but `dedup` and `engine` merge
    key by key and `ignore` adds.

    Raises:
        UserError: if the file cannot be read, has an unknown key or a wrong value; with the key and the nearest one.
    """
    try:
        path = config if config is not None else find(Path.cwd())
    except FileNotFoundError:
        raise UserError("the current folder does not exist any more", "change to another folder") from None
    values = {} if path is None else _table(path, required=config is not None)
    where = "the call" if path is None else printable(str(_relative(path)))
    settings = _checked(values, where)
    base = Path() if path is None else _relative(path.parent)
    if "raw" in values and (url := _url_of(settings.raw)):
        settings = settings.model_copy(update={"engine": settings.engine.model_copy(update={"source": url})})
    _check_is_folder(settings.out)
    card_text = base / (settings.card.text or "card.md")
    if "text" in values.get("card", {}) and not card_text.is_file():
        message = f"{where}: card.text: there is no file {printable(str(card_text))}"
        raise UserError(message, "write it, or remove the setting")
    rooted = {
        "raw": base / settings.raw,
        "out": base / settings.out,
        "against": tuple(place if "://" in place else str(base / place) for place in settings.against),
        "article_schema": overrides.get("schema") or _schema_path(base, settings.article_schema),
        "card": settings.card.model_copy(update={"text": card_text}),
        "engine": settings.engine.model_copy(update={"work_dir": _work_dir(base, settings.engine.work_dir)}),
    }
    settings = settings.model_copy(update=rooted).beside(None if path is None else base)
    given = {name: value for name, value in overrides.items() if value is not None}
    if "raw" in values and "raw" in given and not _same_corpus(settings, given["raw"]):
        if "out" not in given:
            message = f"{printable(str(given['raw']))} is not the corpus of {where}, whose dataset is {settings.out}"
            raise UserError(message, "name another folder for its dataset with --out")
        # What the maintainer says of one corpus (a license, say) is not said of another.
        settings = settings.model_copy(update={"card": CardSettings(text=None)})
    if "raw" in given:
        source = _url_of(given["raw"])
        given["engine"] = {**given.get("engine", {}), "source": source}
        if source is not None:
            del given["raw"]
    if "out" in given:
        _check_is_folder(given["out"])
    if "ignore" in given:
        given["ignore"] = [*settings.ignore, *given["ignore"]]
    if not given:
        return settings
    said = given.pop("dedup", {})
    # Another policy than by priority does without the priorities of the file.
    alone = {"priority": ()} if said.get("policy", "priority") != "priority" else {}
    dedup = {**settings.dedup.model_dump(), **alone, **said}
    engine = {**settings.engine.model_dump(), **given.pop("engine", {})}
    checked = _checked({**given, "dedup": dedup, "engine": engine}, "the call")
    names = (*_attributes(given), "dedup", "engine")
    return settings.model_copy(update={name: getattr(checked, name) for name in names})


def _url_of(path: Path) -> str | None:
    """The URL that a path stands for, which has lost a slash as a path; None if it stands for none."""
    match = re.fullmatch(r"([a-z][a-z0-9+.-]+):/([^/].*)", str(path))
    return None if match is None or match[1] == "file" else f"{match[1]}://{match[2]}"


def _check_is_folder(out: Path) -> None:
    """Refuse a URL, of which a path would make folders of odd names."""
    url = _url_of(out)
    if url is not None:
        message = f"a dataset is built in a folder, and {printable(url)} is a URL"
        raise UserError(message, f"name a folder, build, and then: dataset-tools push FOLDER {printable(url)}")


def _work_dir(base: Path, configured: str | None) -> str | None:
    return configured if configured is None or "://" in configured else str(base / configured)


def _same_corpus(settings: Settings, given: Path) -> bool:
    source = _url_of(given)
    return _same_place(settings.raw, given) if source is None else source == settings.engine.source


def _same_place(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _attributes(keys: Mapping[str, Any]) -> list[str]:
    return ["article_schema" if key == "schema" else key for key in keys]


def find(folder: Path) -> Path | None:
    """The settings file of a folder: dataset-tools.toml, or pyproject.toml if it has our table, here or above."""
    for place in (folder, *folder.parents):
        own, shared = place / "dataset-tools.toml", place / "pyproject.toml"
        if _is_file(own):
            return own
        if _is_file(shared) and _own_table(_parse(shared)) is not None:
            return shared
    return None


def _is_file(path: Path) -> bool:
    """Whether there is such a file that can be seen: pathlib raises where a folder may not be searched."""
    return os.path.isfile(path)  # noqa: PTH113


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        hint = "name an existing settings file with --config"
        raise UserError(f"cannot read {printable(str(path))}: {error.strerror}", hint) from None
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits, or as many brackets
        hint = "correct the line; texts stand in quotation marks, and so do paths"
        raise UserError(f"{printable(str(_relative(path)))} is not TOML: {error}", hint) from None


def _table(path: Path, *, required: bool) -> dict[str, Any]:
    document = _parse(path)
    if path.name != "pyproject.toml":
        return document
    table = _own_table(document)
    if table is None and required:
        raise UserError(f"{printable(str(path))} has no [tool.dataset-tools]", "add the table, or name another file")
    if not isinstance(table, dict | None):
        raise UserError(f"{printable(str(path))}: tool.dataset-tools must be a table", "write [tool.dataset-tools]")
    return table or {}


def _own_table(document: dict[str, Any]) -> object:
    tool = document.get("tool")
    if isinstance(tool, dict) and "dataset_tools" in tool:
        raise UserError("pyproject.toml has the table [tool.dataset_tools]", "write [tool.dataset-tools]")
    return tool.get("dataset-tools") if isinstance(tool, dict) else None


def _relative(path: Path) -> Path:
    """The path as seen from the current folder if it lies below it, else as it is."""
    absolute = path.absolute()
    return absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else path


def _schema_path(base: Path, configured: Path | None) -> Path | None:
    if configured is not None:
        return base / configured
    # Never a schema in Python: code that merely lies there is not executed.
    nearby = [path for name in ("article.yaml", "article.json") if (path := base / "schemas" / name).is_file()]
    if len(nearby) > 1:
        message = f"there are {' and '.join(printable(str(path)) for path in nearby)}"
        raise UserError(message, "say which one counts with the setting schema, or remove one")
    return nearby[0] if nearby else None


def _checked(values: Mapping[str, Any], where: str) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = [
            str(part)
            for part in first["loc"]
            if not str(part).startswith(("function-", "literal[", "constrained-", "[key]"))
        ]
        if first["type"] == "extra_forbidden":
            message = f"{where}: {printable('.'.join(keys))} is not a setting"
            raise UserError(message, _instead(keys, where)) from None
        said = getattr(first.get("ctx", {}).get("error"), "__cause__", None)
        if isinstance(said, UserError):
            raise UserError(f"{where}: {printable('.'.join(keys))}: {said.message}", said.hint) from None
        reason = first["msg"].removeprefix("Value error, ")
        given = "" if isinstance(first["input"], dict) else f" (it is {printable(repr(first['input']))[:60]})"
        message = f"{where}: {printable('.'.join(keys))}: {reason[0].lower()}{reason[1:]}{given}"
        raise UserError(message, "correct the value; the README lists all settings") from None


def _instead(keys: list[str], where: str) -> str:
    """What to do about a key that is not a setting: the nearest one of its table or of another, or all of its table."""
    *section, key = keys
    shared = where.endswith("pyproject.toml")
    if keys == ["tool"] and not shared:
        return "leave tool.dataset-tools out: here raw = … stands without it, and [tool.dataset-tools.card] is [card]"
    known = _keys_of(section)
    near = get_close_matches(key, known, n=1, cutoff=_SURE)
    if not near:
        for table in [table for table in ("", "dedup", "package", "card") if [table] != (section or [""])]:
            found = get_close_matches(key, _keys_of([table] if table else []), n=1, cutoff=_SURE)
            if found:
                place = ".".join(part for part in ("tool.dataset-tools" if shared else "", table) if part)
                into = f"in the table [{place}]" if place else "at the top of the file, above all tables"
                return f"put it {into}" if found == [key] else f"did you mean {found[0]}, {into}?"
        near = get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"


def _keys_of(section: list[str]) -> list[str]:
    model: Any = Settings
    for key in section:
        model = model.model_fields[key].annotation
        model = next((part for part in get_args(model) if isinstance(part, type)), model)
    return [field.alias or name for name, field in model.model_fields.items()]
