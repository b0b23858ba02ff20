"""Globs over paths: the language of `include` and of other settings that choose files; imports nothing of ours."""

import re

_SET = re.compile(r"\[(!?)([^\]]+)\]")
_MEMBER = re.compile("(.)-(.)|(.)", re.DOTALL)


def glob(pattern: str) -> re.Pattern[str]:
    """A glob over whole relative paths: `**/` any folders; `*`, `?` and `[...]` within a name.

    Raises:
        ValueError: if a range such as `[z-a]` is empty.
    """
    out = ""
    i = 0
    while i < len(pattern):
        if pattern.startswith("**/", i):
            out += "(?:.*/)?"
            i += 3
        elif pattern.startswith("**", i):
            out += ".*"
            i += 2
        elif match := _SET.match(pattern, i):
            members = "".join(map(_member, _MEMBER.finditer(match[2])))
            out += f"(?!/)[{'^' if match[1] else ''}{members}]"
            i = match.end()
        else:
            character = pattern[i]
            out += {"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character))
            i += 1
    return re.compile(out, re.DOTALL)


def _member(match: re.Match[str]) -> str:
    """A character of a set, or a range of them."""
    if match[3] is not None:
        return _escaped(match[3])
    if match[1] > match[2]:
        raise ValueError(f"the range {match[0]} is empty")
    return f"{_escaped(match[1])}-{_escaped(match[2])}"


def _escaped(character: str) -> str:
    return f"\\{character}" if character in r"\^-[&~|" else character
