"""What `dedup` shows: clusters of duplicates, the similarities of pairs, the difference of two documents, recall."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dataset_tools.run_report import Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document as a report names it: its path as a person in the current folder would write it, and its title."""

    path: str
    id: str | None
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A document that a build leaves out; `reason` is its relation to the one that is kept."""

    document: Document
    reason: str
    similarity: float
    numbers_only: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A kept document, and all that are left out in its favour, the least similar first."""

    kept: Document
    removed: tuple[Removal, ...]

    @property
    def least(self) -> float:
        """The similarity of the removal that is most in doubt."""
        return self.removed[0].similarity


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallEstimate:
    """How many pairs at or above the threshold are candidates: `found` of them; counted, not computed.

    They are all such pairs of `sampled` documents with any of `among`, texts that are the same counted once. Of the
    pairs missed, the most similar are in `examples`: path, path, similarity.
    """

    sampled: int
    among: int
    found: int
    missed: int
    examples: tuple[tuple[str, str, float], ...]

    @property
    def recall(self) -> float | None:
        """The share found; None if there is no such pair."""
        return self.found / (self.found + self.missed) if self.found + self.missed else None

    def interval(self) -> tuple[float, float]:
        """The 95% confidence interval of the recall (Wilson 1927, Journal of the American Statistical Association 22).

        It takes pairs as independent; those of one large cluster are not.
        """
        pairs = self.found + self.missed
        if not pairs:
            return 0.0, 1.0
        z, share = 1.959963984540054, self.found / pairs
        middle = (share + z * z / (2 * pairs)) / (1 + z * z / pairs)
        half = z / (1 + z * z / pairs) * math.sqrt(share * (1 - share) / pairs + z * z / (4 * pairs * pairs))
        return max(middle - half, 0.0), min(middle + half, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """How candidate pairs are found: so many bands, so many values in each, and what that is expected to find."""

    bands: int
    rows_per_band: int
    expected_recall: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupReport:
    """What a build would remove and why, the largest clusters first, of equal ones those with the least similarity.

    `threshold` and `candidates` are None if near-duplicates are not looked for; then `histogram`, the number of pairs
    compared in each hundredth of similarity, is empty. `skipped` counts comparisons that were left out. `stopped` says
    why a build would write nothing.
    """

    checked: int
    ignored: int
    counts: Counts
    policy: str
    numbers: str
    threshold: float | None
    candidates: Candidates | None
    clusters: tuple[Cluster, ...]
    histogram: tuple[int, ...]
    skipped: int
    recall: RecallEstimate | None
    stopped: str | None

    @property
    def removed(self) -> int:
        """How many documents a build leaves out as duplicates."""
        return sum(len(cluster.removed) for cluster in self.clusters)

    @property
    def exit_code(self) -> int:
        """1 if a build would write nothing."""
        return int(self.stopped is not None)

    @property
    def ok(self) -> bool:
        """Whether a build would write something."""
        return self.stopped is None

    def values(self) -> dict[str, Any]:
        """The report as JSON has it, but for its clusters."""
        return {
            "checked": self.checked,
            "ignored": self.ignored,
            "counts": asdict(self.counts),
            "policy": self.policy,
            "numbers": self.numbers,
            "threshold": self.threshold,
            "candidates": None if self.candidates is None else asdict(self.candidates),
            "skipped_comparisons": self.skipped,
            "histogram": list(self.histogram),
            "recall": None if self.recall is None else self._recall(self.recall),
            "stopped": self.stopped,
            "exit_code": self.exit_code,
        }

    def _recall(self, one: RecallEstimate) -> Mapping[str, Any]:
        low, high = one.interval()
        return {**asdict(one), "recall": one.recall, "low": low, "high": high}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two documents side by side: how similar they are, whether they are a candidate pair, and how their words differ.

    `bands` are the numbers, from 1, of the bands that they share. `words` are runs of words as they stand in the texts,
    each with `same`, `removed` (in the first only) or `added` (in the second only).
    """

    first: Document
    second: Document
    relation: str
    similarity: float
    threshold: float
    numbers_only: bool
    shingles: tuple[int, int]
    shared: int
    bands: tuple[int, ...]
    candidates: Candidates
    expected: float
    words: tuple[tuple[str, str], ...]
