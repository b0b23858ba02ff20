"""Builds that die: a process that has imported all that a build needs, and forks one child for each build.

A child dies by SIGKILL just before one of its steps, or by SIGXFSZ in the middle of a write: the kernel sends that at
the byte where a file would grow beyond the limit, in C++ as in Python. A step is what changes something on the disk or
makes sure that it stays: a file opened to be written, a folder made, a name given, changed or removed, a flush, the
exchange.
"""

import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from dataset_tools import schema
from dataset_tools.processes import PRELOAD
from dataset_tools.stages.fingerprint import shingle_hashes
from dataset_tools.stages.package import card
from dataset_tools.versions import of_everything
from tests.conftest import ROOT

_CHANGES = {
    "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.utime", "os.truncate", "os.link", "os.symlink",
}  # fmt: skip
"""Events of `sys.addaudithook` that change a file system; `os.replace` is an `os.rename`, too."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True)
class Build:
    """A build of `raw` into `dist`, both in `folder`, that may die.

    It dies before step `before`, counted from 0, or where a file grows beyond `size` bytes. Without `exchange` it is on
    a system that cannot exchange two folders in one step.
    """

    folder: str
    before: int | None = None
    size: int | None = None
    exchange: bool = True


class End(NamedTuple):
    """How a build ended: the signal that it died by, what it raised, if anything, and the steps that it came to."""

    signal: int
    raised: str
    steps: list[str]


class Builds:
    """The process, as who asks it sees it; use it in a with statement."""

    def __enter__(self) -> "Builds":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.dying"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"},
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def __call__(self, folder: Path, **how: Any) -> End:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(Build(str(folder), **how))) + "\n")
        self._process.stdin.flush()
        return End(*json.loads(self._process.stdout.readline()))


def serve() -> None:
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            _in_child(Build(**json.loads(line)), writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            lines = said.read().splitlines()
        _, status = os.waitpid(child, 0)
        raised = "".join(one[1:] for one in lines if one.startswith("!"))
        steps = [one for one in lines if not one.startswith("!")]
        sys.stdout.write(json.dumps([status & 0x7F, raised, steps]) + "\n")
        sys.stdout.flush()


def _in_child(build: Build, say: int) -> None:
    try:
        import dataset_tools
        from dataset_tools import staging

        os.chdir(build.folder)
        step = _counter(build.before, say)
        exchange = staging._exchange
        staging._exchange = lambda a, b: step("exchange") or (build.exchange and exchange(a, b))
        flush = os.fsync
        os.fsync = lambda descriptor: step("fsync") or flush(descriptor)
        if build.size is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (build.size, build.size))
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # Python ignores it, and gets an error instead
        sys.addaudithook(lambda event, arguments: _heard(event, arguments, step))
        dataset_tools.build("raw", "dist", on_invalid="quarantine")
    except BaseException:
        text = traceback.format_exc()
        os.write(say, "".join(f"!{line}\n" for line in text.splitlines()).encode())
    finally:
        os._exit(0)


def _counter(before: int | None, say: int) -> Callable[[str], None]:
    count = 0

    def step(what: str) -> None:
        nonlocal count
        if count == before:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        os.write(say, f"{what}\n".encode())

    return step


def _heard(event: str, arguments: tuple[Any, ...], step: Callable[[str], None]) -> None:
    if event in _CHANGES:
        step(event)
    elif event == "open" and arguments[0] != os.devnull and (arguments[2] or 0) & _WRITES:
        step("open to write")


if __name__ == "__main__":
    later = ("dataset_tools.api", "dataset_tools.building", "dataset_tools.parcel", "dataset_tools.against.compare")
    for module in (*PRELOAD, *later, "datasets", "filelock", "huggingface_hub", "multiprocessing"):
        importlib.import_module(module)
    shingle_hashes(["một bài"])  # what is made once in a process is made here, not in each child
    of_everything()
    card.template()
    schema.of_articles(schema.load(None).source)
    gc.freeze()  # what is not looked at is not copied for each child
    serve()
