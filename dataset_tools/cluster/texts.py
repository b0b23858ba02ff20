"""The texts of a corpus in a work folder, for this process and for every machine of the cluster."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.cluster.work import WorkFolder, taken
from dataset_tools.spool import TEXTS

I64 = npt.NDArray[np.int64]

KIND = "texts"
"""What the names of files of texts end with."""

_MOST_ROWS = 4096
"""Texts are handed out in batches of so many at most."""


@dataclass(slots=True, eq=False)
class StoredTexts:
    """The texts of all rows, from 0, in files of `names`, one after the other; `firsts` has the first row of each."""

    work: WorkFolder
    names: tuple[str, ...] = ()
    firsts: I64 = field(default_factory=lambda: np.empty(0, np.int64))

    def lay_out(self, names: Sequence[str], firsts: I64) -> None:
        """Say which files there are; of their names all but the kind."""
        self.names, self.firsts = tuple(names), firsts

    def parts(self, rows: I64) -> tuple[list[int], list[I64]]:
        """For each file its first row, and the positions in it of those of these rows, ascending, that it has."""
        stops = np.searchsorted(rows, self.firsts[1:])
        split = zip(np.split(rows, stops), self.firsts.tolist(), strict=True)
        return self.firsts.tolist(), [some - first for some, first in split]

    def __call__(self, rows: I64) -> pa.Table:
        """The texts of some rows, in the order asked for."""
        if not len(rows):
            return TEXTS.empty_table()
        homes = np.searchsorted(self.firsts, rows, side="right") - 1
        order = np.argsort(homes, kind="stable")
        starts = np.flatnonzero(np.diff(homes[order], prepend=-1))
        parts = []
        for some in np.split(order, starts[1:]):
            home = int(homes[some[0]])
            parts.append(self.work.taken(f"{self.names[home]}.{KIND}", rows[some] - self.firsts[home]))
        back = np.empty(len(rows), np.int64)
        back[order] = np.arange(len(rows))
        return taken(pa.concat_tables(parts), back)

    def texts(self, rows: I64) -> pa.Table:
        """The same."""
        return self(rows)

    def batches(self, rows: I64) -> Iterator[pa.Table]:
        """The texts of some rows, in the order asked for, a batch at a time, each from one file."""
        homes = np.searchsorted(self.firsts, rows, side="right") - 1
        starts = np.flatnonzero(np.diff(homes, prepend=-1)).tolist()
        for start, stop in zip(starts, [*starts[1:], len(rows)], strict=True):
            for first in range(start, stop, _MOST_ROWS):
                yield self(rows[first : min(first + _MOST_ROWS, stop)])

    def shared(self) -> "StoredTexts":
        """The texts as they are laid out now, for other processes."""
        return replace(self)
