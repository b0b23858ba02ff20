"""The flow, top to bottom.

    discover -> read -> parse -> identify -> validate -> fingerprint | deduplicate -> package -> report
    └────────────── prepare(), per batch, runs anywhere ───────────┘ └──── sees the whole corpus ────┘

`validate` and `build` are the two ways through it; `duplicates` goes as far as deduplicate, and shows what it decides.
"""

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial, reduce
from pathlib import Path

import pyarrow as pa

from dataset_tools.against import published_copies, published_warnings
from dataset_tools.cache import has
from dataset_tools.corpora import size_of
from dataset_tools.distinct import (
    counts_of,
    deduplicated,
    distinct,
    duplicate_warnings,
    in_references,
    only,
    valid_rows,
    without,
    without_bands,
)
from dataset_tools.findings import accepted_ids, corpus_issues, reason_of_limits, reason_to_stop
from dataset_tools.identification import Identified
from dataset_tools.metadata import read_metadata
from dataset_tools.model import Corpus, Issue, Progress, Severity, Silent, involving
from dataset_tools.neighbours import neighbours
from dataset_tools.processes import give_back_freed_memory
from dataset_tools.published import read_published
from dataset_tools.recipes import AUTO, EXTERNAL
from dataset_tools.report import report_issues, report_path
from dataset_tools.run_report import BuiltDataset, MetadataFacts, PublishedCopy, RunReport
from dataset_tools.running import (
    engine_for,
    preparation,
    prepared,
    read_references,
    scratch_folder,
)
from dataset_tools.settings import Settings
from dataset_tools.spool import Spool
from dataset_tools.stages.titles import TITLE_COLUMNS, shared_titles
from dataset_tools.staging import staging


def validate(
    settings: Settings,
    corpora: Sequence[Corpus],
    *,
    near: bool,
    strict: bool,
    published: Path | None,
    progress: Progress,
) -> RunReport:
    """Check the files of corpora as `dataset_tools.validation.validate` says, whose arguments these are.

    Where only some files of a folder are given, they are checked as part of it: the others are in the cache, as a rule,
    and what is said is what a check of the whole folder says, as far as it involves a given file.

    With published datasets to compare with, near-duplicates of these are looked for even without `near`, unless the
    settings say that near-duplicates are none.

    Raises:
        UserError: if the settings or the schema is wrong.
    """
    policy = settings.rule_policy()
    contents = {
        report_path(source.shown, corpus.root): source.content
        for corpus in corpora
        for source in corpus.named
        if source.content is not None
    }
    findings: list[Issue] = []
    decisions = []
    copies: list[PublishedCopy] = []
    others = read_references(settings, progress, replaced=published)
    compared = near or bool(others and settings.dedup.near)
    facts: list[MetadataFacts] = []
    counts = None
    # Of what is beside given files, or was checked before, most is in the cache.
    early = any(corpus.whole for corpus in corpora) and not has(settings.cache, "report")
    with engine_for(settings, size_of(corpora), early=early) as engine:
        for corpus in corpora:
            metadata = read_metadata(settings, corpus.root)  # while the workers start
            before = None
            if published is not None:
                before = read_published(published, needed=True)
            elif corpus.root == settings.raw:
                before = read_published(settings.out)
            with scratch_folder() as folder:
                spool = Spool(folder) if near or others else None
                found = prepared(
                    settings,
                    corpus,
                    metadata.schema,
                    before,
                    others,
                    preparation(settings, engine, spool),
                    progress,
                    near=compared,
                    ask_published=published is not None,
                )
                described = metadata.of(found.rows, corpus.asked)
                rows = neighbours(found.rows, corpus.asked)
                of_corpus = corpus_issues(found, before, others, spool, accepted=(), compared=rows)
                issues = policy.apply([*corpus.issues, *described.issues, *of_corpus, *found.notices])
                valid = valid_rows(rows, issues)
                already = in_references(settings, valid, others, spool)
                duplicates = deduplicated(settings, without(valid, already.rows), spool, engine, progress, near=near)
            if corpus.whole and len(corpora) == 1 and not contents:
                counts = counts_of(found.rows, valid, already.rows, duplicates.removed)
            issues += policy.apply(published_warnings(found.rows, already.rows))
            titles = _shared_titles(rows, already.rows, duplicates.removed)
            issues += policy.apply([*duplicate_warnings(found.rows, duplicates), *titles])
            issues = involving(issues, corpus.asked)
            mine = only(already.rows, corpus.asked)
            copies += published_copies(found.rows, mine, partial(report_path, root=corpus.root))
            decisions.append(found.decision)
            facts += [described.facts] if described.facts is not None else []
            findings += report_issues(issues, corpus.root)
    errors = any(one.severity is Severity.ERROR for one in findings)
    return RunReport(
        command="validate",
        checked=sum(len(corpus.named) for corpus in corpora),
        ignored=sum(corpus.ignored for corpus in corpora),
        issues=tuple(findings),
        ids=tuple(decisions),
        exit_code=int(errors or (strict and bool(findings))),
        against=tuple(one.facts() for one in others),
        published=tuple(copies),
        metadata=tuple(facts),
        counts=counts,
        contents=contents,
    )


def build(
    settings: Settings,
    *,
    strict: bool = False,
    accept_changed: Iterable[str] = (),
    progress: Progress | None = None,
    into: Path | None = None,
) -> RunReport:
    """Validate, deduplicate and package `settings.raw` into `settings.out`, which changes as a whole or not at all.

    Args:
        settings: all settings.
        strict: whether a warning is enough to stop the build.
        accept_changed: ids that may have other content than in the dataset that is replaced.
        progress: is told how far the run is.
        into: the folder that is written in place of `settings.out`, which is asked what was published all the same.

    Raises:
        UserError: if a folder, the settings or the schema is wrong, or no article was found.
    """
    # Imported here, since a check of a few files would take longer with it.
    from dataset_tools.building import corpus_to_build, means, metadata_to_build
    from dataset_tools.parcel import (
        card_facts,
        card_warnings,
        check_columns,
        document_splits,
        parcel_of,
        split_warnings,
    )
    from dataset_tools.stages.package import package

    progress = progress or Silent()
    metadata = metadata_to_build(settings)
    check_columns(settings, metadata.columns)
    card = card_facts(settings)
    policy = settings.rule_policy()
    corpus = corpus_to_build(settings)
    with staging(into or settings.out, settings.raw) as place, ExitStack() as stack:
        before = read_published(settings.out)
        others = read_references(settings, progress, replaced=settings.out)
        use = stack.enter_context(means(settings, corpus, place.work))
        found = prepared(
            settings, corpus, metadata.schema, before, others, use.prepare, progress, near=settings.dedup.near
        )
        described = metadata.of(found.rows)
        found = replace(found, rows=described.beside(found.rows))
        accepted = accepted_ids(accept_changed, found.rows)
        of_corpus = [*described.issues, *corpus_issues(found, before, others, use.spool, accepted=accepted)]
        issues = policy.apply([*corpus.issues, *of_corpus, *card_warnings(settings)])
        notices = policy.apply(found.notices)
        stopped = reason_to_stop(settings, [*issues, *notices], strict=strict)
        if stopped is None:
            outcome = distinct(
                settings, metadata.schema, found.rows, issues, others, use.spool, use.engine, progress, use.link
            )
        use.release()
        dataset = None
        copies: list[PublishedCopy] = []
        if stopped is None:
            copies = published_copies(found.rows, outcome.published.rows, partial(report_path, root=corpus.root))
            titles = _shared_titles(found.rows, outcome.published.rows, outcome.duplicates.removed)
            splits = document_splits(settings, outcome.written)
            issues += policy.apply([*outcome.issues, *split_warnings(settings, splits, outcome.duplicates), *titles])
            stopped = reason_to_stop(settings, [*issues, *notices], strict=strict)
            stopped = stopped or reason_of_limits(settings, found.rows, outcome, corpus.root)
            if stopped is None and not outcome.written.num_rows:
                stopped = "no document is left to write"
        if stopped is None:
            progress.stage("Writing", outcome.written.num_rows)
            found = replace(found, rows=without_bands(found.rows))
            give_back_freed_memory()
            parcel = parcel_of(
                settings,
                metadata.schema,
                card,
                rows=found.rows,
                write_rows=use.write_rows(progress),
                written=outcome.written,
                splits=splits,
                metadata=described,
                published=outcome.published,
                references=others,
                duplicates=outcome.duplicates,
                issues=issues,
                counts=outcome.counts,
                ids=found.decision,
            )
            written, content_sha256 = package(parcel, place.new)
            place.publish()
            dataset = BuiltDataset(
                out=settings.out,
                counts=outcome.counts,
                splits={split.name: split.rows for split in written},
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
        metadata=() if described.facts is None else (described.facts,),
        dataset=dataset,
        stopped=stopped,
    )


def _shared_titles(rows: pa.Table, *gone: pa.Table) -> list[Issue]:
    """What is said of titles, duplicates being left out."""
    return shared_titles(reduce(without, gone, rows.select(TITLE_COLUMNS)))


def _pin(settings: Settings, found: Identified) -> str | None:
    """The settings line that keeps the recipe as it was found."""
    if settings.recipe != AUTO or found.decision.decided_by == "undecided":
        return None
    return f'recipe = "{found.decision.recipe or EXTERNAL}"'
