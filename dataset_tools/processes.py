"""What holds for every process of a run: this one, and its workers."""

import _thread
import contextlib
import gc
import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

METHOD = "forkserver" if sys.platform == "linux" else "spawn"
"""How workers start: a fork of this process, in which polars or Arrow threads run, can hang."""

PRELOAD = (
    "dataset_tools.prepare",
    "pandera.polars",
    "pandera.backends.polars.checks",
    "pandera.backends.polars.builtin_checks",
    "pandera.strategies.pandas_strategies",
    "polars",
    "rensa",
)
"""What workers import: all that `dataset_tools.prepare` uses, then or later."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of malloc.h

LARGE_FOLDER = 1 << 20
"""A folder that takes so many bytes itself holds some twenty thousand names."""


def available_cores() -> int:
    """The cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def collect_garbage_rarely() -> None:
    """Make many small objects, of which nearly none are in cycles, without looking for cycles all the time.

    For processes of our own; a library leaves those of others as they are.
    """
    gc.set_threshold(100_000, 20, 20)


def keep_freed_memory() -> None:
    """Use the memory of freed arrays again, which glibc would give back and fetch anew, page by page (mallopt(3)).

    For processes of our own; does nothing where there is no such call.
    """
    if sys.platform != "linux":
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, 32 << 20)
        mallopt(_TRIM_THRESHOLD, 1 << 30)


def give_back_freed_memory() -> None:
    """Give back what was freed, after work that took far more than what follows (malloc_trim(3))."""
    if sys.platform != "linux":
        return
    import ctypes

    import pyarrow as pa

    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class _NoPandas:
    """A finder of modules that says of pandas that it is not there, and leaves all else to others."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        if name == "pandas":
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


@contextlib.contextmanager
def without_pandas() -> Iterator[None]:
    """Spare a process of our own an import that takes longer than all else that it does for a few files.

    Arrow looks for pandas to know its arrays, pandera to check its frames. We have none of these, and both do without
    where it is not installed. For work that runs no code of others and does not import `datasets`, which needs it.
    """
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def heed_every_interrupt() -> None:
    """Ask for an interrupt again where Python can only drop it: in finalizers and in callbacks of imports."""
    others = sys.unraisablehook

    def hook(unraisable: "UnraisableHookArgs") -> None:
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            others(unraisable)
            return
        # Not from here, where it would be dropped as well.
        again = threading.Timer(0.01, _interrupt_main)
        again.daemon = True
        again.start()

    sys.unraisablehook = hook


def _interrupt_main() -> None:
    """Interrupt the main thread, and what it waits for where the system can do that."""
    main = threading.main_thread().ident
    if main is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


def import_aside(*modules: str) -> None:
    """Begin to import what is needed later, for a process that only waits for its workers meanwhile."""

    def work() -> None:
        with contextlib.suppress(Exception):  # where one is needed it is imported again, and then raises
            for module in modules:
                importlib.import_module(module)

    threading.Thread(target=work).start()


class Processor:
    """The processor time of this process and of its workers, in seconds; the latter is known on Linux alone."""

    def __init__(self) -> None:
        """Begin without a worker."""
        self._of: dict[int, float] = {}

    def look(self) -> tuple[float, float]:
        """The time so far, of a worker that has ended as far as was seen."""
        for process in _descendants(os.getpid()):
            with contextlib.suppress(OSError, ValueError):
                fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(") ")[2].split()
                self._of[process] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return time.process_time(), sum(self._of.values())


def _descendants(process: int) -> Iterator[int]:
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text("utf-8").split():
                yield int(child)
                yield from _descendants(int(child))


def start_server() -> None:
    """Begin to import what workers need, in the process that they will be forked from; does nothing the second time."""
    if METHOD == "forkserver":
        import multiprocessing
        from multiprocessing import forkserver

        multiprocessing.set_forkserver_preload(list(PRELOAD))
        forkserver.ensure_running()


def start_server_early(folders: Iterable[Path], jobs: int | str) -> bool:
    """Do so for a folder that must be large, while this process still has all to import itself; whether it was done."""
    large = any(folder.is_dir() and folder.stat().st_size >= LARGE_FOLDER for folder in folders)
    early = large and jobs != 1 and available_cores() > 1
    if early:
        start_server()
    return early
