"""What the HTML report shows: numbers and short texts, gathered before anything is drawn."""

from dataclasses import dataclass

from dataset_tools.diff_report import DiffReport

ALL = "all"
"""The name of the group of all documents."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step from files found to rows written: what became of so many files."""

    name: str
    what: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One issue of a rule; `path` is None for an issue of the corpus as a whole."""

    path: str | None
    line: int | None
    column: int | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFigures:
    """How often a rule is broken, in how many documents, and the first issues of it.

    `name`, `what` and `fix` are empty for a rule that this version does not have.
    """

    code: str
    severity: str
    name: str
    what: str
    fix: str
    count: int
    documents: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a number is spread over a group of documents; `counts` are those of the bins of `Distribution`."""

    group: str
    documents: int
    least: int
    median: float
    mean: float
    most: int
    total: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A number that each document has: all documents first, then each split if there are several.

    Bin i counts what is at least `edges[i]` and less than `edges[i + 1]`. `grows` says that bins grow with the number.
    """

    what: str
    unit: str
    edges: tuple[int, ...]
    grows: bool
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Different words, counted in `sampled` of `documents`; `points` has how many there are after so many documents.

    `once` of the `distinct` words stand there once; `frequent` has the most frequent ones with their counts.
    """

    documents: int
    sampled: int
    words: int
    distinct: int
    once: int
    points: tuple[tuple[int, int], ...]
    frequent: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FrequentLine:
    """A line of bodies, cut, and in how many documents it stands."""

    text: str
    documents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A kept document and how many were left out for it, with the least of their similarities."""

    kept: str
    removed: int
    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarities:
    """How similar the pairs near the threshold are: `counts` of each hundredth from `first` (in hundredths) on.

    Of the `listed` pairs so many are `below` the threshold, and `above` it or at it. `found` pairs lie in the margin
    around it; if fewer are listed, `counts` goes only as far as all are.
    """

    first: int
    counts: tuple[int, ...]
    below: int
    above: int
    found: int
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One text of a pair: its path, its title, whether it is in the dataset, and its words as runs.

    The kind of a run is `same`, `only` (in this text only) or `gap` (a note on what is not shown). Where there is no
    text, `missing` says why.
    """

    path: str
    kept: bool
    title: str = ""
    runs: tuple[tuple[str, str], ...] = ()
    missing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two documents near the threshold."""

    similarity: float
    numbers_only: bool
    first: Side
    second: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """What was removed as a duplicate, and the pairs nearest to the threshold, on both sides of it.

    `threshold` and `similarities` are None if near-duplicates were not looked for. `sizes` has, by number of documents
    of a cluster, how many clusters there are.
    """

    threshold: float | None
    skipped: int
    clusters: int
    sizes: tuple[tuple[int, int], ...]
    largest: tuple[Cluster, ...]
    similarities: Similarities | None
    above: tuple[Pair, ...]
    below: tuple[Pair, ...]
    with_raw: bool


@dataclass(frozen=True, slots=True)
class File:
    """A file of the dataset."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How the dataset was made; `settings` are key and value, as TOML would have them."""

    content_sha256: str
    ids: str
    facts: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that the report shows. `language` is the tag of the texts if they have one language that is known."""

    name: str
    language: str | None
    written: int
    splits: tuple[tuple[str, int], ...]
    funnel: tuple[Step, ...]
    errors: int
    warnings: int
    rules: tuple[RuleFigures, ...]
    lengths: tuple[Distribution, ...]
    words: Distribution
    vocabulary: Vocabulary
    lines: tuple[FrequentLine, ...]
    duplicates: Duplicates
    changes: DiffReport | None
    origin: Origin
