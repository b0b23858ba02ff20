"""What the tests of pieces for CI share: a repository with a corpus, and our command as users have it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ci.steps import Runner
from tests.conftest import ROOT, CorpusFolder, article

Git = Callable[..., str]


installs = pytest.mark.skipif(
    "DATASET_TOOLS_INSTALL" not in os.environ,
    reason="installs the package from an index, which takes a minute: DATASET_TOOLS_INSTALL=1 pytest tests/ci",
)


@pytest.fixture(autouse=True)
def _our_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The code of this checkout in every process, and no settings of Git of this machine."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")


@pytest.fixture
def command() -> str:
    return str(Path(sys.executable).parent / "dataset-tools")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CorpusFolder:
    """A repository with six articles in raw/, committed."""
    place = tmp_path / "repository"
    corpus = CorpusFolder(place / "raw")
    for number in range(6):
        corpus.add(article(number))
    (place / "dataset-tools.toml").write_text('raw = "raw"\n', "utf-8")
    (place / ".gitignore").write_text(".dataset-tools-cache/\n", "utf-8")
    monkeypatch.chdir(place)
    git_in(place, "init", "-q", "-b", "main")
    commit(place)
    return corpus


def git_in(place: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(place), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(place: Path) -> str:
    git_in(place, "add", "-A")
    git_in(place, "commit", "-qm", "More", "--no-verify")
    return git_in(place, "rev-parse", "HEAD")


@pytest.fixture
def runner(tmp_path: Path, repository: CorpusFolder, command: str) -> Runner:
    temp = tmp_path / "temp"
    temp.mkdir()
    context = {"inputs.paths": "", "inputs.changed-since": "", "inputs.arguments": ""}
    context |= dict.fromkeys(("steps.install.outputs.command", "steps.dataset-tools.outputs.command"), command)
    return Runner(temp, repository.folder.parent, context)
