"""docs/ci.md is true: its sessions are run, and its snippets are the files that the tests hold."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from tests.test_readme import checkout  # noqa: F401  a fixture

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")


def test_the_sessions_show_what_the_commands_print(checkout: Path) -> None:  # noqa: F811
    session = "".join(re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    parts = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    script = "\n".join(f"{command} 2>&1\necho '<end of command>'" for command in parts[0::2])
    done = subprocess.run(["bash", "-c", script], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    shown = done.stdout.split("<end of command>\n")[:-1]
    for command, output, seen in zip(parts[0::2], parts[1::2], shown, strict=True):
        assert seen == output, command


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "ci").iterdir()), ids=lambda path: path.name)
def test_each_file_is_a_snippet(path: Path) -> None:
    assert f"```yaml\n{path.read_text('utf-8')}```\n" in PAGE


def test_there_is_no_other_snippet_and_each_input_of_the_action_is_named() -> None:
    assert len(re.findall("^```yaml$", PAGE, re.MULTILINE)) == len(list((ROOT / "docs" / "ci").iterdir()))
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert re.findall(r"^\| `(.*?)` \|", PAGE, re.MULTILINE) == list(action["inputs"])
    assert all(f"`{name}`" in PAGE for name in action["outputs"])
