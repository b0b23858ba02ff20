"""The engine that needs nothing: this process, and worker processes beside it.

Workers are forked from a server process (forkserver) that has imported what they need and has never run a thread: a
fork of this process, in which polars or Arrow threads run, can hang. Where there is no such server they start afresh.
"""

import multiprocessing
import os
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
from dataset_tools.processes import collect_garbage_rarely

_METHOD = "forkserver" if os.uname().sysname == "Linux" else "spawn"


def start_server(preload: Iterable[str]) -> None:
    """Begin to import what workers need, in the process that they will be forked from; does nothing the second time."""
    if _METHOD == "forkserver":
        from multiprocessing import forkserver

        multiprocessing.set_forkserver_preload(list(preload))
        forkserver.ensure_running()


class LocalEngine:
    """Runs stages in this process, and in `jobs - 1` worker processes as well; close it, or use it in a with statement.

    `preload` are the modules that stages need. They are imported for the workers while this process does other things.
    """

    def __init__(self, jobs: int = 1, preload: Iterable[str] = ()) -> None:
        """Begin to start the workers, if there are any."""
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        if jobs > 1:
            start_server(preload)

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the workers."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        """See `Engine`. A single batch is done here; of more, a bounded number is under way, so that memory is too."""
        batches = (table.slice(start, rows) for table in tables for start in range(0, table.num_rows, rows))
        first = list(islice(batches, 2))
        if self.jobs == 1 or len(first) == 1:
            yield from map(stage, chain(first, batches))
            return
        try:
            yield from self._shared(chain(first, batches), stage)
        except BrokenProcessPool:
            raise UserError(
                "a worker process died: memory ran out, or a script called from outside if __name__ == '__main__':",
                "run again with --jobs 1, or with jobs=1 in a script",
            ) from None

    def _shared(self, batches: Iterable[pa.Table], stage: Stage) -> Iterator[pa.Table]:
        """Keep every worker busy, and do what is left here meanwhile."""
        workers = self.jobs - 1
        if self._pool is None:
            context = multiprocessing.get_context(_METHOD)
            self._pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_work)
        under_way: deque[Future[pa.Table]] = deque()
        for batch in batches:
            if sum(not one.done() for one in under_way) < 2 * workers:
                under_way.append(self._pool.submit(stage, batch))
            else:
                under_way.append(_done(stage(batch)))
            while under_way and (under_way[0].done() or len(under_way) > 8 * self.jobs):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()

    def map_groups(self, tables: Iterable[pa.Table], bucket: str, stage: Stage) -> Iterator[pa.Table]:
        """See `Engine`. Runs in this process."""
        table = pa.concat_tables(tables)
        if table.num_rows == 0:
            return
        table = table.sort_by(bucket)
        values = table[bucket].to_numpy()
        starts = [0, *((values[1:] != values[:-1]).nonzero()[0] + 1), table.num_rows]
        for first, last in pairwise(starts):
            yield stage(table.slice(first, last - first))


def _done(result: pa.Table) -> Future[pa.Table]:
    future: Future[pa.Table] = Future()
    future.set_result(result)
    return future


def _begin_work() -> None:
    """Leave interrupts to the parent, which stops its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_garbage_rarely()
