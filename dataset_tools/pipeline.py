"""The flow, top to bottom.

    discover -> read -> parse -> identify -> validate -> fingerprint | deduplicate -> package -> report
    └────────────── prepare(), per batch, runs anywhere ───────────┘ └──── sees the whole corpus ────┘

`validate` and `build` are the two ways through it.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa

from dataset_tools import schema
from dataset_tools.config import Settings
from dataset_tools.distinct import deduplicated, distinct, duplicate_warnings, remaining, valid_rows
from dataset_tools.engines.local import LocalEngine, available_cores
from dataset_tools.identification import Identified, prepare_and_identify
from dataset_tools.model import (
    BuiltDataset,
    Corpus,
    Issue,
    Progress,
    RunReport,
    Severity,
    Silent,
    UserError,
    decode_issues,
)
from dataset_tools.parcel import card_facts, card_warnings, parcel_of, split_warnings
from dataset_tools.prepare import PRELOAD, Plan, read_again
from dataset_tools.published import Published, read_published
from dataset_tools.recipes import AUTO, EXTERNAL, parse_recipe
from dataset_tools.report import report_issues
from dataset_tools.rules import RULES, ignored_codes, is_selected, without
from dataset_tools.schema import ArticleSchema
from dataset_tools.spool import Spool
from dataset_tools.stages.discover import discover
from dataset_tools.stages.fingerprint import banding
from dataset_tools.stages.identify import conflicts, published_changes, repeated_indexes
from dataset_tools.stages.language import expected_languages
from dataset_tools.stages.lines import boilerplate
from dataset_tools.stages.package import disk_fault, package, staging
from dataset_tools.stages.titles import shared_titles
from dataset_tools.text import printable, shortened

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
    ignored = ignored_codes(RULES, settings.select, settings.ignore)
    pattern = re.compile(settings.file_name)
    corpora = discover(paths or [settings.raw], raw=settings.raw, include=settings.include, file_name=pattern)
    findings: list[Issue] = []
    decisions = []
    with _engine(settings, corpora) as engine:
        article_schema = schema.load(settings.article_schema)  # while the workers start
        for corpus in corpora:
            before = None
            if published is not None:
                before = read_published(published, needed=True)
            elif corpus.root == settings.raw:
                before = read_published(settings.out)
            with _scratch_folder() as folder:
                spool = Spool(folder) if near else None
                asked = published is not None
                found = _prepared(
                    settings, corpus, article_schema, before, spool, engine, progress, near=near, ask_published=asked
                )
                issues = [*corpus.issues, *_corpus_issues(settings, found, before, accepted=()), *found.notices]
                issues = without(ignored, issues)
                valid = valid_rows(found.rows, issues)
                duplicates = deduplicated(settings, valid, spool, progress, near=near)
            titles = shared_titles(remaining(found.rows, duplicates))
            issues += without(ignored, [*duplicate_warnings(found.rows, duplicates), *titles])
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
        with _engine(settings, [corpus]) as engine:
            found = _prepared(
                settings, corpus, article_schema, before, spool, engine, progress, near=settings.dedup.near
            )
        accepted = _accepted(accept_changed, found.rows)
        issues = [
            *corpus.issues,
            *_corpus_issues(settings, found, before, accepted=accepted),
            *card_warnings(settings),
        ]
        issues, notices = without(ignored, issues), without(ignored, found.notices)
        stopped = _stopped_by_issues(settings, [*issues, *notices], strict=strict)
        dataset = None
        if stopped is None:
            outcome = distinct(settings, article_schema, found.rows, issues, spool, progress)
            titles = shared_titles(remaining(found.rows, outcome.duplicates))
            issues += without(ignored, [*outcome.issues, *split_warnings(settings, outcome.written), *titles])
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


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """A temporary folder; a fault of the disk below it is an error of the user."""
    try:
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as folder:
            yield Path(folder)
    except OSError as error:
        raise disk_fault(error, Path(tempfile.gettempdir())) from error


def _accepted(ids: Iterable[str], rows: pa.Table) -> frozenset[str]:
    known = set(rows["id"].to_pylist())
    for name_id in ids:
        if name_id not in known:
            raise UserError(f"no document has the id {shortened(name_id)}", "correct --accept-changed")
    return frozenset(ids)


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


def _engine(settings: Settings, corpora: Iterable[Corpus]) -> LocalEngine:
    """The engine, its workers about to start if they pay off."""
    size = sum(source.size for corpus in corpora for source in corpus.sources)
    automatic = available_cores() if size >= PARALLEL_BYTES else 1
    return LocalEngine(automatic if settings.jobs == "auto" else settings.jobs, PRELOAD)


def _prepared(
    settings: Settings,
    corpus: Corpus,
    article_schema: ArticleSchema,
    before: Published | None,
    spool: Spool | None,
    engine: LocalEngine,
    progress: Progress,
    *,
    near: bool,
    ask_published: bool = False,
) -> Identified:
    """Run the left half of the flow on every file."""
    ignored = ignored_codes(RULES, settings.select, settings.ignore)
    languages = None
    if "L001" not in ignored:
        selected = is_selected(RULES, "L001", settings.select)
        languages = expected_languages(settings.card.language, selected=selected)
    plan = Plan(
        root=corpus.root.absolute(),
        file_name=settings.file_name,
        max_file_size=settings.max_file_size,
        schema_yaml=article_schema.yaml,
        banding=banding(settings.dedup.threshold) if near else None,
        spool=None if spool is None else spool.folder,
        ignored=ignored,
        languages=languages,
    )
    progress.stage("Checking", len(corpus.sources))
    found = prepare_and_identify(
        corpus,
        plan,
        recipe=settings.recipe,
        published=before,
        ask_published=ask_published,
        include=settings.include,
        engine=engine,
        advance=progress.advance,
    )
    lines = boilerplate(found.rows, partial(read_again, corpus, plan))
    return replace(found, rows=found.rows.drop_columns(["lines"]), issues=[*found.issues, *lines])


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


def _stopped_by_issues(settings: Settings, issues: Sequence[Issue], *, strict: bool) -> str | None:
    """Why nothing is written, or None."""
    errors = [one for one in issues if one.severity is Severity.ERROR]
    invalid = len({one.row for one in errors})
    warnings = len(issues) - len(errors)
    files = f"{invalid:,} file{' has' if invalid == 1 else 's have'} errors"
    if errors and settings.on_invalid == "fail":
        return f"{files}; mend them, or leave them out with --on-invalid quarantine"
    if any(one.code == "I003" for one in errors):
        # Left out now, such an id would be free for other content at the next build.
        return "published ids have other content, which quarantine does not mend"
    if settings.max_invalid is not None and invalid > settings.max_invalid:
        return f"{files}, and max_invalid is {settings.max_invalid:,}"
    if strict and warnings:
        return f"{warnings:,} warning{'' if warnings == 1 else 's'}, and --strict is given"
    return None


def _pin(settings: Settings, found: Identified) -> str | None:
    """The settings line that keeps the recipe as it was found."""
    if settings.recipe != AUTO or found.decision.decided_by == "undecided":
        return None
    return f'recipe = "{found.decision.recipe or EXTERNAL}"'
