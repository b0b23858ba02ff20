"""What is wrong with a file name, for any pattern: where it stops fitting, and which single change would mend it.

A pattern says yes or no. Whether the beginning of a name can still become one that matches (`partial` of the package
`regex`) says where it goes wrong, and what could stand there instead.
"""

import re
import string
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from dataset_tools.text import printable

_EXPECTABLE = "".join(map(chr, range(0x20, 0x7F)))
_KINDS = (
    ("digit", string.digits),
    ("hex digit", string.digits + "abcdef"),
    ("hex digit", string.hexdigits),
    ("small letter", string.ascii_lowercase),
    ("letter", string.ascii_letters),
    ("letter or digit", string.ascii_letters + string.digits),
)
_LONGEST_RUN = 128  # characters of one kind that are counted
_LONGEST_ENDING = 32
_LONGEST_SHOWN = 40
_ESCAPE = re.compile(r"\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\\U[0-9a-f]{8}")


class Difference(NamedTuple):
    """What is wrong, as the second half of a sentence; and the right name, where one small change leads to it."""

    message: str
    right_name: str | None = None


def difference(name: str, pattern: re.Pattern[str]) -> Difference:
    """How a name differs from a pattern that it does not match, or matches without an id.

    Where nothing better can be said, because `regex` reads the pattern in another way or what it allows has no short
    name, the pattern itself is what was expected.
    """
    if pattern.fullmatch(name):
        return Difference(f"it has no id, though it matches {pattern.pattern}")
    expected = _Expected.of(pattern)
    if expected is None:
        return _unexplained(pattern)
    return _recased(name, expected) or _mended(name, expected) or _stopped(name, expected)


def _unexplained(pattern: re.Pattern[str]) -> Difference:
    return Difference(f"it does not match {pattern.pattern}")


def _recased(name: str, expected: "_Expected") -> Difference | None:
    """Whether the name is right but for the case of letters and white space at its ends."""
    for inner in (name, name.strip()):
        right = expected.recased(inner)
        match = expected.match(right)
        if match is None:
            continue
        sides = [side for side, rest in (("start", name.lstrip()), ("end", name.rstrip())) if rest != name]
        faults = [f"white space at the {side}" for side in sides if inner != name]
        if inner != right:
            faults.append(_case(inner, right, match))
        return Difference(", ".join(faults), right)
    return None


def _case(name: str, right: str, match: re.Match[str]) -> str:
    changed = [at for at, (one, other) in enumerate(zip(name, right, strict=True)) if one != other]
    stem, dot, ending = right.rpartition(".")
    if dot and changed[0] > len(stem):
        return f"the ending is .{name[len(stem) + 1 :]}, not .{ending}"
    what = "capital letters" if name[changed[0]].isupper() else "small letters"
    spans = {group: match.span(group) for group in match.groupdict()}
    where = (group for group, (start, end) in spans.items() if all(start <= at < end for at in changed))
    return " in the ".join([what, *where][:2])


def _mended(name: str, expected: "_Expected") -> Difference | None:
    """Whether one sign, the beginning or the end is all that is wrong."""
    at = expected.fitting(name)
    start, found, rest = name[:at], name[at : at + 1], name[at + 1 :]
    sign = found != "" and not found.isalnum()
    for wanted in expected.after(start) if sign else ():
        if not wanted.isalnum() and expected.match(start + wanted + rest):
            message = f"{_shown(found)} where {_shown(wanted)} is expected, at character {at + 1}"
            return Difference(message, start + wanted + rest)
    for end in range(at + 1, len(name) + 1) if sign else ():
        if expected.match(start + name[end:]):
            return Difference(f"{_shown(name[at:end])} is too much, at character {at + 1}", start + name[end:])
    ending = expected.forced(start)
    if ending and not (found.isalnum() and not ending[0].isalnum()) and expected.match(start + ending):
        what = f"{_shown(name[at:])} where {ending} is expected" if found else f"{ending} is missing"
        return Difference(f"{what} at the end", start + ending)
    for opening in expected.openings():
        match = expected.match(opening + name)
        missing = match and [
            group for group in match.groupdict() if 0 <= match.start(group) < match.end(group) <= len(opening)
        ]
        if missing:
            return Difference(f"no {' and no '.join(missing)}: something like {opening} is expected at the start")
    return None


def _stopped(name: str, expected: "_Expected") -> Difference:
    """What is at the first character that does not fit, and what could be there."""
    at = expected.fitting(name)
    start, found = name[:at], name[at : at + 1]
    before = expected.after(start[:-1]) if start else ""
    if found and found in before and start[-1] in before and _kind(before):
        run = len(start.rstrip(before))
        count = len(name) - run - len(name[run:].lstrip(before))
        return Difference(f"{_many(count, before)}{_after(start[:run])} where {at - run} are expected")
    allowed = expected.after(start)
    kind = _kind(allowed)
    if kind and not found.isalnum():
        run = len(start.rstrip(allowed))
        more, open_end = expected.run(start, allowed)
        needed = at - run + more
        least = f"{'at least ' if open_end else ''}{needed} {'is' if needed == 1 else 'are'} expected"
        return Difference(f"{_many(at - run, allowed)}{_after(start[:run])} where {least}")
    place = f"at character {at + 1}"
    if kind:
        lower = "lower-case " if found.lower() in allowed else ""
        return Difference(f"{_token(name, at)} is no {lower}{kind}, {place}")
    wanted = _wanted(allowed, expected.forced(start), end=expected.complete(start))
    if wanted is None:
        return _unexplained(expected.pattern)
    if not found:
        return Difference(f"it ends where {wanted} is expected")
    return Difference(f"{_token(name, at)} where {wanted} is expected, {place}")


class _Expected:
    """What a pattern allows after the beginning of a name."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        import regex  # slow to import, and needed for wrong names only

        self.pattern = pattern
        self._fullmatch = regex.compile(pattern.pattern).fullmatch

    @staticmethod
    @lru_cache(maxsize=8)
    def of(pattern: re.Pattern[str]) -> "_Expected | None":
        """None if `regex` cannot read the pattern; it knows nearly all that `re` knows."""
        import regex

        try:
            return _Expected(pattern)
        except regex.error:
            return None

    def match(self, name: str) -> re.Match[str] | None:
        """The match of a name that is right, with an id."""
        match = self.pattern.fullmatch(name)
        return match if match and match["id"] is not None else None

    def possible(self, start: str) -> bool:
        """Whether some name that begins so matches."""
        return self._fullmatch(start, partial=True) is not None

    def complete(self, name: str) -> bool:
        """Whether the name matches as it is."""
        return self._fullmatch(name) is not None

    def fitting(self, name: str) -> int:
        """How many characters of the name can be the beginning of one that matches."""
        low, high = 0, len(name)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.possible(name[:middle]) else (low, middle - 1)
        return low

    def recased(self, name: str) -> str:
        """The name with each letter in the other case that cannot stand where it is."""
        right = ""
        for character in name:
            fits = not character.isalpha() or self.possible(right + character)
            right += character if fits or len(character.swapcase()) != 1 else character.swapcase()
        return right

    @lru_cache(maxsize=64)  # noqa: B019  the same beginning is asked about several times
    def after(self, start: str) -> str:
        """The characters of ASCII that can come next."""
        return "".join(character for character in _EXPECTABLE if self.possible(start + character))

    def forced(self, start: str) -> str:
        """What must come next, as far as there is no choice."""
        rest = ""
        while len(rest) < _LONGEST_ENDING and not self.complete(start + rest):
            after = self.after(start + rest)
            if len(after) != 1:
                break
            rest += after
        return rest

    def run(self, start: str, allowed: str) -> tuple[int, bool]:
        """How many more characters of `allowed` are needed, and whether there can be more than that."""
        one = allowed[0]
        most = next((more for more in range(1, _LONGEST_RUN) if not self.possible(start + one * (more + 1))), None)
        if most is not None and self.after(start + one * (most - 1)) == allowed:
            return most, False
        least = (more for more in range(1, _LONGEST_RUN) if self.after(start + one * more) != allowed)
        return next(least, _LONGEST_RUN), True

    @lru_cache(maxsize=8)  # noqa: B019  `of` keeps no more
    def openings(self) -> tuple[str, ...]:
        """Short beginnings of names that match: zeros, then perhaps a sign."""
        signs = ["", *(sign for sign in _EXPECTABLE if not sign.isalnum())]
        openings = ("0" * count + sign for count in range(9) for sign in signs)
        return tuple(opening for opening in openings if opening and self.possible(opening))


def _kind(allowed: str) -> str | None:
    """The name of a set of characters."""
    return next((name for name, members in _KINDS if set(members) == set(allowed)), None)


def _many(count: int, allowed: str) -> str:
    return f"{count or 'no'} {_kind(allowed)}{'' if count == 1 else 's'}"


def _after(start: str) -> str:
    return f" after {_shown(start[-1])}" if start else " at the start"


def _wanted(allowed: str, forced: str, *, end: bool) -> str | None:
    """What is expected, for a message; None if it has no short name."""
    if len(forced) > 1:
        return _shown(forced)
    members = set(allowed)
    names = []
    for name, kind in reversed(_KINDS):
        if members >= set(kind):
            names.append(f"a {name}")
            members -= set(kind)
    if len(members) > 3:
        return None
    return " or ".join([*names, *map(_shown, sorted(members)), *(["the end"] if end else [])]) or None


def _token(name: str, at: int) -> str:
    """The character at a place; all of an escape."""
    match = _ESCAPE.match(name, at)
    return match.group() if match else _shown(name[at])


def _shown(text: str) -> str:
    """Characters in a message, where they can be seen as they are."""
    if text == " ":
        return "a space"
    if len(text) == 1 and (text.isspace() or unicodedata.category(text).startswith("M")):
        return f"U+{ord(text):04X} ({unicodedata.name(text, 'no name').lower()})"
    cut = f"{text[:_LONGEST_SHOWN]}…" if len(text) > _LONGEST_SHOWN else text
    return f"'{printable(cut)}'" if any(map(str.isspace, cut)) else printable(cut)
