"""The documentation builds as a site without a warning, says what GitHub shows, and loads nothing from elsewhere.

It needs `pip install -e '.[docs]'`; without that these tests are skipped, but not in the gate.
"""

import importlib.util
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest

from tests import site
from tests.conftest import ROOT

PAGES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))
LOADING = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src", "video": "src"}

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None and "DATASET_TOOLS_SITE" not in os.environ,
    reason="zensical is not installed: pip install 'dataset-tools[docs]'",
)


class Page(HTMLParser):
    """The words of a page, without what the site puts around them, and what it loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loaded: list[str] = []
        self.inside: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag in LOADING and values.get("rel") != "canonical":
            self.loaded.append(values.get(LOADING[tag]) or "")
        if tag not in ("br", "hr", "img", "input", "link", "meta"):
            around = tag in ("nav", "button", "style", "script") or values.get("class") == "headerlink"
            self.inside.append((tag, around))

    def handle_endtag(self, tag: str) -> None:
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(around for _, around in self.inside):
            self.words += data.split()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return site.copied(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def done(project: Path) -> "subprocess.CompletedProcess[str]":
    return site.build(project)


@pytest.fixture
def built(project: Path, done: "subprocess.CompletedProcess[str]") -> Path:
    return project / "site"


def test_it_builds_without_a_warning(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 0, re.sub(r"\x1b\[[\d;]*m", "", done.stderr)  # every character has a colour


def test_there_is_a_page_for_each(built: Path) -> None:
    assert sorted(path.stem for path in built.glob("*.html")) == sorted([*PAGES, "404"])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_github_shows(built: Path, name: str) -> None:
    article = re.search(r"<article.*?</article>", (built / f"{name}.html").read_text("utf-8"), re.DOTALL)
    assert article is not None
    text = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert "".join(Page(article[0]).words) == "".join(Page(cmarkgfm.github_flavored_markdown_to_html(text)).words)


def test_nothing_is_loaded_from_elsewhere(built: Path) -> None:
    loaded = [link for path in built.glob("*.html") for link in Page(path.read_text("utf-8")).loaded]
    assert len(loaded) > len(PAGES)
    assert [link for link in loaded if "//" in link] == []
    styles = "".join(path.read_text("utf-8") for path in built.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//.{40}", styles) == []


@pytest.mark.parametrize("link", ["nowhere.md", "rules.md#nowhere"])
def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path, link: str) -> None:
    project = site.copied(tmp_path)
    with (project / "docs" / "index.md").open("a", encoding="utf-8") as page:
        page.write(f"\n[a page]({link})\n")
    assert site.build(project).returncode != 0
