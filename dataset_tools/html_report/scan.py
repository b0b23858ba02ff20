"""The one pass over all texts: what is counted of them, batch by batch, in two threads."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import polars as pl
import pyarrow as pa

from dataset_tools.html_report.dataset import Batch, BuiltDataset

SAMPLE = 20_000
"""The vocabulary is counted in at most so many documents, evenly spaced."""

WORD = r"\w+"
"""A word, as the regular expressions of Rust have it: letters, marks, digits and connectors."""

_THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document of the dataset that was asked for."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What all batches gave.

    `documents` has a row for each: split, title, body (both in characters, title null where there is none), words.
    `lines` has key, documents and first (the number of a document) of each line of bodies. `words` has word, count and
    batch, of each batch the words of sampled documents, and `sampled` how many of these there were in each batch.
    `texts` has the documents asked for, by path.
    """

    documents: pl.DataFrame
    lines: pl.DataFrame
    words: pl.DataFrame
    sampled: tuple[int, ...]
    texts: dict[str, Text]


@dataclass(frozen=True, slots=True)
class _Part:
    documents: pl.DataFrame
    lines: pl.DataFrame
    words: pl.DataFrame
    sampled: int
    texts: dict[str, Text]


def scanned(dataset: BuiltDataset, wanted: Collection[str]) -> Scan:
    """Read every document once; `wanted` are the paths of those whose texts are asked for."""
    there = dataset.description.columns
    body = "body" if "body" in there else "text"
    columns = [name for name in ("title", body, "path") if name in there]
    step = max(-(-dataset.description.counts.written // SAMPLE), 1)
    work = partial(_part, body=body, wanted=pl.Series(sorted(wanted), dtype=pl.String), step=step)
    parts = list(_side_by_side(work, dataset.batches(columns)))
    texts: dict[str, Text] = {}
    for part in parts:
        texts |= part.texts
    empty = _part(Batch(0, "", _no_documents(columns)), body=body, wanted=pl.Series([], dtype=pl.String), step=1)
    lines = pl.concat([empty.lines, *(part.lines for part in parts)])
    return Scan(
        documents=pl.concat([empty.documents, *(part.documents for part in parts)]),
        lines=lines.group_by("key").agg(pl.col("documents").sum(), pl.col("first").min()),
        words=pl.concat(
            [
                empty.words.with_columns(batch=pl.lit(0, pl.Int64)),
                *(part.words.with_columns(batch=pl.lit(number, pl.Int64)) for number, part in enumerate(parts)),
            ]
        ),
        sampled=tuple(part.sampled for part in parts),
        texts=texts,
    )


def _no_documents(columns: list[str]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({name: pa.array([], pa.string()) for name in columns})


def _side_by_side(work: Callable[[Batch], _Part], batches: Iterator[Batch]) -> Iterator[_Part]:
    """What work makes of each batch, in order; of the batches only a few are held at a time."""
    waiting: deque[Future[_Part]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        for batch in batches:
            waiting.append(pool.submit(work, batch))
            if len(waiting) > _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _part(batch: Batch, *, body: str, wanted: pl.Series, step: int) -> _Part:
    frame = pl.DataFrame(batch.documents).rename({body: "body"}).with_columns(pl.col(pl.String).fill_null(""))
    numbers = pl.Series("number", range(batch.first, batch.first + frame.height), dtype=pl.Int64)
    frame = frame.with_columns(numbers)
    titled = "title" in frame.columns
    words = pl.col("body").str.count_matches(WORD).cast(pl.Int64)
    if titled:
        words += pl.col("title").str.count_matches(WORD).cast(pl.Int64)
    documents = frame.select(
        split=pl.lit(batch.split),
        title=pl.col("title").str.len_chars().cast(pl.Int64) if titled else pl.lit(None, pl.Int64),
        body=pl.col("body").str.len_chars().cast(pl.Int64),
        words=words,
    )
    sample = frame.filter(pl.col("number") % step == 0)
    return _Part(documents, _lines(frame), _words(sample, titled=titled), sample.height, _texts(frame, wanted))


def _lines(frame: pl.DataFrame) -> pl.DataFrame:
    """The lines of bodies, without white space at their ends, each once for a document."""
    lines = frame.select("number", line=pl.col("body").str.split("\n")).explode("line")
    lines = lines.select("number", line=pl.col("line").str.strip_chars()).filter(pl.col("line") != "")
    return (
        lines.select("number", key=pl.col("line").hash())
        .unique()
        .group_by("key")
        .agg(documents=pl.len().cast(pl.Int64), first=pl.col("number").min())
    )


def _words(sample: pl.DataFrame, *, titled: bool) -> pl.DataFrame:
    columns = [sample["title"], sample["body"]] if titled else [sample["body"]]
    words = pl.concat([one.alias("word").str.to_lowercase().str.extract_all(WORD).explode() for one in columns])
    counted = words.drop_nulls().to_frame().group_by("word").agg(count=pl.len().cast(pl.Int64))
    return pl.DataFrame(counted.to_arrow())  # a copy: what was cut out of texts keeps them in memory


def _texts(frame: pl.DataFrame, wanted: pl.Series) -> dict[str, Text]:
    if "path" not in frame.columns or not len(wanted):
        return {}
    found = frame.filter(pl.col("path").is_in(wanted.implode()))
    return {one["path"]: Text(title=one.get("title", ""), body=one["body"]) for one in found.to_dicts()}
