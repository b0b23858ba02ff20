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

_LIGHT = "dataset_tools.light"
"""What workers import before, which are to do without pandas."""

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


def set_up_libraries() -> None:
    """Set for this process and its workers, before they import them, what libraries ask the environment for.

    numpy starts no thread on each core for matrices, of which there are none here. Arrow's allocator takes no huge
    pages: the kernel clears each before it is used, and most arrays live for a moment.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("MIMALLOC_ALLOW_THP", "0")


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
    """A finder of modules that says of pandas that it is not there, to one thread or to all; it leaves all else."""

    def __init__(self, thread: int | None) -> None:
        """Say so to the thread of this number, or to all."""
        self._thread = thread

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:  # noqa: ARG002
        if name == "pandas" and self._thread in (None, threading.get_ident()):
            raise ModuleNotFoundError("No module named 'pandas'", name=name)


@contextlib.contextmanager
def without_pandas() -> Iterator[None]:
    """Spare this thread of a process of our own an import that takes longer than all else that it does for a few files.

    Arrow looks for pandas to know its arrays, pandera to check its frames. We have none of these, and both do without
    where it is not installed. For work that runs no code of others; what needs it is imported with `import_aside`.
    """
    finder = _NoPandas(threading.get_ident())
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def do_without_pandas() -> None:
    """Spare it a worker of our own, which needs it for nothing, in every thread and for good."""
    sys.meta_path.insert(0, _NoPandas(None))


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


def import_aside(*modules: str) -> threading.Thread:
    """Begin to import what is needed later, in a thread that ends with it; from there pandas is always to be had."""

    def work() -> None:
        with contextlib.suppress(Exception):  # where one is needed it is imported again, and then raises
            for module in modules:
                importlib.import_module(module)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


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


def start_server(*, light: bool = False) -> None:
    """Begin to import what workers need, in the process that they will be forked from; does nothing the second time.

    If `light`, all workers of this process do without pandas: see `without_pandas`.
    """
    if METHOD == "forkserver":
        import multiprocessing
        from multiprocessing import forkserver

        multiprocessing.set_forkserver_preload([_LIGHT, *PRELOAD] if light else list(PRELOAD))
        forkserver.ensure_running()


def start_server_early(folders: Iterable[Path], jobs: int | str, *, light: bool) -> None:
    """Do so for a folder that must be large, while this process still has all to import itself."""
    large = any(folder.is_dir() and folder.stat().st_size >= LARGE_FOLDER for folder in folders)
    if large and jobs != 1 and available_cores() > 1:
        start_server(light=light)
