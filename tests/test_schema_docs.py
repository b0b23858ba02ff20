"""docs/schema.md is true: its schemas are read, its sessions are run, its tables are those of the code."""

import re
from pathlib import Path

import pytest

from dataset_tools.schema import REGISTERED_CHECKS, load
from dataset_tools.schema.checks import PANDERA_CHECKS, SHORT_NAMES, UNSUPPORTED, known_checks
from tests import pages

PAGE = pages.read("docs/schema.md")
FILES = dict(re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SESSIONS = pages.steps(PAGE)


@pytest.fixture
def files(checkout: Path) -> Path:
    for name, text in FILES.items():
        (checkout / name).write_text(text, "utf-8")
    return checkout


@pytest.mark.parametrize("name", FILES)
def test_every_schema_of_the_page_is_read(files, name):
    assert load(files / name).rules


def test_all_forms_are_shown():
    assert {Path(name).suffix for name in FILES} == {".yaml", ".json", ".py"}
    assert PAGE.count("```") == 2 * (len(FILES) + len(pages.blocks(PAGE, "console")))


def test_the_sessions_show_what_the_commands_print(files):
    pages.type_in(SESSIONS, files)


def test_the_table_of_checks_is_that_of_the_code():
    known = known_checks()
    ours = {name: check.__doc__ for name, check in REGISTERED_CHECKS.items()}
    for name, what in {**PANDERA_CHECKS, **ours}.items():
        arguments = ", ".join(f"`{argument}`" for argument in known[name])
        assert f"| `{name}` | {arguments} | {what} |\n" in PAGE
    assert all(f"`{name}`" in PAGE for name in SHORT_NAMES)


def test_the_table_of_what_is_refused_is_that_of_the_code():
    for name, reason in UNSUPPORTED.items():
        assert f"| `{name}` | {reason} |\n" in PAGE
