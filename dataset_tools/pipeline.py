"""The flow, top to bottom.

    discover -> read -> parse -> identify -> validate -> fingerprint | deduplicate -> package -> report
    └────────────── prepare(), per batch, runs anywhere ───────────┘ └──── sees the whole corpus ────┘

`validate` and `build` are the two ways through it.
"""

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools import schema
from dataset_tools.config import Settings
from dataset_tools.engines.local import LocalEngine, available_cores
from dataset_tools.identification import Identified, prepare_and_identify
from dataset_tools.model import (
    BuiltDataset,
    Corpus,
    Counts,
    Issue,
    Progress,
    RunReport,
    Severity,
    Silent,
    UserError,
    decode_issues,
)
from dataset_tools.parcel import card_facts, card_warnings, parcel_of, split_warnings
from dataset_tools.prepare import Plan
from dataset_tools.published import Published, read_published
from dataset_tools.recipes import AUTO, EXTERNAL, parse_recipe
from dataset_tools.report import report_issues
from dataset_tools.rules import RULES, ignored_codes, issue, without
from dataset_tools.schema import ArticleSchema
from dataset_tools.spool import Spool
from dataset_tools.stages.deduplicate import Criterion, Duplicates, deduplicate
from dataset_tools.stages.discover import discover
from dataset_tools.stages.fingerprint import banding
from dataset_tools.stages.identify import conflicts, published_changes, repeated_indexes
from dataset_tools.stages.package import package, staging
from dataset_tools.stages.validate import repeated
from dataset_tools.text import printable

PARALLEL_BYTES = 64 << 20
"""A smaller corpus is done before worker processes have started."""


def validate(
    settings: Settings,
    paths: Sequence[Path],
    *,
    near: bool = False,
    strict: bool = False,
    published: Path | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Check files; writes nothing.

    Args:
        settings: all settings.
        paths: files and folders; the configured raw folder if empty.
        near: whether near-duplicates are looked for as well.
        strict: whether a warning is enough for exit code 1.
        published: a dataset that was built from these files; by default the configured one for the configured folder.
        progress: is told how far the run is.
    """
    progress = progress or Silent()
    article_schema = schema.load(settings.article_schema)
    pattern = re.compile(settings.file_name)
    corpora = discover(paths or [settings.raw], raw=settings.raw, include=settings.include, file_name=pattern)
    ignored = ignored_codes(RULES, settings.select, settings.ignore)
    findings: list[Issue] = []
    decisions = []
    for corpus in corpora:
        own = published is None and corpus.root == settings.raw
        before = read_published(settings.out if own else published)
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as folder:
            spool = Spool(Path(folder)) if near else None
            asked = published is not None
            found = _prepared(settings, corpus, article_schema, before, spool, progress, near=near, ask_published=asked)
            issues = [*corpus.issues, *_corpus_issues(settings, found, before, accepted=()), *found.notices]
            issues = without(ignored, issues)
            valid = _valid(found.rows, issues)
            duplicates = _deduplicated(settings, valid, spool, progress, near=near)
        issues += without(ignored, _duplicate_warnings(found.rows, duplicates))
        decisions.append(found.decision)
        findings += report_issues(issues, corpus.root)
    errors = any(one.severity is Severity.ERROR for one in findings)
    return RunReport(
        command="validate",
        checked=sum(len(corpus.sources) for corpus in corpora),
        ignored=sum(corpus.ignored for corpus in corpora),
        issues=tuple(findings),
        ids=tuple(decisions),
        exit_code=int(errors or (strict and bool(findings))),
    )


def build(
    settings: Settings,
    *,
    strict: bool = False,
    accept_changed: Iterable[str] = (),
    progress: Progress | None = None,
) -> RunReport:
    """Validate, deduplicate and package `settings.raw` into `settings.out`, which changes as a whole or not at all.

    Args:
        settings: all settings.
        strict: whether a warning is enough to stop the build.
        accept_changed: ids that may have other content than in the dataset that is replaced.
        progress: is told how far the run is.

    Raises:
        UserError: if a folder, the settings or the schema is wrong, or no article was found.
    """
    progress = progress or Silent()
    article_schema = schema.load(settings.article_schema)
    card = card_facts(settings)
    ignored = ignored_codes(RULES, settings.select, settings.ignore)
    corpus = _corpus_to_build(settings)
    with staging(settings.out, settings.raw) as place:
        before = read_published(settings.out)
        spool = Spool(place.work)
        found = _prepared(settings, corpus, article_schema, before, spool, progress, near=settings.dedup.near)
        issues = [
            *corpus.issues,
            *_corpus_issues(settings, found, before, accepted=accept_changed),
            *card_warnings(settings),
        ]
        issues, notices = without(ignored, issues), without(ignored, found.notices)
        stopped = _stopped_by_issues(settings, [*issues, *notices], strict=strict)
        dataset = None
        if stopped is None:
            outcome = _distinct(settings, article_schema, found.rows, issues, spool, progress)
            issues += without(ignored, [*outcome.issues, *split_warnings(settings, outcome.written)])
            stopped = _stopped_by_issues(settings, [*issues, *notices], strict=strict)
            if stopped is None and not outcome.written.num_rows:
                stopped = "no document is left to write"
        if stopped is None:
            progress.stage("Writing", outcome.written.num_rows)
            parcel = parcel_of(
                settings,
                article_schema,
                card,
                rows=found.rows,
                texts=spool.batches(),
                written=outcome.written,
                duplicates=outcome.duplicates,
                issues=issues,
                counts=outcome.counts,
                ids=found.decision,
            )
            splits, content_sha256 = package(parcel, place.new)
            place.publish()
            progress.advance(outcome.written.num_rows)
            dataset = BuiltDataset(
                out=settings.out,
                counts=outcome.counts,
                splits={split.name: split.rows for split in splits},
                content_sha256=content_sha256,
                pin=_pin(settings, found) if before is None else None,
            )
    return RunReport(
        command="build",
        checked=len(corpus.sources),
        ignored=corpus.ignored,
        issues=tuple(report_issues([*issues, *notices], corpus.root)),
        ids=(found.decision,),
        exit_code=int(stopped is not None),
        threshold=settings.dedup.threshold if settings.dedup.near else None,
        dataset=dataset,
        stopped=stopped,
    )


def _corpus_to_build(settings: Settings) -> Corpus:
    raw = printable(str(settings.raw))
    if not settings.raw.is_dir():
        what = "is not a folder" if settings.raw.exists() else "does not exist"
        raise UserError(f"{raw} {what}", "name the folder of the corpus: dataset-tools build FOLDER")
    pattern = re.compile(settings.file_name)
    (corpus,) = discover([settings.raw], raw=settings.raw, include=settings.include, file_name=pattern)
    if not corpus.sources:
        message = next((one.message for one in corpus.issues if one.code == "F012"), f"no article found in {raw}")
        raise UserError(message, "name the folder that holds the articles, or set include in the settings")
    return corpus


def _prepared(
    settings: Settings,
    corpus: Corpus,
    article_schema: ArticleSchema,
    before: Published | None,
    spool: Spool | None,
    progress: Progress,
    *,
    near: bool,
    ask_published: bool = False,
) -> Identified:
    """Run the left half of the flow on every file."""
    plan = Plan(
        root=corpus.root.absolute(),
        file_name=settings.file_name,
        max_file_size=settings.max_file_size,
        schema_yaml=article_schema.yaml,
        banding=banding(settings.dedup.threshold) if near else None,
        spool=None if spool is None else spool.folder,
        ignored=ignored_codes(RULES, settings.select, settings.ignore),
    )
    size = sum(source.size for source in corpus.sources)
    automatic = available_cores() if size >= PARALLEL_BYTES else 1
    progress.stage("Checking", len(corpus.sources))
    return prepare_and_identify(
        corpus,
        plan,
        recipe=settings.recipe,
        published=before,
        ask_published=ask_published,
        include=settings.include,
        engine=LocalEngine(automatic if settings.jobs == "auto" else settings.jobs),
        advance=progress.advance,
    )


def _corpus_issues(
    settings: Settings, found: Identified, before: Published | None, *, accepted: Iterable[str]
) -> list[Issue]:
    """All issues so far: of each file, and those that only several files together show."""
    issues = [*decode_issues(found.rows["issues"].to_pylist()), *found.issues, *conflicts(found.rows)]
    issues += repeated_indexes(found.rows, re.compile(settings.file_name))
    recipe = None if found.decision.recipe is None else parse_recipe(found.decision.recipe)
    if before is not None and (recipe is None or not recipe.binds_content):
        issues += published_changes(found.rows, before.documents(), frozenset(accepted))
    return issues


def _valid(rows: pa.Table, issues: Iterable[Issue]) -> pa.Table:
    """The rows without an error."""
    bad = {one.row for one in issues if one.severity is Severity.ERROR and one.row is not None}
    return rows.filter(pc.invert(pc.is_in(rows["row"], value_set=pa.array(sorted(bad), pa.int64()))))


def _deduplicated(
    settings: Settings, valid: pa.Table, spool: Spool | None, progress: Progress, *, near: bool
) -> Duplicates:
    progress.stage("Comparing", valid.num_rows)
    criterion = Criterion(
        near=near,
        threshold=settings.dedup.threshold,
        policy=settings.dedup.policy,
        bucket_limit=settings.dedup.bucket_limit,
    )
    duplicates = deduplicate(valid, None if spool is None else spool.texts, criterion, LocalEngine())
    progress.advance(valid.num_rows)
    return duplicates


def _duplicate_warnings(rows: pa.Table, duplicates: Duplicates) -> list[Issue]:
    paths = rows["path"].to_pylist()
    said = {
        "identical": ("D001", "the same bytes as {kept}"),
        "same_text": ("D002", "the same text as {kept} but for case, white space or Unicode form"),
        "near": ("D003", "nearly the text of {kept}: similarity {similarity:.3f}"),
    }
    warnings = []
    for one in duplicates.removed.to_pylist():
        code, message = said[one["reason"]]
        text = message.format(kept=paths[one["kept_row"]], similarity=one["similarity"])
        warnings.append(issue(code, text, path=paths[one["row"]], row=one["row"]))
    return warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What is left after deduplication: the rows to write, and where all others went."""

    written: pa.Table
    duplicates: Duplicates
    counts: Counts
    issues: list[Issue]


def _distinct(
    settings: Settings,
    article_schema: ArticleSchema,
    rows: pa.Table,
    issues: Sequence[Issue],
    spool: Spool,
    progress: Progress,
) -> _Outcome:
    """Remove duplicates; then hold what is left to the `unique` columns of the schema, and start again if they fail."""
    more: list[Issue] = []
    while True:
        valid = _valid(rows, [*issues, *more])
        duplicates = _deduplicated(settings, valid, spool, progress, near=settings.dedup.near)
        removed = duplicates.removed["row"].combine_chunks()
        written = valid.filter(pc.invert(pc.is_in(valid["row"], value_set=removed)))
        found = [one for name in article_schema.unique for one in repeated(name, _values(name, written, spool))]
        more += found
        if not found or settings.on_invalid == "fail":
            break
    reasons = duplicates.removed["reason"].to_pylist()
    counts = Counts(
        discovered=rows.num_rows,
        invalid=rows.num_rows - valid.num_rows,
        **{reason: reasons.count(reason) for reason in ("identical", "same_text", "near")},
        written=written.num_rows,
    )
    return _Outcome(written=written, duplicates=duplicates, counts=counts, issues=more)


def _values(column: str, written: pa.Table, spool: Spool) -> Iterable[tuple[int, str, str]]:
    """Row number, path and value of one column of the rows to write."""
    texts = spool.texts(written["row"].to_numpy()) if column in ("title", "body") else written
    return zip(*(part.to_pylist() for part in (written["row"], written["path"], texts[column])), strict=True)


def _stopped_by_issues(settings: Settings, issues: Sequence[Issue], *, strict: bool) -> str | None:
    """Why nothing is written, or None."""
    errors = [one for one in issues if one.severity is Severity.ERROR]
    invalid = len({one.row for one in errors if one.row is not None})
    if any(one.row is None for one in errors):
        return "the corpus as a whole has an error"
    if errors and settings.on_invalid == "fail":
        return f"{invalid:,} files have errors; mend them, or leave them out with --on-invalid quarantine"
    if settings.max_invalid is not None and invalid > settings.max_invalid:
        return f"{invalid:,} files have errors, and max_invalid is {settings.max_invalid:,}"
    if strict and len(errors) < len(issues):
        return f"{len(issues) - len(errors):,} warnings, and --strict is given"
    return None


def _pin(settings: Settings, found: Identified) -> str | None:
    """The settings line that keeps the recipe as it was found."""
    if settings.recipe != AUTO or found.decision.decided_by == "undecided":
        return None
    return f'recipe = "{found.decision.recipe or EXTERNAL}"'
