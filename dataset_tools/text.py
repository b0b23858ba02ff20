r"""The definitions of DESIGN that speak of characters: articles, words, shingles, similarity, and what may be printed.

These are the public definitions, written to be read. Fast paths elsewhere may only propose; what is decided is decided
by the functions of this module.
"""

import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import NamedTuple

NGRAM = 5
"""Words (or characters, in scripts without spaces) in one shingle."""

WHITE_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
"""All that `str.strip` takes off; Unicode has no more, and Rust's `\\s` less."""

SPACELESS_RANGES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),  # Khmer symbols
    (0x2E80, 0x2FD5),  # Han radicals
    (0x3005, 0x3007),  # Han iteration mark, closing mark, zero
    (0x3021, 0x3029),  # Han numerals
    (0x3038, 0x303B),
    (0x3041, 0x309F),  # Hiragana
    (0x30A1, 0x30FF),  # Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Myanmar extended
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),  # Han compatibility
    (0xFF66, 0xFF9F),  # half-width Katakana
    (0x1AFF0, 0x1B16F),  # Kana extensions
    (0x20000, 0x323AF),  # Han extensions
)
"""Scripts written without spaces between words, from the blocks of the Unicode character database."""

MAY_NOT_BE_NFC = (
    r"[\p{M}\x{374}-\x{387}\x{958}-\x{F69}\x{1161}-\x{11C2}\x{1F71}-\x{1FFD}\x{2000}\x{2001}\x{2126}\x{212A}\x{212B}"
    r"\x{2329}\x{232A}\x{2ADC}\x{F900}-\x{FB4E}\x{16D63}-\x{16D6A}\x{1D15E}-\x{1D1C0}\x{2F800}-\x{2FA1D}]"
)
"""A pattern (Rust's) that every text matches that is not in Unicode normalization form C, and a few others do."""

_SPACELESS = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in SPACELESS_RANGES) + "]")
_WORD = re.compile(r"\w+")
_SOLID = re.compile(r"\S")
_DIGITS = re.compile(r"\d+")


class Article(NamedTuple):
    """The two parts of a text, and the line (from 1) on which the body starts."""

    title: str
    body: str
    body_line: int


def split_article(text: str) -> Article:
    """Title: the first line, stripped. Body: the rest, without the lines of only white space at its two ends.

    `text` is decoded, without BOM, its line ends LF. Nothing else changes.
    """
    title, _, rest = text.partition("\n")
    solid = _SOLID.search(rest)
    if solid is None:
        return Article(title.strip(), "", 2)
    first = rest.rfind("\n", 0, solid.start()) + 1
    last = rest.find("\n", len(rest.rstrip()))
    body = rest[first:] if last < 0 else rest[first:last]
    return Article(title.strip(), body, 2 + rest.count("\n", 0, first))


def is_nfc(text: str) -> bool:
    """Whether a text is in Unicode normalization form C; then every part of it is."""
    return unicodedata.is_normalized("NFC", text)


def nfc(text: str) -> str:
    """Unicode normalization form C; texts that have it already come back as they are."""
    return text if is_nfc(text) else unicodedata.normalize("NFC", text)


def canonical(title: str, body: str) -> str:
    """The text that duplicates are judged by: title, LF, body, after NFC and casefold."""
    return nfc(f"{title}\n{body}").casefold()


def collapse(text: str) -> str:
    """Every run of white space as one space, none at the ends."""
    return " ".join(text.split())


def same_text_key(canonical_text: str) -> bytes:
    """16 bytes that are equal for two canonical texts if and only if they differ in white space alone (BLAKE2b)."""
    return hashlib.blake2b(collapse(canonical_text).encode(), digest_size=16).digest()


def is_spaceless(canonical_text: str) -> bool:
    """Whether over half of the letters belong to scripts that are written without spaces."""
    spaceless = sum(map(str.isalpha, _SPACELESS.findall(canonical_text)))
    return spaceless > 0 and 2 * spaceless > sum(map(str.isalpha, canonical_text))


def shingles(canonical_text: str) -> frozenset[str]:
    r"""The set of word 5-grams of a canonical text, words being `\w+`; empty if there are no words.

    One to four words are one shingle. Where `is_spaceless`, the units are the word characters; such shingles begin with
    a line break, which no word shingle does, so the two kinds never match.
    """
    words = _WORD.findall(canonical_text)
    if not is_spaceless(canonical_text):
        if len(words) < NGRAM:
            return frozenset([" ".join(words)] if words else [])
        return frozenset(map(" ".join, zip(*(words[i:] for i in range(NGRAM)), strict=False)))
    characters = "".join(words)
    return frozenset("\n" + characters[i : i + NGRAM] for i in range(max(len(characters) - NGRAM, 0) + 1))


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard similarity of two shingle sets, in float64; 0.0 if either is empty (Broder 1997, "resemblance")."""
    if not a or not b:
        return 0.0
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)


def without_numbers(canonical_text: str) -> str:
    """The text with each run of digits as one zero, and white space collapsed."""
    return collapse(_DIGITS.sub("0", canonical_text))


def differs_in_numbers_only(a: str, b: str) -> bool:
    """Whether two different canonical texts are the same once each run of digits is one zero."""
    return a != b and without_numbers(a) == without_numbers(b)


def path_bytes(path: str) -> bytes:
    """A path as the file system has it; most are ASCII, and then it need not be asked how it writes others."""
    return path.encode() if path.isascii() else os.fsencode(path)


def path_text(path: bytes) -> str:
    """Undo `path_bytes`."""
    return path.decode() if path.isascii() else os.fsdecode(path)


def _visible(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as os.fsdecode hands it over
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def printable(text: str) -> str:
    r"""Text without anything that a terminal, an editor or a reader could be fooled by.

    Control characters, bidirectional and invisible formatting and lone surrogates become escapes such as `\x1b`.
    """
    return _UNPRINTABLE.sub(lambda match: _visible(match.group()), text)


def shown_path(path: Path) -> str:
    """A path as a person in the current folder would write it, printable: what lies below that without its name."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # somebody has removed it
        return printable(str(path))
    return printable(str(path.relative_to(here) if path.is_relative_to(here) else path))


def shortened(value: str, length: int = 60) -> str:
    """A value for a message: in quotes, printable, cut after `length` characters with its full length stated."""
    cut = value[:length]
    more = f"… ({len(value):,} characters)" if len(value) > length else ""
    return f"'{printable(cut)}{more}'"
