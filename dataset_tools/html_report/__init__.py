"""Report: a built dataset as one HTML file that people look at.

    manifest, audit tables, one pass over the texts -> figures -> charts, page -> one file

What is not in the dataset and not asked for is not shown: the page says what is missing, and how to get it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from dataset_tools import comparison
from dataset_tools.formats.lines import many
from dataset_tools.html_report import charts, issues, measures, origin
from dataset_tools.html_report.dataset import BuiltDataset, opened
from dataset_tools.html_report.duplicates import Found, duplicates, nearest
from dataset_tools.html_report.figures import Figures
from dataset_tools.html_report.page import page
from dataset_tools.html_report.place import check_place, write_page
from dataset_tools.html_report.raw import Unreadable, raw_text
from dataset_tools.html_report.scan import Scan, scanned
from dataset_tools.stages.package import audit

__all__ = ["check", "report"]

_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
"""The shape of a tag of BCP 47: the manifest is somebody else's."""

CHANGED = 10
"""Of so many changed documents the words that differ are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A report that was written: how many documents the dataset has, and of how many pairs shown a text is missing."""

    out: Path
    documents: int
    incomplete: int

    def sentences(self) -> list[str]:
        """What a person is told."""
        lines = [f"Wrote {self.out}: {many(self.documents, 'document')}. It quotes their texts."]
        if self.incomplete:
            what = f"{many(self.incomplete, 'pair')} near the threshold {'lacks' if self.incomplete == 1 else 'lack'}"
            lines.append(f"{what} the text of a document that was left out; name its corpus with --raw.")
        return lines


def check(out: Path, *others: Path) -> None:
    """Say beforehand whether a report can be made and written to `out`, which must not be in one of the other folders.

    Raises:
        UserError: if not.
    """
    charts.library()
    check_place(out, others)


def report(dist: Path, out: Path, *, raw: Path | None = None, old: str | None = None) -> Written:
    """Write the report of a dataset as one HTML file.

    Args:
        dist: the folder of the dataset.
        out: the file.
        raw: the folder of the corpus, for the texts of documents that were removed.
        old: another dataset, a path or URL, to say what has changed since.

    Raises:
        UserError: if the dataset cannot be read, the file cannot be written, or a library is missing.
    """
    check(out, dist, *([raw] if raw else []))
    all_of_it = figures(dist, raw=raw, old=old)
    write_page(out, page(all_of_it))
    pairs = (*all_of_it.duplicates.above, *all_of_it.duplicates.below)
    incomplete = sum(pair.first.missing is not None or pair.second.missing is not None for pair in pairs)
    return Written(out=out, documents=all_of_it.written, incomplete=incomplete)


def figures(dist: Path, *, raw: Path | None = None, old: str | None = None) -> Figures:
    """All that a report shows of a dataset; arguments and errors are those of `report`."""
    dataset = opened(dist)
    one = dataset.description
    removed, pairs = dataset.table("removed", audit.REMOVED), dataset.table("pairs", audit.PAIRS)
    found = dataset.table("issues", audit.ISSUES)
    near = nearest(pairs, one.deduplication.threshold) if one.deduplication.near else ()
    scan = scanned(dataset, {path for some in near for name in ("path_a", "path_b") for path in some[name]})
    rules = issues.rules_broken(found)
    return Figures(
        name=_name(dataset),
        language=_language(dataset),
        written=one.counts.written,
        splits=tuple((name, part.rows) for name, part in one.splits.items()),
        funnel=origin.funnel(one.counts),
        errors=sum(rule.count for rule in rules if rule.severity == "error"),
        warnings=sum(rule.count for rule in rules if rule.severity != "error"),
        rules=rules,
        lengths=measures.lengths(scan),
        words=measures.words(scan),
        vocabulary=measures.vocabulary(scan),
        lines=measures.frequent_lines(scan, dataset),
        duplicates=duplicates(removed, pairs, one.deduplication, _texts(scan, removed, raw), with_raw=raw is not None),
        changes=None if old is None else comparison.diff(old, str(dist), words=CHANGED),
        origin=origin.origin(one),
    )


def _texts(scan: Scan, removed: pl.DataFrame, raw: Path | None) -> Callable[[str], Found]:
    """Where the text of a document is: in the dataset, or else in the corpus if that was named."""
    digests = dict(removed.select("path", "sha256").iter_rows())

    @cache
    def text(path: str) -> Found:
        here = scan.texts.get(path)
        if here is not None:
            return here.title, here.body
        if raw is None:
            return Unreadable("it is not in the dataset; name its corpus with --raw to see its text")
        return raw_text(raw, path, digests.get(path))

    return text


def _card(dataset: BuiltDataset) -> Mapping[str, Any]:
    card = dataset.description.settings.get("card")
    return card if isinstance(card, dict) else {}


def _name(dataset: BuiltDataset) -> str:
    name = _card(dataset).get("pretty_name")
    return name if isinstance(name, str) and name.strip() else "Dataset"


def _language(dataset: BuiltDataset) -> str | None:
    """The language of the texts, if the card states one alone."""
    languages = _card(dataset).get("language")
    one = languages[0] if isinstance(languages, list) and len(languages) == 1 else None
    return one if isinstance(one, str) and _LANGUAGE.fullmatch(one) else None
