"""Parse: bytes to text, title, body and the id in the file name."""

import codecs
import re
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from dataset_tools.encodings import probable_encoding
from dataset_tools.file_names import difference
from dataset_tools.model import Articles, Files, Issue
from dataset_tools.rules import issue
from dataset_tools.text import WHITE_SPACE, shortened, split_article

_WHITE_SPACE = tuple(character.encode() for character in WHITE_SPACE)
_LONE_CR = re.compile(r"\r(?!\n)")

Place = tuple[int | None, int | None]
_WHOLE_FILE: Place = (None, None)


class Finding(NamedTuple):
    """A rule, what is found, its line and column, and a better hint than the remedy of the rule if there is one."""

    code: str
    message: str
    place: Place = _WHOLE_FILE
    hint: str | None = None


class _Parts(NamedTuple):
    """What a text is made of, in UTF-8."""

    title: bytes
    body: bytes
    joined: bytes
    body_line: int


def parse(files: Files, *, file_name: re.Pattern[str]) -> Articles:
    """Hold every file to UTF-8, split off the title, and take the id from the file name."""
    ids, indexes, issues = _named(files, file_name)
    plain = [None if data is None else _plain(data) for data in files.data]
    texts: list[bytes | None] = []
    parts: list[_Parts | None] = []
    for row, path, data, text, valid in zip(files.rows, files.paths, files.data, plain, _are_utf8(plain), strict=True):
        article = None
        if data is not None and text is not None and valid and not _wide_ascii(data):
            article = _parts(text)
        texts.append(None if article is None else text)
        parts.append(article)
        if article is None or data is None or text is not data or b"\r" in data:
            for code, message, (line, column), hint in _findings(data):
                issues.append(issue(code, message, path=path, row=row, line=line, column=column, hint=hint))
    return Articles(
        texts=texts,
        titles=[None if one is None else one.title for one in parts],
        bodies=[None if one is None else one.body for one in parts],
        body_lines=[1 if one is None else one.body_line for one in parts],
        joined=[None if one is None else one.joined for one in parts],
        ids=ids,
        indexes=indexes,
        issues=issues,
    )


def _named(files: Files, file_name: re.Pattern[str]) -> tuple[list[str | None], list[str | None], list[Issue]]:
    """The id and the index in each name, and an issue for each name without an id."""
    has_index = "index" in file_name.groupindex
    ids: list[str | None] = []
    indexes: list[str | None] = []
    issues = []
    for row, path in zip(files.rows, files.paths, strict=True):
        name = path.rpartition("/")[2]
        match = file_name.fullmatch(name)
        ids.append(match["id"] if match else None)
        index = match["index"] if match and has_index else None
        indexes.append(str(int(index)) if index and index.isdecimal() else None)
        if ids[-1] is None:
            issues.append(_wrong_name(name, file_name, path, row))
    return ids, indexes, issues


def _wrong_name(name: str, pattern: re.Pattern[str], path: str, row: int) -> Issue:
    what, right_name = difference(name, pattern)
    hint = None if right_name is None else f"rename the file to {right_name}, unless there is one of that name already"
    return issue("F004", f"the file name {shortened(name, 120)} is wrong: {what}", path=path, row=row, hint=hint)


def _plain(data: bytes) -> bytes:
    """The bytes without BOM and without CR before LF; for most files the very same."""
    data = data.removeprefix(codecs.BOM_UTF8)
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data  # one byte is found far faster than two


def _are_utf8(texts: Sequence[bytes | None]) -> list[bool]:
    """Whether each is strict UTF-8: asked of all at once, a sixth of the time of decoding, and one by one if not."""
    import polars as pl

    column = pl.from_arrow(pa.array(texts, pa.binary()))
    assert isinstance(column, pl.Series)
    try:
        column.cast(pl.String)
    except pl.exceptions.ComputeError:
        return [text is not None and _is_utf8(text) for text in texts]
    return [True] * len(texts)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parts(text: bytes) -> _Parts | None:
    """Title and body as `dataset_tools.text.split_article` has them, None if there is nothing but white space.

    Most texts need no trimming, and then not to be decoded.
    """
    title, _, rest = text.partition(b"\n")
    body = rest.removesuffix(b"\n")
    if title and body and not (_begins_or_ends_white(title) or _begins_or_ends_white(body)):
        return _Parts(title, body, text if body is rest else text[:-1], 2)
    decoded = text.decode()
    if not decoded or decoded.isspace():
        return None
    article = split_article(decoded)
    title, body = article.title.encode(), article.body.encode()
    return _Parts(title, body, title + b"\n" + body, article.body_line)


def _begins_or_ends_white(part: bytes) -> bool:
    if b" " < part[:1] < b"\x80" and b" " < part[-1:] < b"\x80":  # ASCII, as most ends are
        return False
    return part.startswith(_WHITE_SPACE) or part.endswith(_WHITE_SPACE)


def _findings(data: bytes | None) -> list[Finding]:
    """What is to be said of bytes that are not the plain text of an article."""
    if data is None:
        return []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [_not_utf8(data, error)]
    wide = _wide_ascii(data)
    if wide is not None:
        return [wide]
    findings: list[Finding] = []
    if text.startswith("\ufeff"):
        text = text[1:]
        findings.append(Finding("F002", "starts with a UTF-8 byte-order mark", (1, 1)))
    if "\r" in text:
        findings += _carriage_returns(text)
    if not text or text.isspace():
        what = f"only white space, {len(data):,} bytes" if text else f"{len(data)} bytes"
        findings.append(Finding("F007", f"the file is empty: {what}"))
    return findings


def _carriage_returns(text: str) -> list[Finding]:
    pairs = text.count("\r\n")
    alone = text.count("\r") - pairs
    findings: list[Finding] = []
    if pairs:
        message = f"{pairs:,} {'line ends' if pairs == 1 else 'lines end'} with CR LF"
        findings.append(Finding("F003", message, _offset_place(text, text.index("\r\n"))))
    if alone:
        message = f"{alone:,} CR without LF, which {'ends' if alone == 1 else 'end'} no line here"
        findings.append(Finding("F015", message, _offset_place(text, _LONE_CR.search(text).start())))  # type: ignore[union-attr]
    return findings


def _offset_place(text: str, offset: int) -> Place:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> Finding:
    place = _place(data[: error.start])
    message = f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start:,} ({error.reason})"
    encoding = probable_encoding(data, error.start)
    if encoding is None:
        return Finding("F001", message, place)
    return Finding("F001", f"{message}, probably {encoding.name}", place, encoding.remedy)


def _wide_ascii(data: bytes) -> Finding | None:
    first = data.find(b"\0")
    encoding = probable_encoding(data, first) if first >= 0 and data.isascii() else None
    if encoding is None:
        return None
    return Finding("F016", f"NULs beside all letters: probably {encoding.name}", _place(data[:first]), encoding.remedy)


def _place(before: bytes) -> Place:
    text = before.decode("utf-8").removeprefix("\ufeff")
    return text.count("\n") + 1, len(text) - text.rfind("\n")
