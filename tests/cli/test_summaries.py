"""What commands say at their end: in 80 columns to a pipe, in those of a terminal else, with and without colour."""

import os
import re
import shutil
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dataset_tools.cli import app
from dataset_tools.formats.look import columns
from tests.conftest import ROOT

runner = CliRunner()
EXCERPT = re.compile(r"^  \| ")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample corpus with its dataset, and a file that is to be added."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("raw", "dist", "schemas"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "new.txt").write_text("Trời nắng\nHôm nay trời nắng.\n", "utf-8")
    return folder


@pytest.fixture
def _inside(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)


COMMANDS = {
    "validate": ("validate", "dataset-tools validate --diff --unsafe-fixes"),
    "validate --near -c pyproject.toml": (
        "validate --near -c pyproject.toml",
        "dataset-tools validate --config pyproject.toml --near --diff --unsafe-fixes",
    ),
    "the folder of the settings by its name": ("validate raw", "dataset-tools validate --diff --unsafe-fixes"),
    "statistics": ("validate --statistics", "dataset-tools validate --diff --unsafe-fixes"),
    "build": ("build --out built --ignore W", "dataset-tools report built"),
    "build --check": ("build --check", None),
    "dedup": ("dedup --threshold 0.7", "dataset-tools dedup --threshold 0.7 --show 374a7c630c865a0e ecbed05a2ee88ad7"),
    "verify": ("verify", "dataset-tools push dist hf://datasets/OWNER/NAME --dry-run"),
    "ids": ("ids", None),
    "add": ("add new.txt --dry-run --ignore B", "dataset-tools add new.txt --ignore B"),
    "push": ("push share --dry-run --output-format full", "dataset-tools push share"),
    "diff": ("diff dist dist", None),
    "init": ("init", "pip install pre-commit && pre-commit install checks every commit"),
}


@pytest.mark.usefixtures("_inside")
@pytest.mark.parametrize(("call", "following"), COMMANDS.values(), ids=COMMANDS)
def test_every_summary_fits_80_columns_and_ends_with_what_to_run_next(call: str, following: str | None) -> None:
    result = runner.invoke(app, call.split())
    assert (result.exit_code, result.stderr) == (0, "")
    summary = result.stdout.rpartition("\n\n")[2] if "rule" not in result.stdout else result.stdout.split("\n\n", 1)[1]
    lines = [line for line in summary.splitlines() if not EXCERPT.match(line)]
    assert [line for line in lines if columns(line) > 80 and not line.startswith("    next: ")] == []
    last = lines[-1]
    assert last == f"    next: {following}" if following else not last.startswith("    next: ")


def terminal(script: str, width: int, cwd: Path, **environment: str) -> str:
    """What a person sees on a terminal of so many columns."""
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (40, width))
    process = subprocess.Popen(
        ["bash", "-c", script],
        cwd=cwd,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    assert process.wait(timeout=60) in (0, 1)
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


PROGRAM = f"{sys.executable} -m dataset_tools"
VALIDATE = f"{PROGRAM} validate --ignore D --no-progress"
TOUR = f"{VALIDATE} && {PROGRAM} build --ignore W,U,T --no-progress && {PROGRAM} dedup --no-progress"


def test_a_narrow_terminal_is_not_overrun_with_or_without_colour(project: Path) -> None:
    plain = terminal(TOUR, 60, project, NO_COLOR="1")
    coloured = terminal(VALIDATE, 60, project)
    assert "\x1b" not in plain
    assert "\x1b[1m" in coloured
    assert plain.startswith(re.sub(r"\x1b\[\d+m", "", coloured))
    wide = [line for line in plain.splitlines() if columns(line) > 60]
    allowed = re.compile(r"raw/\S+: [A-Z]\d{3} |    next: |  (near 0\.\d{3}|identical|same text) +raw/|kept +raw/")
    assert [line for line in wide if not allowed.match(line)] == []
    assert "  distinct  25  1 identical, 1 with the same text, 2\n                near-duplicates (>= 0.8)\n" in plain
