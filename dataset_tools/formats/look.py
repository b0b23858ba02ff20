"""How a report looks to the person who reads it: how wide a terminal is, and what is in colour there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dataset_tools.formats.excerpt import character_width
from dataset_tools.formats.lines import shown

WIDTH = 80
"""Columns of what is written to a pipe or a file, and of the widest terminal that is filled."""

_LEAST = 16
"""Columns that a title gets in any case."""

Paint = Callable[[str, str], str]
"""Gives words (second) the look of their kind (first).

Kinds are same, removed and added of words that are compared; old and new of lines that are; place, error, warning and
next of an issue; command of what can be run.
"""


def marked(kind: str, words: str) -> str:
    """The look without colour: words that differ are marked as `git diff --word-diff` does it."""
    return {"removed": f"[-{words}-]", "added": f"{{+{words}+}}"}.get(kind, words)


@dataclass(frozen=True, slots=True)
class Look:
    """The columns that lines may take where they can be cut, and the paint."""

    width: int = WIDTH
    paint: Paint = marked


PLAIN = Look()


def columns(text: str) -> int:
    """The columns that printable text takes in a terminal."""
    return sum(map(character_width, text))


def titled(title: str, room: int) -> str:
    """A title in quotes, cut so that it takes `room` columns, or a few more where there is hardly any room."""
    text = shown(title)
    most = max(room, _LEAST) - 2
    if columns(text) <= most:
        return f"'{text}'"
    kept = ""
    for character in text:
        if columns(kept + character) >= most:
            break
        kept += character
    return f"'{kept.rstrip()}…'"


def wrapped(text: str, width: int, indent: str = "  ") -> Iterator[str]:
    """Words in lines of at most `width` columns, those after the first indented; a longer word stays whole."""
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if line.strip() and columns(longer) > width:
            yield line
            longer = indent + word
        line = longer
    yield line
