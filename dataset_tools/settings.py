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
    """Whether near-duplicates are looked for; else only copies with the same bytes or the same text are removed."""
    threshold: Annotated[float, Field(ge=0.1, le=1.0)] = 0.8
    """The similarity from which two texts are near-duplicates: the share of word 5-grams that they have in common
    (`--threshold`).
    """
    policy: Policy = "first"
    """Which of duplicates stays: the first in document order, the longest, or the one whose path comes first in
    `priority`.
    """
    priority: Globs = ()
    """With `policy = "priority"`: globs over paths below the folder of the corpus, the most important first."""
    numbers: Literal["remove", "keep"] = "remove"
    """What becomes of near-duplicates that differ in numbers only, such as daily bulletins: `"keep"` keeps both."""
    bucket_limit: PositiveInt = 100
    """With so many kept documents that share a fingerprint a document is compared at most; the manifest counts the
    rest.
    """
    max_cluster: PositiveInt | None = None
    """A build stops if more documents than this would be removed in favour of a single one."""
    max_removed: Annotated[float, Field(ge=0, lt=1)] | None = None
    """A build stops if a larger share of the documents than this would be removed as duplicates."""

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
    """Whether there is a column `text` as well: title, blank line, body, as training code expects it."""
    columns: Words = ()
    """Only these columns, in this order. `id` and `sha256` have to be among them, and `body` or `text`."""
    shard_size: ByteSize = 500_000_000
    """So large a file of the dataset gets at most, before compression."""
    row_group_size: Annotated[ByteSize, Field(le=1 << 30)] = 100_000_000
    """So large a row group of such a file gets at most, before compression."""

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
    """The name of the dataset, as people write it."""
    description: str | None = None
    """What the dataset is, in a sentence."""
    license: License | None = None
    """The license, as the Hub calls it, such as `cc-by-4.0`. Without it there is a warning (P001)."""
    language: Languages = ()
    """The languages of the texts, as BCP 47 codes, such as `["vi"]`. Without them there is a warning (P002)."""
    task_categories: Tasks = ()
    """What the dataset can be used for, as the Hub calls it, such as `["text-generation"]`."""
    tags: Words = ()
    """Words by which the dataset is found on the Hub."""
    creators: Words = ()
    """Names of those who made the dataset."""
    version: Version | None = None
    """The version of the dataset, three numbers such as `1.0.0`."""
    date: Date | None = None
    """The day of publication. Without it, that of `SOURCE_DATE_EPOCH`; a clock is never asked."""
    homepage: Url | None = None
    """Where more is said about the dataset."""
    citation: str | None = None
    """How to cite the dataset. Without it, one is made of what is known."""
    text: FilePath | None = Path("card.md")
    """A file of Markdown of your own, beside the settings, that becomes part of the card, if it is there."""


class EngineSettings(_Section):
    """`[tool.dataset-tools.engine]`: where `build` does its work."""

    name: Literal["local", "daft"] = "local"
    """`"local"` is this machine; `"daft"` is Daft, in one process or on the Ray cluster at `address` (`--engine`)."""
    address: Annotated[str, Field(min_length=1)] | None = None
    """The Ray cluster, such as `"ray://10.0.0.1:6379"` (`--address`)."""
    work_dir: Annotated[str, Field(min_length=1)] | None = None
    """The folder or URL, reached by every machine, for what is kept between the stages (`--work-dir`)."""
    source: Annotated[str, Field(pattern="^[a-z][a-z0-9+.-]+://")] | None = None
    """The URL of the corpus where that is no folder, in place of `raw`."""

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
    """The folder of the corpus."""
    out: FilePath = Path("dist")
    """The folder of the dataset (`--out`)."""
    article_schema: Annotated[FilePath | None, Field(alias="schema")] = None
    """The schema of an article, in YAML, JSON or Python (`--schema`). Without it, `schemas/article.yaml` or
    `schemas/article.json` beside the settings, else the built-in one.
    """
    include: SomeGlobs = ("**/*.txt",)
    """Which files are articles: globs over paths below the folder of the corpus."""
    file_name: FileName = FILE_NAME
    """What article files are called: a regular expression with a group `id`, and with a group `index` where names have
    one.
    """
    recipe: RecipeName = AUTO
    """What the ids are the hash of, such as `"sha256(title+body, nfc)[:16]"`; `"auto"` finds it out, `"external"` says
    that they are no hash of the content.
    """
    max_file_size: Annotated[ByteSize, Field(le=1 << 30)] = 32 << 20
    """Larger files are errors (F006), and are not read. A text takes 40 times its size in memory."""
    select: Words = ()
    """Only these rules: codes, beginnings of codes, names, `DEFAULT` or `ALL` (`--select`). Without it, `DEFAULT`."""
    ignore: Words = ()
    """Not these rules (`--ignore`, which adds to it)."""
    per_path_ignore: dict[Glob, Words] = {}
    """Rules that do not hold for some files: globs over paths below the folder of the corpus, each with its rules, as
    in `"archive/**" = ["W", "T004"]`.
    """
    severity: dict[str, Literal["error", "warning"]] = {}
    """What a rule counts as, as in `W001 = "error"`: an error keeps a file out of the dataset, a warning does not. Of
    several keys that fit, the longest counts.
    """
    on_invalid: OnInvalid = "fail"
    """What a build does if a file has an error: `"fail"` writes nothing, `"quarantine"` leaves the file out, on record
    (`--on-invalid`).
    """
    max_invalid: Annotated[int, Field(ge=0)] | None = None
    """With `on_invalid = "quarantine"`: a build stops if more files than this have errors."""
    against: Places = ()
    """Published datasets to compare with: folders, Parquet files, URLs (`--against`, which takes their place)."""
    jobs: PositiveInt | Literal["auto"] = "auto"
    """Worker processes (`--jobs`); `"auto"` takes as many as pay off."""
    cache_size: NoByteOrMore = 10_000_000_000
    """So much is kept for the next run at most; `0` keeps nothing (`--no-cache`)."""
    rehash: bool = False
    """Whether every file is read, whatever its size and times say (`--rehash`): for network file systems that do not
    keep times.
    """
    dedup: DedupSettings = DedupSettings()
    split: dict[str, Split] = {}
    """Who is in which split: a share by a hash of the id (`validation = 0.05`), globs over paths (`archive =
    ["2019/**"]`), or values of a column of the metadata (`heldout = {source = ["Báo Núi"]}`). The first that fits
    counts; the rest is `train`.
    """
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

    @property
    def runs_code(self) -> bool:
        """Whether the schema is a program, which may import and look at anything."""
        return self.article_schema is not None and self.article_schema.suffix.lower() == ".py"

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
