"""Fixes that delete what web pages left behind: the very lines that the rules name."""

from collections.abc import Callable

from dataset_tools.stages.lint import CHECKS
from dataset_tools.stages.lint.check import Check, Text
from dataset_tools.text import split_article


def without_lines(code: str) -> Callable[[str], str]:
    """The text without the lines that a rule finds; as it is if no body would be left."""
    check = _check(code)

    def without(text: str) -> str:
        found = _lines(check, text)
        kept = [line for number, line in enumerate(text.split("\n"), 1) if number not in found]
        return _with_body("\n".join(kept), text)

    return without


def without_end(code: str) -> Callable[[str], str]:
    """The text without all lines from the one on that a rule finds; as it is if no body would be left."""
    check = _check(code)

    def without(text: str) -> str:
        found = _lines(check, text)
        if not found:
            return text
        kept = "\n".join(text.split("\n")[: min(found) - 1])
        return _with_body(f"{kept.rstrip()}\n", text)

    return without


def _check(code: str) -> Check:
    return next(check for check in CHECKS if check.code == code)


def _lines(check: Check, text: str) -> set[int]:
    """The numbers of the lines, from 1, that a check finds."""
    plain = text.replace("\r\n", "\n")
    article = split_article(plain)
    if not article.body:
        return set()
    whole = Text(plain, article.title, article.body, article.body_line)
    return {whole.place(hit.offset)[0] for hit in check.find(whole)}


def _with_body(changed: str, text: str) -> str:
    return changed if split_article(changed).body else text
