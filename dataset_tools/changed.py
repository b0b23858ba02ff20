"""Changed: which files of a folder have changed since a commit, as Git says.

Since the last commit that the given one and HEAD have in common, that is: what has changed there since is no change of
ours. What is not committed counts, and so does what Git does not know or is told to ignore, since a build takes it too.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from dataset_tools.model import UserError
from dataset_tools.text import nfc, printable, shortened

_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
"""What Git says to its hooks of the repository at hand, in paths that may be relative to another folder than ours."""

_ALTERNATES = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


def changed_files(folder: Path, *, since: str) -> Callable[[str], bool]:
    """What says of the path of a file below a folder whether it was added, changed or renamed since a commit.

    Raises:
        UserError: if Git is not there, the folder is in no repository, or there is no such commit.
    """
    git = _Git(folder)
    if git.line("rev-parse", "--is-inside-work-tree") != "true":
        message = f"--changed-since asks Git, and {git.place} is in no working tree of Git"
        raise UserError(message, "name the files to check, or put the corpus into Git: git init")
    if not since or since.startswith("-") or "\0" in since:
        raise UserError(f"{shortened(since)} is not the name of a commit", "name a branch, a tag or a commit")
    commit = git.line("rev-parse", "--quiet", "--verify", f"{since}^{{commit}}")
    if commit is None:
        message = f"the repository of {git.place} has no commit {shortened(since)}"
        raise UserError(
            message, "correct the name, or fetch it: git fetch; in GitHub Actions: fetch-depth: 0 of the checkout"
        )
    base = git.line("merge-base", commit, "HEAD")
    if base is None:
        message = f"{shortened(since)} and HEAD have no commit in common in the repository of {git.place}"
        raise UserError(message, "fetch all commits: git fetch --unshallow, in GitHub Actions fetch-depth: 0")
    of_git = ("--name-only", "-z", "--relative", "--no-renames", "--diff-filter=d", "--no-ext-diff", "--no-textconv")
    known = git("diff", *of_git, base, "--", ".")
    unknown = git("ls-files", "-z", "--others", "--", ".")
    paths = {_comparable(os.fsdecode(path)) for path in (known + unknown).split(b"\0") if path}

    def changed(path: str) -> bool:
        place = PurePosixPath(_comparable(path))
        return any(str(one) in paths for one in (place, *place.parents))

    return changed


def _comparable(path: str) -> str:
    """A path in the form that Git may have given it on macOS; a folder, which Git names as a whole, without slash."""
    return nfc(path.removesuffix("/"))


class _Git:
    """Git in a folder; it writes nothing there, runs no program that its settings name, and takes no option from us."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("git")
        if program is None:
            raise UserError("--changed-since asks Git, and there is no git in PATH", "install it, or name the files")
        self.place = printable(str(folder))
        self._command = [program, "-C", os.fspath(folder), "-c", "core.fsmonitor=false"]
        others = {name: value for name, value in os.environ.items() if name not in (*_REPOSITORY, _ALTERNATES)}
        self._environment = {**others, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

    def __call__(self, *arguments: str) -> bytes:
        """What a command says.

        Raises:
            UserError: if it fails.
        """
        done = self._run(arguments)
        if done.returncode != 0:
            first = done.stderr.decode(errors="replace").strip().partition("\n")[0].removeprefix("fatal: ")
            message = f"--changed-since: git {arguments[0]} failed in {self.place}: {shortened(first)}"
            raise UserError(message, "mend that, or name the files to check instead")
        return done.stdout

    def line(self, *arguments: str) -> str | None:
        """The line that a command says; None if it fails."""
        done = self._run(arguments)
        return done.stdout.decode().strip() or None if done.returncode == 0 else None

    def _run(self, arguments: tuple[str, ...]) -> "subprocess.CompletedProcess[bytes]":
        command = [*self._command, *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, check=False)  # noqa: S603  no shell
