"""docs/tutorial.md is true: from an empty folder on, its session is run.

DATASET_TOOLS_BIN names the folder of the commands to run it with; .ci/run gives that of an installed wheel.
"""

import os
import re
from pathlib import Path

import pytest

from tests import pages

PAGE = pages.read("docs/tutorial.md")


def test_the_session_shows_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: None
) -> None:
    if "DATASET_TOOLS_BIN" in os.environ:
        monkeypatch.setenv("PATH", f"{os.environ['DATASET_TOOLS_BIN']}{os.pathsep}{os.environ['PATH']}")
    home = tmp_path / "home"
    home.mkdir()
    pages.type_in(pages.steps(PAGE), home, masked=_without_sizes)


def _without_sizes(text: str) -> str:
    """Sizes of files depend on the versions of the libraries."""
    return re.sub(r"[\d,]+ bytes", "N bytes", text)


def test_it_walks_through_all_that_a_newcomer_needs() -> None:
    commands = [step.command for step in pages.steps(PAGE)]
    for word in ("init", "add", "validate", "validate --fix", "rule", "build", "verify", "report", "push"):
        assert any(command.startswith(f"dataset-tools {word}") for command in commands), word
    assert any("load_dataset(" in command for command in commands)
    assert commands[-1].endswith("--dry-run")
