"""docs/package.md is true: its settings are read. tests/test_pages.py runs its session."""

import tomllib

from dataset_tools import config
from dataset_tools.rules import RULES
from tests import pages

PAGE = pages.read("docs/package.md")


def test_its_settings_are_those_of_the_splits_it_speaks_of() -> None:
    (text,) = pages.blocks(PAGE, "toml")
    assert list(config._checked(tomllib.loads(text), "the page").split) == ["archive", "heldout", "validation"]


def test_it_names_every_rule_of_metadata() -> None:
    assert all(code in PAGE for code in RULES if code.startswith("M"))
