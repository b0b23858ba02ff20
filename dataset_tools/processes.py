"""What holds for every process of a run: this one, and its workers."""

import gc
import os


def available_cores() -> int:
    """The cores that this process may use, which can be fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def collect_garbage_rarely() -> None:
    """Make many small objects, of which nearly none are in cycles, without looking for cycles all the time.

    For processes of our own; a library leaves those of others as they are.
    """
    gc.set_threshold(100_000, 20, 20)
