"""docs/ci.md is true: its snippets are the files that the tests hold. tests/test_pages.py runs its sessions."""

import re
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "ci").iterdir()), ids=lambda path: path.name)
def test_each_file_is_a_snippet(path: Path) -> None:
    assert f"```yaml\n{path.read_text('utf-8')}```\n" in PAGE


def test_there_is_no_other_snippet_and_each_input_of_the_action_is_named() -> None:
    assert len(re.findall("^```yaml$", PAGE, re.MULTILINE)) == len(list((ROOT / "docs" / "ci").iterdir()))
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert re.findall(r"^\| `(.*?)` \|", PAGE, re.MULTILINE) == list(action["inputs"])
    assert all(f"`{name}`" in PAGE for name in action["outputs"])
