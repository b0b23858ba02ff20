"""Checks of characters."""

import re
import unicodedata
from collections.abc import Iterator

from dataset_tools.stages.lint.check import Check, Hit, Text, context, first_of, matching
from dataset_tools.text import MAY_NOT_BE_NFC, SPACELESS_RANGES

_LATIN = r"A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_LOOK_ALIKES = "АВЕЅІЈКМНОРСТУХаеорсухіјѕԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονυ"
"""Cyrillic and Greek letters that look like Latin ones (a selection of Unicode's confusables)."""

_SPACELESS = "".join(f"{chr(first)}-{chr(last)}" for first, last in SPACELESS_RANGES)
INVISIBLE = re.compile(
    rf"[\u00ad\u2060\ufeff]|(?<![{_SPACELESS}])\u200b(?![{_SPACELESS}])|(?<=[{_LATIN}])[\u200c\u200d](?=[{_LATIN}])"
)
"""Zero-width spaces say where words end in scripts that have no spaces."""
_SPACES = " \t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""White space that breaks no line."""
MOJIBAKE = "á»|áº|Æ°|Ä‘|Ã[\u0080-\u00bf]|â€|Å[\u0080-\u00bf]|Ð[\u0080-\u00bf]"
"""What is in nearly all texts that were UTF-8 and read as another encoding."""
_NON_BREAKING = re.compile("(?<!«)[\u00a0\u2007\u202f](?![;:!?»%])")
"""French typography has non-breaking spaces beside these signs."""
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LATIN_LETTER = re.compile(f"[{_LATIN}]")
_MIXED = re.compile(f"[{_LATIN}][{_LOOK_ALIKES}]|[{_LOOK_ALIKES}][{_LATIN}]")

_OLD_STYLE = r"(?:[òóỏõọ][ae]|[^q][ùúủũụ]y)(?:\PL|$)"
_NEW_STYLE = r"(?:o[àáảãạèéẻẽẹ]|[^q]u[ỳýỷỹỵ])(?:\PL|$)"
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_SYLLABLE = re.compile(
    r"(?<!\w)[^\W\d_]*?(?:[òóỏõọ][ae]|o[àáảãạèéẻẽẹ]|(?<![qQ])[ùúủũụ]y|(?<![qQ])u[ỳýỷỹỵ])(?!\w)", re.IGNORECASE
)


_CONTROL_NAMES = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)
"""What the control characters of ASCII are called; Unicode has no names for them."""


def _named(character: str) -> str:
    code = ord(character)
    name = _CONTROL_NAMES[code] if code < len(_CONTROL_NAMES) else unicodedata.name(character, "").lower()
    return f"U+{code:04X}{f' ({name})' if name else ''}"


def _not_nfc(text: Text) -> Iterator[Hit]:
    if unicodedata.is_normalized("NFC", text.text):
        return
    offset = 0
    for word in re.finditer(r"\S+", text.text):
        if not unicodedata.is_normalized("NFC", word.group()):
            offset = word.start()
            break
    yield Hit(offset, f"not in Unicode form NFC, first at {context(text.text, offset, offset + 1, 12)}")


def _mixed_scripts(text: Text) -> Iterator[Hit]:
    for word in re.finditer(r"\w+", text.text):
        if _MIXED.search(word.group()):
            strange = next(character for character in word.group() if character in _LOOK_ALIKES)
            latin = len(_LATIN_LETTER.findall(word.group()))
            others = sum("Ͱ" <= character <= "ԯ" for character in word.group())
            if latin > others:
                yield Hit(word.start(), f"the word '{word.group()[:40]}' has {_named(strange)} among Latin letters")


def _mojibake(text: Text) -> Iterator[Hit]:
    from ftfy.badness import badness

    for line in re.finditer(r"[^\n]+", text.text):
        if badness(line.group()) > 1:
            stop = line.start() + min(len(line.group()), 40)
            yield Hit(line.start(), f"letters that were decoded wrongly: {context(text.text, line.start(), stop, 0)}")


def _tone_moved(syllable: str) -> tuple[str, bool]:
    """A syllable without its tone but with it named, and whether the tone is on its first vowel (the old style)."""
    decomposed = unicodedata.normalize("NFD", syllable.casefold())
    tone = next(mark for mark in decomposed if mark in _TONES)
    plain = unicodedata.normalize("NFC", decomposed.replace(tone, ""))
    return plain + tone, decomposed[-1] not in _TONES


def _tone_placement(text: Text) -> Iterator[Hit]:
    seen: dict[str, dict[bool, tuple[int, re.Match[str]]]] = {}
    line, counted = 1, 0
    for match in _SYLLABLE.finditer(text.text):
        line += text.text.count("\n", counted, match.start())
        counted = match.start()
        key, old = _tone_moved(match.group())
        seen.setdefault(key, {}).setdefault(old, (line, match))
    for styles in seen.values():
        if len(styles) == 2:
            (line, first), (_, second) = styles.values()
            yield Hit(second.start(), f"'{second.group()}' here, but '{first.group()}' on line {line}")


def without_trailing_space(text: str) -> str:
    """The text without white space before the ends of lines; empty lines stay, and so do CRs."""
    return "\n".join(map(_without_trailing_space, text.split("\n")))


def _without_trailing_space(line: str) -> str:
    inner = line.rstrip("\r")
    return inner.rstrip(_SPACES) + line[len(inner) :]


def _trailing_space(text: Text) -> Iterator[Hit]:
    lines = text.text.split("\n")
    spaced = [number for number, line in enumerate(lines) if line != _without_trailing_space(line)]
    if spaced:
        offset = sum(len(line) + 1 for line in lines[: spaced[0]])
        line = lines[spaced[0]].rstrip("\r")
        start, end = offset + len(line.rstrip(_SPACES)), offset + len(line)
        times = f", {len(spaced):,} times" if len(spaced) > 1 else ""
        yield Hit(start, f"white space at the end of a line{times}: {context(text.text, start, end)}")


CHECKS = (
    Check("U001", matching("text", MAY_NOT_BE_NFC), _not_nfc),
    Check("U002", matching("text", r"[\u{ad}\u{200b}-\u{200d}\u{2060}\u{feff}]"), first_of(INVISIBLE, _named)),
    Check("U003", matching("text", r"[\u{a0}\u{2007}\u{202f}]"), first_of(_NON_BREAKING, _named)),
    Check("U004", matching("text", r"\p{Co}"), first_of(_PRIVATE, _named)),
    Check("U005", matching("text", r"\u{fffd}"), first_of(re.compile("\ufffd+"), lambda _: "U+FFFD")),
    Check("U006", matching("text", MOJIBAKE), _mojibake),
    Check("U007", matching("text", rf"[{_LOOK_ALIKES}]"), _mixed_scripts),
    Check("U008", matching("text", f"(?is:{_OLD_STYLE}.*{_NEW_STYLE}|{_NEW_STYLE}.*{_OLD_STYLE})"), _tone_placement),
    Check(
        "U009", matching("text", r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\u{84}\u{86}-\u{9f}]"), first_of(_CONTROL, _named)
    ),
    Check("U010", matching("text", rf"(?m)[{_SPACES}]\r*$"), _trailing_space),
)
