"""What `init` has found in a folder, and what it wrote there."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpFile:
    """A file of the set-up, by its path below the folder.

    It was `written`; or it was there and is `kept`, and then `lacks` has the lines that it would need; or it was
    `left_out`, since it counts only at the top of a repository, `top`.
    """

    path: str
    what: Literal["written", "kept", "left_out"]
    lacks: tuple[str, ...] = ()
    top: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InitReport:
    """What was found, as sentences; the files of the set-up; how `validate` finds the corpus; and what to do next."""

    folder: str
    found: tuple[str, ...]
    files: tuple[SetUpFile, ...]
    checked: str | None
    next: tuple[str, ...]
