"""docs/push.md is true: its sessions are run, with a small server in place of the Hub."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.hub_server import TOKEN, hub_server
from tests.test_readme import checkout  # noqa: F401  a fixture

PAGE = (ROOT / "docs" / "push.md").read_text("utf-8")


def test_the_sessions_show_what_the_commands_print(
    checkout: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = "".join(re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    parts = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    script = "\n".join(f"{command}\ncode=$?; echo '<end of command>'; (exit $code)" for command in parts[0::2])
    with hub_server() as hub:
        for name, value in (("ENDPOINT", hub.url), ("TOKEN", TOKEN), ("HUB_OFFLINE", "0"), ("HUB_DISABLE_XET", "1")):
            monkeypatch.setenv(f"HF_{name}", value)
        done = subprocess.run(["bash", "-c", script], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    shown = done.stdout.split("<end of command>\n")[:-1]
    for command, output, seen in zip(parts[0::2], parts[1::2], shown, strict=True):
        assert _without_sizes(seen) == _without_sizes(output), command


def _without_sizes(text: str) -> str:
    """Sizes of files depend on the versions of the libraries."""
    return re.sub(r"[\d,]+ bytes", "N bytes", text)
