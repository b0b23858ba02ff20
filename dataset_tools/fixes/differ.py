r"""Differences that can be read back: a unified diff of bytes in which everything can be seen.

A line is what lies between two LF. In it, `\\` is a backslash, `\xNN` a byte that is not UTF-8, `\t` and `\r` are tab
and CR, and `\uNNNN` or `\UNNNNNNNN` is any other character that a reader would not see, or take for another one: of
control, of format, of white space (a space only where a line ends), and, where a line is not in NFC, marks and what NFC
replaces. So a line can be shown in one way only, and means one line only.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from dataset_tools.formats.lines import COMMAND_BRACKET

CONTEXT = 3
"""Unchanged lines around each change."""

NO_LINE_END = "\\ No newline at end of file"

_MOST_COMPARED = 1_000_000
"""Pairs of lines; beyond that, all lines between the first and the last that differ are shown as changed."""

_UNSURE = re.compile(r"[^ -\[\]-~À-ÖØ-öø-ɏḀ-ỿ]")
"""All but letters and signs that are what they look like."""

_NAMED = {"\\": "\\\\", "\t": "\\t", "\r": "\\r"}
_HANGUL_JAMO = range(0x1100, 0x1200)


def visible(line: bytes) -> str:
    """One line, without its LF, as a diff shows it."""
    text = line.decode("utf-8", "surrogateescape")
    inner = text.rstrip(" ")
    if unicodedata.is_normalized("NFC", inner):
        shown = _UNSURE.sub(lambda match: _shown(match.group()), inner)
    else:
        shown = "".join(_escaped(one) if _composes(one) else _shown(one) for one in inner)
    return COMMAND_BRACKET.sub(r"\\u005b", shown) + "\\u0020" * (len(text) - len(inner))


def _shown(character: str) -> str:
    if " " <= character <= "~" and character != "\\":
        return character
    category = unicodedata.category(character)
    return _escaped(character) if character == "\\" or category[0] in "CZ" or _is_blank(character) else character


_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols without a form, most of them those that Unicode calls ignorable."""


def _is_blank(character: str) -> bool:
    return character in _BLANKS or "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def _composes(character: str) -> bool:
    """Whether a character may be what NFC replaces, alone or with those beside it."""
    mark = unicodedata.category(character)[0] == "M"
    return mark or ord(character) in _HANGUL_JAMO or not unicodedata.is_normalized("NFC", character)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if character in _NAMED:
        return _NAMED[character]
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def difference(old_path: str, new_path: str, old: bytes, new: bytes) -> list[str]:
    """The lines of a unified diff; without a hunk if nothing but the name changes. Paths are those of reports."""
    before, after = old.split(b"\n"), new.split(b"\n")
    lines = [f"--- {visible(_bytes(old_path))}", f"+++ {visible(_bytes(new_path))}"]
    for hunk in _hunks(before, after):
        lines += _lines_of(hunk, before, after)
    return lines


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


Opcode = tuple[str, int, int, int, int]
"""What `difflib` calls so: a kind, and the lines of both sides that it is about."""


def _lines_of(hunk: Sequence[Opcode], before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[str]:
    _, first, _, second, _ = hunk[0]
    _, _, last, _, end = hunk[-1]
    old_lines, new_lines = _ended(before), _ended(after)
    yield f"@@ -{_span(first, min(last, old_lines))} +{_span(second, min(end, new_lines))} @@"
    for kind, i1, i2, j1, j2 in hunk:
        if kind == "equal":
            yield from _prefixed(" ", before, i1, i2)
        else:
            yield from _prefixed("-", before, i1, i2)
            yield from _prefixed("+", after, j1, j2)


def _ended(lines: Sequence[bytes]) -> int:
    """How many lines there are; what follows the last LF is one only if it is not empty."""
    return len(lines) - (not lines[-1])


def _span(start: int, stop: int) -> str:
    length = stop - start
    return f"{start + 1 if length else start},{length}"


def _prefixed(sign: str, lines: Sequence[bytes], start: int, stop: int) -> Iterator[str]:
    for number in range(start, stop):
        last = number == len(lines) - 1
        if last and not lines[number]:
            continue  # what follows the last LF
        yield sign + visible(lines[number])
        if last:
            yield NO_LINE_END


def _hunks(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[list[Opcode]]:
    """Runs of opcodes with `CONTEXT` unchanged lines around them."""
    hunk: list[Opcode] = []
    opcodes = _opcodes(before, after)
    for number, (kind, i1, i2, j1, j2) in enumerate(opcodes):
        if kind != "equal":
            hunk.append((kind, i1, i2, j1, j2))
            continue
        if number == 0:
            keep = max(i1, i2 - CONTEXT)
            hunk.append((kind, keep, i2, j1 + keep - i1, j2))
        elif number == len(opcodes) - 1 or i2 - i1 > 2 * CONTEXT:
            keep = min(i2, i1 + CONTEXT)
            yield [*hunk, (kind, i1, keep, j1, j1 + keep - i1)]
            keep = max(i1, i2 - CONTEXT)
            hunk = [] if number == len(opcodes) - 1 else [(kind, keep, i2, j1 + keep - i1, j2)]
        else:
            hunk.append((kind, i1, i2, j1, j2))
    if any(kind != "equal" for kind, *_ in hunk):
        yield hunk


def _opcodes(before: Sequence[bytes], after: Sequence[bytes]) -> list[Opcode]:
    """The changes between two lists of lines; a last line without LF is another line than the same with it."""
    old, new = _marked(before), _marked(after)
    if len(old) == len(new):
        return _in_place(old, new)
    start = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), None)
    start = min(len(old), len(new)) if start is None else start
    most = min(len(old), len(new)) - start
    back = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    middle_old, middle_new = old[start : len(old) - back], new[start : len(new) - back]
    if len(middle_old) * len(middle_new) > _MOST_COMPARED:
        middle: list[Opcode] = [("replace", 0, len(middle_old), 0, len(middle_new))]
    else:
        middle = list(SequenceMatcher(None, middle_old, middle_new, autojunk=False).get_opcodes())
    opcodes: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
    opcodes += [(kind, i1 + start, i2 + start, j1 + start, j2 + start) for kind, i1, i2, j1, j2 in middle]
    if back:
        opcodes.append(("equal", len(old) - back, len(old), len(new) - back, len(new)))
    return opcodes


def _marked(lines: Sequence[bytes]) -> list[tuple[bytes, bool]]:
    """Each line with whether it is what follows the last LF."""
    return [(line, number == len(lines) - 1) for number, line in enumerate(lines)]


def _in_place(old: Sequence[tuple[bytes, bool]], new: Sequence[tuple[bytes, bool]]) -> list[Opcode]:
    """Changes within lines, of which there are as many on both sides."""
    opcodes: list[Opcode] = []
    start = 0
    for at in range(1, len(old) + 1):
        equal = old[start] == new[start]
        if at == len(old) or (old[at] == new[at]) is not equal:
            opcodes.append(("equal" if equal else "replace", start, at, start, at))
            start = at
    return opcodes
