"""JSON as RFC 8259 has it, every value with its line, and no key twice.

Not read as YAML, which is not quite a superset: PyYAML refuses tabs, leaves surrogate pairs in halves, and takes `1e5`
for a text. Strings, numbers and names are read by `json`; the lines are why objects and arrays are not.
"""

import json
import math
import re
from typing import NoReturn

from dataset_tools.schema.located import MAX_DEPTH, Located
from dataset_tools.text import shortened

_SPACE = re.compile(r"[ \t\n\r]*")


def read(text: str, where: str) -> Located:
    """Read a JSON text; `where` names it in errors.

    Raises:
        UserError: with the line, if it is not JSON, or not a number or text that can be kept as it is.
    """
    return _Reader(text, where).whole()


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a value of JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{shortened(digits)} is too large")
    return number


class _Reader:
    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.scalars = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)

    def whole(self) -> Located:
        value, end = self.value(self.skip(0), 0)
        end = self.skip(end)
        if end < len(self.text):
            self.fail(end, "not JSON: there is more after the end")
        return value

    def value(self, at: int, depth: int) -> tuple[Located, int]:
        here = self.at(at)
        if depth > MAX_DEPTH:
            here.fail("nested too deeply", "a schema needs no more than a few levels")
        if self.text.startswith("{", at):
            return self.mapping(here, at, depth)
        if self.text.startswith("[", at):
            return self.sequence(here, at, depth)
        try:
            value, end = self.scalars.raw_decode(self.text, at)
        except json.JSONDecodeError as error:
            self.fail(error.pos, f"not JSON: {error.msg}")
        except ValueError as error:
            self.fail(at, f"not JSON: {error}")
        return Located(value, here.line, self.where).whole_text(), end

    def mapping(self, here: Located, at: int, depth: int) -> tuple[Located, int]:
        entries: dict[str, Located] = {}
        at = self.skip(at + 1)
        while not self.text.startswith("}", at):
            if entries:
                at = self.expect(",", at)
            if not self.text.startswith('"', at):
                self.fail(at, "not JSON: a key in double quotes must stand here")
            key, end = self.value(at, depth)
            if key.value in entries:
                key.fail(f"{shortened(key.value)} is there twice", "remove one of the two")
            entry, at = self.value(self.expect(":", self.skip(end)), depth + 1)
            entries[key.value] = Located(entry.value, key.line, self.where)
            at = self.skip(at)
        return Located(entries, here.line, self.where), at + 1

    def sequence(self, here: Located, at: int, depth: int) -> tuple[Located, int]:
        entries: list[Located] = []
        at = self.skip(at + 1)
        while not self.text.startswith("]", at):
            if entries:
                at = self.expect(",", at)
            entry, at = self.value(at, depth + 1)
            entries.append(entry)
            at = self.skip(at)
        return Located(entries, here.line, self.where), at + 1

    def expect(self, mark: str, at: int) -> int:
        """The place after a mark and the space behind it."""
        if not self.text.startswith(mark, at):
            self.fail(at, f"not JSON: '{mark}' is missing")
        return self.skip(at + 1)

    def skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        assert match is not None
        return match.end()

    def at(self, place: int) -> Located:
        return Located(None, 1 + self.text.count("\n", 0, place), self.where)

    def fail(self, place: int, message: str) -> NoReturn:
        self.at(place).fail(message, "correct the line")
