"""The left half of the flow, for one batch of files: read, parse, identify, validate, fingerprint.

It sees nothing but its batch, so it runs anywhere: in this process, in workers, on a cluster.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from dataset_tools.columns import article_frame, article_table, characters
from dataset_tools.model import Source, encode_issues
from dataset_tools.recipes import Recipe
from dataset_tools.schema import SchemaSource
from dataset_tools.segments import Shelf
from dataset_tools.spool import TEXTS, Spool
from dataset_tools.stages.fingerprint import Banding, fingerprint
from dataset_tools.stages.identify import Contents, explain, mismatches
from dataset_tools.stages.language import Languages, foreign
from dataset_tools.stages.lines import line_keys
from dataset_tools.stages.lint import lint, unusual
from dataset_tools.stages.parse import parse
from dataset_tools.stages.read import read
from dataset_tools.stages.same_text import outlines
from dataset_tools.stages.titles import title_keys
from dataset_tools.stages.validate import issues_by_row, validate
from dataset_tools.text import path_bytes, path_text, same_text_key
from dataset_tools.versions import of_everything

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
        ("body_line", pa.int64()),  # of the file, on which the body starts
        ("issues", pa.string()),  # as `encode_issues` writes them; null for none
    ]
)
"""What `prepare` gives, one row for each source: narrow columns, never the texts."""

DIGESTS = pa.schema([("row", pa.int64()), ("sha256", pa.string()), ("stamp", pa.binary())])
"""What `Digests` gives; null where the file could not be read, and for a stamp that does not tell later changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What `prepare` does with each batch.

    A `recipe` is enforced; without one, `first` (not None) says that recipes are looked for, these before all others.
    Without `schema` articles are not checked, without `banding` not fingerprinted, without `text_keys` not given
    the keys that tell same texts, without `languages` they may be in any. Checks of the rules in `ignored` are not run.
    Texts are put into the folder `spool`, in a file named by the number of the first row of the batch; what is
    prepared, onto the `shelf` for runs to come. Without these nothing is kept.
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
    shelf: Shelf | None = None

    def __call__(self, sources: pa.Table) -> pa.Table:
        """Prepare one batch."""
        return prepare(sources, self)

    def bare(self) -> "Plan":
        """A plan to read the same files and do nothing with them."""
        return Plan(root=self.root, file_name=self.file_name, max_file_size=self.max_file_size)

    @property
    def key(self) -> str | None:
        """A digest of all that a row depends on beside path and bytes of its file; None if that cannot be known."""
        if self.schema is not None and self.schema.form == "python":
            return None  # code may look at anything
        values = {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.name not in _PLACES}
        known = json.dumps([values, PREPARED.to_string(), of_everything()], sort_keys=True)
        return hashlib.sha256(known.encode()).hexdigest()


_PLACES = ("root", "spool", "shelf")
"""What of a plan says where things lie, and nothing of what is made."""


def _plain(value: Any) -> object:  # noqa: ANN401  whatever a plan has
    """A value as JSON has it, the same in every process."""
    if isinstance(value, SchemaSource):
        return [value.form, value.sha256, value.where]
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class Digests:
    """A stage that takes `SOURCES` and gives `DIGESTS`: the SHA-256 of each file, and nothing else of it."""

    plan: Plan

    def __call__(self, sources: pa.Table) -> pa.Table:
        """Read one batch."""
        rows = sources["row"].to_pylist()
        files = read(_sources(sources), rows, root=self.plan.root, max_file_size=self.plan.max_file_size)
        return pa.table({"row": rows, "sha256": _sha256(files.data), "stamp": files.stamps}, schema=DIGESTS)


def _sha256(data: Sequence[bytes | None]) -> list[str | None]:
    return [None if one is None else hashlib.sha256(one).hexdigest() for one in data]


def prepare(sources: pa.Table, plan: Plan) -> pa.Table:
    """Turn a batch of `SOURCES` into `PREPARED` rows, one each; a bad file is a row with issues, never an exception."""
    rows = sources["row"].to_pylist()
    files = read(_sources(sources), rows, root=plan.root, max_file_size=plan.max_file_size)
    articles = parse(files, file_name=re.compile(plan.file_name))
    sha256 = _sha256(files.data)
    looked_at = plan.schema is not None
    nothing = [None] * len(rows)
    lines = line_keys(articles.joined if looked_at and not plan.ignored >= {"B002", "W010"} else nothing)
    table = article_table(files, articles, sha256, lines.repeats)
    frame = article_frame(table)
    issues = [*files.issues, *articles.issues]
    in_nfc: frozenset[int] = frozenset()
    if plan.schema is not None:
        issues += validate(frame, schema=plan.schema)
        suspects = unusual(frame, plan.ignored)
        issues += lint(frame, suspects, plan.ignored)
        in_nfc = frozenset(frame["row"].filter(~suspects))
        if plan.languages is not None:
            issues += foreign(frame, plan.languages)
    contents = Contents(files, articles, in_nfc, sha256)
    if plan.recipe is not None:
        issues += mismatches(contents, plan.recipe)
    texts: list[str | None] = []
    if plan.banding is not None or plan.text_keys:
        texts = [None if content is None else content.normal for content in contents.contents]
    prepared = pa.table(
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
            "body_line": articles.body_lines,
            "issues": [encode_issues(some) for some in issues_by_row(issues, rows)],
        },
        schema=PREPARED,
    )
    kept = None if plan.spool is None else table.select(TEXTS.names)
    _keep(prepared, kept, sources["path"], files.stamps, plan)
    return prepared


def _keep(
    prepared: pa.Table, texts: pa.Table | None, paths: pa.ChunkedArray, stamps: Sequence[bytes | None], plan: Plan
) -> None:
    """Put texts into the spool, and all of it onto the shelf; texts are written once if that can be."""
    segment = None
    if plan.shelf is not None:
        known = {"file": paths, "stamp": pa.array(stamps, pa.binary())}
        rows = pa.table({**known, **{name: prepared[name] for name in PREPARED.names if name != "row"}})
        segment = plan.shelf.put(rows, texts)
    if texts is None or plan.spool is None:
        return
    spool, name = Spool(plan.spool), spool_name(prepared["row"][0].as_py())
    if segment is not None:
        try:
            spool.take(name, segment.texts)
        except OSError:  # somebody empties the cache just now
            pass
        else:
            return
    spool.write(name, texts)


def spool_name(first_row: int) -> str:
    """The name in the spool of the texts of the batch that starts at this row."""
    return f"{first_row:012}"


def batches(files: Mapping[int, Source], *, finer: int = 1) -> Iterator[pa.Table]:
    """Cut files, by the number of their row, into tables of about `BATCH_BYTES` of text, or so many times finer."""
    batch: list[tuple[int, Source]] = []
    size = 0
    for row, source in files.items():
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
