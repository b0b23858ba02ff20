"""What crosses to an engine and back: a batch as bytes, and what a stage makes of it, or why it made nothing.

These functions run on the machines of a cluster, and know nothing of the engine that calls them.
"""

import pickle
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from dataset_tools import __version__
from dataset_tools.engines import Stage
from dataset_tools.model import UserError

TALLY = -(1 << 63)
"""The bucket of the counts of rows, by which a lost piece is noticed."""

_DONE, _FAILED = b"\0", b"\1"

Piece = tuple[int, bytes]


def packed(table: pa.Table) -> bytes:
    """A table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def unpacked(cell: bytes) -> pa.Table:
    """The table of an Arrow stream."""
    return pa.ipc.open_stream(cell).read_all()


def versions() -> tuple[str, str, str]:
    """What must be the same on every machine, so that all make the same bytes."""
    return f"dataset-tools {__version__}", f"pyarrow {pa.__version__}", "Python {}.{}".format(*sys.version_info)


def result(cell: bytes) -> pa.Table:
    """The table that a stage has made.

    Raises:
        UserError: if the stage raised one.
        RuntimeError: if it raised another exception, which is a defect; with its traceback.
    """
    if cell[:1] == _DONE:
        return unpacked(cell[1:])
    raise pickle.loads(cell[1:])  # noqa: S301  of our own making


def _tried(work: Callable[[], pa.Table]) -> bytes:
    try:
        return _DONE + packed(work())
    except UserError as error:
        return _FAILED + pickle.dumps(error)
    except Exception:
        return _FAILED + pickle.dumps(RuntimeError(f"a stage failed on the cluster:\n{traceback.format_exc()}"))


@dataclass(frozen=True, slots=True)
class OnEach:
    """Applies a stage to one batch."""

    stage: Stage
    versions: tuple[str, str, str]

    def __call__(self, cell: bytes) -> bytes:
        """Turn a packed batch into a result."""
        return _tried(lambda: self.table(cell))

    def table(self, cell: bytes) -> pa.Table:
        """What the stage makes of a packed batch."""
        _check(self.versions)
        return self.stage(unpacked(cell))


@dataclass(frozen=True, slots=True)
class Cut:
    """Applies a stage to one batch, and cuts what it makes into a piece for each bucket."""

    on_each: OnEach
    bucket: str

    def __call__(self, cell: bytes) -> list[Piece]:
        """Turn a packed batch into the results for each bucket, and how many rows these have."""
        try:
            table = self.on_each.table(cell)
        except Exception as error:
            failed = error  # what an except clause names is gone after it
            return [(TALLY, _tried(lambda: _raised(failed)))]
        pieces = [(value, _DONE + packed(part)) for value, part in groups(table, self.bucket)]
        return [*pieces, (TALLY, _DONE + packed(pa.table({"rows": [table.num_rows]})))]


def _raised(error: Exception) -> pa.Table:
    raise error


@dataclass(frozen=True, slots=True)
class Joined:
    """Applies a stage to the pieces of one bucket, whole."""

    stage: Stage

    def __call__(self, bucket: int, numbers: Sequence[int], cells: Sequence[bytes]) -> tuple[int, bytes]:
        """The rows that came together, and the result; pieces are joined in the order of the batches' numbers."""
        try:
            parts = [result(cells[place]) for place in np.argsort(numbers, kind="stable").tolist()]
        except Exception as error:
            failed = error
            return -1, _tried(lambda: _raised(failed))
        table = pa.concat_tables(parts)
        return table.num_rows, _tried(lambda: table if bucket == TALLY else self.stage(table))


def groups(table: pa.Table, bucket: str) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each value of a column, by value; in each group in the order in which they are."""
    table = table.sort_by(bucket)
    values = table[bucket].combine_chunks().to_numpy(zero_copy_only=False)
    starts = [0, *((values[1:] != values[:-1]).nonzero()[0] + 1).tolist(), len(table)] if len(table) else []
    for first, last in pairwise(starts):
        yield int(values[first]), table.slice(first, last - first)


def _check(wanted: tuple[str, str, str]) -> None:
    if (here := versions()) != wanted:
        message = f"a machine of the cluster has {', '.join(here)}, and this one {', '.join(wanted)}"
        raise UserError(message, "install the same versions on every machine")
