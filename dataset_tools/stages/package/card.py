"""The dataset card: YAML that the Hub and `datasets` read, and a page for people.

It states what was computed and what the maintainer has configured, and nothing else; no text of a document is in it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from dataset_tools.hub import language_code, languages
from dataset_tools.run_report import AgainstFacts, Counts, IdDecision, MetadataFacts
from dataset_tools.stages.package.shards import Split
from dataset_tools.stages.package.splits import Rule

if TYPE_CHECKING:
    from jinja2 import Template

_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
    (10**10, "1B<n<10B"),
    (10**11, "10B<n<100B"),
    (10**12, "100B<n<1T"),
)
"""Size categories of the Hub, each with the number of rows that is too many for it."""

_NO_BRACES = str.maketrans("{}", "()")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What the maintainer says of the dataset; None and empty are left out. `text` is Markdown of the maintainer."""

    name: str
    description: str | None
    license: str | None
    language: tuple[str, ...]
    task_categories: tuple[str, ...]
    tags: tuple[str, ...]
    creators: tuple[str, ...]
    version: str | None
    date: str | None
    homepage: str | None
    citation: str | None
    text: str | None

    def place(self) -> str:
        """What `load_dataset` is told: the repository of the Hub if that is the homepage, else a folder."""
        match = re.fullmatch(r"https://huggingface\.co/datasets/([\w.-]+/[\w.-]+)/?", self.homepage or "", re.ASCII)
        return "path/to/this/folder" if match is None else match[1]

    def cited(self) -> str:
        """The configured citation, or an entry of BibTeX that is made of what is known."""
        if self.citation:
            return self.citation
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        key = "_".join(re.findall("[a-z0-9]+", plain)) or "dataset"
        known = {
            "title": self.name,
            "author": " and ".join(self.creators),
            "year": (self.date or "")[:4],
            "version": self.version or "",
            "url": self.homepage or "",
        }
        fields = "".join(f"  {field} = {{{value.translate(_NO_BRACES)}}},\n" for field, value in known.items() if value)
        return f"@misc{{{key},\n{fields}}}"

    def languages(self) -> str:
        """The languages for people: `Vietnamese (vi)`."""
        names = languages()
        return ", ".join(f"{names[language_code(tag)]} ({tag})" for tag in self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Least, median, mean and most of a length in characters, and all together."""

    what: str
    least: int
    median: float
    mean: float
    most: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the dataset: its type as `datasets` has it, what it is, and what the schema asks of it."""

    name: str
    type: str
    description: str
    asks: tuple[str, ...]


def size_category(rows: int) -> str:
    """The size category of the Hub for a number of rows."""
    return next((name for end, name in _SIZES if rows < end), "n>1T")


def render(
    *,
    facts: CardFacts,
    columns: Sequence[Column],
    splits: Sequence[Split],
    rules: Mapping[str, Rule],
    counts: Counts,
    ids: IdDecision,
    dedup: Any,  # noqa: ANN401  any object with near, threshold, policy, priority, numbers
    against: Sequence[AgainstFacts],
    metadata: MetadataFacts | None,
    lengths: Sequence[Lengths],
    picture: str,
    schema_sha256: str,
    content_sha256: str,
) -> str:
    """The whole README.md of a dataset; `picture` shows how the lengths of bodies are distributed."""
    page = template().render(
        facts=facts,
        columns=columns,
        splits=splits,
        rules=rules,
        who=lambda split: _who(split.name, rules),
        counts=counts,
        ids=ids,
        dedup=dedup,
        against=against,
        metadata=metadata,
        lengths=lengths,
        picture=picture,
        schema_sha256=schema_sha256,
        content_sha256=content_sha256,
    )
    return f"---\n{_metadata(facts, columns, splits)}---\n\n{page.strip()}\n"


@cache
def template() -> "Template":
    """The body of a card as Jinja compiled it, once in a process."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("dataset_tools.stages.package", "."),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"number": "{:,}".format, "size": _size, "cell": _cell, "code": _code, "fenced": _fenced}
    return environment.get_template("card.md.jinja")


def _who(name: str, rules: Mapping[str, Rule]) -> str:
    """Who is in a split, in words."""
    rule = rules.get(name)
    if rule is None:
        return "all others" if rules else "all"
    if isinstance(rule, float):
        return f"{100 * rule:.4g}% of the ids, by their hash"
    if isinstance(rule, Mapping):
        return "; ".join(f"{column} is {' or '.join(values)}" for column, values in rule.items())
    return f"path matches {' or '.join(rule)}"


def _size(size: int) -> str:
    """A number of bytes for people."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{size:,} B"


def _fenced(text: str, language: str) -> Markup:
    """Text as it is, in a block of code that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markup(f"{fence}{language}\n{text.rstrip()}\n{fence}")  # noqa: S704  the fence is what makes it safe


def _cell(text: str) -> Markup:
    """Text that stays inside one cell of a Markdown table; what stands in pairs of single backticks is code."""
    line = " ".join(text.split()).replace("|", "\\|")
    parts = line.split("`")
    if len(parts) % 2 == 0 or "``" in line or "\\`" in line:
        return escape(line)
    return Markup("`").join(Markup(part) if place % 2 else escape(part) for place, part in enumerate(parts))  # noqa: S704


def _code(text: str) -> Markup:
    """Text as code, inside one pair of backticks and one cell of a table, shown as it is."""
    plain = " ".join(text.split()).replace("`", "'").replace("|", "\\|")
    return Markup(f"`{plain}`")  # noqa: S704  in backticks nothing is markup


def _metadata(facts: CardFacts, columns: Sequence[Column], splits: Sequence[Split]) -> str:
    from datasets import DatasetInfo, Features, SplitDict, SplitInfo, Value
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCardData

    codes = list(dict.fromkeys(map(language_code, facts.language)))
    details: dict[str, Any] = {} if codes == list(facts.language) else {"language_details": list(facts.language)}
    card = DatasetCardData(
        pretty_name=facts.name,
        license=facts.license,
        language=codes or None,
        size_categories=[size_category(sum(split.rows for split in splits))],
        task_categories=list(facts.task_categories) or None,
        tags=list(facts.tags) or None,
        **details,
    )
    split_infos = SplitDict()
    for split in splits:
        split_infos.add(SplitInfo(split.name, num_bytes=split.num_bytes, num_examples=split.rows))
    info = DatasetInfo(
        features=Features({column.name: Value(column.type) for column in columns}),
        splits=split_infos,
        download_size=sum(size for split in splits for size, _ in split.shards.values()),
        dataset_size=sum(split.num_bytes for split in splits),
    )
    files = [{"split": split.name, "path": f"data/{split.name}-*"} for split in splits]
    DatasetInfosDict({"default": info}).to_dataset_card_data(card)
    MetadataConfigs({"default": {"data_files": files}}).to_dataset_card_data(card)
    return str(card.to_yaml()).rstrip("\n") + "\n"
