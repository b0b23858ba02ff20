"""The documentation in a real browser: nothing is asked of others, and it fits a telephone."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests import site

if TYPE_CHECKING:
    from tests.browser.driver import Browser

pytest.importorskip("zensical", reason="pip install 'dataset-tools[docs]'")

PAGES = ("index", "tutorial", "settings", "rules", "report")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site is served."""
    project = site.copied(tmp_path_factory.mktemp("site"))
    assert site.build(project).returncode == 0
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=project / "site")) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nothing_of_others_and_fits(browser: "Browser", address: str, name: str) -> None:
    browser.open(f"{address}/{name}.html", width=360)
    assert browser.run("return document.querySelector('h1').innerText") != ""
    assert not browser.run("return document.documentElement.scrollWidth > innerWidth")
    assert [url for url in browser.requests() if not url.startswith((address, "data:"))] == []
    assert browser.said() == []
