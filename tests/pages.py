"""Pages of Markdown are true: what they show of a terminal is typed into a shell, and what it prints is compared."""

import re
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ ((?:.*<<'END'\n(?:.*\n)*?END|.*))\n", re.MULTILINE)
_END = "<end of command>\n"


@dataclass(frozen=True)
class Step:
    """A command of a session, and what the page shows below it."""

    command: str
    output: str


def read(name: str) -> str:
    """A page by its path in the checkout."""
    return (ROOT / name).read_text("utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code of one language."""
    return [text for name, text in _BLOCK.findall(page) if name == language]


def steps(page: str) -> list[Step]:
    """The terminal sessions of a page, as one."""
    before, *parts = _COMMAND.split("".join(blocks(page, "console")))
    assert before == "", f"no command has printed {before!r}"
    return [Step(command, output) for command, output in zip(parts[0::2], parts[1::2], strict=True)]


def type_in(session: Iterable[Step], folder: Path, *, masked: Callable[[str], str] = str) -> None:
    """Run a session in one shell, as a reader would, and compare what each command prints with what is shown.

    What goes to standard error is on the terminal too. `masked` takes out of both what may differ.
    """
    session = list(session)
    script = "\n".join(f"{step.command}\ncode=$?; printf '{_END[:-1]}\\n'; (exit $code)" for step in session)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    shown = done.stdout.split(_END)
    assert len(shown) == len(session) + 1, done.stdout
    for step, seen in zip(session, shown, strict=False):
        assert masked(seen) == masked(step.output), step.command
