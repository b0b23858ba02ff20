"""Which files of a folder are opened, by any process and in any way. Linux alone.

The kernel reports it (inotify(7)): that needs no rights and no other program, and sees libraries in C and Rust as well
as Python. What is opened below folders of the folder is not seen.
"""

import contextlib
import ctypes
import os
import select
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

_IN_OPEN, _IN_Q_OVERFLOW, _IN_ISDIR = 0x20, 0x4000, 0x40000000
_EVENT = struct.Struct("iIII")  # watch, mask, cookie, length of the name that follows
_BUFFER = 1 << 20
_PAUSE = 50  # milliseconds


@contextlib.contextmanager
def opened_files(folder: Path) -> Iterator[set[bytes]]:
    """The names of the files in a folder that were opened in the meantime; complete when the context is left.

    Raises:
        RuntimeError: if they came faster than they could be counted.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    watcher = libc.inotify_init1(os.O_CLOEXEC)
    if watcher < 0 or libc.inotify_add_watch(watcher, os.fsencode(folder), _IN_OPEN) < 0:
        raise OSError(ctypes.get_errno(), f"cannot watch {folder}")
    names: set[bytes] = set()
    lost = threading.Event()
    end = threading.Event()

    def collect() -> None:
        poll = select.poll()
        poll.register(watcher, select.POLLIN)
        while True:
            last = end.is_set()
            while poll.poll(0 if last else _PAUSE):
                if not _take(os.read(watcher, _BUFFER), names):
                    lost.set()
            if last:
                return

    thread = threading.Thread(target=collect)
    thread.start()
    try:
        yield names
    finally:
        end.set()
        thread.join()
        os.close(watcher)
    if lost.is_set():
        raise RuntimeError("files were opened faster than they could be counted: raise fs.inotify.max_queued_events")


def _take(data: bytes, names: set[bytes]) -> bool:
    """Add the names of some events; whether none was lost before them."""
    place = 0
    whole = True
    while place < len(data):
        _, mask, _, length = _EVENT.unpack_from(data, place)
        place += _EVENT.size
        if mask & _IN_Q_OVERFLOW:
            whole = False
        elif length and not mask & _IN_ISDIR:
            names.add(data[place : place + length].rstrip(b"\0"))
        place += length
    return whole
