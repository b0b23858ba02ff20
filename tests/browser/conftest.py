"""Chromium without a window, and axe-core; where these are missing tests are skipped, but not in the gate.

Debian: `apt-get install chromium chromium-driver`; `pip install -e '.[test-browser]'`; `npm ci --prefix tests/browser`.
"""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.driver import Browser

AXE = Path(os.environ.get("DATASET_TOOLS_AXE", Path(__file__).parent / "node_modules/axe-core/axe.min.js"))


def missing() -> str | None:
    if importlib.util.find_spec("selenium") is None:
        return "selenium is not installed: pip install 'dataset-tools[test-browser]'"
    for program, package in (("chromium", "chromium"), ("chromedriver", "chromium-driver")):
        if shutil.which(program) is None:
            return f"{program} is not installed: apt-get install {package}"
    return None if AXE.is_file() else "axe-core is not installed: npm ci --prefix tests/browser"


@pytest.fixture(scope="session", autouse=True)
def _browser_there() -> None:
    reason = missing()
    if reason is None:
        return
    if os.environ.get("DATASET_TOOLS_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser(_browser_there: None) -> Iterator["Browser"]:
    from tests.browser.driver import Browser

    with Browser() as one:
        yield one
