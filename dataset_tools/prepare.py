"""The left half of the flow, for one batch of files: read, parse, identify, validate, fingerprint.

It sees nothing but its batch, so it runs anywhere: in this process, in workers, on a cluster.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dataset_tools.columns import article_frame, characters, strings
from dataset_tools.model import Articles, Corpus, Files, Source, encode_issues
from dataset_tools.recipes import Recipe
from dataset_tools.schema import SchemaSource
from dataset_tools.spool import TEXTS, Spool
from dataset_tools.stages.fingerprint import Banding, fingerprint
from dataset_tools.stages.identify import Contents, explain, mismatches, sample, shortlist
from dataset_tools.stages.language import Languages, foreign
from dataset_tools.stages.lines import line_keys
from dataset_tools.stages.lint import lint, unusual
from dataset_tools.stages.parse import parse
from dataset_tools.stages.read import read
from dataset_tools.stages.same_text import outlines
from dataset_tools.stages.titles import title_keys
from dataset_tools.stages.validate import issues_by_row, validate
from dataset_tools.text import path_bytes, path_text, same_text_key

BATCH_BYTES = 4 << 20
BATCH_ROWS = 4096

SOURCES = pa.schema(
    [
        ("row", pa.int64()),  # in document order
        ("path", pa.binary()),  # below the root, as the file system has it
        ("size", pa.int64()),
        ("is_link", pa.int64()),
        ("content", pa.binary()),  # to check in place of what the file holds; null for what it holds
    ]
)
"""What `prepare` takes."""

PREPARED = pa.schema(
    [
        ("row", pa.int64()),
        ("path", pa.string()),  # printable
        ("id", pa.string()),  # null if the file name has none
        ("index", pa.string()),  # without leading zeros; null if the file name has none
        ("sha256", pa.string()),  # of the file; null if it could not be read
        ("outline", pa.binary()),  # equal for same texts, and for some others; null if there is no text
        ("text_key", pa.binary()),  # equal for same texts only; null if there is no text, or unless it is asked for
        ("explained", pa.binary()),  # bit mask over the catalogue of recipes; null unless they are looked for
        ("bands", pa.binary()),  # band keys; null without words, or unless near-duplicates are looked for
        ("title_key", pa.binary()),  # equal for the same title; null without one, or unless T007 is in force
        ("lines", pa.binary()),  # keys of the distinct lines of the body; null without a text, or without W010
        ("title_chars", pa.int64()),
        ("body_chars", pa.int64()),
        ("issues", pa.string()),  # as `encode_issues` writes them; null for none
    ]
)
"""What `prepare` gives, one row for each source: narrow columns, never the texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `prepare` does with each batch.

    A `recipe` is enforced; without one, `first` (not None) says that recipes are looked for, these before all others.
    Without `schema` articles are not checked, without `banding` not fingerprinted, without `text_keys` not given
    the keys that tell same texts, without `spool` the texts are not kept, without `languages` they may be in any.
    Checks of the rules in `ignored` are not run.
    """

    root: Path
    file_name: str
    max_file_size: int
    schema: SchemaSource | None = None
    recipe: Recipe | None = None
    first: tuple[Recipe, ...] | None = None
    banding: Banding | None = None
    text_keys: bool = False
    spool: Path | None = None
    ignored: frozenset[str] = frozenset()
    languages: Languages | None = None

    def __call__(self, sources: pa.Table) -> pa.Table:
        """Prepare one batch."""
        return prepare(sources, self)


def prepare(sources: pa.Table, plan: Plan) -> pa.Table:
    """Turn a batch of `SOURCES` into `PREPARED` rows, one each; a bad file is a row with issues, never an exception."""
    rows = sources["row"].to_pylist()
    files = read(_sources(sources), rows, root=plan.root, max_file_size=plan.max_file_size)
    articles = parse(files, file_name=re.compile(plan.file_name))
    sha256 = [None if data is None else hashlib.sha256(data).hexdigest() for data in files.data]
    looked_at = plan.schema is not None
    nothing = [None] * len(rows)
    lines = line_keys(articles.joined if looked_at and not plan.ignored >= {"B002", "W010"} else nothing)
    frame = article_frame(files, articles, sha256, lines.repeats)
    issues = [*files.issues, *articles.issues]
    in_nfc: frozenset[int] = frozenset()
    if plan.schema is not None:
        issues += validate(frame, schema=plan.schema)
        suspects = unusual(frame, plan.ignored)
        issues += lint(frame, suspects, plan.ignored)
        in_nfc = frozenset(frame["row"].filter(~suspects))
        if plan.languages is not None:
            issues += foreign(frame, plan.languages)
    contents = Contents(files, articles, in_nfc)
    if plan.recipe is not None:
        issues += mismatches(contents, plan.recipe)
    texts: list[str | None] = []
    if plan.banding is not None or plan.text_keys:
        texts = [None if content is None else content.normal for content in contents.contents]
    if plan.spool is not None:
        columns = [strings(part) for part in (articles.titles, articles.bodies)]
        Spool(plan.spool).write(rows[0], pa.table(columns, schema=TEXTS))
    return pa.table(
        {
            "row": rows,
            "path": files.paths,
            "id": articles.ids,
            "index": articles.indexes,
            "sha256": sha256,
            "outline": outlines(articles.joined),
            "text_key": [text and same_text_key(text.casefold()) for text in texts] if plan.text_keys else nothing,
            "explained": nothing if plan.first is None else explain(contents, plan.first),
            "title_key": title_keys(articles.titles if looked_at and "T007" not in plan.ignored else nothing),
            "lines": nothing if "W010" in plan.ignored else lines.keys,
            "bands": nothing if plan.banding is None else fingerprint(texts, plan.banding),
            "title_chars": characters(frame, "title", rows),
            "body_chars": characters(frame, "body", rows),
            "issues": [encode_issues(some) for some in issues_by_row(issues, rows)],
        },
        schema=PREPARED,
    )


def read_again(corpus: Corpus, plan: Plan, rows: Sequence[int]) -> Iterator[tuple[Files, Articles]]:
    """The articles of a few documents, in batches, in the order asked for."""
    for table in batches([corpus.sources[row] for row in rows], rows):
        files = read(_sources(table), table["row"].to_pylist(), root=plan.root, max_file_size=plan.max_file_size)
        yield files, parse(files, file_name=re.compile(plan.file_name))


def recipes_of_sample(corpus: Corpus, plan: Plan) -> tuple[Recipe, ...]:
    """The recipes that explain any of a few documents spread over the corpus."""
    rows = sample(len(corpus.sources))
    chosen = [corpus.sources[row] for row in rows]
    files = read(chosen, rows, root=plan.root, max_file_size=plan.max_file_size)
    return shortlist(Contents(files, parse(files, file_name=re.compile(plan.file_name))))


def batches(sources: Sequence[Source], rows: Sequence[int] | None = None, *, finer: int = 1) -> Iterator[pa.Table]:
    """Cut sources into tables of about `BATCH_BYTES` of text, or so many times finer.

    `rows` are their numbers, by default their positions.
    """
    numbers = range(len(sources)) if rows is None else rows
    batch: list[tuple[int, Source]] = []
    size = 0
    for row, source in zip(numbers, sources, strict=True):
        if batch and (size + source.size > BATCH_BYTES // finer or len(batch) == BATCH_ROWS):
            yield _table(batch)
            batch, size = [], 0
        batch.append((row, source))
        size += source.size
    if batch:
        yield _table(batch)


def _table(batch: Sequence[tuple[int, Source]]) -> pa.Table:
    return pa.table(
        {
            "row": [row for row, _ in batch],
            "path": [path_bytes(source.path) for _, source in batch],
            "size": [source.size for _, source in batch],
            "is_link": [int(source.is_link) for _, source in batch],
            "content": [source.content for _, source in batch],
        },
        schema=SOURCES,
    )


def _sources(table: pa.Table) -> list[Source]:
    columns = (table[name].to_pylist() for name in ("path", "size", "is_link", "content"))
    return [
        Source(path_text(path), size, bool(link), content) for path, size, link, content in zip(*columns, strict=True)
    ]
