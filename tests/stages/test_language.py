"""Texts in another language than the card states are named where that is sure, and nothing else is."""

import importlib.util
import sys
from pathlib import Path

import polars as pl
import pytest

import dataset_tools
from dataset_tools.model import UserError
from dataset_tools.stages.language import Languages, expected_languages, foreign
from tests.conftest import CorpusFolder, article

VIETNAMESE = "Chợ mở cửa từ sáu giờ sáng, và đến tám giờ thì mọi sạp rau đều đã bán gần hết."
ENGLISH = "The market opens at six in the morning, and by eight nearly all of the vegetables have been sold."
FRENCH = "Le marché ouvre à six heures du matin, et à huit heures presque tous les légumes sont déjà vendus."
MALAY = (
    "Orang kampung berkata bahawa pasar tidak akan dibuka pada hari Selasa kerana kerajaan mahu membaiki bumbungnya."
)

needs_library = pytest.mark.skipif(
    importlib.util.find_spec("py3langid") is None, reason="the extra language is not installed"
)


def languages(*stated: str) -> Languages:
    expected = expected_languages(stated, selected=True)
    assert expected is not None
    return expected


def found(body: str, *stated: str) -> list[str]:
    frame = pl.DataFrame({"row": [0], "path": ["0.txt"], "body": [body]})
    return [one.message for one in foreign(frame, languages(*stated))]


@needs_library
@pytest.mark.parametrize("body", [VIETNAMESE, f"{VIETNAMESE} {VIETNAMESE}".upper(), f"![]() |\n{VIETNAMESE}"])
def test_a_text_in_the_language_passes(body: str) -> None:
    assert found(body, "vi") == []
    assert found(body, "vi-VN", "en") == []


@needs_library
def test_a_text_in_another_language_is_named_with_both_and_how_sure_that_is() -> None:
    assert found(FRENCH, "vi") == ["the text is in French (confidence 1.00), not Vietnamese"]
    assert found(VIETNAMESE, "en", "fr") == ["the text is in Vietnamese (confidence 1.00), not English or French"]


@needs_library
@pytest.mark.parametrize(
    "body", ["1 2 3 4 5 6 7 8 9", "*** --- ***", "Real Madrid: Navas, Ramos, Modric, Kroos", "OK", "\x00"]
)
def test_nothing_is_said_where_there_is_little_to_go_by(body: str) -> None:
    assert found(body, "vi") == []


@needs_library
def test_a_text_of_two_languages_is_in_either() -> None:
    half = f"{ENGLISH}\n{VIETNAMESE}\n{ENGLISH}\n{VIETNAMESE}"
    assert found(half, "vi") == []
    assert found(half, "en") == []


@needs_library
def test_languages_that_are_written_alike_are_not_held_against_each_other() -> None:
    assert found(MALAY, "id") == []
    assert found(MALAY, "vi") != []


@needs_library
def test_the_beginning_decides_and_a_foreign_first_line_does_not() -> None:
    assert found(f"{ENGLISH}\n" + 20 * f"{VIETNAMESE}\n", "vi") == []


@needs_library
def test_the_rule_is_in_force_when_it_is_selected_and_a_language_is_configured(corpus: CorpusFolder) -> None:
    corpus.add(f"Bài\n{ENGLISH}\n")
    corpus.add(f"Bài khác\n{VIETNAMESE}\n")
    Path("dataset-tools.toml").write_text('[card]\nlanguage = "vi"\nlicense = "cc0-1.0"', "utf-8")
    assert dataset_tools.validate(corpus.folder, ignore=["B004"]).issues == ()
    (one,) = dataset_tools.validate(corpus.folder, select=["DEFAULT", "language"], ignore=["B004"]).issues
    assert (one.code, one.line, one.path) == (
        "L001",
        None,
        dataset_tools.validate(corpus.folder, select=["L"]).issues[0].path,
    )
    assert dataset_tools.validate(corpus.folder, select=["L001"], ignore=["L001"]).issues == ()
    built = dataset_tools.build(corpus.folder, select=["ALL"], ignore=["B004"])
    assert [issue.code for issue in built.issues] == ["L001"]


@needs_library
@pytest.mark.parametrize(("stated", "message"), [((), "none is configured"), (("vi", "tlh"), "'tlh'")])
def test_who_selects_the_rule_is_told_why_it_cannot_be_in_force(stated: tuple[str, ...], message: str) -> None:
    with pytest.raises(UserError, match=message):
        expected_languages(stated, selected=True)
    assert expected_languages(stated, selected=False) is None


def test_who_selects_the_rule_without_the_library_is_told_what_to_install(
    corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py3langid", None)
    corpus.add(article(1))
    Path("dataset-tools.toml").write_text('[card]\nlanguage = "vi"', "utf-8")
    with pytest.raises(UserError, match="not installed") as raised:
        dataset_tools.validate(corpus.folder, select=["L001"])
    assert raised.value.hint == "pip install 'dataset-tools[language]'"
    assert dataset_tools.validate(corpus.folder, select=["ALL"]).issues == ()
