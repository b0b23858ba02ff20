"""What all ways through the flow begin with: the files, the engine, the datasets to compare with, the prepared rows."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from dataset_tools.against import Reference, references
from dataset_tools.cache import trim
from dataset_tools.engines import Engine
from dataset_tools.engines.local import LocalEngine
from dataset_tools.identification import Identified, numbered, prepare_and_identify
from dataset_tools.model import Corpus, Progress
from dataset_tools.preparation import Preparation, Prepare
from dataset_tools.prepare import Plan
from dataset_tools.processes import available_cores, give_back_freed_memory
from dataset_tools.published import Published
from dataset_tools.schema import ArticleSchema
from dataset_tools.settings import Settings
from dataset_tools.spool import Spool
from dataset_tools.stages.fingerprint import banding
from dataset_tools.stages.language import expected_languages
from dataset_tools.stages.lines import boilerplate
from dataset_tools.staging import disk_fault

PARALLEL_BYTES = 64 << 20
"""A smaller corpus is done before worker processes have started."""

_BODIES = 64
"""So many texts are looked at together for where a line stands."""


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder; a fault of the disk below it is an error of the user."""
    try:
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as folder:
            yield Path(folder)
    except OSError as error:
        raise disk_fault(error, Path(tempfile.gettempdir()), "TMPDIR") from error


def engine_for(settings: Settings, size: int, *, early: bool = True) -> LocalEngine:
    """The engine for so many bytes, its workers about to start if they pay off; only when needed, if not `early`."""
    automatic = available_cores() if size >= PARALLEL_BYTES else 1
    return LocalEngine(automatic if settings.jobs == "auto" else settings.jobs, early=early)


def preparation(settings: Settings, engine: Engine, spool: Spool | None) -> Preparation:
    """What prepares files with this engine, and keeps what it finds where the settings say."""
    return Preparation(engine=engine, cache=settings.cache, rehash=settings.rehash, spool=spool)


def read_references(settings: Settings, progress: Progress, *, replaced: Path | None) -> list[Reference]:
    """The published datasets of the settings, each with its index."""
    if not settings.against:
        return []
    return references(
        settings.against,
        banding(settings.dedup.threshold),
        replaced=replaced,
        cache=settings.cache,
        engine=lambda size: engine_for(settings, size),
        progress=progress,
    )


def prepared(
    settings: Settings,
    corpus: Corpus,
    article_schema: ArticleSchema,
    before: Published | None,
    others: Sequence[Reference],
    prepare: Prepare,
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
        spool=prepare.folder,
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
        prepare=prepare,
        done=partial(_report, progress),
    )
    lines = boilerplate(found.rows, partial(_bodies, corpus, plan, prepare))
    if settings.cache is not None:
        trim(settings.cache, settings.cache_size)
    give_back_freed_memory()
    return replace(found, rows=found.rows.drop_columns(["lines", "body_line"]), issues=[*found.issues, *lines])


def _report(progress: Progress, rows: pa.Table) -> None:
    progress.advance(rows.num_rows, rows.num_rows - rows["issues"].null_count)


def _bodies(corpus: Corpus, plan: Plan, prepare: Prepare, rows: Sequence[int]) -> Iterator[pa.Table]:
    """The bodies of a few documents, in batches, with their paths and the lines that they start on."""
    for start in range(0, len(rows), _BODIES):
        some = rows[start : start + _BODIES]
        with scratch_folder() as folder:
            spool = Spool(folder)
            found = prepare.apart(spool)(numbered(corpus, some), replace(plan.bare(), spool=folder))
            bodies = spool.texts(np.array(some))["body"]
            yield found.select(["row", "path", "body_line"]).append_column("body", bodies)
