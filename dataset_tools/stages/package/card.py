"""The dataset card: YAML that the Hub and `datasets` read, and a page for people.

It states what was computed and what the maintainer has configured, and nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dataset_tools.model import AgainstFacts, Counts, IdDecision
from dataset_tools.stages.package.shards import Split

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

_TEXT_COLUMN = "The title, a blank line, the body."


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What the maintainer says of the dataset; None and empty are left out. `text` is Markdown of the maintainer."""

    name: str
    license: str | None
    language: tuple[str, ...]
    task_categories: tuple[str, ...]
    tags: tuple[str, ...]
    homepage: str | None
    citation: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """Least, median, mean and most of a length in characters."""

    what: str
    least: int
    median: float
    mean: float
    most: int


def size_category(rows: int) -> str:
    """The size category of the Hub for a number of rows."""
    return next((name for end, name in _SIZES if rows < end), "n>1T")


def render(
    *,
    facts: CardFacts,
    columns: Sequence[tuple[str, str]],
    splits: Sequence[Split],
    counts: Counts,
    ids: IdDecision,
    dedup: Any,  # noqa: ANN401  any object with near, threshold, policy, priority, numbers
    against: Sequence[AgainstFacts],
    lengths: Sequence[Lengths],
    schema_sha256: str,
    content_sha256: str,
) -> str:
    """The whole README.md of a dataset."""
    environment = Environment(
        loader=PackageLoader("dataset_tools.stages.package", "."),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"number": "{:,}".format, "cell": _cell, "code": _code, "fenced": _fenced}
    page = environment.get_template("card.md.jinja").render(
        facts=facts,
        columns=columns,
        splits=splits,
        counts=counts,
        ids=ids,
        dedup=dedup,
        against=against,
        lengths=lengths,
        schema_sha256=schema_sha256,
        content_sha256=content_sha256,
    )
    return f"---\n{_metadata(facts, [name for name, _ in columns], splits)}---\n\n{page.strip()}\n"


def _fenced(text: str) -> Markup:
    """Text as it is, in a block of code that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markup(f"{fence}bibtex\n{text.strip()}\n{fence}")  # noqa: S704  the fence is what makes it safe


def _cell(text: str) -> str:
    """Text that stays inside one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    """Text that stays inside one pair of backticks."""
    return " ".join(text.split()).replace("`", "'")


def _metadata(facts: CardFacts, columns: Sequence[str], splits: Sequence[Split]) -> str:
    from datasets import DatasetInfo, Features, SplitDict, SplitInfo, Value
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCardData

    card = DatasetCardData(
        pretty_name=facts.name,
        license=facts.license,
        language=list(facts.language) or None,
        size_categories=[size_category(sum(split.rows for split in splits))],
        task_categories=list(facts.task_categories) or None,
        tags=list(facts.tags) or None,
    )
    split_infos = SplitDict()
    for split in splits:
        split_infos.add(SplitInfo(split.name, num_bytes=split.num_bytes, num_examples=split.rows))
    info = DatasetInfo(
        features=Features({name: Value("string") for name in columns}),
        splits=split_infos,
        download_size=sum(size for split in splits for size in split.shards.values()),
        dataset_size=sum(split.num_bytes for split in splits),
    )
    files = [{"split": split.name, "path": f"data/{split.name}-*"} for split in splits]
    DatasetInfosDict({"default": info}).to_dataset_card_data(card)
    MetadataConfigs({"default": {"data_files": files}}).to_dataset_card_data(card)
    return str(card.to_yaml()).rstrip("\n") + "\n"


def column_descriptions(columns: Sequence[str], described: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What the schema says of each column that is written."""
    known = {**dict(described), "text": _TEXT_COLUMN}
    return [(name, known.get(name, "")) for name in columns]
