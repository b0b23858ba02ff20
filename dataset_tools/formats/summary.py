"""The form of the summary that a command ends with: sentences, stages, the rules to look at, what to run next.

It fits the width of the look, but for paths and commands: they stay whole, so that they can be copied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dataset_tools.formats.lines import many, shown
from dataset_tools.formats.look import Look, columns, wrapped
from dataset_tools.model import Severity

MOST_RULES = 3
"""So many rules are named."""

MARGIN = _GAP = "  "
_LEAST = 24
"""Columns for the last cell of a row; where there are fewer, and it needs more, it gets lines of its own."""


class Whole(str):
    """A line that stays whole, since it is to be copied or names files."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """How many there are after a step of the work, and a remark on them."""

    name: str
    count: int
    remark: str = ""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """How many issues there are of a rule."""

    code: str
    name: str
    severity: Severity
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a command says at its end; `rules` are all that are broken, those to look at first in front."""

    said: Sequence[str] = ()
    stages: Sequence[Stage] = ()
    rules: Sequence[BrokenRule] = ()
    next: Sequence[str] = ()


def text(one: Summary, look: Look) -> str:
    """The summary in lines that each end with a line break."""
    return "".join(f"{line}\n" for line in _lines(one, look))


def _lines(one: Summary, look: Look) -> Iterator[str]:
    for line in one.said:
        yield from [shown(line)] if isinstance(line, Whole) else wrapped(shown(line), look.width)
    yield from table([(stage.name, f"{stage.count:,}", stage.remark) for stage in one.stages], look, numbers=1)
    if one.stages and one.rules:
        yield ""
    first = one.rules[:MOST_RULES]
    rules = [(many(rule.count, rule.severity), f"dataset-tools rule {rule.code}", rule.name) for rule in first]
    yield from table(rules, look, kinds=[rule.severity for rule in first])
    if len(one.rules) > MOST_RULES:
        yield f"{MARGIN}and {many(len(one.rules) - MOST_RULES, 'more rule')}"
    yield from (f"    next: {look.paint('command', shown(command))}" for command in one.next)


def table(
    rows: Sequence[Sequence[str]],
    look: Look,
    *,
    margin: str = MARGIN,
    numbers: int | None = None,
    kinds: Sequence[str] = (),
) -> Iterator[str]:
    """Rows of cells, columns under each other, the last cell wrapped; or below the others, where there is no room.

    The column `numbers` is aligned to the right; `kinds` paint the first cells, one for each row.
    """
    if not rows:
        return
    rows = [[shown(cell) for cell in row] for row in rows]
    wide = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    begin = len(margin) + sum(size + len(_GAP) for size in wide[:-1])
    below = look.width - begin < min(wide[-1], _LEAST)
    indent = " " * (2 * len(_GAP) if below else begin)
    for place, (*cells, last) in enumerate(rows):
        padded = [_padded(cell, wide[column], right=column == numbers) for column, cell in enumerate(cells)]
        if kinds:
            padded[0] = look.paint(kinds[place], padded[0])
        head = f"{margin}{_GAP.join(padded)}{_GAP}"
        tail = list(wrapped(last, look.width - len(indent), indent="")) if last else [""]
        if below:
            yield head.rstrip()
            yield from (indent + line for line in tail if line)
        else:
            yield (head + tail[0]).rstrip()
            yield from (indent + line for line in tail[1:])


def _padded(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - columns(cell))
    return space + cell if right else cell + space
