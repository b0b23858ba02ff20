"""What a check is made of."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dataset_tools.text import printable, shortened

if TYPE_CHECKING:
    import polars as pl

MOST = 10
"""Issues of one rule in one file; the last says how many more there are."""


class Text(NamedTuple):
    """One article: the whole text, its parts, and the line on which the body starts."""

    text: str
    title: str
    body: str
    body_line: int

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset in the whole text."""
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)

    @property
    def body_offset(self) -> int:
        """Where the body starts in the whole text."""
        return len(self.text) if not self.body else self.text.index(self.body, self.text.find("\n"))


class Hit(NamedTuple):
    """One place in the whole text, and what is there."""

    offset: int
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """`suspicious` is a test of columns (text, title, body) that may let too much through; `find` decides."""

    code: str
    suspicious: "Callable[[], pl.Expr]"
    find: Callable[[Text], Iterable[Hit]]

    @property
    def pattern(self) -> str | None:
        """A pattern that the whole text matches wherever the test holds; None if there is no such pattern."""
        test = self.suspicious
        return test.pattern if isinstance(test, matching) and test.anywhere else None


@dataclass(frozen=True, slots=True)
class matching:  # noqa: N801  reads as a function where checks are listed
    """A column test by a regular expression (of Rust, in linear time)."""

    column: str
    pattern: str

    def __call__(self) -> "pl.Expr":
        """The test as an expression."""
        import polars as pl

        return pl.col(self.column).str.contains(self.pattern)

    @property
    def anywhere(self) -> bool:
        """Whether the whole text matches where the column does: nothing ties the pattern to an end."""
        return self.column != "title" and r"\A" not in self.pattern and r"\z" not in self.pattern


def first_of(
    pattern: re.Pattern[str], what: str | Callable[[str], str], *, in_body: bool = False
) -> Callable[[Text], Iterator[Hit]]:
    """Find one hit a document, at the first match, with the number of matches; `what` names it, or says how to."""

    def find(text: Text) -> Iterator[Hit]:
        matches = list(pattern.finditer(text.text, text.body_offset if in_body else 0))
        if matches:
            times = f", {len(matches):,} times" if len(matches) > 1 else ""
            first = matches[0]
            around = context(text.text, first.start(), first.end())
            name = what if isinstance(what, str) else what(first.group())
            yield Hit(first.start(), f"{name}{times}: {around}")

    return find


class Line(NamedTuple):
    """A line of a body without the white space around it: its number in the file, and its offset in the whole text."""

    number: int
    offset: int
    text: str


def body_lines(text: Text) -> Iterator[Line]:
    """The lines of the body, but for those of white space only."""
    start = text.body_offset
    for number, line in enumerate(text.body.split("\n"), text.body_line):
        inner = line.strip()
        if inner:
            yield Line(number, start + line.index(inner[0]), inner)
        start += len(line) + 1


def lines(pattern: re.Pattern[str], what: str) -> Callable[[Text], Iterator[Hit]]:
    """Find each line of the body that matches as a whole, without the white space around it."""

    def find(text: Text) -> Iterator[Hit]:
        for line in body_lines(text):
            if pattern.fullmatch(line.text):
                yield Hit(line.offset, f"{what}: {shortened(line.text)}")

    return find


def context(text: str, start: int, end: int, around: int = 20) -> str:
    """A place of a text with what stands beside it on its line."""
    first = max(text.rfind("\n", 0, start) + 1, start - around)
    stop = text.find("\n", end)
    last = min(len(text) if stop < 0 else stop, end + around)
    return f"'{printable(text[first:last])}'"
