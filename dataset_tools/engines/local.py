"""The engine that needs nothing: this process, or worker processes beside it.

Workers are started afresh (spawn): a fork of a process in which polars or Arrow threads run can hang.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa

from dataset_tools.engines import Stage
from dataset_tools.model import UserError


def available_cores() -> int:
    """The cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Runs stages in this process if `jobs` is 1, else in so many worker processes."""

    jobs: int = 1

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        """See `Engine`. At most two batches a worker are under way, so that memory stays bounded."""
        batches = (table.slice(start, rows) for table in tables for start in range(0, table.num_rows, rows))
        if self.jobs == 1:
            yield from map(stage, batches)
            return
        with ExitStack() as stack:
            pool = ProcessPoolExecutor(
                self.jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_leave_interrupts_to_parent
            )
            stack.callback(pool.shutdown, wait=True, cancel_futures=True)
            under_way: deque[Future[pa.Table]] = deque()
            try:
                for batch in batches:
                    under_way.append(pool.submit(stage, batch))
                    if len(under_way) >= 2 * self.jobs:
                        yield under_way.popleft().result()
                while under_way:
                    yield under_way.popleft().result()
            except BrokenProcessPool:
                raise UserError(
                    "a worker process died: memory ran out, or a script called from outside if __name__ == '__main__':",
                    "run again with --jobs 1, or with jobs=1 in a script",
                ) from None

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


def _leave_interrupts_to_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
