"""docs/push.md is true: its sessions are run, with a small server in place of the Hub."""

import re
from pathlib import Path

import pytest

from tests import pages
from tests.hub_server import TOKEN, hub_server


def test_the_sessions_show_what_the_commands_print(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub_server() as hub:
        for name, value in (("ENDPOINT", hub.url), ("TOKEN", TOKEN), ("HUB_OFFLINE", "0"), ("HUB_DISABLE_XET", "1")):
            monkeypatch.setenv(f"HF_{name}", value)
        pages.type_in(pages.steps(pages.read("docs/push.md")), checkout, masked=_without_sizes)


def _without_sizes(text: str) -> str:
    """Sizes of files depend on the versions of the libraries."""
    return re.sub(r"[\d,]+ bytes", "N bytes", text)
