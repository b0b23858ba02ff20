"""The documentation, built as a site in a folder of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def copied(folder: Path) -> Path:
    """What the site is made of, in a new folder below `folder`."""
    project = folder / "project"
    shutil.copytree(ROOT / "docs", project / "docs")
    shutil.copy(ROOT / "zensical.toml", project)
    return project


def build(project: Path) -> "subprocess.CompletedProcess[str]":
    """Build it as the gate and `just docs` do; the pages are in `site`."""
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    return subprocess.run(command, cwd=project, capture_output=True, encoding="utf-8", check=False)
