"""Lengths, words, vocabulary and frequent lines, from what the pass over the texts has counted."""

from itertools import pairwise

import polars as pl

from dataset_tools.html_report.dataset import BuiltDataset
from dataset_tools.html_report.figures import ALL, Distribution, FrequentLine, Spread, Vocabulary
from dataset_tools.html_report.scan import Scan

FREQUENT_WORDS = 30
FREQUENT_LINES = 20
"""So many are listed."""

_CANDIDATE_LINES = 3 * FREQUENT_LINES  # some are rules and bullets, which are left out
_LEAST_LETTERS = 3
_LINE = 2000
_POINTS = 60
_BINS = 24
_GROWS = 20
"""Bins grow where the largest number is so many times the median."""

_SERIES = (1, 1.5, 2, 3, 5, 7)


def lengths(scan: Scan) -> tuple[Distribution, ...]:
    """The lengths of titles, where there are titles, and of bodies, in characters."""
    titles = () if scan.documents["title"].null_count() else (_distribution(scan, "title", "titles", "characters"),)
    return (*titles, _distribution(scan, "body", "bodies", "characters"))


def words(scan: Scan) -> Distribution:
    """How many words documents have, title and body together."""
    return _distribution(scan, "words", "documents", "words")


def _distribution(scan: Scan, column: str, what: str, unit: str) -> Distribution:
    values = scan.documents[column]
    edges, grows = bin_edges(values)
    groups = [(ALL, values)]
    splits = scan.documents["split"].unique(maintain_order=True).to_list()
    if len(splits) > 1:
        groups += [(name, scan.documents.filter(pl.col("split") == name)[column]) for name in splits]
    spreads = tuple(_spread(name, some, edges) for name, some in groups)
    return Distribution(what=what, unit=unit, edges=edges, grows=grows, spreads=spreads)


def _spread(group: str, values: pl.Series, edges: tuple[int, ...]) -> Spread:
    ordered = values.sort()
    places = ordered.search_sorted(pl.Series(edges, dtype=pl.Int64), side="left").to_list()
    counts = tuple(end - start for start, end in pairwise(places))
    return Spread(
        group=group,
        documents=len(ordered),
        least=int(ordered[0]) if len(ordered) else 0,
        median=float(ordered.median() or 0),  # type: ignore[arg-type]  # of numbers: a number
        mean=float(ordered.mean() or 0),  # type: ignore[arg-type]  # of numbers: a number
        most=int(ordered[-1]) if len(ordered) else 0,
        total=int(ordered.sum()),
        counts=counts,
    )


def bin_edges(values: pl.Series) -> tuple[tuple[int, ...], bool]:
    """Where bins begin, and the end of the last one; and whether they grow, as they do where few numbers are large."""
    if not len(values):
        return (0, 1), False
    least, most = int(values.min()), int(values.max())  # type: ignore[arg-type]  # of numbers: a number
    grows = most > _GROWS * max(float(values.median()), 1.0)  # type: ignore[arg-type]  # of numbers: a number
    if grows:
        powers = range(len(str(most)) + 1)
        starts = sorted({0, *(round(step * 10**power) for power in powers for step in _SERIES)})
    else:
        width = next(
            width
            for power in range(20)
            for width in (10**power, 2 * 10**power, 5 * 10**power)
            if (most - least) / width < _BINS
        )
        starts = list(range(least // width * width, most + 2 * width, width))
    first = max(place for place, start in enumerate(starts) if start <= least)
    last = min(place for place, start in enumerate(starts) if start > most)
    return tuple(starts[first : last + 1]), grows


def vocabulary(scan: Scan) -> Vocabulary:
    """Different words: how their number grows with the documents, and the most frequent of them."""
    of_word = scan.words.group_by("word").agg(pl.col("count").sum(), pl.col("batch").min())
    new = dict(of_word.group_by("batch").agg(pl.len()).iter_rows())
    points, documents, distinct = [], 0, 0
    for batch, sampled in enumerate(scan.sampled):
        documents += sampled
        distinct += new.get(batch, 0)
        points.append((documents, distinct))
    apart = max(len(points) // _POINTS, 1)
    frequent = of_word.sort(["count", "word"], descending=[True, False]).head(FREQUENT_WORDS)
    return Vocabulary(
        documents=scan.documents.height,
        sampled=documents,
        words=int(of_word["count"].sum()),
        distinct=distinct,
        once=int((of_word["count"] == 1).sum()),
        points=tuple(sorted({*points[::apart], *points[-1:]})),
        frequent=tuple(frequent.select("word", "count").iter_rows()),
    )


def frequent_lines(scan: Scan, dataset: BuiltDataset) -> tuple[FrequentLine, ...]:
    """The lines that stand in the most documents, if in several; those with few letters are rules and bullets."""
    candidates = (
        scan.lines.filter(pl.col("documents") > 1)
        .sort(["documents", "first", "key"], descending=[True, False, False])
        .head(_CANDIDATE_LINES)
    )
    body = "body" if "body" in dataset.description.columns else "text"
    texts = dataset.some(candidates["first"].to_list(), body)
    lines = []
    for key, documents, first in candidates.select("key", "documents", "first").iter_rows():
        own = pl.Series([texts[first]]).str.split("\n").explode().str.strip_chars()
        place = (own.hash() == key).arg_max() or 0
        line = str(own[place])
        if sum(map(str.isalpha, line[:_LINE])) >= _LEAST_LETTERS:
            lines.append((-documents, first, place, FrequentLine(line, documents)))
    return tuple(line for *_, line in sorted(lines, key=lambda one: one[:3])[:FREQUENT_LINES])
