"""Parse: bytes to text, title, body and the id in the file name."""

import codecs
import re
from typing import NamedTuple

from dataset_tools.encodings import probable_encoding
from dataset_tools.model import Articles, Files, Issue
from dataset_tools.rules import issue
from dataset_tools.text import Article, shortened, split_article

_NOTHING = Article("", "", 1)

Place = tuple[int | None, int | None]
_WHOLE_FILE: Place = (None, None)


class Finding(NamedTuple):
    """A rule, what is found, its line and column, and a better hint than the remedy of the rule if there is one."""

    code: str
    message: str
    place: Place = _WHOLE_FILE
    hint: str | None = None


def parse(files: Files, *, file_name: re.Pattern[str]) -> Articles:
    """Decode strictly as UTF-8, split off the title, and take the id from the file name."""
    texts: list[str | None] = []
    articles: list[Article] = []
    joined: list[bytes | None] = []
    ids: list[str | None] = []
    issues: list[Issue] = []
    for row, path, data in zip(files.rows, files.paths, files.data, strict=True):
        name = path.rpartition("/")[2]
        match = file_name.fullmatch(name)
        ids.append(match["id"] if match else None)
        if ids[-1] is None:
            message = f"the file name {shortened(name, 120)} does not match {file_name.pattern}"
            issues.append(issue("F004", message, path=path, row=row))
        text, findings = (None, []) if data is None else _decode(data)
        for code, message, (line, column), hint in findings:
            issues.append(issue(code, message, path=path, row=row, line=line, column=column, hint=hint))
        article = _NOTHING if text is None else split_article(text)
        texts.append(text)
        articles.append(article)
        joined.append(None if text is None or data is None else _joined(data, text, article))
    return Articles(
        texts=texts,
        titles=[None if text is None else article.title for text, article in zip(texts, articles, strict=True)],
        bodies=[None if text is None else article.body for text, article in zip(texts, articles, strict=True)],
        body_lines=[article.body_line for article in articles],
        joined=joined,
        ids=ids,
        issues=issues,
    )


def _decode(data: bytes) -> tuple[str | None, list[Finding]]:
    """The text without BOM and with LF only; None if there is none, with the issue that says why."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(data, error)]
    wide = _wide_ascii(data)
    if wide is not None:
        return None, [wide]
    findings: list[Finding] = []
    if text.startswith("\ufeff"):
        text = text[1:]
        findings.append(Finding("F002", "starts with a UTF-8 byte-order mark", (1, 1)))
    if b"\r" in data and "\r\n" in text:  # one byte is found far faster than two
        findings.append(_carriage_returns(text))
        text = text.replace("\r\n", "\n")
    if not text or text.isspace():
        what = f"only white space, {len(data):,} bytes" if text else f"{len(data)} bytes"
        return None, [*findings, Finding("F007", f"the file is empty: {what}")]
    return text, findings


def _joined(data: bytes, text: str, article: Article) -> bytes:
    """Title, LF, body in UTF-8: for most files what was read, perhaps without the last line end."""
    title, body, _ = article
    dropped = len(text) - len(title) - 1 - len(body)
    if b"\r" not in data and not data.startswith(codecs.BOM_UTF8) and text.startswith(f"{title}\n"):
        if dropped == 0:
            return data
        if dropped == 1 and text.endswith("\n"):  # this is what was dropped: no body ends with it
            return data[:-1]
    return f"{title}\n{body}".encode()


def _carriage_returns(text: str) -> Finding:
    first = text.index("\r\n")
    line = text.count("\n", 0, first) + 1
    column = first - text.rfind("\n", 0, first)
    return Finding("F003", f"{text.count(chr(13) + chr(10)):,} lines end with CR LF", (line, column))


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
