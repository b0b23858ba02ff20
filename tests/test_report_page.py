"""docs/report.md is true: its session is run, its pictures are there and small."""

import re
import subprocess
from pathlib import Path

from dataset_tools.html_report.duplicates import PAIRS
from dataset_tools.html_report.issues import EXAMPLES
from dataset_tools.html_report.measures import FREQUENT_LINES
from dataset_tools.html_report.scan import SAMPLE
from tests.conftest import ROOT
from tests.test_readme import checkout  # noqa: F401  a fixture

PAGE = (ROOT / "docs" / "report.md").read_text("utf-8")


def test_the_session_shows_what_the_commands_print(checkout: Path) -> None:  # noqa: F811
    (session,) = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    parts = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    script = "\necho '<end of command>'\n".join(parts[0::2])
    done = subprocess.run(["bash", "-c", script], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split("<end of command>\n") == parts[1::2]
    assert (checkout / "changed.html").is_file()


def test_its_pictures_are_there_and_small() -> None:
    pictures = set(re.findall(r"report-\d+\.png", PAGE))
    assert len(pictures) == 3
    assert all((ROOT / "docs" / name).stat().st_size < 300_000 for name in pictures)


def test_the_numbers_it_states_are_those_of_the_code() -> None:
    assert (PAIRS, EXAMPLES, FREQUENT_LINES, SAMPLE) == (10, 10, 20, 20_000)
    assert "its first ten issues" in PAGE
    assert "the ten nearest pairs on each side" in PAGE
    assert "counted in 20,000 of them at most" in PAGE
