"""The engine that needs nothing: this process, or worker processes.

Workers are forked from a server process (forkserver) that has imported what they need and has never run a thread: a
fork of this process, in which polars or Arrow threads run, can hang. Where there is no such server they start afresh.
"""

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice, pairwise
from typing import Self

import pyarrow as pa

from dataset_tools.engines import Stage
from dataset_tools.model import UserError
from dataset_tools.processes import METHOD, collect_garbage_rarely, keep_freed_memory, start_server

_BATCHES = 4
"""So many batches are worth to start workers for, which takes more than half a second."""

_ROWS_OF_GROUPS = 1 << 13
"""And so are groups that have more rows together."""


class LocalEngine:
    """Runs stages in this process, or in `jobs` worker processes; close it, or use it in a with statement.

    What stages need is imported for the workers while this process does other things.
    """

    def __init__(self, jobs: int = 1, *, early: bool = True) -> None:
        """Begin to start the workers, if there are any; without `early` only once there is work for them."""
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._started = early and jobs > 1
        if self._started:
            start_server()

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        """See `Engine`. Few batches are done here; of more, a bounded number is under way, so that memory is too."""
        batches = (table.slice(start, rows) for table in tables for start in range(0, len(table), rows))
        yield from self._map(batches, stage, _BATCHES)

    def map_groups(self, tables: Iterable[pa.Table], bucket: str, stage: Stage) -> Iterator[pa.Table]:
        """See `Engine`; as `map_batches`."""
        table = pa.concat_tables(tables).sort_by(bucket)
        values = table[bucket].combine_chunks().to_numpy(zero_copy_only=False)
        starts = [0, *((values[1:] != values[:-1]).nonzero()[0] + 1), len(table)] if len(table) else []
        groups = (table.slice(first, last - first) for first, last in pairwise(starts))
        yield from self._map(groups, stage, 2 if len(table) > _ROWS_OF_GROUPS else len(table) + 2)

    def _map(self, batches: Iterator[pa.Table], stage: Stage, many: int) -> Iterator[pa.Table]:
        """Apply a stage, with the help of workers if they are there and there are two batches, or there are many."""
        enough = 2 if self._started else many
        first = list(islice(batches, enough))
        if self.jobs == 1 or len(first) < enough:
            yield from map(stage, chain(first, batches))
            return
        try:
            yield from self._by_workers(chain(first, batches), stage)
        except BrokenProcessPool:
            raise UserError(
                "a worker process died: memory ran out, or a script called from outside if __name__ == '__main__':",
                "run again with --jobs 1, or with jobs=1 in a script",
            ) from None

    def _by_workers(self, batches: Iterable[pa.Table], stage: Stage) -> Iterator[pa.Table]:
        """Keep two batches for each worker under way; this process only hands out and collects.

        It could take a share itself, but would first have to import what the workers have imported already.
        """
        if self._pool is None:
            start_server()
            self._started = True
            context = multiprocessing.get_context(METHOD)
            self._pool = ProcessPoolExecutor(self.jobs, mp_context=context, initializer=_begin_work)
        under_way: deque[Future[pa.Table]] = deque()
        for batch in batches:
            under_way.append(self._pool.submit(stage, batch))
            if len(under_way) >= 2 * self.jobs:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _begin_work() -> None:
    """Leave interrupts to the parent, which stops its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_garbage_rarely()
    keep_freed_memory()
