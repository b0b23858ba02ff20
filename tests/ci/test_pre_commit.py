"""The hook for pre-commit, with the real pre-commit in a scratch repository."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.ci.conftest import commit, git_in, installs
from tests.conftest import ROOT, CorpusFolder, article

LOCAL = ROOT / "docs" / "ci" / "pre-commit-local.yaml"
REMOTE = ROOT / "docs" / "ci" / "pre-commit-config.yaml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.fixture(autouse=True)
def _pre_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of our environment, and a home of its own."""
    scripts = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{scripts}:/usr/bin:/bin")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.setenv("PRE_COMMIT_COLOR", "never")


def try_to_commit(place: Path) -> "subprocess.CompletedProcess[str]":
    git_in(place, "add", "-A")
    command = ["git", "-C", str(place), "commit", "-qm", "More articles"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def configured(place: Path, text: str) -> None:
    (place / ".pre-commit-config.yaml").write_text(text, "utf-8")
    commit(place)
    subprocess.run(["pre-commit", "install"], cwd=place, check=True, capture_output=True)


def stops_what_is_wrong_and_lets_pass_what_is_right(repository: CorpusFolder) -> None:
    place = repository.folder.parent
    head = git_in(place, "rev-parse", "HEAD")
    wrong = repository.add(article(20), name_id="0" * 16)
    odd = repository.add(article(21), name="-rf $(touch pwned).txt")
    refused = try_to_commit(place)
    assert refused.returncode == 1
    assert "I001 error" in refused.stderr
    assert f"raw/{wrong.name}" in refused.stderr
    assert f"raw/{odd.name}:" in refused.stderr
    assert "Checked 2 files" in refused.stderr
    assert git_in(place, "rev-parse", "HEAD") == head
    assert not (place / "pwned").exists()
    for path in (wrong, odd):
        path.unlink()
    repository.add(article(22))
    done = try_to_commit(place)
    assert done.returncode == 0, done.stderr
    assert git_in(place, "rev-parse", "HEAD") != head


def test_a_local_hook_stops_a_commit(repository: CorpusFolder) -> None:
    configured(repository.folder.parent, LOCAL.read_text("utf-8"))
    stops_what_is_wrong_and_lets_pass_what_is_right(repository)


def test_a_link_is_checked_too(repository: CorpusFolder) -> None:
    configured(repository.folder.parent, LOCAL.read_text("utf-8"))
    (repository.folder / f"009_{'0' * 16}.txt").symlink_to("/etc/hostname")
    done = try_to_commit(repository.folder.parent)
    assert done.returncode == 1
    assert "F008 error" in done.stderr


def test_a_commit_without_articles_is_not_held_up(repository: CorpusFolder) -> None:
    place = repository.folder.parent
    configured(place, LOCAL.read_text("utf-8"))
    (place / "notes.txt").write_text("Ghi chú\n", "utf-8")
    done = try_to_commit(place)
    assert done.returncode == 0
    assert "(no files to check)Skipped" in done.stderr


def test_the_hook_of_this_repository_is_what_the_local_one_shows() -> None:
    (ours,) = yaml.safe_load(HOOKS.read_text("utf-8"))
    (repo,) = yaml.safe_load(LOCAL.read_text("utf-8"))["repos"]
    (local,) = repo["hooks"]
    same = ("id", "name", "entry", "files", "types", "require_serial")
    assert {name: ours[name] for name in same} == {name: local[name] for name in same}
    assert ours["args"] == ["--"] == local["args"][-1:]


@installs
def test_the_hook_of_this_repository_is_installed_by_pre_commit_and_stops_a_commit(
    repository: CorpusFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONPATH")
    tool = tmp_path / "dataset-tools"
    shutil.copytree(ROOT / "dataset_tools", tool / "dataset_tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, tool)
    git_in(tool, "init", "-q", "-b", "main")
    commit(tool)
    git_in(tool, "tag", "v0.1.0")
    text = REMOTE.read_text("utf-8").replace("https://github.com/OWNER/dataset-tools", str(tool))
    configured(repository.folder.parent, text)
    stops_what_is_wrong_and_lets_pass_what_is_right(repository)
