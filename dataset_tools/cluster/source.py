"""A corpus in an object store: which files it has, and their bytes for those who prepare them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.fs

from dataset_tools.against.place import Place, locate
from dataset_tools.engines import Stage
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import Corpus, Source, UserError
from dataset_tools.prepare import SOURCES
from dataset_tools.stages.discover import SIDECARS, any_of, colliding, document_order
from dataset_tools.text import path_text, printable

_AT_ONCE = 16
"""So many files are asked for at the same time by each who prepares."""


@dataclass(frozen=True, slots=True)
class RemoteCorpus:
    """The folder of articles that a URL names; of a file that is larger than `most` bytes the beginning is enough."""

    url: str
    most: int

    def corpus(self, include: Sequence[str], file_name: re.Pattern[str]) -> Corpus:
        """Its files, as `discover` finds those of a folder: by their names, sizes and times.

        Raises:
            UserError: if it cannot be listed, or no article is in it.
        """
        place = _located(self.url)
        with place.faults("list"):
            infos = place.files.get_file_info(pyarrow.fs.FileSelector(place.root, recursive=True))
        start, matching = len(place.root.rstrip("/")) + 1, any_of(include)
        there = [(one.path[start:], one) for one in infos if one.type == pyarrow.fs.FileType.File]
        articles = [
            Source(path, one.size or 0, stamp=str(one.mtime_ns).encode())
            for path, one in there
            if matching.fullmatch(path) and path not in SIDECARS and not re.search(r"(^|/)\.", path)
        ]
        if not articles:
            hint = "name the folder that holds the articles, or set include in the settings"
            raise UserError(f"no article found in {place.shown} ({len(there):,} other files)", hint)
        order = document_order(file_name)
        sources = tuple(sorted(articles, key=lambda one: order(one.path)))
        ignored = len(there) - len(sources) - sum(path in SIDECARS for path, _ in there)
        root = Path(printable(self.url))
        return Corpus(root=root, sources=sources, ignored=ignored, issues=tuple(colliding(sources)))

    def sidecars(self, folder: Path) -> None:
        """Bring the metadata beside the articles into a folder of this machine."""
        place = _located(self.url)
        for name in SIDECARS:
            with place.faults():
                if place.files.get_file_info(f"{place.root}/{name}").type == pyarrow.fs.FileType.File:
                    with place.files.open_input_stream(f"{place.root}/{name}") as source:
                        (folder / name).write_bytes(source.read())

    def filled(self, sources: pa.Table) -> pa.Table:
        """`SOURCES` with the bytes of each file; null where it cannot be read."""
        paths = map(path_text, sources["path"].to_pylist())
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            contents = list(pool.map(self._content, paths))
        place = SOURCES.get_field_index("content")
        return sources.set_column(place, "content", pa.array(contents, pa.binary()))

    def _content(self, path: str) -> bytes | None:
        place = _located(self.url)
        try:
            with place.files.open_input_stream(f"{place.root}/{path}") as source:
                data: bytes = source.read(self.most + 1)
                return data
        except (OSError, pa.ArrowException):
            return None


@lru_cache(maxsize=8)
def _located(url: str) -> Place:
    return locate(url, option="")


@dataclass(frozen=True, slots=True)
class Filled:
    """A stage on `SOURCES` that is given the bytes of the files."""

    source: RemoteCorpus
    stage: Stage

    def __call__(self, sources: pa.Table) -> pa.Table:
        """Fetch them, and apply the stage."""
        return self.stage(self.source.filled(sources))


class FillingEngine(LocalEngine):
    """The engine of this process for files that lie elsewhere."""

    def __init__(self, source: RemoteCorpus) -> None:
        """Begin without a worker."""
        super().__init__()
        self._source = source

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        """See `Engine`."""
        return super().map_batches(tables, Filled(self._source, stage), rows)
