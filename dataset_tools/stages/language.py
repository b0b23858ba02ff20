"""Language: which texts are in another language than the dataset is said to be in.

The model is that of py3langid (the extra `language`): naive Bayes over n-grams of bytes (Lui and Baldwin 2012);
docs/language.md compares it with others. A text passes if it is full of what only an expected language has, or if its
first words are taken for that language. What is left is looked at once more, and named only where the model is sure.
"""

import importlib.util
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from dataset_tools.model import Issue, UserError
from dataset_tools.rules import RULES, issue
from dataset_tools.text import shortened

if TYPE_CHECKING:
    import polars as pl
    from py3langid.langid import LanguageIdentifier

CONFIDENCE = 0.95
"""Below it nothing is said. On 5,500 news articles, even cut to 20 characters, no wrong language got so much."""

GLANCE = 100
LOOK = 4000
"""Characters of the body, at first, and where these are not taken for an expected language."""

_NO_LANGUAGE = "zxx"
_ALIKE = ({"bs", "hr", "sr"}, {"en", "pcm"}, {"id", "ms"}, {"nn", "no"}, {"wuu", "yue", "zh"})
"""Languages that are written so much alike that one is not held against another."""

_TELLING = {
    "en": (r"\b(?:the|and)\b", 3),
    "vi": ("[\u1ea4-\u1eb7\u1ebe-\u1ec7\u1ed0-\u1ee3\u1ee8-\u1ef1]", 6),  # letters with two marks
}
"""What stands at least so often in the beginning of nearly every text of a language, and of few others."""

_BEGINNING = 400


@dataclass(frozen=True, slots=True)
class Languages:
    """What texts are held to: the languages as the card states them, and the codes of the model that go with these."""

    stated: tuple[str, ...]
    codes: frozenset[str]


def expected_languages(stated: Iterable[str], *, selected: bool) -> Languages | None:
    """The languages to hold texts to; None if it cannot be done.

    Args:
        stated: the languages of the card; of `pt-BR`, only `pt` counts.
        selected: whether the user has named the rule, and so is told why it cannot be done.

    Raises:
        UserError: if it is `selected` and cannot be done.
    """
    stated = tuple(re.split("[-_]", language.lower())[0] for language in stated)
    if importlib.util.find_spec("py3langid") is None:
        problem, hint = "L001 needs a library that is not installed", "pip install 'dataset-tools[language]'"
    elif not stated:
        problem = "L001 compares texts with the language of the dataset, and none is configured"
        hint = RULES["P002"].fix
    elif unknown := [language for language in stated if language not in _model().labels]:
        problem, hint = f"L001 cannot tell the language {shortened(unknown[0])}", "leave the rule out"
    else:
        return Languages(stated, frozenset(stated).union(*(group for group in _ALIKE if group & set(stated))))
    if selected:
        raise UserError(problem, hint)
    return None


def foreign(frame: "pl.DataFrame", languages: Languages) -> list[Issue]:
    """An issue for each text that is surely in none of the languages.

    `frame` has the columns of `dataset_tools.columns.article_frame`.
    """
    issues = []
    for row, path, body in _suspects(frame, languages).select("row", "path", "body").iter_rows():
        language, _ = _model().classify(body[:GLANCE])
        if language in languages.codes:
            continue
        language, confidence = _model().classify(body[:LOOK])
        if confidence >= CONFIDENCE and language not in {*languages.codes, _NO_LANGUAGE}:
            expected = " or ".join(map(_name, languages.stated))
            message = f"the text is in {_name(language)} (confidence {confidence:.2f}), not {expected}"
            issues.append(issue("L001", message, path=path, row=row))
    return issues


def language_of(body: str) -> str | None:
    """The language that a text is surely in; None if that cannot be said.

    Without py3langid only the languages are known that have telling letters or words.
    """
    for language, (pattern, times) in _TELLING.items():
        if len(re.findall(pattern, body[:_BEGINNING])) >= times:
            return language
    if importlib.util.find_spec("py3langid") is None:
        return None
    language, confidence = _model().classify(body[:LOOK])
    return str(language) if confidence >= CONFIDENCE and language != _NO_LANGUAGE else None


def _suspects(frame: "pl.DataFrame", languages: Languages) -> "pl.DataFrame":
    import polars as pl

    beginning = pl.col("body").str.head(_BEGINNING)
    for language in sorted(languages.codes & _TELLING.keys()):
        pattern, times = _TELLING[language]
        frame = frame.filter(beginning.str.count_matches(pattern) < times)
    return frame


@lru_cache(maxsize=1)
def _model() -> "LanguageIdentifier":
    """The model, read once in a process."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Names of languages by code, as the Hugging Face hub has them."""
    spec = importlib.util.find_spec("datasets")
    assert spec is not None
    assert spec.origin is not None
    names: dict[str, str] = json.loads((Path(spec.origin).parent / "utils/resources/languages.json").read_text("utf-8"))
    return names


def _name(language: str) -> str:
    """The first of the names of a language: not "Spanish; Castilian" but "Spanish"."""
    return re.split(r"[;(]", _names().get(language, language))[0].strip()
