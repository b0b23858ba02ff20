"""docs/incoming.md is true: its sessions are run."""

import re
import subprocess
from pathlib import Path

from tests.conftest import ROOT
from tests.test_readme import checkout  # noqa: F401  a fixture

PAGE = (ROOT / "docs" / "incoming.md").read_text("utf-8")


def test_the_sessions_show_what_the_commands_print(checkout: Path) -> None:  # noqa: F811
    session = "".join(re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    parts = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    script = "\n".join(f"{command}\ncode=$?; echo '<end of command>'; (exit $code)" for command in parts[0::2])
    done = subprocess.run(["bash", "-c", script], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    shown = done.stdout.split("<end of command>\n")[:-1]
    for command, output, seen in zip(parts[0::2], parts[1::2], shown, strict=True):
        assert seen == output, command
