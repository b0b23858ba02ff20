"""Run a command and measure it with all of its processes: wall time, processor time, peak memory. Linux alone.

Memory is the proportional set size (Pss of /proc/PID/smaps_rollup), in which a page that several processes share counts
once, summed over the command and all its descendants every `INTERVAL` seconds; the peak is the largest of these sums.
Processor time is what the kernel has booked for them when all have ended; orphans come to this process (a subreaper,
see prctl(2)), so none is forgotten.
"""

import contextlib
import ctypes
import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

INTERVAL = 0.1
LIMIT = 3 * 3600.0
"""Seconds after which a command is stopped."""

_PR_SET_CHILD_SUBREAPER = 36
_ERROR_LINES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Seconds, seconds, bytes; the end of the output if the command failed, else None."""

    wall: float
    processor: float
    memory: int
    error: str | None


def measured(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    watch: bool = True,
    limit: float = LIMIT,
) -> Run:
    """Run a command in a folder; what it prints goes to log.txt there. This process must have no other children.

    Without `watch` nobody looks at its memory meanwhile, which takes a few percent of the time; then that is 0. After
    `limit` seconds the command is killed, and its processes are stopped.
    """
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _processor_time()
    memory = 0
    stopped = False
    with (folder / "log.txt").open("wb") as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        descriptor = os.pidfd_open(process.pid)
        while not select.select([descriptor], [], [], INTERVAL)[0]:
            if watch:
                memory = max(memory, sum(map(_proportional_size, descendants(os.getpid()))))
            if not stopped and time.perf_counter() - start > limit:
                stopped = True
                process.kill()
        wall = time.perf_counter() - start
        os.close(descriptor)
        status = process.wait()
    _end_descendants()
    error = None
    if status != 0:
        reason = f"stopped after {limit:.0f} s" if stopped else f"exit status {status}"
        lines = (folder / "log.txt").read_text("utf-8", "replace").splitlines()
        error = "\n".join([reason, *lines[-_ERROR_LINES:]])
    return Run(wall=wall, processor=_processor_time() - before, memory=memory, error=error)


def descendants(process: int) -> Iterator[int]:
    """The processes that a process has started, and those that these have started."""
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from descendants(int(child))


def _proportional_size(process: int) -> int:
    with contextlib.suppress(OSError):  # it may have ended
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def _processor_time() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _end_descendants() -> None:
    """Servers of worker processes end after the command has; wait for them, so that their time is booked."""
    for process in list(descendants(os.getpid())):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
