"""The flow, top to bottom.

    discover -> read -> parse -> identify -> validate -> fingerprint | deduplicate -> package -> report
    └────────────── prepare(), per batch, runs anywhere ───────────┘ └──── sees the whole corpus ────┘

`validate` and `build` are the two ways through it.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from dataset_tools import schema
from dataset_tools.against import Reference, published_copies, published_warnings, references
from dataset_tools.config import Settings
from dataset_tools.distinct import deduplicated, distinct, duplicate_warnings, in_references, valid_rows, without
from dataset_tools.engines.local import LocalEngine
from dataset_tools.findings import accepted_ids, corpus_issues, reason_to_stop
from dataset_tools.identification import Identified, prepare_and_identify
from dataset_tools.model import (
    BuiltDataset,
    Corpus,
    Issue,
    Progress,
    PublishedCopy,
    RunReport,
    Severity,
    Silent,
    UserError,
)
from dataset_tools.parcel import card_facts, card_warnings, parcel_of, split_warnings
from dataset_tools.prepare import Plan, read_again
from dataset_tools.processes import available_cores
from dataset_tools.published import Published, read_published
from dataset_tools.recipes import AUTO, EXTERNAL
from dataset_tools.report import report_issues, report_path
from dataset_tools.schema import ArticleSchema
from dataset_tools.spool import Spool
from dataset_tools.stages.discover import discover
from dataset_tools.stages.fingerprint import banding
from dataset_tools.stages.language import expected_languages
from dataset_tools.stages.lines import boilerplate
from dataset_tools.stages.package import disk_fault, package, staging
from dataset_tools.stages.titles import shared_titles
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
    contents: Mapping[Path, bytes] | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Check files; writes nothing but the cache.

    With published datasets to compare with, near-duplicates of these are looked for even without `near`, unless the
    settings say that near-duplicates are none.

    Args:
        settings: all settings.
        paths: files and folders; the configured raw folder if these and `contents` are empty.
        near: whether near-duplicates are looked for as well.
        strict: whether a warning is enough for exit code 1.
        published: a dataset that was built from these files; by default the configured one for the configured folder.
        contents: more files, which need not exist, and what to check in place of what they hold.
        progress: is told how far the run is.
    """
    progress = progress or Silent()
    policy = settings.rule_policy()
    corpora = _discovered(settings, paths if paths or contents else [settings.raw], contents)
    findings: list[Issue] = []
    decisions = []
    copies: list[PublishedCopy] = []
    others = _references(settings, progress, replaced=published)
    compared = near or bool(others and settings.dedup.near)
    with _engine(settings, _size(corpora)) as engine:
        article_schema = schema.load(settings.article_schema)  # while the workers start
        for corpus in corpora:
            before = None
            if published is not None:
                before = read_published(published, needed=True)
            elif corpus.root == settings.raw:
                before = read_published(settings.out)
            with _scratch_folder() as folder:
                spool = Spool(folder) if near or others else None
                found = _prepared(
                    settings,
                    corpus,
                    article_schema,
                    before,
                    others,
                    spool,
                    engine,
                    progress,
                    near=compared,
                    ask_published=published is not None,
                )
                of_corpus = corpus_issues(found, before, others, spool, accepted=())
                issues = policy.apply([*corpus.issues, *of_corpus, *found.notices])
                valid = valid_rows(found.rows, issues)
                already = in_references(settings, valid, others, spool)
                duplicates = deduplicated(settings, without(valid, already.rows), spool, progress, near=near)
            issues += policy.apply(published_warnings(found.rows, already.rows))
            copies += published_copies(found.rows, already.rows, partial(report_path, root=corpus.root))
            titles = shared_titles(without(without(found.rows, already.rows), duplicates.removed))
            issues += policy.apply([*duplicate_warnings(found.rows, duplicates), *titles])
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
        against=tuple(one.facts() for one in others),
        published=tuple(copies),
        contents={
            report_path(source.shown, corpus.root): source.content
            for corpus in corpora
            for source in corpus.sources
            if source.content is not None
        },
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
    policy = settings.rule_policy()
    corpus = _corpus_to_build(settings)
    with staging(settings.out, settings.raw) as place:
        before = read_published(settings.out)
        others = _references(settings, progress, replaced=settings.out)
        spool = Spool(place.work)
        with _engine(settings, _size([corpus])) as engine:
            found = _prepared(
                settings, corpus, article_schema, before, others, spool, engine, progress, near=settings.dedup.near
            )
        accepted = accepted_ids(accept_changed, found.rows)
        of_corpus = corpus_issues(found, before, others, spool, accepted=accepted)
        issues = policy.apply([*corpus.issues, *of_corpus, *card_warnings(settings)])
        notices = policy.apply(found.notices)
        stopped = reason_to_stop(settings, [*issues, *notices], strict=strict)
        dataset = None
        copies: list[PublishedCopy] = []
        if stopped is None:
            outcome = distinct(settings, article_schema, found.rows, issues, others, spool, progress)
            copies = published_copies(found.rows, outcome.published.rows, partial(report_path, root=corpus.root))
            titles = shared_titles(without(without(found.rows, outcome.published.rows), outcome.duplicates.removed))
            issues += policy.apply([*outcome.issues, *split_warnings(settings, outcome.written), *titles])
            stopped = reason_to_stop(settings, [*issues, *notices], strict=strict)
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
                published=outcome.published,
                references=others,
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
        against=tuple(one.facts() for one in others),
        published=tuple(copies),
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


def _corpus_to_build(settings: Settings) -> Corpus:
    raw = printable(str(settings.raw))
    if not settings.raw.is_dir():
        what = "is not a folder" if settings.raw.exists() else "does not exist"
        raise UserError(f"{raw} {what}", "name the folder of the corpus: dataset-tools build FOLDER")
    (corpus,) = _discovered(settings, [settings.raw])
    if not corpus.sources:
        message = next((one.message for one in corpus.issues if one.code == "F012"), f"no article found in {raw}")
        raise UserError(message, "name the folder that holds the articles, or set include in the settings")
    return corpus


def _discovered(
    settings: Settings, paths: Sequence[Path], contents: Mapping[Path, bytes] | None = None
) -> list[Corpus]:
    pattern = re.compile(settings.file_name)
    return discover(paths, raw=settings.raw, include=settings.include, file_name=pattern, contents=contents)


def _size(corpora: Iterable[Corpus]) -> int:
    return sum(source.size for corpus in corpora for source in corpus.sources)


def _engine(settings: Settings, size: int) -> LocalEngine:
    """The engine for so many bytes, its workers about to start if they pay off."""
    automatic = available_cores() if size >= PARALLEL_BYTES else 1
    return LocalEngine(automatic if settings.jobs == "auto" else settings.jobs)


def _references(settings: Settings, progress: Progress, *, replaced: Path | None) -> list[Reference]:
    """The published datasets of the settings, each with its index."""
    if not settings.against:
        return []
    return references(
        settings.against,
        banding(settings.dedup.threshold),
        replaced=replaced,
        cache=settings.cache,
        engine=lambda size: _engine(settings, size),
        progress=progress,
    )


def _prepared(
    settings: Settings,
    corpus: Corpus,
    article_schema: ArticleSchema,
    before: Published | None,
    others: Sequence[Reference],
    spool: Spool | None,
    engine: LocalEngine,
    progress: Progress,
    *,
    near: bool,
    ask_published: bool = False,
) -> Identified:
    """Run the left half of the flow on every file."""
    policy = settings.rule_policy()
    languages = None
    if "L001" not in policy.off:
        languages = expected_languages(settings.card.language, selected="L001" in policy.named)
    plan = Plan(
        root=corpus.root.absolute(),
        file_name=settings.file_name,
        max_file_size=settings.max_file_size,
        schema=article_schema.source,
        banding=banding(settings.dedup.threshold) if near else None,
        spool=None if spool is None else spool.folder,
        ignored=policy.off,
        languages=languages,
    )
    progress.stage("Checking", len(corpus.sources))
    found = prepare_and_identify(
        corpus,
        plan,
        recipe=settings.recipe,
        published=before,
        ask_published=ask_published,
        references=others,
        include=settings.include,
        engine=engine,
        advance=progress.advance,
    )
    lines = boilerplate(found.rows, partial(read_again, corpus, plan))
    return replace(found, rows=found.rows.drop_columns(["lines"]), issues=[*found.issues, *lines])


def _pin(settings: Settings, found: Identified) -> str | None:
    """The settings line that keeps the recipe as it was found."""
    if settings.recipe != AUTO or found.decision.decided_by == "undecided":
        return None
    return f'recipe = "{found.decision.recipe or EXTERNAL}"'
