"""The flow, top to bottom.

    discover -> read -> parse -> identify -> validate -> fingerprint | deduplicate -> package -> report
    └────────────── prepare(), per batch, runs anywhere ───────────┘ └──── sees the whole corpus ────┘

`validate` and `build` are the two ways through it; `dedup` goes as far as deduplicate, and shows what it decides.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dataset_tools import schema
from dataset_tools.clusters import clusters
from dataset_tools.config import Settings
from dataset_tools.dedup_report import DedupReport, Difference
from dataset_tools.difference import difference
from dataset_tools.distinct import candidates, deduplicated, distinct, duplicate_warnings, valid_rows
from dataset_tools.engines.local import LocalEngine, start_server
from dataset_tools.findings import accepted_ids, corpus_issues, reason_of_limits, reason_to_stop
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
)
from dataset_tools.parcel import card_facts, card_warnings, parcel_of, split_warnings
from dataset_tools.prepare import PRELOAD, Plan
from dataset_tools.processes import available_cores
from dataset_tools.published import Published, read_published
from dataset_tools.recall import estimate_recall
from dataset_tools.recipes import AUTO, EXTERNAL
from dataset_tools.report import report_issues, report_path
from dataset_tools.schema import ArticleSchema
from dataset_tools.spool import Spool
from dataset_tools.stages.discover import discover
from dataset_tools.stages.fingerprint import banding
from dataset_tools.stages.package import disk_fault, package, staging
from dataset_tools.text import printable

PARALLEL_BYTES = 64 << 20
"""A smaller corpus is done before worker processes have started."""

LARGE_FOLDER = 1 << 20
"""A folder that takes so many bytes itself holds some twenty thousand names."""


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
    """Check files; writes nothing.

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
                of_corpus = corpus_issues(found, before, accepted=())
                issues = policy.apply([*corpus.issues, *of_corpus, *found.notices])
                valid = valid_rows(found.rows, issues)
                duplicates = deduplicated(settings, valid, spool, progress, near=near)
            issues += policy.apply(duplicate_warnings(found.rows, duplicates))
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
    corpus = _whole_corpus(settings, settings.raw, "build")
    with staging(settings.out, settings.raw) as place:
        before = read_published(settings.out)
        spool = Spool(place.work)
        with _engine(settings, [corpus]) as engine:
            found = _prepared(
                settings, corpus, article_schema, before, spool, engine, progress, near=settings.dedup.near
            )
        accepted = accepted_ids(accept_changed, found.rows)
        of_corpus = corpus_issues(found, before, accepted=accepted)
        issues = policy.apply([*corpus.issues, *of_corpus, *card_warnings(settings)])
        notices = policy.apply(found.notices)
        stopped = reason_to_stop(settings, [*issues, *notices], strict=strict)
        dataset = None
        if stopped is None:
            outcome = distinct(settings, article_schema, found.rows, issues, spool, progress)
            issues += policy.apply([*outcome.issues, *split_warnings(settings, outcome.written, outcome.duplicates)])
            stopped = reason_to_stop(settings, [*issues, *notices], strict=strict)
            stopped = stopped or reason_of_limits(settings, found.rows, outcome, corpus.root)
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


def dedup(
    settings: Settings, raw: Path | None = None, *, sample: int | None = None, progress: Progress | None = None
) -> DedupReport:
    """Show what `build` would remove as a duplicate, and why; writes nothing.

    Args:
        settings: all settings.
        raw: the folder of the corpus, by default that of the settings.
        sample: of so many documents, find all near-duplicates by the definition alone, to estimate the recall.
        progress: is told how far the run is.

    Raises:
        UserError: if a folder, the settings or the schema is wrong, or no article was found.
    """
    progress = progress or Silent()
    near = settings.dedup.near
    if sample is not None and not near:
        raise UserError("recall is about near-duplicates, which near = false does not look for", "set near = true")
    article_schema = schema.load(settings.article_schema)
    policy = settings.rule_policy()
    corpus = _whole_corpus(settings, raw or settings.raw, "dedup")
    before = read_published(settings.out) if corpus.root == settings.raw else None
    with _scratch_folder() as folder:
        spool = Spool(folder)
        with _engine(settings, [corpus]) as engine:
            found = _prepared(settings, corpus, article_schema, before, spool, engine, progress, near=near)
        issues = policy.apply([*corpus.issues, *corpus_issues(found, before, accepted=())])
        outcome = distinct(settings, article_schema, found.rows, issues, spool, progress)
        issues += policy.apply(outcome.issues)
        recall = None
        if sample is not None:
            valid = valid_rows(found.rows, issues)
            recall = estimate_recall(valid, spool, settings.dedup.threshold, sample, corpus.root, progress)
        return DedupReport(
            checked=len(corpus.sources),
            ignored=corpus.ignored,
            counts=outcome.counts,
            policy=settings.dedup.policy,
            numbers=settings.dedup.numbers,
            threshold=settings.dedup.threshold if near else None,
            candidates=candidates(settings),
            clusters=clusters(found.rows, outcome.duplicates.removed, spool, corpus.root),
            histogram=outcome.duplicates.histogram if near else (),
            skipped=outcome.duplicates.skipped,
            recall=recall,
            stopped=reason_to_stop(settings, issues, strict=False)
            or reason_of_limits(settings, found.rows, outcome, corpus.root),
        )


def compare(settings: Settings, first: str, second: str, raw: Path | None = None) -> Difference:
    """Show how two documents, each named by its id or path, differ, and whether they are near; writes nothing.

    Raises:
        UserError: if a folder or the settings are wrong, or a name is not that of exactly one document with a text.
    """
    corpus = _whole_corpus(settings, raw or settings.raw, "dedup")
    threshold = settings.dedup.threshold
    with _scratch_folder() as folder:
        plan = Plan(
            root=corpus.root.absolute(),
            file_name=settings.file_name,
            max_file_size=settings.max_file_size,
            banding=banding(threshold),
        )
        return difference((first, second), corpus, plan, Spool(folder), threshold)


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """A temporary folder; a fault of the disk below it is an error of the user."""
    try:
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as folder:
            yield Path(folder)
    except OSError as error:
        raise disk_fault(error, Path(tempfile.gettempdir())) from error


def _whole_corpus(settings: Settings, root: Path, command: str) -> Corpus:
    raw = printable(str(root))
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "does not exist"
        raise UserError(f"{raw} {what}", f"name the folder of the corpus: dataset-tools {command} FOLDER")
    (corpus,) = _discovered(settings, [root])
    if not corpus.sources:
        message = next((one.message for one in corpus.issues if one.code == "F012"), f"no article found in {raw}")
        raise UserError(message, "name the folder that holds the articles, or set include in the settings")
    return corpus


def _discovered(
    settings: Settings, paths: Sequence[Path], contents: Mapping[Path, bytes] | None = None
) -> list[Corpus]:
    """The corpora that paths name; for a folder that must be large, workers begin to start meanwhile."""
    large = any(path.is_dir() and path.stat().st_size >= LARGE_FOLDER for path in paths)
    if settings.jobs != 1 and large and available_cores() > 1:
        start_server(PRELOAD)
    pattern = re.compile(settings.file_name)
    return discover(paths, raw=settings.raw, include=settings.include, file_name=pattern, contents=contents)


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
    plan = Plan(
        root=corpus.root.absolute(),
        file_name=settings.file_name,
        max_file_size=settings.max_file_size,
        schema_yaml=article_schema.yaml,
        banding=banding(settings.dedup.threshold) if near else None,
        spool=None if spool is None else spool.folder,
        ignored=settings.rule_policy().off,
    )
    progress.stage("Checking", len(corpus.sources))
    return prepare_and_identify(
        corpus,
        plan,
        recipe=settings.recipe,
        published=before,
        ask_published=ask_published,
        include=settings.include,
        engine=engine,
        advance=progress.advance,
    )


def _pin(settings: Settings, found: Identified) -> str | None:
    """The settings line that keeps the recipe as it was found."""
    if settings.recipe != AUTO or found.decision.decided_by == "undecided":
        return None
    return f'recipe = "{found.decision.recipe or EXTERNAL}"'
