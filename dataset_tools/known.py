"""What the cache knows of the files of a corpus: their rows of earlier runs, found by stamp or by SHA-256."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from dataset_tools.prepare import PREPARED
from dataset_tools.segments import Segment, Shelf, read_table, write_table
from dataset_tools.spool import Spool

if TYPE_CHECKING:
    import polars as pl

_SMALL, _MANY = 256, 32
"""So many segments, each of fewer rows than that, become one."""

_STAMPS = pa.schema([("file", pa.binary()), ("stamp", pa.binary()), ("sha256", pa.string())])


class Known:
    """The rows that were made of the files below one root in one way, and the stamps of all files there.

    Files are frames with the columns row, file (the path as the file system has it) and stamp; what is known of them,
    with row, segment and position.
    """

    def __init__(self, cache: Path, root: Path, key: str) -> None:
        """Look through what is there; of all columns only the names, stamps and digests of files are read.

        Args:
            cache: the folder of the cache.
            root: the folder of the corpus.
            key: stands for all that a row depends on, beside path and bytes of its file.
        """
        name = _digest(_name(cache, root))
        self.shelf = Shelf(cache, _digest(f"{name} {key}"))
        self._stamps_file = cache / f"stamps-{name}.arrow"
        self._segments = list(self.shelf.segments())
        columns = [segment.rows.select(_STAMPS.names) for segment in self._segments]
        sizes = [len(segment.rows) for segment in self._segments]
        rows = _frame(pa.concat_tables([_STAMPS.empty_table(), *columns]))
        self._rows = (
            rows.select("file", "sha256")
            .with_columns(
                segment=np.repeat(np.arange(len(sizes)), sizes),
                position=np.concatenate([np.arange(0), *map(np.arange, sizes)]),
            )
            .drop_nulls()
            .unique(["file", "sha256"], keep="last", maintain_order=True)
        )
        self._seen = _frame(read_table(self._stamps_file) or _STAMPS.empty_table())
        self._stamps = rows.vstack(self._seen).drop_nulls().unique(["file", "stamp"], keep="last")

    def by_stamp(self, files: "pl.DataFrame") -> "pl.DataFrame":
        """What is known of files that have not changed since, as far as their stamps tell."""
        return self.by_sha256(files.join(self._stamps, on=["file", "stamp"]))

    def by_sha256(self, files: "pl.DataFrame") -> "pl.DataFrame":
        """What is known of files that have these bytes; `files` has a column sha256."""
        return files.join(self._rows, on=["file", "sha256"]).select("row", "segment", "position").sort("row")

    def maybe(self, files: "pl.DataFrame") -> "pl.DataFrame":
        """Those files that were there before, with these bytes or others."""
        return files.join(self._rows, on="file", how="semi")

    def remember(self, files: "pl.DataFrame") -> None:
        """Keep the stamps of files that have a column sha256; only the last one of each file counts."""
        seen = self._seen.vstack(files.select(_STAMPS.names).drop_nulls())
        last = seen.unique("file", keep="last", maintain_order=True).to_dict(as_series=False)
        write_table(self._stamps_file, pa.table(last, schema=_STAMPS))

    def take(self, found: "pl.DataFrame", spool: Spool | None) -> Iterator[pa.Table]:
        """The rows that are known, as `PREPARED` has them; with a spool, those whose texts are there, which go into it.

        One table for each segment, which may be damaged or gone by now.
        """
        for (number,), part in found.group_by("segment", maintain_order=True):
            segment = self._segments[int(str(number))]
            rows, positions = part["row"].to_list(), part["position"].to_list()
            if spool is not None:
                if not _texts_into(spool, segment):
                    segment.remove()  # or it would stand before the one that is made in its place
                    continue
                spool.lay_out(segment.path.stem, rows, positions)
            segment.use()
            table = segment.rows.select([name for name in PREPARED.names if name != "row"]).take(pa.array(positions))
            yield table.add_column(0, "row", pa.array(rows, pa.int64()))

    def tidy(self) -> None:
        """Make one of many small segments, which runs after small changes leave."""
        small = [(one, read_table(one.texts)) for one in self._segments if len(one.rows) < _SMALL]
        for together in (
            [(one, texts) for one, texts in small if texts is not None],
            [(one, texts) for one, texts in small if texts is None],
        ):
            if len(together) < _MANY:
                continue
            texts = [texts for _, texts in together if texts is not None]
            rows = pa.concat_tables([one.rows for one, _ in together])
            if self.shelf.put(rows, pa.concat_tables(texts) if texts else None) is not None:
                for one, _ in together:
                    one.remove()


def _name(cache: Path, root: Path) -> str:
    """The root as seen from the project, whose folder and cache may come from another machine."""
    place, home = os.path.realpath(root), os.path.realpath(cache.parent)
    return os.path.relpath(place, home) if Path(place).is_relative_to(home) else place


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]


def _frame(table: pa.Table) -> "pl.DataFrame":
    import polars as pl

    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _texts_into(spool: Spool, segment: Segment) -> bool:
    """Put the texts of a segment into the spool, where they stay whatever happens to the cache; False if damaged."""
    try:
        spool.take(segment.path.stem, segment.texts)
    except OSError:
        return False
    texts = read_table(spool.path(segment.path.stem), segment.texts.name)
    return texts is not None and len(texts) == len(segment.rows)
