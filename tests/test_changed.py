"""Only what changed: `--changed-since` asks Git, which may be missing, know no such commit, or be asked odd things."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.changed import changed_files
from dataset_tools.cli import app
from dataset_tools.model import UserError
from tests.conftest import CorpusFolder, article

Git = Callable[..., str]


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of this machine, and a name for commits."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Git in the folder of the project, `tmp_path`."""

    def run(*arguments: str) -> str:
        command = ["git", "-C", str(tmp_path), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, errors="surrogateescape").stdout

    run("init", "-q", "-b", "main")
    return run


def commit(git: Git) -> None:
    git("add", "-A", ":(exclude)gitconfig", ":(exclude)here")
    git("commit", "-qm", "More")


def checked(folder: Path, since: str) -> set[str]:
    """The names of the files that are checked: each is reported, since the ids of `broken` files are wrong."""
    report = dataset_tools.validate(folder, changed_since=since, select=["I001"], cache=False)
    names = {Path(one.path or "").name for one in report.issues}
    assert len(names) == report.checked
    return names


@pytest.fixture
def broken(corpus: CorpusFolder) -> CorpusFolder:
    """Files whose ids are wrong, but for one that shows the recipe."""
    for number in range(6):
        corpus.add(article(number), name_id=f"{number:016}" if number else None)
    return corpus


def test_a_file_is_changed_whatever_way_it_has_changed(broken: CorpusFolder, git: Git) -> None:
    commit(git)
    paths = sorted(broken.folder.iterdir())
    assert checked(broken.folder, "HEAD") == set()
    paths[1].write_text(article(11), "utf-8")
    git("mv", str(paths[2]), str(paths[2].with_name(f"102_{2:016}.txt")))
    new = broken.add(article(12), name_id=f"{12:016}")
    paths[3].unlink()
    git("rm", "-q", "--cached", str(paths[4]))
    expected = {paths[1].name, f"102_{2:016}.txt", new.name, paths[4].name}
    assert checked(broken.folder, "HEAD") == expected
    commit(git)
    assert checked(broken.folder, "HEAD~1") == expected - {paths[4].name}  # which is in there again, as it was
    assert checked(broken.folder, "HEAD") == set()


def test_what_git_is_told_to_ignore_is_checked_as_a_build_would_take_it(broken: CorpusFolder, git: Git) -> None:
    commit(git)
    (broken.folder / ".gitignore").write_text("*\n", "utf-8")
    new = broken.add(article(12), name_id=f"{12:016}")
    assert checked(broken.folder, "HEAD") == {new.name}


def test_what_has_changed_on_the_other_branch_since_they_parted_is_no_change(broken: CorpusFolder, git: Git) -> None:
    commit(git)
    git("checkout", "-q", "-b", "work")
    mine = broken.add(article(12), name_id=f"{12:016}")
    commit(git)
    git("checkout", "-q", "main")
    broken.add(article(13), name_id=f"{13:016}")
    commit(git)
    git("checkout", "-q", "work")
    assert checked(broken.folder, "main") == {mine.name}


def test_the_folders_that_are_given_say_where_to_look(
    broken: CorpusFolder, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # so that raw/ is the corpus of the settings
    commit(git)
    inside = broken.add(article(12), name_id=f"{12:016}", below="tin")
    broken.add(article(13), name_id=f"{13:016}")
    (broken.folder / "notes.md").write_text("Ghi chú\n", "utf-8")
    assert checked(broken.folder / "tin", "HEAD") == {inside.name}
    assert len(checked(broken.folder, "HEAD")) == 2


def test_hostile_names_are_names(broken: CorpusFolder, git: Git) -> None:
    commit(git)
    names = [b"-rf.txt", b"--output=x.txt", b"a\nb.txt", b"\xff\xfe.txt", b" $(touch pwned) .txt", b":(top).txt"]
    for name in names:
        Path(os.fsdecode(os.fsencode(broken.folder) + b"/" + name)).write_text(article(1), "utf-8")
    report = dataset_tools.validate(broken.folder, changed_since="HEAD", select=["F"], cache=False)
    assert report.checked == len(names)
    commit(git)
    assert dataset_tools.validate(broken.folder, changed_since="HEAD~1", cache=False).checked == len(names)
    assert dataset_tools.validate(broken.folder, changed_since="HEAD", cache=False).checked == 0


def test_a_repository_in_the_folder_is_looked_into_as_a_whole(broken: CorpusFolder, git: Git) -> None:
    commit(git)
    inside = broken.add(article(12), name_id=f"{12:016}", below="tin")
    subprocess.run(["git", "init", "-q", str(inside.parent)], check=True)
    assert checked(broken.folder, "HEAD") == {inside.name}


def test_a_hook_may_say_where_its_repository_is(
    broken: CorpusFolder, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(git)
    new = broken.add(article(12), name_id=f"{12:016}")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    monkeypatch.setenv("GIT_PREFIX", "x/")
    assert checked(broken.folder, "HEAD") == {new.name}


def test_no_program_that_the_settings_of_git_name_is_run(broken: CorpusFolder, git: Git, tmp_path: Path) -> None:
    commit(git)
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n", "utf-8")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "diff.external", "diff.x.textconv", "core.pager", "diff.x.command"):
        git("config", name, str(trap))
    (tmp_path / ".gitattributes").write_text("*.txt diff=x\n", "utf-8")
    sorted(broken.folder.iterdir())[1].write_text(article(11), "utf-8")
    (tmp_path / "sprung").unlink(missing_ok=True)  # by git config itself
    assert len(checked(broken.folder, "HEAD")) == 1
    assert not (tmp_path / "sprung").exists()


def test_nothing_changed_is_exit_0_and_no_schema_is_read(broken: CorpusFolder, git: Git) -> None:
    commit(git)
    result = CliRunner().invoke(app, ["validate", str(broken.folder), "--changed-since", "HEAD"])
    assert (result.exit_code, result.output) == (0, "Checked 0 files: no issue.\n")


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ("no-such", "has no commit 'no-such'"),
        ("HEAD:raw", "has no commit 'HEAD:raw'"),
        ("HEAD...HEAD", "has no commit 'HEAD...HEAD'"),
        ("--output=pwned", "'--output=pwned' is not the name of a commit"),
        ("-", "'-' is not the name of a commit"),
        ("", "'' is not the name of a commit"),
        ("\x1b[31m", r"has no commit '\x1b[31m'"),
    ],
)
def test_a_commit_that_is_not_there_is_exit_2(since: str, said: str, broken: CorpusFolder, git: Git) -> None:
    commit(git)
    result = CliRunner().invoke(app, ["validate", str(broken.folder), f"--changed-since={since}"])
    assert result.exit_code == 2
    assert said in result.output
    assert "next: " in result.output
    assert not Path("pwned").exists()


def test_a_zero_byte_is_no_commit_either(broken: CorpusFolder, git: Git) -> None:
    with pytest.raises(UserError, match=r"'a\\x00b' is not the name of a commit"):
        dataset_tools.validate(broken.folder, changed_since="a\0b")


def test_a_folder_without_a_repository_is_exit_2(broken: CorpusFolder) -> None:
    result = CliRunner().invoke(app, ["validate", str(broken.folder), "--changed-since", "HEAD"])
    assert result.exit_code == 2
    assert "is in no working tree of Git" in result.output


def test_the_inner_folder_of_git_is_no_working_tree(git: Git, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is in no working tree of Git"):
        changed_files(tmp_path / ".git", since="HEAD")


def test_branches_without_a_common_commit_are_exit_2(broken: CorpusFolder, git: Git) -> None:
    commit(git)
    git("checkout", "-q", "--orphan", "other")
    broken.add(article(12))
    commit(git)
    with pytest.raises(UserError, match="have no commit in common"):
        dataset_tools.validate(broken.folder, changed_since="main")


def test_a_fault_of_git_is_passed_on_in_its_words(broken: CorpusFolder, git: Git, tmp_path: Path) -> None:
    commit(git)
    (tmp_path / ".git" / "index").write_bytes(b"damaged")
    with pytest.raises(UserError, match=r"git diff failed in .*index"):
        dataset_tools.validate(broken.folder, changed_since="HEAD")


def test_without_git_it_is_exit_2(
    broken: CorpusFolder, git: Git, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(app, ["validate", str(broken.folder), "--changed-since", "HEAD"])
    assert result.exit_code == 2
    assert "there is no git in PATH" in result.output


def test_a_text_in_place_of_a_file_has_not_changed_in_git() -> None:
    with pytest.raises(UserError, match="a question about files"):
        dataset_tools.validate(contents={"a.txt": b""}, changed_since="HEAD")
