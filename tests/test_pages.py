"""The sessions that pages show are run, each page in a copy of this checkout."""

import re
import tomllib
from pathlib import Path

import pytest

from dataset_tools import config
from tests import pages
from tests.conftest import ROOT

RUN_ELSEWHERE = {
    "docs/cache.md": "tests/cli/test_cache_cli.py",
    "docs/push.md": "tests/publishing/test_push_page.py",
    "docs/schema.md": "tests/test_schema_docs.py",
    "docs/troubleshooting.md": "tests/test_troubleshooting.py",
    "docs/tutorial.md": "tests/test_tutorial.py",
}
"""Pages whose sessions need more than this checkout."""

PAGES = [
    name
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    if pages.steps(pages.read(name := path.relative_to(ROOT).as_posix())) and name not in RUN_ELSEWHERE
]


@pytest.mark.parametrize("name", PAGES)
def test_the_sessions_show_what_the_commands_print(name: str, checkout: Path) -> None:
    pages.type_in(pages.steps(pages.read(name)), checkout)


def test_every_session_is_run_somewhere() -> None:
    assert {"README.md", "docs/ci.md", "docs/fix.md", "docs/incoming.md"} <= set(PAGES)
    for page, test in RUN_ELSEWHERE.items():
        assert Path(page).name in (ROOT / test).read_text("utf-8")


def test_two_pages_say_the_same_of_recipes() -> None:
    (table,) = re.findall(r"^\| ALGORITHM \|(?:.*\n){3}", pages.read("README.md"), re.MULTILINE)
    assert table in pages.read("docs/external-ids.md")


@pytest.mark.parametrize("name", [path.name for path in sorted((ROOT / "docs").glob("*.md"))])
def test_settings_that_a_page_shows_are_settings(name: str) -> None:
    for text in pages.blocks(pages.read(f"docs/{name}"), "toml"):
        values = tomllib.loads(text)
        assert config._checked(values.get("tool", {}).get("dataset-tools", values), name)
