"""Settings: defaults, then `[tool.dataset-tools]` of pyproject.toml or dataset-tools.toml, then what a call says."""

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from dataset_tools.cache import cache_folder
from dataset_tools.model import Severity, UserError
from dataset_tools.recipes import AUTO
from dataset_tools.rules import RULES, RulePolicy, rule_policy
from dataset_tools.text import printable, shortened
from dataset_tools.values import (
    ByteSize,
    Date,
    FileName,
    FilePath,
    Glob,
    Globs,
    Languages,
    License,
    NoByteOrMore,
    Places,
    RecipeName,
    SomeGlobs,
    Split,
    SplitRule,
    Tasks,
    Url,
    Version,
    Words,
)

FILE_NAME = r"^(?P<index>\d{3,})_(?P<id>[0-9a-f]{16})\.txt$"
"""What article files are called unless the settings say otherwise."""

OnInvalid = Literal["fail", "quarantine"]
Policy = Literal["first", "longest", "priority"]

_TRAIN = "train"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class DedupSettings(_Section):
    """`[tool.dataset-tools.dedup]`: which documents count as duplicates, and which of them stays."""

    near: bool = True
    threshold: Annotated[float, Field(ge=0.1, le=1.0)] = 0.8
    policy: Policy = "first"
    priority: Globs = ()
    numbers: Literal["remove", "keep"] = "remove"
    bucket_limit: PositiveInt = 100
    max_cluster: PositiveInt | None = None
    max_removed: Annotated[float, Field(ge=0, lt=1)] | None = None

    @model_validator(mode="after")
    def _agree(self) -> "DedupSettings":
        twice = next((one for one in self.priority if self.priority.count(one) > 1), None)
        if self.policy == "priority" and not self.priority:
            raise ValueError(
                'policy = "priority" needs priority = ["official/**", ...]: globs, the most important first'
            )
        if self.policy != "priority" and self.priority:
            raise ValueError(f'priority has no effect with policy = "{self.policy}"; write policy = "priority"')
        if twice is not None:
            raise ValueError(f"priority names {shortened(twice)} twice, and only the first place would count")
        if not self.near and self.numbers == "keep":
            raise ValueError('numbers = "keep" has no effect with near = false; leave one of the two out')
        return self


class PackageSettings(_Section):
    """`[tool.dataset-tools.package]`: the form of the Parquet files."""

    text_column: bool = False
    columns: Words = ()
    shard_size: ByteSize = 500_000_000
    row_group_size: Annotated[ByteSize, Field(le=1 << 30)] = 100_000_000

    @model_validator(mode="after")
    def _agree(self) -> "PackageSettings":
        if self.columns and self.text_column != ("text" in self.columns):
            raise ValueError("text_column = true and the column text go together: say both, or neither")
        twice = next((one for one in self.columns if self.columns.count(one) > 1), None)
        if twice is not None:
            raise ValueError(f"columns names {shortened(twice)} twice")
        missing = [one for one in ("id", "sha256") if self.columns and one not in self.columns]
        if missing:
            raise ValueError(f"columns needs {missing[0]}: by id and sha256 the next build knows what is published")
        if self.columns and not {"body", "text"} & set(self.columns):
            raise ValueError("columns needs body, or text with text_column = true: else no text is written")
        return self


class CardSettings(_Section):
    """`[tool.dataset-tools.card]`: what only the maintainer can know about the dataset."""

    pretty_name: str | None = None
    description: str | None = None
    license: License | None = None
    language: Languages = ()
    task_categories: Tasks = ()
    tags: Words = ()
    creators: Words = ()
    version: Version | None = None
    date: Date | None = None
    homepage: Url | None = None
    citation: str | None = None
    text: FilePath | None = Path("card.md")


class Settings(_Section):
    """All settings of one call; paths are as they are to be opened."""

    raw: FilePath = Path("raw")
    out: FilePath = Path("dist")
    article_schema: Annotated[FilePath | None, Field(alias="schema")] = None
    include: SomeGlobs = ("**/*.txt",)
    file_name: FileName = FILE_NAME
    recipe: RecipeName = AUTO
    max_file_size: Annotated[ByteSize, Field(le=1 << 30)] = 32 << 20
    select: Words = ()
    ignore: Words = ()
    per_path_ignore: dict[Glob, Words] = {}
    severity: dict[str, Literal["error", "warning"]] = {}
    on_invalid: OnInvalid = "fail"
    max_invalid: Annotated[int, Field(ge=0)] | None = None
    against: Places = ()
    jobs: PositiveInt | Literal["auto"] = "auto"
    cache_size: NoByteOrMore = 10_000_000_000
    rehash: bool = False
    dedup: DedupSettings = DedupSettings()
    split: dict[str, Split] = {}
    package: PackageSettings = PackageSettings()
    card: CardSettings = CardSettings()
    _home: Path | None = PrivateAttr(None)

    @property
    def cache(self) -> Path | None:
        """The folder of what can be made again: beside the settings file, else that of the user, if there is one.

        None as well if nothing is to be kept.
        """
        return cache_folder(self._home) if self.cache_size else None

    @field_validator("split")
    @classmethod
    def _splits(cls, rules: dict[str, SplitRule]) -> dict[str, SplitRule]:
        for name in rules:
            if name == _TRAIN:
                raise ValueError("train is what the other splits leave; name only the others")
            if name == "all" or not re.fullmatch(r"\w+", name, re.ASCII):
                raise ValueError(f"{shortened(name)} cannot be the name of a split; use letters, digits and _")
        total = sum(rule for rule in rules.values() if isinstance(rule, float))
        if total >= 1:
            raise ValueError(f"the shares add up to {total:g}, which leaves nothing for train")
        return rules

    def rule_policy(self) -> RulePolicy:
        """What the settings make of the catalogue of rules.

        Raises:
            UserError: if a rule is named that there is not, or is to be what it cannot be.
        """
        return rule_policy(
            RULES,
            select=self.select,
            ignore=self.ignore,
            per_path_ignore=self.per_path_ignore,
            severity={word: Severity(name) for word, name in self.severity.items()},
        )

    def content_settings(self) -> dict[str, Any]:
        """The settings that can change the bytes of a dataset, as they stand in its manifest."""
        return self.model_dump(
            mode="json",
            include={
                *("include", "file_name", "max_file_size", "on_invalid"),
                *("select", "ignore", "per_path_ignore", "severity"),
                *("dedup", "split", "package", "card"),
            },
            exclude={"card": {"text"}, "dedup": {"max_cluster", "max_removed"}},
        )


def digest(settings: Mapping[str, Any]) -> str:
    """SHA-256 of settings as JSON with sorted keys; splits keep their order, which decides who is in them."""
    ordered = {**settings, "split": list(settings["split"].items())}
    return hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()


def load(config: Path | None = None, **overrides: Any) -> Settings:  # noqa: ANN401  pydantic checks each by its key
    """Settings from the file `config`, or the nearest one upwards from the current folder, or the defaults.

    Paths in the file are relative to it. `overrides` that are not None win over it, but `dedup` merges key by key and
    `ignore` adds.

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
    }
    settings = settings.model_copy(update=rooted)
    settings._home = None if path is None else base
    given = {name: value for name, value in overrides.items() if value is not None}
    if "raw" in values and "raw" in given and not _same_place(settings.raw, given["raw"]):
        if "out" not in given:
            message = f"{printable(str(given['raw']))} is not the corpus of {where}, whose dataset is {settings.out}"
            raise UserError(message, "name another folder for its dataset with --out")
        # What the maintainer says of one corpus (a license, say) is not said of another.
        settings = settings.model_copy(update={"card": CardSettings(text=None)})
    if "ignore" in given:
        given["ignore"] = [*settings.ignore, *given["ignore"]]
    if not given:
        return settings
    said = given.pop("dedup", {})
    # Another policy than by priority does without the priorities of the file.
    alone = {"priority": ()} if said.get("policy", "priority") != "priority" else {}
    dedup = {**settings.dedup.model_dump(), **alone, **said}
    checked = _checked({**given, "dedup": dedup}, "the call")
    return settings.model_copy(update={name: getattr(checked, name) for name in (*_attributes(given), "dedup")})


def _same_place(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _attributes(keys: Mapping[str, Any]) -> list[str]:
    return ["article_schema" if key == "schema" else key for key in keys]


def find(folder: Path) -> Path | None:
    """The settings file of a folder: dataset-tools.toml, or pyproject.toml if it has our table, here or above."""
    for place in (folder, *folder.parents):
        own, shared = place / "dataset-tools.toml", place / "pyproject.toml"
        if own.is_file():
            return own
        if shared.is_file() and _own_table(_parse(shared)) is not None:
            return shared
    return None


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        hint = "name an existing settings file with --config"
        raise UserError(f"cannot read {printable(str(path))}: {error.strerror}", hint) from None
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits, or as many brackets
        raise UserError(f"{printable(str(path))} is not TOML: {error}", "correct the line") from None


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
            known = _keys_of(keys[:-1])
            near = get_close_matches(keys[-1], known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            raise UserError(f"{where}: {printable('.'.join(keys))} is not a setting", hint) from None
        reason = first["msg"].removeprefix("Value error, ")
        given = "" if isinstance(first["input"], dict) else f" (it is {printable(repr(first['input']))[:60]})"
        message = f"{where}: {printable('.'.join(keys))}: {reason[0].lower()}{reason[1:]}{given}"
        raise UserError(message, "correct the value; the README lists all settings") from None


def _keys_of(section: list[str]) -> list[str]:
    model: Any = Settings
    for key in section:
        model = model.model_fields[key].annotation
        model = next((part for part in get_args(model) if isinstance(part, type)), model)
    return [field.alias or name for name, field in model.model_fields.items()]
