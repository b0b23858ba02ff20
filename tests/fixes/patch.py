"""Read the differences that `--diff` shows back, as a person could: from what is printed alone."""

import re
from collections.abc import Sequence

_ESCAPE = re.compile(r"\\(?:\\|t|r|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_HUNK = re.compile(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@")
_SIGNS = {"\\\\": "\\", "\\t": "\t", "\\r": "\r"}


def unescaped(shown: str) -> bytes:
    """The bytes that a line stands for."""
    data = b""
    end = 0
    for match in _ESCAPE.finditer(shown):
        assert "\\" not in shown[end : match.start()]
        data += shown[end : match.start()].encode()
        escape = match.group()
        if escape in _SIGNS:
            data += _SIGNS[escape].encode()
        elif escape[1] == "x":
            data += bytes([int(escape[2:], 16)])
        else:
            data += chr(int(escape[2:], 16)).encode()
        end = match.end()
    assert "\\" not in shown[end:]
    return data + shown[end:].encode()


def patched(old: bytes, diff: Sequence[str]) -> bytes:
    """What a diff makes of the old bytes; every line that it removes or leaves must be there."""
    before = _lines(old)
    after: list[bytes] = []
    at = 0
    lines = list(diff[2:])
    while lines:
        match = _HUNK.fullmatch(lines.pop(0))
        assert match
        start, removed, _, added = map(int, match.groups())
        start -= removed > 0
        after += before[at:start]
        at = start
        body = []
        while lines and not lines[0].startswith("@@"):
            body.append(lines.pop(0))
        counts = {" ": 0, "-": 0, "+": 0}
        for number, line in enumerate(body):
            if line == "\\ No newline at end of file":
                continue
            ended = body[number + 1 : number + 2] != ["\\ No newline at end of file"]
            sign, data = line[0], unescaped(line[1:]) + b"\n" * ended
            counts[sign] += 1
            if sign in " -":
                assert before[at] == data
                at += 1
            if sign in " +":
                after.append(data)
        assert (counts[" "] + counts["-"], counts[" "] + counts["+"]) == (removed, added)
    return b"".join([*after, *before[at:]])


def paths(diff: Sequence[str]) -> tuple[str, str]:
    """The old and the new path of a diff."""
    old, new = diff[:2]
    assert old.startswith("--- ")
    assert new.startswith("+++ ")
    return old[4:], new[4:]


def split(lines: Sequence[str]) -> list[list[str]]:
    """The diffs of several files, one after the other."""
    diffs: list[list[str]] = []
    for number, line in enumerate(lines):
        if line.startswith("--- ") and lines[number + 1].startswith("+++ "):
            diffs.append([])
        diffs[-1].append(line)
    return diffs


def _lines(data: bytes) -> list[bytes]:
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
