"""How far a command is: bars on a terminal, or a line now and then; and where the time went, in a file."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from dataset_tools.cli.options import ProgressForm
from dataset_tools.model import Progress, Silent, UserError
from dataset_tools.processes import Processor
from dataset_tools.text import printable

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

EVERY = 30.0
"""Seconds between two plain lines."""


@contextmanager
def shown_progress(form: ProgressForm, *, quiet: bool, no_color: bool, profile: Path | None) -> Iterator[Progress]:
    """What a command is to tell its progress to, while it runs.

    Bars are drawn on standard error if that is a terminal, unless the form says otherwise or `quiet` does.

    Raises:
        UserError: if the profile cannot be written.
    """
    with ExitStack() as stack:
        shown: Progress = Silent()
        if form is ProgressForm.PLAIN and not quiet:
            shown = stack.enter_context(_plain(sys.stderr))
        elif form is ProgressForm.AUTO and not quiet and sys.stderr.isatty():
            shown = stack.enter_context(_bars(no_color=no_color))
        if profile is not None:
            shown = Profile(shown)
        yield shown
        if isinstance(shown, Profile):
            shown.write(profile or Path())


@contextmanager
def _bars(*, no_color: bool) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[problems]}"),
    )
    with RichProgress(*columns, console=Console(stderr=True, no_color=no_color), transient=True) as bars:
        yield _Bars(bars)


class _Bars:
    """One bar for each stage."""

    def __init__(self, bars: "RichProgress") -> None:
        self._bars = bars

    def stage(self, name: str, total: int) -> None:
        """Begin a bar."""
        self._state = Stage(name, total)
        self._task = self._bars.add_task(name, total=total, rate="", problems="")

    def advance(self, documents: int, problems: int = 0) -> None:
        """Move it."""
        self._state.advance(documents, problems)
        self._bars.update(
            self._task, advance=documents, rate=self._state.rate(), problems=_problems(self._state.problems)
        )


@dataclass(slots=True)
class Stage:
    """How far a stage is."""

    name: str
    total: int
    began: float = field(default_factory=time.monotonic)
    done: int = 0
    problems: int = 0

    def advance(self, documents: int, problems: int) -> None:
        """Count."""
        self.done += documents
        self.problems += problems

    def rate(self) -> str:
        """Documents a second so far."""
        seconds = time.monotonic() - self.began
        return f"{self.done / seconds:,.0f} a second" if self.done and seconds > 0 else ""

    def line(self) -> str:
        """All that is known, in a line."""
        seconds = time.monotonic() - self.began
        share = f" ({self.done / self.total:.0%})" if self.total else ""
        left = ""
        if 0 < self.done < self.total:
            left = f"about {seconds / self.done * (self.total - self.done):,.0f} s left"
        parts = (f"{self.name} {self.done:,} of {self.total:,}{share}", self.rate(), left, _problems(self.problems))
        return ", ".join(part for part in parts if part)


def _problems(count: int) -> str:
    return f"{count:,} with problems" if count else ""


@contextmanager
def _plain(stream: TextIO) -> Iterator[Progress]:
    """A line every `EVERY` seconds, whatever the command does meanwhile."""
    plain, ended = _Plain(), threading.Event()

    def speak() -> None:
        while not ended.wait(EVERY):
            if plain.state is not None:
                print(plain.state.line(), file=stream, flush=True)

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    try:
        yield plain
    finally:
        ended.set()
        thread.join()


class _Plain:
    """Remembers how far the stage is."""

    def __init__(self) -> None:
        self.state: Stage | None = None

    def stage(self, name: str, total: int) -> None:
        """Begin a stage."""
        self.state = Stage(name, total)

    def advance(self, documents: int, problems: int = 0) -> None:
        """Count."""
        if self.state is not None:
            self.state.advance(documents, problems)


class Profile:
    """Measures each stage, and passes on what it is told."""

    def __init__(self, shown: Progress) -> None:
        """Begin with what happens before the first stage."""
        self._shown = shown
        self._processor = Processor()
        self._stages: list[dict[str, object]] = []
        self._begin("Starting", 0)

    def stage(self, name: str, total: int) -> None:
        """Begin a stage, which ends the one before."""
        self._end()
        self._begin(name, total)
        self._shown.stage(name, total)

    def advance(self, documents: int, problems: int = 0) -> None:
        """Look at the workers as well: what they have used is not known any more when they have ended."""
        self._processor.look()
        self._documents += documents
        self._shown.advance(documents, problems)

    def write(self, file: Path) -> None:
        """Write what was measured, as JSON.

        Raises:
            UserError: if it cannot be written.
        """
        self._end()
        try:
            file.write_text(json.dumps({"version": 1, "stages": self._stages}, indent=2) + "\n", "utf-8")
        except OSError as error:
            message = f"cannot write the profile to {printable(str(file))}: {error.strerror}"
            raise UserError(message, "name another file with --profile") from None

    def _begin(self, name: str, total: int) -> None:
        self._name, self._total, self._documents = name, total, 0
        self._began = time.perf_counter()
        self._own, self._workers = self._processor.look()

    def _end(self) -> None:
        own, workers = self._processor.look()
        self._stages.append(
            {
                "stage": self._name,
                "documents": self._documents,
                "wall_seconds": round(time.perf_counter() - self._began, 3),
                "processor_seconds": round(own - self._own, 3),
                "processor_seconds_of_workers": round(workers - self._workers, 3),
            }
        )
