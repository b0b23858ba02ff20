"""A page in headless Chromium: opened from disk at a width, in light or dark, and what it asked for and said."""

import json
import shutil
from pathlib import Path
from typing import Any, Self

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.browser.conftest import AXE

_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-dev-shm-usage",
)


class Browser:
    def __enter__(self) -> Self:
        options = webdriver.ChromeOptions()
        for argument in _ARGUMENTS:
            options.add_argument(argument)
        options.binary_location = shutil.which("chromium") or ""
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        return self

    def __exit__(self, *_: object) -> None:
        self.driver.quit()

    def open(self, page: Path | str, *, width: int = 1280, scheme: str = "light", script: bool = True) -> None:
        self._tell("Emulation.setScriptExecutionDisabled", value=not script)
        self._tell("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self._tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.requests(), self.said()
        self.driver.get(page if isinstance(page, str) else page.absolute().as_uri())

    def _tell(self, command: str, **values: object) -> Any:
        return self.driver.execute_cdp_cmd(command, values)

    def run(self, script: str, *arguments: object) -> Any:
        return self.driver.execute_script(script, *arguments)

    def requests(self) -> dict[str, str]:
        """The addresses that were asked for since the last call, each with what has blocked it, or nothing."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = {
            one["params"]["requestId"]: one["params"]["request"]["url"]
            for one in events
            if one["method"] == "Network.requestWillBeSent"
        }
        failed = {
            one["params"]["requestId"]: one["params"].get("blockedReason", "")
            for one in events
            if one["method"] == "Network.loadingFailed"
        }
        return {url: failed.get(number, "") for number, url in sent.items()}

    def said(self) -> list[str]:
        """What stands in the console since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def violations(self) -> list[str]:
        """What axe-core objects to, by WCAG 2.2 AA and its own best practices."""
        self.driver.execute_script(AXE.read_text("utf-8"))
        result = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(done)"
        )
        return [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in result["violations"]
            for node in one["nodes"]
        ]
