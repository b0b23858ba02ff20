"""A line of a file as a terminal shows it, with a caret under one of its characters."""

import unicodedata
from typing import NamedTuple

from dataset_tools.formats.lines import COMMAND_BRACKET
from dataset_tools.text import printable

WIDTH = 76
"""Columns of a terminal that the text of a line may take; with the margin that makes 80."""

MARGIN = "  | "
_TAB = "    "
_REACH = 4 * WIDTH  # characters looked at on each side of the caret; what is farther away is cut in any case


class _Cell(NamedTuple):
    """What is never cut apart: a character, or its escape, with the marks that stand on it."""

    text: str
    width: int


def excerpt(line: str, column: int | None, width: int = WIDTH) -> list[str]:
    r"""The line, and below it a caret under `column` (from 1, in code points) unless that is None.

    Longer lines are cut around the column to `width` columns, at most `WIDTH`. Tabs become four spaces; control
    characters, and bytes that are not UTF-8 (as lone surrogates, which `surrogateescape` makes of them), become escapes
    such as `\x1b`.
    """
    target = min(max(column or 1, 1), len(line) + 1) - 1
    start = max(target - _REACH, 0)
    end = min(target + _REACH, len(line))
    cells, at = _cells(line[start:end], target - start)
    first, last = _window(cells, at, width, whole=start == 0 and end == len(line))
    before = "…" if start or first else ""
    after = "…" if end < len(line) or last < len(cells) - 1 else ""
    text = "".join(cell.text for cell in cells[first : last + 1])
    rows = [f"{MARGIN}{before}{text}{after}".rstrip()]
    if column is not None:
        offset = len(before) + sum(cell.width for cell in cells[first:at])
        rows.append(f"{MARGIN}{' ' * offset}^")
    return rows


def _cells(text: str, target: int) -> tuple[list[_Cell], int]:
    """The cells of a text, and which of them holds the character `target`; a blank one follows the last."""
    brackets = {match.start() for match in COMMAND_BRACKET.finditer(text)}
    cells: list[_Cell] = []
    at = None
    for position, character in enumerate(text):
        shown = _TAB if character == "\t" else r"\x5b" if position in brackets else printable(character)
        width = sum(map(character_width, shown))
        if width == 0 and cells:
            cells[-1] = _Cell(cells[-1].text + shown, cells[-1].width)
        else:
            cells.append(_Cell(shown, width))
        if position == target:
            at = len(cells) - 1
    if at is None:
        cells.append(_Cell(" ", 1))
        at = len(cells) - 1
    return cells, at


def _window(cells: list[_Cell], at: int, width: int, *, whole: bool) -> tuple[int, int]:
    """The first and the last cell to show: all if they fit, else as many on each side of `at` as do."""
    if whole and sum(cell.width for cell in cells) <= width:
        return 0, len(cells) - 1
    first = last = at
    room = width - 2 - cells[at].width  # two columns for the signs of a cut
    grown = True
    while grown:
        grown = False
        if last + 1 < len(cells) and cells[last + 1].width <= room:
            last += 1
            room -= cells[last].width
            grown = True
        if first > 0 and cells[first - 1].width <= room:
            first -= 1
            room -= cells[first].width
            grown = True
    return first, last


def character_width(character: str) -> int:
    """Columns that a printable character takes in a terminal, as `wcwidth` counts them: 0, 1 or 2.

    Marks, and the vowels and final consonants of Hangul syllables, stand on the character before them; East Asian wide
    and full-width characters (Unicode Standard Annex 11) take two columns.
    """
    if character < "\u0300":
        return 1
    code = ord(character)
    if unicodedata.category(character) in ("Mn", "Me", "Mc") or 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
