"""Licenses, languages and tasks are those of the Hub, or an error that names the nearest one."""

import subprocess
import sys
from pathlib import Path

import pytest

from dataset_tools import config
from dataset_tools.hub import LICENSES, TASK_CATEGORIES, known_language, languages
from dataset_tools.model import UserError


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (
            'license = "cc-by-40"',
            "card.license: 'cc-by-40' is not a license that the Hub knows; the nearest is cc-by-4.0",
        ),
        ('license = "CC BY 4.0"', "the nearest is cc-by-4.0"),
        ('license = "GPLv3"', "the nearest is gpl"),
        ('license = ""', "the nearest is "),
        ('language = ["Vietnamese"]', "'Vietnamese' is not a language that the Hub knows; the nearest is vi"),
        ('language = "vi_VN"', "'vi_VN' is not a language that the Hub knows"),
        ('language = "vi-"', "'vi-' is not a tag of BCP 47 such as vi, zh-Hant or pt-BR"),
        ('language = "VI"', "the nearest is vi"),
        ('task_categories = ["text generation"]', "the nearest is text-generation"),
        ('task_categories = "summarisation"', "the nearest is summarization"),
        ('version = "1.0"', "card.version: must be a version of three numbers such as 1.0.0"),
        ('version = "v1.0.0"', "must be a version of three numbers"),
        ('date = "25.11.2026"', "card.date: must be a date such as 2026-11-25"),
        ("date = 2026-11-25T10:00:00", "card.date"),
        ('homepage = "javascript:alert(1)"', "must be a URL that begins with https://"),
        ('homepage = "https://a.org/) <script>"', "must be a URL that begins with https://"),
    ],
)
def test_what_the_hub_does_not_know_is_refused_with_the_nearest_that_it_does(card: str, message: str) -> None:
    Path("dataset-tools.toml").write_text(f"[card]\n{card}\n", "utf-8")
    with pytest.raises(UserError) as caught:
        config.load()
    assert message in caught.value.message


@pytest.mark.parametrize("tag", ["vi", "zh-Hant", "pt-BR", "yue", "sr-Latn-RS", "code", "multilingual"])
def test_tags_of_bcp_47_are_taken(tag: str) -> None:
    assert known_language(tag) == tag


def test_a_date_of_toml_and_one_in_quotes_are_the_same() -> None:
    dates = []
    for value in ("2026-11-25", '"2026-11-25"'):
        Path("dataset-tools.toml").write_text(f"[card]\ndate = {value}\n", "utf-8")
        dates.append(config.load().card.date)
    assert dates == ["2026-11-25"] * 2


def test_the_lists_are_those_that_there_are() -> None:
    assert len(languages()) > 7000
    assert len(LICENSES) > 60
    assert len(set(TASK_CATEGORIES)) == len(TASK_CATEGORIES) > 50
    assert all(name == (spdx or name).lower() or spdx for name, spdx in LICENSES.items())


def test_looking_a_language_up_does_not_load_datasets() -> None:
    code = "import sys; from dataset_tools.hub import known_language as k; k('vi'); print('datasets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"
