"""The engine for more than one machine: Daft, in this process or on a Ray cluster that is there already.

Daft is given one row for each batch, a number and the batch as an Arrow stream, and runs our stage on each. It sees no
types of ours, and its numbers and its order decide nothing: batches are numbered here, and put into order here.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

import pyarrow as pa

from dataset_tools.engines import Stage
from dataset_tools.engines.cells import TALLY, Cut, Joined, OnEach, groups, packed, result, versions
from dataset_tools.engines.ray import check_installed, connect
from dataset_tools.model import UserError
from dataset_tools.text import printable

if TYPE_CHECKING:
    import daft

_WAVE = 1 << 12
"""So many batches are under way at most."""

_PARTS = 4
"""The batches of a wave are dealt to each core in so many parts, so that no core waits long for another."""

_TRIES = 3

Rows = dict[int, tuple[int, bytes]]
"""Results by the number of the batch or bucket, each with the number of rows that came together for it."""


class DaftEngine:
    """Runs stages on Daft: in this process without an address, else on the Ray cluster that the address names."""

    def __init__(self, address: str | None = None) -> None:
        """Check that Daft is here, and that the cluster answers.

        Raises:
            UserError: if it is not, or does not.
        """
        check_installed(address)
        os.environ.setdefault("DAFT_PROGRESS_BAR", "0")
        os.environ.setdefault("DO_NOT_TRACK", "1")  # or Daft tells its makers that it was imported
        self._address = address
        self._cores = 1 if address is None else connect(address)
        _choose_runner("native" if address is None else "ray")

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is to be done: the cluster stays, and this process with it."""

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        """See `Engine`. What is given to `map_groups` stays on the cluster until it is grouped."""
        cut = (table.slice(start, rows) for table in tables for start in range(0, len(table), rows))
        return Mapped(self, map(packed, cut), stage)

    def map_groups(self, tables: Iterable[pa.Table], bucket: str, stage: Stage) -> Iterator[pa.Table]:
        """See `Engine`. What `map_batches` has given is grouped by Daft; other tables are grouped before they leave."""
        if isinstance(tables, Mapped):
            return self._grouped(tables, bucket, stage)
        together = list(tables)
        whole = (part for _, part in groups(pa.concat_tables(together), bucket)) if together else iter(())
        return Mapped(self, map(packed, whole), stage)

    def _grouped(self, tables: "Mapped", bucket: str, stage: Stage) -> Iterator[pa.Table]:
        cells = list(tables.cells)
        if not cells:
            return
        cut = Cut(OnEach(tables.stage, versions()), bucket)
        found = self._run(lambda: self._shuffled(cells, cut, Joined(stage)))
        batches, tally = found.pop(TALLY, (0, b""))
        expected = sum(result(tally)["rows"].to_pylist()) if tally else 0
        came = sum(rows for rows, _ in found.values())
        if (batches, came) != (len(cells), expected):
            what = f"{batches:,} of {len(cells):,} batches and {came:,} of {expected:,} rows"
            raise UserError(f"the cluster lost rows: {what} came out of a shuffle", "run it again")
        for number in sorted(found):
            yield result(found[number][1])

    def _shuffled(self, cells: list[bytes], cut: Cut, joined: Joined) -> "daft.DataFrame":
        """Each batch is cut up where it was made; the pieces of a bucket meet in one place."""
        from daft import DataType, col

        piece = DataType.struct({"n": DataType.int64(), "cell": DataType.binary()})

        def cut_up(cells: "daft.Series") -> list[Any]:
            return [[{"n": n, "cell": data} for n, data in cut(one)] for one in cells.to_pylist()]

        def join_up(buckets: "daft.Series", numbers: "daft.Series", cells: "daft.Series") -> list[Any]:
            columns = (one.to_pylist() for one in (buckets, numbers, cells))
            return [_record(*joined(*values)) for values in zip(*columns, strict=True)]

        pieces, join = _function(cut_up, DataType.list(piece)), _function(join_up, _pair())
        frame = self._frame(cells)
        frame = frame.select(frame["n"], pieces(frame["cell"]).alias("piece")).explode("piece")
        frame = frame.select(col("piece").get("n").alias("bucket"), col("n"), col("piece").get("cell").alias("cell"))
        frame = frame.groupby("bucket").agg(col("n").list_agg(), col("cell").list_agg())
        # No column takes the name of another: Daft 0.7.26 would hand the function that one.
        return frame.select(col("bucket").alias("number"), join(col("bucket"), col("n"), col("cell")).alias("made"))

    def mapped(self, cells: list[bytes], stage: Stage) -> Iterator[pa.Table]:
        """What a stage makes of each of some packed batches, in their order."""
        on_each = OnEach(stage, versions())
        found = self._run(lambda: self._each(cells, on_each))
        if sorted(found) != list(range(len(cells))):
            raise UserError(f"the cluster lost {len(cells) - len(found):,} of {len(cells):,} batches", "run it again")
        for number in range(len(cells)):
            yield result(found[number][1])

    def _each(self, cells: list[bytes], on_each: OnEach) -> "daft.DataFrame":
        def run_each(cells: "daft.Series") -> list[Any]:
            return [_record(0, on_each(one)) for one in cells.to_pylist()]

        frame, run = self._frame(cells), _function(run_each, _pair())
        return frame.select(frame["n"].alias("number"), run(frame["cell"]).alias("made"))

    def _frame(self, cells: list[bytes]) -> "daft.DataFrame":
        import daft

        table = pa.table({"n": pa.array(range(len(cells)), pa.int64()), "cell": pa.array(cells, pa.large_binary())})
        frame = daft.from_arrow(table)
        if self._address is None:  # where Daft cuts nothing up
            return frame
        return frame.into_partitions(min(len(cells), _PARTS * self._cores))

    def _run(self, frame: Callable[[], "daft.DataFrame"]) -> Rows:
        """Collect what a query gives; one that fails is tried again, since a stage never fails and a machine may."""
        for tried in range(1, _TRIES + 1):
            try:
                found: Rows = {}
                for batch in frame().to_arrow_iter():
                    made = zip(batch["number"].to_pylist(), batch["made"].to_pylist(), strict=True)
                    found |= {number: (one["rows"], one["cell"]) for number, one in made}
                return found
            except Exception as error:  # Daft and Ray raise anything
                if tried == _TRIES:
                    reason = printable(" ".join(str(error).split()))[-300:]
                    message = f"the engine failed {_TRIES} times: {type(error).__name__}: {reason}"
                    raise UserError(message, "see that all machines of the cluster are up, and run it again") from error
        raise AssertionError


class Mapped(Iterator[pa.Table]):
    """What a stage makes of batches: begun when it is asked for, so that it may stay where it is made."""

    def __init__(self, engine: DaftEngine, cells: Iterator[bytes], stage: Stage) -> None:
        """Take packed batches."""
        self.cells, self.stage = cells, stage
        self._made = (
            part for wave in iter(lambda: list(islice(cells, _WAVE)), []) for part in engine.mapped(wave, stage)
        )

    def __next__(self) -> pa.Table:
        """The next table."""
        return next(self._made)


def _choose_runner(kind: str) -> None:
    """Tell Daft where it is to run, which it takes once in a process."""
    import daft

    if daft.runners._get_runner() is None:
        daft.set_runner_native() if kind == "native" else daft.set_runner_ray(noop_if_initialized=True)
    if daft.get_or_infer_runner_type() != kind:
        message = "Daft has run elsewhere in this process, and it keeps to one place"
        raise UserError(message, "start a new process for each: the command line does")


def _function(run: Callable[..., list[Any]], gives: "daft.DataType") -> Callable[..., "daft.Expression"]:
    """A function of Daft that is given one row at a time.

    Daft runs it where it runs itself: a process of its own would not be begun again if it died.
    """
    import daft

    function: Callable[..., daft.Expression] = daft.func.batch(return_dtype=gives, batch_size=1)(run)
    return function


def _pair() -> "daft.DataType":
    import daft

    return daft.DataType.struct({"rows": daft.DataType.int64(), "cell": daft.DataType.binary()})


def _record(rows: int, cell: bytes) -> dict[str, object]:
    return {"rows": rows, "cell": cell}
