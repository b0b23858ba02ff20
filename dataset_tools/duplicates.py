"""What a build would remove as a duplicate, and why, and how two documents differ; nothing is written."""

from dataclasses import replace
from pathlib import Path

from dataset_tools.clusters import clusters
from dataset_tools.corpora import size_of, whole_corpus
from dataset_tools.dedup_report import Candidates, DedupReport, Difference
from dataset_tools.difference import difference
from dataset_tools.distinct import distinct, valid_rows
from dataset_tools.findings import corpus_issues, reason_of_limits, reason_to_stop
from dataset_tools.metadata import read_metadata
from dataset_tools.model import Progress, Silent, UserError
from dataset_tools.prepare import Plan
from dataset_tools.published import read_published
from dataset_tools.recall import estimate_recall
from dataset_tools.running import (
    engine_for,
    preparation,
    prepared,
    read_references,
    scratch_folder,
)
from dataset_tools.settings import Settings
from dataset_tools.spool import Spool
from dataset_tools.stages.fingerprint import banding


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
    metadata = read_metadata(settings, raw or settings.raw)
    policy = settings.rule_policy()
    corpus = whole_corpus(settings, raw or settings.raw, "dedup")
    before = read_published(settings.out) if corpus.root == settings.raw else None
    with scratch_folder() as folder:
        spool = Spool(folder)
        others = read_references(settings, progress, replaced=settings.out)
        with engine_for(settings, size_of([corpus])) as engine:
            found = prepared(
                settings,
                corpus,
                metadata.schema,
                before,
                others,
                preparation(settings, engine, spool),
                progress,
                near=near,
            )
            described = metadata.of(found.rows)
            found = replace(found, rows=described.beside(found.rows))
            of_corpus = [*described.issues, *corpus_issues(found, before, others, spool, accepted=())]
            issues = policy.apply([*corpus.issues, *of_corpus])
            outcome = distinct(settings, metadata.schema, found.rows, issues, others, spool, engine, progress)
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
            candidates=_candidates(settings),
            clusters=clusters(found.rows, outcome.duplicates.removed, spool, corpus.root),
            histogram=outcome.duplicates.histogram if near else (),
            skipped=outcome.duplicates.skipped,
            recall=recall,
            stopped=reason_to_stop(settings, issues, strict=False)
            or reason_of_limits(settings, found.rows, outcome, corpus.root),
        )


def _candidates(settings: Settings) -> Candidates | None:
    """How candidate pairs of near-duplicates are found; None if they are not looked for."""
    if not settings.dedup.near:
        return None
    cut = banding(settings.dedup.threshold)
    return Candidates(bands=cut.bands, rows_per_band=cut.rows, expected_recall=cut.recall(settings.dedup.threshold))


def compare(settings: Settings, first: str, second: str, raw: Path | None = None) -> Difference:
    """Show how two documents, each named by its id or path, differ, and whether they are near; writes nothing.

    Raises:
        UserError: if a folder or the settings are wrong, or a name is not that of exactly one document with a text.
    """
    corpus = whole_corpus(settings, raw or settings.raw, "dedup")
    threshold = settings.dedup.threshold
    with scratch_folder() as folder:
        plan = Plan(
            root=corpus.root.absolute(),
            file_name=settings.file_name,
            max_file_size=settings.max_file_size,
            banding=banding(threshold),
        )
        return difference((first, second), corpus, plan, Spool(folder), threshold)
