"""Watches what this process does: it may start no program, ask no network, and open no file that it must not."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

_EXECUTES = (
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "os.startfile",
    "pty.spawn", "pickle.find_class", "socket.connect", "socket.getaddrinfo", "urllib.Request", "webbrowser.open",
)  # fmt: skip
"""Events of `sys.addaudithook`: a program is started, a pickle names what it wants, a network is asked."""


@dataclass
class Watch:
    """What was done of what must not be, and every file that was opened."""

    executed: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)


_watches: list[Watch] = []


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    for watch in _watches:
        if event in _EXECUTES:
            watch.executed.append(f"{event} {arguments}")
        elif event == "open" and isinstance(arguments[0], str | bytes):
            watch.opened.append(os.fsdecode(arguments[0]))


sys.addaudithook(_heard)


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch this process; at the end nothing may have been executed."""
    watch = Watch()
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)
    assert watch.executed == []
