"""Parse: bytes to text, title, body and the id in the file name."""

import codecs
import re

from dataset_tools.file_names import difference
from dataset_tools.model import Articles, Files, Issue
from dataset_tools.rules import issue
from dataset_tools.text import Article, shortened, split_article

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32, by its byte-order mark"),  # before UTF-16: its mark begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "UTF-32, by its byte-order mark"),
    (codecs.BOM_UTF16_LE, "UTF-16, by its byte-order mark"),
    (codecs.BOM_UTF16_BE, "UTF-16, by its byte-order mark"),
)
_LONE_CR = re.compile(r"\r(?!\n)")
_NOTHING = Article("", "", 1)

Place = tuple[int | None, int | None]
Finding = tuple[str, str, Place]
"""Rule, message, and the line and column."""
_WHOLE_FILE: Place = (None, None)


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
            issues.append(_wrong_name(name, file_name, path, row))
        text, findings = (None, []) if data is None else _decode(data)
        for code, message, (line, column) in findings:
            issues.append(issue(code, message, path=path, row=row, line=line, column=column))
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


def _wrong_name(name: str, pattern: re.Pattern[str], path: str, row: int) -> Issue:
    what, right_name = difference(name, pattern)
    hint = None if right_name is None else f"rename the file to {right_name}, unless there is one of that name already"
    return issue("F004", f"the file name {shortened(name, 120)} is wrong: {what}", path=path, row=row, hint=hint)


def _decode(data: bytes) -> tuple[str | None, list[Finding]]:
    """The text without BOM and with LF only; None if there is none, with the issue that says why."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [("F001", *_not_utf8(data, error))]
    findings: list[Finding] = []
    if text.startswith("\ufeff"):
        text = text[1:]
        findings.append(("F002", "starts with a UTF-8 byte-order mark", (1, 1)))
    if b"\r" in data:  # one byte is found far faster than two
        findings += _carriage_returns(text)
        text = text.replace("\r\n", "\n")
    if not text or text.isspace():
        what = f"only white space, {len(data):,} bytes" if text else f"{len(data)} bytes"
        return None, [*findings, ("F007", f"the file is empty: {what}", _WHOLE_FILE)]
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


def _carriage_returns(text: str) -> list[Finding]:
    pairs = text.count("\r\n")
    alone = text.count("\r") - pairs
    findings: list[Finding] = []
    if pairs:
        message = f"{pairs:,} {'line ends' if pairs == 1 else 'lines end'} with CR LF"
        findings.append(("F003", message, _place(text, text.index("\r\n"))))
    if alone:
        message = f"{alone:,} CR without LF, which {'ends' if alone == 1 else 'end'} no line here"
        findings.append(("F015", message, _place(text, _LONE_CR.search(text).start())))  # type: ignore[union-attr]
    return findings


def _place(text: str, offset: int) -> Place:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _not_utf8(data: bytes, error: UnicodeDecodeError) -> tuple[str, Place]:
    for mark, name in _OTHER_ENCODINGS:
        if data.startswith(mark):
            return f"not UTF-8 but {name}", (1, 1)
    before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
    line_start = before.rfind("\n") + 1
    place = (before.count("\n") + 1, len(before) - line_start + 1)
    return f"not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start:,} ({error.reason})", place
