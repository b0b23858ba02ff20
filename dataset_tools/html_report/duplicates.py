"""Duplicates: clusters, similarities around the threshold, and the pairs nearest to it."""

import math
from collections import Counter
from collections.abc import Callable, Set
from typing import Any

import polars as pl

from dataset_tools.html_report.figures import Cluster, Duplicates, Pair, Side, Similarities
from dataset_tools.html_report.raw import Unreadable
from dataset_tools.html_report.sides import alone, sides
from dataset_tools.verification.description import DedupPart

PAIRS = 10
"""So many pairs are shown on each side of the threshold."""

LARGEST = 10
"""So many clusters are listed."""

_MARGIN = 0.15
"""Around the threshold, in which the audit lists pairs."""

_ROUNDING = 1e-9
"""What a fraction such as 0.57 loses in binary does not move it to the hundredth below."""

_DUPLICATES = ("identical", "same_text", "near")


Found = tuple[str, str] | Unreadable
"""Title and body of a document, or why there are none."""

Texts = Callable[[str], Found]
"""Gives the text of a document by its path."""


def nearest(pairs: pl.DataFrame, threshold: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of the pairs at or above the threshold, and of those below it, the nearest, nearest first."""
    apart = pairs.drop_nulls().with_columns(apart=(pl.col("similarity") - threshold).abs())
    ordered = apart.sort(["apart", "path_a", "path_b"])
    is_above = pl.col("similarity") >= threshold
    return ordered.filter(is_above).head(PAIRS), ordered.filter(~is_above).head(PAIRS)


def duplicates(
    removed: pl.DataFrame, pairs: pl.DataFrame, dedup: DedupPart, texts: Texts, *, with_raw: bool
) -> Duplicates:
    """All figures of duplicates; `texts` is asked for the texts of the nearest pairs only."""
    gone = removed.filter(pl.col("reason").is_in(_DUPLICATES) & pl.col("similarity").is_not_null())
    clusters = (
        gone.group_by(kept=pl.coalesce("kept_path", "kept_id", pl.lit("")))
        .agg(removed=pl.len(), least=pl.col("similarity").min())
        .sort(["removed", "least", "kept"], descending=[True, False, False])
    )
    sizes = Counter(int(size) + 1 for size in clusters["removed"])
    near = dedup.near
    left_out = set(removed["path"])
    above, below = nearest(pairs, dedup.threshold) if near else (pairs.clear(), pairs.clear())
    return Duplicates(
        threshold=dedup.threshold if near else None,
        skipped=dedup.skipped_comparisons,
        clusters=clusters.height,
        sizes=tuple(sorted(sizes.items())),
        largest=tuple(Cluster(**one) for one in clusters.head(LARGEST).to_dicts()),
        similarities=_similarities(pairs, dedup) if near else None,
        above=tuple(_pair(one, left_out, texts) for one in above.to_dicts()),
        below=tuple(_pair(one, left_out, texts) for one in below.to_dicts()),
        with_raw=with_raw,
    )


def _similarities(pairs: pl.DataFrame, dedup: DedupPart) -> Similarities:
    """The histogram; where not all pairs are listed, only as far from the threshold as they are."""
    found = pairs.height if dedup.audit_pairs is None else dedup.audit_pairs.found
    scores = pairs["similarity"].drop_nulls()
    whole = found <= pairs.height
    reach = _MARGIN if whole else float((scores - dedup.threshold).abs().max() or 0)  # type: ignore[arg-type]  # of numbers: a number
    first = max(math.ceil((dedup.threshold - reach) * 100 - _ROUNDING), 0)
    last = min(math.floor((dedup.threshold + reach) * 100 + _ROUNDING), 100)
    counts = Counter((scores * 100 + _ROUNDING).floor().clip(0, 99).cast(pl.Int64))
    return Similarities(
        first=first,
        counts=tuple(counts[number] for number in range(first, last)),
        below=int((scores < dedup.threshold).sum()),
        above=int((scores >= dedup.threshold).sum()),
        found=found,
        listed=pairs.height,
    )


def _pair(one: dict[str, Any], left_out: Set[str], texts: Texts) -> Pair:
    paths = one["path_a"], one["path_b"]
    found = [texts(path) for path in paths]
    first, second = found
    if isinstance(first, Unreadable) or isinstance(second, Unreadable):
        runs = [() if isinstance(text, Unreadable) else alone("\n".join(text)) for text in found]
    else:
        runs = list(sides("\n".join(first), "\n".join(second)))
    both = [
        Side(
            path=path,
            kept=path not in left_out,
            title="" if isinstance(text, Unreadable) else text[0],
            runs=some,
            missing=text.reason if isinstance(text, Unreadable) else None,
        )
        for path, text, some in zip(paths, found, runs, strict=True)
    ]
    return Pair(similarity=one["similarity"], numbers_only=one["numbers_only"], first=both[0], second=both[1])
