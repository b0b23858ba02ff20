"""docs/package.md is true: its session is run, its settings are read."""

import re
import subprocess
import tomllib
from pathlib import Path

from dataset_tools import config
from dataset_tools.rules import RULES
from tests.conftest import ROOT
from tests.test_readme import checkout  # noqa: F401  a fixture

PAGE = (ROOT / "docs" / "package.md").read_text("utf-8")


def test_the_session_shows_what_the_commands_print(checkout: Path) -> None:  # noqa: F811
    (session,) = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    parts = re.split(r"^\$ ((?:.*<<'END'\n(?:.*\n)*?END|.*))\n", session, flags=re.MULTILINE)[1:]
    script = "\necho '<end of command>'\n".join(parts[0::2])
    done = subprocess.run(["bash", "-c", script], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split("<end of command>\n") == parts[1::2]


def test_its_settings_are_settings() -> None:
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert list(config._checked(tomllib.loads(text), "the page").split) == ["archive", "heldout", "validation"]


def test_it_names_every_rule_of_metadata() -> None:
    assert all(code in PAGE for code in RULES if code.startswith("M"))
