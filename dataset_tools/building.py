"""What a build works with, on one machine or on a cluster: corpus and metadata, the engine, what writes rows."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.cache import has
from dataset_tools.corpora import size_of, whole_corpus
from dataset_tools.engines import Engine
from dataset_tools.metadata import Metadata, read_metadata
from dataset_tools.model import Corpus, Progress
from dataset_tools.preparation import Prepare
from dataset_tools.processes import import_aside
from dataset_tools.running import engine_for, preparation, scratch_folder
from dataset_tools.settings import Settings
from dataset_tools.spool import Spool, TextStore
from dataset_tools.stages.deduplicate import Link, link_here
from dataset_tools.stages.package import Earlier, InOrder, Texts, WriteRows

if TYPE_CHECKING:
    from dataset_tools.cluster.source import RemoteCorpus


def remote_corpus(settings: Settings) -> "RemoteCorpus | None":
    """The corpus that the settings name by a URL, if they do."""
    if settings.engine.source is None:
        return None
    from dataset_tools.cluster.source import RemoteCorpus

    return RemoteCorpus(settings.engine.source, settings.max_file_size)


def metadata_to_build(settings: Settings) -> Metadata:
    """The metadata beside the corpus of the settings, and the schema.

    Raises:
        UserError: if it cannot be had, or the schema is wrong.
    """
    remote = remote_corpus(settings)
    if remote is None:
        return read_metadata(settings, settings.raw)
    with scratch_folder() as folder:
        remote.sidecars(folder)
        return read_metadata(settings, folder)


def corpus_to_build(settings: Settings) -> Corpus:
    """All articles of the corpus of the settings, which is a folder or has a URL.

    Raises:
        UserError: if there is no such place, or no article in it.
    """
    remote = remote_corpus(settings)
    if remote is None:
        return whole_corpus(settings, settings.raw, "build")
    return remote.corpus(settings.include, re.compile(settings.file_name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a build works with, on one machine or on a cluster.

    `release` lets go of what only the work up to the comparison needs.
    """

    prepare: Prepare
    spool: TextStore
    engine: Engine
    link: Link
    write_rows: Callable[[Progress], WriteRows]
    release: Callable[[], None]


@contextmanager
def means(settings: Settings, corpus: Corpus, folder: Path) -> Iterator[Means]:
    """What the settings say; a build on one machine works in this folder.

    Raises:
        UserError: if the engine is not installed, or does not answer.
    """
    if settings.engine.name == "local":
        spool = Spool(folder)
        with engine_for(settings, size_of([corpus]), early=not has(settings.cache, "groups")) as engine:
            # What is needed to write, first for the data, then for the card, is imported while workers are waited for.
            meanwhile = partial(import_aside, "datasets", "pandera.polars") if engine.jobs > 1 else None
            earlier = Earlier(settings.out / "data", settings.cache)
            yield Means(
                prepare=replace(preparation(settings, engine, spool), meanwhile=meanwhile),
                spool=spool,
                engine=engine,
                link=link_here,
                write_rows=lambda progress: InOrder(told(spool, progress), earlier),
                release=lambda: engine.__exit__(),
            )
        return
    from dataset_tools.cluster import Cluster
    from dataset_tools.cluster.work import work_folder
    from dataset_tools.engines.daft import DaftEngine

    with DaftEngine(settings.engine.address) as daft:
        work = work_folder(settings.engine.work_dir or str(folder.absolute()))
        cluster = Cluster(daft, work, remote_corpus(settings))
        yield Means(
            prepare=cluster,
            spool=cluster.spool,
            engine=cluster,
            link=cluster.link,
            write_rows=cluster.writer,
            release=lambda: None,
        )


def told(spool: TextStore, progress: Progress) -> Texts:
    """The batches of texts of a spool, each of them told when it is done with."""

    def batches(rows: npt.NDArray[np.int64]) -> Iterator[pa.Table]:
        for texts in spool.batches(rows):
            yield texts
            progress.advance(texts.num_rows)

    return batches
