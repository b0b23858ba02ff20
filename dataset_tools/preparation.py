"""Prepared rows of files: from the cache where a file is known, else made by `prepare`, and kept for runs to come.

What is in a row depends on the path of its file, its bytes and the plan. So a row of an earlier run stands for a file
of the same path and plan with an equal SHA-256; and that need not be computed where the stamp of the file (size, times,
inode) is one that the same bytes had before. Files are known one by one, however they were batched then.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.engines import Engine
from dataset_tools.known import Known
from dataset_tools.model import Source
from dataset_tools.prepare import BATCH_ROWS, DIGESTS, PREPARED, Digests, Plan, batches, spool_name
from dataset_tools.spool import Spool
from dataset_tools.text import path_bytes

if TYPE_CHECKING:
    import polars as pl

_CHUNK = 1 << 16
"""Rows are gathered in chunks of about so many."""

Numbered = Mapping[int, Source]
"""Files by the number of their row, in ascending order."""


def _nobody(_: pa.Table) -> None:
    pass


class Prepare(Protocol):
    """How a run comes by prepared rows."""

    @property
    def folder(self) -> Path | None:
        """Where texts are put, if they are kept."""

    def __call__(
        self, files: Numbered, plan: Plan, *, done: Callable[[pa.Table], None] = _nobody, finer: int = 1
    ) -> pa.Table:
        """The `PREPARED` rows of some files, in the order of their numbers.

        Args:
            files: the files.
            plan: what is made of each.
            done: is given the rows as they come.
            finer: make batches so many times smaller, where there are few files and each worker is to get some.
        """

    def apart(self, spool: Spool) -> "Preparation":
        """What prepares a few files beside, on this machine, and puts their texts into another spool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """Prepared rows on one machine.

    Without `cache`, a folder, all are made anew. `rehash` distrusts stamps, so that every file is read. The texts go
    into `spool`, if there is one and the plan asks for them. `meanwhile` is called once there is much to prepare.
    """

    engine: Engine
    cache: Path | None = None
    rehash: bool = False
    spool: Spool | None = None
    meanwhile: Callable[[], object] | None = None

    def __call__(
        self, files: Numbered, plan: Plan, *, done: Callable[[pa.Table], None] = _nobody, finer: int = 1
    ) -> pa.Table:
        """See `Prepare`."""
        known = None if self.cache is None or plan.key is None else Known(self.cache, plan.root, plan.key)
        rows = _Gathered()
        if known is not None:
            for part in self._known(known, files, plan):
                done(part)
                rows.add(part)
        missing = _without(files, rows.table()["row"].to_numpy())
        if self.meanwhile is not None and len(missing) >= BATCH_ROWS:
            self.meanwhile()
        for part in self._made(missing, replace(plan, shelf=None if known is None else known.shelf), finer):
            done(part)
            rows.add(part)
        if known is not None:
            known.tidy()
        table = rows.table()
        in_order = (np.diff(table["row"].to_numpy()) > 0).all()
        return table if in_order else table.sort_by("row")

    @property
    def folder(self) -> Path | None:
        """See `Prepare`."""
        return None if self.spool is None else self.spool.folder

    def apart(self, spool: Spool) -> "Preparation":
        """See `Prepare`."""
        return replace(self, spool=spool)

    def _made(self, files: Numbered, plan: Plan, finer: int) -> Iterator[pa.Table]:
        """What `prepare` makes; of a text that is not saved yet nothing is kept."""
        unsaved = {row: source for row, source in files.items() if source.content is not None}
        saved = _without(files, np.array(list(unsaved), np.int64))
        for some, how in ((saved, plan), (unsaved, replace(plan, shelf=None))):
            for part in self.engine.map_batches(batches(some, finer=finer), how, BATCH_ROWS):
                if self.spool is not None and plan.spool is not None:
                    rows = part["row"].to_pylist()
                    self.spool.lay_out(spool_name(rows[0]), rows, range(len(rows)))
                yield part

    def _known(self, known: Known, files: Numbered, plan: Plan) -> Iterator[pa.Table]:
        """What the cache has. A file that may have changed since its row was made is read, to see by its SHA-256."""
        import polars as pl

        spool = None if plan.spool is None else self.spool
        asked = _asked(files)
        if not self.rehash:
            found = known.by_stamp(asked)
            yield from known.take(found, spool)
            asked = asked.join(found, on="row", how="anti")
        maybe = {row: files[row] for row in known.maybe(asked)["row"].to_list()}
        digests = self.engine.map_batches(batches(maybe), Digests(plan), BATCH_ROWS)
        read = pl.from_arrow(pa.concat_tables([DIGESTS.empty_table(), *digests]))
        assert isinstance(read, pl.DataFrame)
        if len(read):
            read = asked.select("row", "file").join(read, on="row")
            found = known.by_sha256(read)
            known.remember(read.join(found, on="row", how="semi"))
            yield from known.take(found, spool)


class _Gathered:
    """Rows in few chunks, so that the memory of the small parts in which they come is used again for other parts."""

    def __init__(self) -> None:
        """Begin without a row."""
        self._chunks = [PREPARED.empty_table()]
        self._parts: list[pa.Table] = []
        self._rows = 0

    def add(self, part: pa.Table) -> None:
        """Take some rows."""
        self._parts.append(part)
        self._rows += part.num_rows
        if self._rows >= _CHUNK:
            self._join()

    def table(self) -> pa.Table:
        """All rows in the order in which they came."""
        self._join()
        return pa.concat_tables(self._chunks)

    def _join(self) -> None:
        if self._parts:
            self._chunks.append(pa.concat_tables(self._parts).combine_chunks())
        self._parts, self._rows = [], 0


def _without(files: Numbered, rows: npt.NDArray[np.int64]) -> Numbered:
    """The files but those with these numbers."""
    if not len(rows):
        return files
    numbers = np.fromiter(files, np.int64, len(files))
    return {row: files[row] for row in numbers[~np.isin(numbers, rows)].tolist()}


def _asked(files: Numbered) -> "pl.DataFrame":
    """The columns that `Known` asks for."""
    import polars as pl

    saved = {row: source for row, source in files.items() if source.content is None}
    columns = {
        "row": list(saved),
        "file": [path_bytes(source.path) for source in saved.values()],
        "stamp": [source.stamp for source in saved.values()],
    }
    return pl.DataFrame(columns, schema={"row": pl.Int64, "file": pl.Binary, "stamp": pl.Binary})
