"""Links of README and docs lead somewhere: to a file that is there, and to a heading that it has."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), ROOT / "benchmarks" / "README.md"])
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
    return [link for link in _LINK.findall(_CODE.sub("``", page.read_text("utf-8"))) if "://" not in link]


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        leaves = page.is_relative_to(DOCS) and not target.resolve().is_relative_to(DOCS)
        assert not leaves, f"{link} leads out of the site"
        assert not anchor or anchor in anchors(target), link


def test_there_are_links_to_look_at() -> None:
    assert len(links(ROOT / "README.md")) > 15
    assert "measured" in anchors(DOCS / "rules.md")


def test_the_site_leads_to_every_page_of_the_docs() -> None:
    site = tomllib.loads((ROOT / "zensical.toml").read_text("utf-8"))["project"]
    named = re.findall(r"'([\w-]+\.md)'", str(site["nav"]))
    assert sorted(named) == sorted(path.name for path in DOCS.glob("*.md"))
