"""From checked rows to those that are written: no errors, no duplicates, unique where the schema says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.against import PUBLISHED, Already, PublishedCriterion, Reference
from dataset_tools.columns import METADATA
from dataset_tools.engines import Engine
from dataset_tools.model import Issue, Progress, Severity
from dataset_tools.rules import issue
from dataset_tools.run_report import Counts
from dataset_tools.schema import COLUMNS, ArticleSchema
from dataset_tools.settings import Settings
from dataset_tools.spool import TextStore
from dataset_tools.stages.deduplicate import Criterion, Duplicates, Link, deduplicate, link_here
from dataset_tools.stages.validate import repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is left after deduplication: the rows to write, and where all others went."""

    written: pa.Table
    published: Already
    duplicates: Duplicates
    counts: Counts
    issues: list[Issue]


def distinct(
    settings: Settings,
    article_schema: ArticleSchema,
    rows: pa.Table,
    issues: Sequence[Issue],
    references: Sequence[Reference],
    spool: TextStore,
    engine: Engine,
    progress: Progress,
    link: Link = link_here,
) -> Outcome:
    """Leave out what is published, and remove duplicates.

    Then hold what is left to the `unique` columns of the schema, and start again if they fail.
    """
    policy = settings.rule_policy()
    more: list[Issue] = []
    published = in_references(settings, valid_rows(rows, issues), references, spool)
    while True:
        valid = valid_rows(rows, [*issues, *more])
        new = without(valid, published.rows)
        duplicates = deduplicated(settings, new, spool, engine, progress, near=settings.dedup.near, link=link)
        written = without(new, duplicates.removed)
        found = [one for name in article_schema.unique for one in repeated(name, _values(name, written, spool))]
        more += policy.apply(found)
        if settings.on_invalid == "fail" or valid_rows(written, more).num_rows == written.num_rows:
            break
    return Outcome(
        written=without_bands(written),
        published=published,
        duplicates=duplicates,
        counts=counts_of(rows, valid, published.rows, duplicates.removed),
        issues=more,
    )


def counts_of(rows: pa.Table, valid: pa.Table, published: pa.Table, removed: pa.Table) -> Counts:
    """Where all rows go: those that are not valid, the valid ones that are published or removed, and the others."""
    reasons = removed["reason"].to_pylist()
    return Counts(
        discovered=rows.num_rows,
        invalid=rows.num_rows - valid.num_rows,
        published=published.num_rows,
        **{reason: reasons.count(reason) for reason in ("identical", "same_text", "near")},
        written=valid.num_rows - published.num_rows - removed.num_rows,
    )


def _values(column: str, written: pa.Table, spool: TextStore) -> Iterable[tuple[int, str, str]]:
    """Row number, path and value of one column of the rows to write; nothing if all values differ, as they should."""
    texts = spool.texts(written["row"].to_numpy()) if column in ("title", "body") else written
    values = texts[column if column in COLUMNS else METADATA + column]
    if pc.count_distinct(values).as_py() == len(values) - values.null_count:
        return ()
    return zip(*(part.to_pylist() for part in (written["row"], written["path"], values)), strict=True)


def without_bands(rows: pa.Table) -> pa.Table:
    """The rows without what only the comparison asks for, which is the larger part of them."""
    return rows.drop_columns(["bands"])


def valid_rows(rows: pa.Table, issues: Iterable[Issue]) -> pa.Table:
    """The rows without an error."""
    bad = {one.row for one in issues if one.severity is Severity.ERROR and one.row is not None}
    return _without(rows, pa.array(sorted(bad), pa.int64()))


def without(rows: pa.Table, others: pa.Table) -> pa.Table:
    """The rows whose number is not among others."""
    return _without(rows, others["row"].combine_chunks())


def only(rows: pa.Table, asked: frozenset[int] | None) -> pa.Table:
    """The rows that were asked for, all if `asked` is None."""
    return rows if asked is None else rows.filter(pc.is_in(rows["row"], value_set=pa.array(asked, pa.int64())))


def _without(rows: pa.Table, gone: pa.Array) -> pa.Table:
    return rows.filter(pc.invert(pc.is_in(rows["row"], value_set=gone))) if len(gone) else rows


def in_references(
    settings: Settings, valid: pa.Table, references: Sequence[Reference], spool: TextStore | None
) -> Already:
    """The valid rows that are in a published dataset; the spool is needed if there is one."""
    if not references:
        return Already(PUBLISHED.empty_table(), skipped=0)
    from dataset_tools.against.compare import already_published

    criterion = PublishedCriterion(
        near=settings.dedup.near,
        threshold=settings.dedup.threshold,
        bucket_limit=settings.dedup.bucket_limit,
        keep_numbers=settings.dedup.numbers == "keep",
    )
    return already_published(valid, None if spool is None else spool.texts, references, criterion)


def deduplicated(
    settings: Settings,
    valid: pa.Table,
    spool: TextStore | None,
    engine: Engine,
    progress: Progress,
    *,
    near: bool,
    link: Link = link_here,
) -> Duplicates:
    """The duplicates among valid rows; near ones only if `near`, for which the spool is needed."""
    progress.stage("Comparing", valid.num_rows)
    criterion = Criterion(
        near=near,
        threshold=settings.dedup.threshold,
        policy=settings.dedup.policy,
        bucket_limit=settings.dedup.bucket_limit,
        priority=settings.dedup.priority,
        numbers=settings.dedup.numbers,
    )
    texts = spool.shared() if near and spool is not None else None
    return deduplicate(valid, texts, engine.map_groups, criterion, progress.advance, link)


def duplicate_warnings(rows: pa.Table, duplicates: Duplicates) -> list[Issue]:
    """A warning for each document that a build would remove."""
    paths = rows["path"].to_pylist() if duplicates.removed.num_rows else []
    said = {
        "identical": ("D001", "the same bytes as {kept}"),
        "same_text": ("D002", "the same text as {kept} but for case, white space or Unicode form"),
        "near": ("D003", "nearly the text of {kept}: similarity {similarity:.3f}"),
    }
    warnings = []
    for one in duplicates.removed.to_pylist():
        code, message = said[one["reason"]]
        text = message.format(kept=paths[one["kept_row"]], similarity=one["similarity"])
        warnings.append(issue(code, text, path=paths[one["row"]], row=one["row"], other=one["kept_row"]))
    return warnings
