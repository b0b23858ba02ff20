"""The fix of texts that were decoded wrongly."""

import re
from collections.abc import Sequence

from dataset_tools.stages.lint.unicode import MOJIBAKE

_SIGNS = re.compile(MOJIBAKE)


def read_right(text: str) -> str:
    """The text with each line as it was before UTF-8 was read as another encoding, where ftfy can tell that.

    A line is changed only if reading the new one wrongly in the same way gives the old one.
    """
    return "\n".join(map(_read_right, text.split("\n"))) if _SIGNS.search(text) else text


def _read_right(line: str) -> str:
    if line.isascii():
        return line
    from ftfy import fix_encoding_and_explain
    from ftfy.badness import badness

    if badness(line) <= 1:  # as the rule has it
        return line
    right, steps = fix_encoding_and_explain(line)
    return right if steps and "\n" not in right and _read_wrongly(right, steps) == line else line


def _read_wrongly(line: str, steps: Sequence[tuple[str, str]]) -> str | None:
    """Undo the steps of ftfy; None if one of them was a guess, or cannot be undone."""
    if len(steps) % 2:
        return None
    try:
        for (encode, wrong), (decode, right) in reversed(list(zip(steps[::2], steps[1::2], strict=True))):
            if (encode, decode) != ("encode", "decode"):
                return None
            line = line.encode(right).decode(wrong)
    except (UnicodeError, LookupError):
        return None
    return line
