"""Two documents of a corpus side by side: how similar they are, why, and which words differ."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pyarrow as pa

from dataset_tools.dedup_report import Candidates, Difference, Document
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import Corpus, Source, UserError, decode_issues
from dataset_tools.preparation import Preparation
from dataset_tools.prepare import Plan
from dataset_tools.report import report_path
from dataset_tools.spool import Spool
from dataset_tools.text import (
    canonical,
    differs_in_numbers_only,
    printable,
    same_text_key,
    shingles,
    shortened,
    similarity,
)

_QUICK = 20_000
"""From so many words on, frequent ones are not looked at for where the texts agree, which would take too long."""


def difference(names: tuple[str, str], corpus: Corpus, plan: Plan, spool: Spool, threshold: float) -> Difference:
    """Compare two documents of a corpus.

    Args:
        names: the id of each, or its path as reports have it.
        corpus: all documents.
        plan: how to prepare them; it has a banding.
        spool: a new one.
        threshold: the similarity from which two texts are near-duplicates.

    Raises:
        UserError: if a name is not that of exactly one document, or a document has no text.
    """
    sources = [_named(name, corpus, re.compile(plan.file_name)) for name in names]
    plan = replace(plan, spool=spool.folder, text_keys=True)
    rows = Preparation(engine=LocalEngine(), spool=spool)(dict(enumerate(sources)), plan)
    texts = spool.texts(np.arange(2)).to_pylist()
    documents = []
    for row, text, source in zip(rows.to_pylist(), texts, sources, strict=True):
        path = report_path(source.shown, corpus.root)
        if text["title"] is None or text["body"] is None:
            reason = next((one.message for one in decode_issues([row["row"]], [row["issues"]])), "it has no text")
            raise UserError(f"{path} cannot be compared: {reason}", f"see dataset-tools validate {path}")
        documents.append(Document(path=path, id=row["id"], title=text["title"]))
    first, second = (canonical(text["title"], text["body"]) for text in texts)
    a, b = shingles(first), shingles(second)
    score = similarity(a, b)
    cut = plan.banding
    assert cut is not None
    return Difference(
        first=documents[0],
        second=documents[1],
        relation=_relation(rows, first, second, score, threshold),
        similarity=score,
        threshold=threshold,
        numbers_only=differs_in_numbers_only(first, second),
        shingles=(len(a), len(b)),
        shared=len(a & b),
        bands=tuple(_shared_bands(rows["bands"].to_pylist())),
        candidates=Candidates(bands=cut.bands, rows_per_band=cut.rows, expected_recall=cut.recall(threshold)),
        expected=cut.recall(score),
        words=tuple(word_runs(*(f"{text['title']}\n{text['body']}".split() for text in texts))),
    )


def _named(name: str, corpus: Corpus, pattern: re.Pattern[str]) -> Source:
    """The one document that has this id or path."""
    found = [one for one in corpus.sources if name in (one.shown, report_path(one.shown, corpus.root))]
    if not found:
        matches = ((one, pattern.fullmatch(Path(one.path).name)) for one in corpus.sources)
        found = [one for one, match in matches if match is not None and match["id"] == name]
    if not found:
        where = printable(str(corpus.root))
        raise UserError(f"no document of {where} has the id or path {shortened(name)}", "name one that reports show")
    if len(found) > 1:
        paths = " and ".join(report_path(one.shown, corpus.root) for one in found[:2])
        raise UserError(f"{len(found):,} documents have the id {shortened(name)}", f"name one by its path: {paths}")
    return found[0]


def _relation(rows: pa.Table, first: str, second: str, score: float, threshold: float) -> str:
    """What the two are to each other, as `removed` would call it; `different` if none is removed for the other."""
    same_bytes = len(set(rows["sha256"].to_pylist())) == 1
    if same_bytes:
        return "identical"
    if same_text_key(first) == same_text_key(second):
        return "same_text"
    return "near" if score >= threshold else "different"


def _shared_bands(bands: Sequence[bytes | None]) -> list[int]:
    """The numbers, from 1, of the bands in which both have the same key."""
    if None in bands:
        return []
    keys = [np.frombuffer(one or b"", "<u8") for one in bands]
    return [place + 1 for place in np.flatnonzero(keys[0] == keys[1]).tolist()]


def word_runs(first: list[str], second: list[str]) -> Iterator[tuple[str, str]]:
    """Runs of words that both have, that only the first has (removed), that only the second has (added)."""
    matcher = SequenceMatcher(None, first, second, autojunk=len(first) + len(second) > _QUICK)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            yield "same", " ".join(first[i:j])
            continue
        if i < j:
            yield "removed", " ".join(first[i:j])
        if k < m:
            yield "added", " ".join(second[k:m])
