"""What can be set: the tables of `[tool.dataset-tools]`, their keys, types and defaults."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, PrivateAttr, field_validator, model_validator

from dataset_tools.cache import cache_folder
from dataset_tools.model import Severity
from dataset_tools.recipes import AUTO
from dataset_tools.rules import RULES, RulePolicy, rule_policy
from dataset_tools.text import shortened
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


class EngineSettings(_Section):
    """`[tool.dataset-tools.engine]`: where `build` does its work.

    `local` is this machine. `daft` is Daft, in this process or on the Ray cluster at `address`; `work_dir` is the
    folder or URL, reached by every machine, for what is to be kept between its stages. `source` is the URL of the
    corpus where that is no folder, in place of `raw`.
    """

    name: Literal["local", "daft"] = "local"
    address: Annotated[str, Field(min_length=1)] | None = None
    work_dir: Annotated[str, Field(min_length=1)] | None = None
    source: Annotated[str, Field(pattern="^[a-z][a-z0-9+.-]+://")] | None = None

    @model_validator(mode="after")
    def _agree(self) -> "EngineSettings":
        given = next((name for name in ("address", "work_dir") if getattr(self, name)), None)
        if self.name == "local" and self.source:
            raise ValueError('raw at a URL takes name = "daft" (--engine daft)')
        if self.name == "local" and given:
            raise ValueError(f'{given} has no effect without name = "daft" (--engine daft); leave it out')
        if self.address and not self.work_dir:
            raise ValueError("address needs work_dir (--work-dir): a folder or URL that every machine of it reaches")
        return self


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
    engine: EngineSettings = EngineSettings()
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

    def beside(self, home: Path | None) -> "Settings":
        """The same settings, whose cache lies in the folder `home` of the settings file, or in that of the user."""
        placed = self.model_copy()
        placed._home = home
        return placed

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
