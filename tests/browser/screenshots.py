"""The pictures of docs/report.md: `python -m tests.browser.screenshots`, after a change of how the report looks.

Needs pillow beside what the tests need.
"""

import base64
import io
import tempfile
from pathlib import Path

from PIL import Image

from dataset_tools import html_report
from tests.browser.driver import Browser
from tests.conftest import ROOT

PICTURES = {"report-360": (360, "light"), "report-800": (800, "dark"), "report-1280": (1280, "light")}
_COLOURS = 128


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        page = Path(folder) / "report.html"
        html_report.report(ROOT / "dist", page, raw=ROOT / "raw")
        for name, (width, scheme) in PICTURES.items():
            browser.open(page, width=width, scheme=scheme)
            shot = browser._tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
            picture = Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB")
            small = picture.quantize(_COLOURS, dither=Image.Dither.NONE)
            small.save(ROOT / "docs" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
