"""What can go wrong around a build: it says what, the old dataset stays whole, the next build is as if nothing was."""

import errno
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

import dataset_tools
from dataset_tools import staging
from dataset_tools.cli import app
from tests.conftest import ROOT, CorpusFolder, article
from tests.test_staging import tree

MB = 1 << 20


class Meanwhile:
    """Does something at the moment when a build comes to a stage."""

    def __init__(self, stage: str, do: Callable[[], object]) -> None:
        self.at, self.do = stage, do

    def stage(self, name: str, total: int) -> None:
        if name == self.at:
            self.do()

    def advance(self, documents: int, problems: int = 0) -> None:
        pass


class Project:
    """A corpus in `raw`, its dataset in `dist`, and one article more, which is not built yet."""

    def __init__(self) -> None:
        Path("dataset-tools.toml").write_text("", "utf-8")
        self.raw = CorpusFolder(Path("raw").absolute())
        self.paths = [self.raw.add(article(number, words=400)) for number in range(6)]
        assert dataset_tools.build().ok
        self.old = tree(Path("dist"))
        self.paths.append(self.raw.add(article(9)))
        assert dataset_tools.build(out="undisturbed", cache=False).ok
        self.new = tree(Path("undisturbed"))
        shutil.rmtree("undisturbed")

    def is_old_and_whole(self) -> None:
        assert tree(Path("dist")) == self.old
        assert [path.name for path in Path().glob(".dist*")] == []

    def builds(self) -> None:
        assert dataset_tools.build().ok
        assert tree(Path("dist")) == self.new
        assert [path.name for path in Path().glob(".dist*")] == []

    def refuses(self, **how: object) -> str:
        """A build that ends with a message, which is returned with its hint; the old dataset is there."""
        with pytest.raises(dataset_tools.UserError) as raised:
            dataset_tools.build(**how)
        self.is_old_and_whole()
        return f"{raised.value.message} / {raised.value.hint}"

    def finds(self, **how: object) -> list[tuple[str, str]]:
        """A build that stops at issues, whose codes and messages are returned; the old dataset is there."""
        report = dataset_tools.build(**how)
        assert report.exit_code == 1
        self.is_old_and_whole()
        return [(one.code, one.message) for one in report.issues if one.severity == "error"]


@pytest.fixture
def project() -> Project:
    return Project()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB, where tests may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_full_disk(project: Project, small_disk: Path) -> None:
    """The disk of the output is full: a tmpfs of 64 KB, where tests may mount one.

    Exit 2, "the disk is full"; nothing is left on it. With more room the same build gives the bytes of an
    undisturbed one.
    """
    with pytest.raises(dataset_tools.UserError) as raised:
        dataset_tools.build(out=small_disk / "dist")
    assert raised.value.message.endswith("the disk is full")
    assert list(small_disk.iterdir()) == []
    subprocess.run(["mount", "-o", "remount,size=4m", small_disk], check=True)
    assert dataset_tools.build(out=small_disk / "dist").ok
    assert tree(small_disk / "dist") == project.new


LIMITED = """
import resource, sys
import dataset_tools.api, dataset_tools.pipeline
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
try:
    dataset_tools.build()
except dataset_tools.UserError as error:
    print(error.message)
"""


@pytest.mark.parametrize("size", [0, 300, 3000])
def test_a_limit_for_files(size: int, project: Project) -> None:
    """No file may grow beyond {} bytes (RLIMIT_FSIZE), as if by a quota.

    Exit 2, "a file would be larger than is allowed there"; the old dataset stays.
    """
    done = subprocess.run([sys.executable, "-c", LIMITED, str(size)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("dist: a file would be larger than is allowed there\n")
    project.is_old_and_whole()
    project.builds()


@pytest.mark.parametrize("number", ["ENOSPC", "EDQUOT", "EIO"])
def test_a_write_that_fails(number: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every flush to the disk fails with {}.

    The error is said, the old dataset stays.
    """
    code = getattr(errno, number)

    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        said = project.refuses()
    assert ("the disk is full" if number != "EIO" else "input/output error") in said
    project.builds()


def test_a_file_that_vanishes(project: Project) -> None:
    """An article is removed between the moments when it is found and when it is read.

    F005 with the path, and the hint to run again; exit 1, the old dataset stays.
    """
    one = project.paths[-1]
    content = one.read_bytes()
    found = project.finds(progress=Meanwhile("Checking", one.unlink))
    assert found == [("F005", "the file vanished while the corpus was read")]
    one.write_bytes(content)
    project.builds()


def test_a_folder_that_vanishes(project: Project) -> None:
    """The whole corpus is moved away while it is read.

    F005 for each file; exit 1, the old dataset stays.
    """
    found = project.finds(progress=Meanwhile("Checking", lambda: Path("raw").rename("away")), cache=False)
    assert {code for code, _ in found} >= {"F005"}
    Path("away").rename("raw")
    project.builds()


def test_a_file_that_changes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article grows while it is read.

    F005, "the file changed while it was read"; exit 1, the old dataset stays.
    """
    one = project.paths[-1]
    content = one.read_bytes()
    real = os.read

    def grow(descriptor: int, count: int) -> bytes:
        with one.open("ab") as file:
            file.write(b"x")
        return real(descriptor, count)

    with monkeypatch.context() as patch:
        patch.setattr(os, "read", grow)
        found = project.finds()
    assert [code for code, _ in found] == ["F005"]
    assert "changed while it was read" in found[0][1]
    one.write_bytes(content)
    project.builds()


@pytest.mark.parametrize("number", ["EACCES", "EIO", "ESTALE"])
def test_a_file_that_becomes_unreadable(number: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article cannot be opened: {}.

    F005 with the reason of the system; exit 1, the old dataset stays.
    """
    code, one, real = getattr(errno, number), str(project.paths[-1]), os.open

    def refuse(path: str, *rest: int, **more: int) -> int:
        if os.fspath(path) == one:
            raise OSError(code, os.strerror(code))
        return real(path, *rest, **more)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        found = project.finds()
    assert found == [("F005", f"cannot be opened: {os.strerror(code)}")]
    project.builds()


def test_a_second_build_at_the_same_time(project: Project) -> None:
    """A second build into the same folder, in another process.

    It exits with 2 and "another build is writing"; the first is not disturbed.
    """
    said = []

    def second() -> None:
        command = [sys.executable, "-m", "dataset_tools", "build"]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        said.append((done.returncode, done.stderr))

    assert dataset_tools.build(progress=Meanwhile("Writing", second)).ok
    assert tree(Path("dist")) == project.new
    ((code, text),) = said
    assert code == 2
    assert "another build is writing to" in text


def test_a_read_only_target(project: Project, small_disk: Path) -> None:
    """The disk of the output is read-only: a tmpfs mounted so, where tests may mount one.

    Exit 2, "read-only file system", and the hint to make it writable or to name another folder.
    """
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    said = project.refuses(out=small_disk / "dist")
    assert "read-only file system / make the folder writable" in said


def test_somebody_elses_file_that_comes_in_while_a_build_runs(project: Project) -> None:
    """Somebody puts a file into the output folder while a build runs.

    Exit 2, the file is named and stays, and so does the old dataset.
    """
    with pytest.raises(dataset_tools.UserError, match=r"does not name: mine\.txt"):
        dataset_tools.build(progress=Meanwhile("Writing", lambda: Path("dist/mine.txt").write_text("của tôi", "utf-8")))
    assert tree(Path("dist")) == {**project.old, "mine.txt": "của tôi".encode()}
    Path("dist/mine.txt").unlink()
    project.builds()


def test_an_interrupt(project: Project) -> None:
    """Ctrl-C while the dataset is written.

    Nothing is left of the new dataset, the old one stays.
    """

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dataset_tools.build(progress=Meanwhile("Writing", interrupt))
    project.is_old_and_whole()
    project.builds()


def test_a_clock_that_runs_backwards(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock goes back a day at every look, files are dated in the future, one changes at equal size and time.

    The change is seen and the bytes are those of a build with a right clock.
    """
    now = time.time_ns()

    def backwards() -> int:
        nonlocal now
        now -= 86_400 * 10**9
        return now

    for path in project.paths:
        os.utime(path, (2**32, 2**32))
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", backwards)
        patch.setattr(time, "time", lambda: backwards() / 10**9)
        project.builds()
        one = project.paths[2]
        text = one.read_text("utf-8").replace("x1 ", "y1 ", 1)
        one.write_text(text, "utf-8")
        os.utime(one, (2**32, 2**32))
        report = dataset_tools.build()
    assert [issue.code for issue in report.issues if issue.severity == "error"] == ["I001"]
    assert tree(Path("dist")) == project.new


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def flip(path: Path, after: bytes = b"") -> None:
    """Flip a bit of the first character after these bytes, or in the middle of the file."""
    data = bytearray(path.read_bytes())
    data[data.index(after) + len(after) if after else len(data) // 2] ^= 1
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def replace_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def replace_by_another(path: Path) -> None:
    others = [one for one in sorted(path.parent.glob("*.arrow")) if one != path and one.is_file()]
    path.write_bytes(others[0].read_bytes() if others else b"")


HARMS = {
    "cut off": cut,
    "with one bit flipped": flip,
    "empty": empty,
    "a folder": replace_by_a_folder,
    "a pipe": replace_by_a_pipe,
    "another file of the cache": replace_by_another,
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_cache(harm: str, project: Project) -> None:
    """The files of the cache, each of them: {}.

    It counts as not there: the bytes are those of a build without a cache.
    """
    for path in sorted(Path(".dataset-tools-cache").glob("*.arrow")):
        HARMS[harm](path)
    project.builds()
    project.builds()


def test_a_file_in_the_place_of_the_cache(project: Project) -> None:
    """A file lies where the folder of the cache should be.

    The build does without a cache; the file stays.
    """
    shutil.rmtree(".dataset-tools-cache")
    Path(".dataset-tools-cache").write_text("của tôi", "utf-8")
    project.builds()
    assert Path(".dataset-tools-cache").read_text("utf-8") == "của tôi"


SETTINGS = {
    "cut off in the middle": (b'out = "di', "dataset-tools.toml"),
    "not UTF-8": (b'out = "\xff"', "dataset-tools.toml"),
    "full of null bytes": (b"\0" * 50, "dataset-tools.toml"),
    "with a misspelt key": (b'recipee = "auto"', "recipee"),
    "with a value of the wrong type": (b"jobs = []", "jobs"),
}


@pytest.mark.parametrize("what", SETTINGS)
def test_damaged_settings(what: str, project: Project) -> None:
    """The settings file: {}.

    Exit 2, the file or the key is named, the old dataset stays.
    """
    data, named = SETTINGS[what]
    Path("dataset-tools.toml").write_bytes(data)
    said = project.refuses()
    assert named in said
    Path("dataset-tools.toml").write_text("", "utf-8")
    project.builds()


DAMAGED = {"manifest.json": b'"content_sha256": "', "data/train-00000-of-00001.parquet": b""}


@pytest.mark.parametrize("path", DAMAGED)
def test_a_damaged_old_dataset(path: str, project: Project) -> None:
    """One bit of the dataset that is to be replaced is flipped, in {}.

    The build replaces it, with the bytes of an undisturbed one.
    """
    flip(Path("dist") / path, after=DAMAGED[path])
    project.builds()


def test_an_old_card_that_is_not_as_it_was_built(project: Project) -> None:
    """One bit of README.md in the dataset that is to be replaced is flipped, as if somebody had changed a word.

    Exit 2, "was changed by hand", and the hint where words of one's own belong; the file stays.
    """
    flip(Path("dist/README.md"))
    changed = tree(Path("dist"))
    with pytest.raises(dataset_tools.UserError, match="was changed by hand") as raised:
        dataset_tools.build()
    assert "card.md" in raised.value.hint
    assert tree(Path("dist")) == changed
    Path("dist/README.md").unlink()
    project.builds()


def test_a_report_that_cannot_be_written(project: Project) -> None:
    """The report goes to a full disk (/dev/full), after the dataset is written.

    Exit 2, "cannot write /dev/full: No space left on device"; the dataset is whole and new.
    """
    result = CliRunner().invoke(app, ["build", "--output-file", "/dev/full"])
    assert result.exit_code == 2
    assert "cannot write /dev/full: No space left on device" in result.stderr
    assert tree(Path("dist")) == project.new


def test_a_folder_in_the_way(project: Project) -> None:
    """Somebody's own folder lies where a build would write beside the output.

    Exit 2, the folder is named and stays.
    """
    mine = Path(".dist.building/mine.txt")
    mine.parent.mkdir()
    mine.write_text("của tôi", "utf-8")
    with pytest.raises(dataset_tools.UserError, match="is in the way"):
        dataset_tools.build()
    assert tree(Path("dist")) == project.old
    assert mine.read_text("utf-8") == "của tôi"
    shutil.rmtree(mine.parent)
    project.builds()


def test_a_lock_that_a_killed_build_left(project: Project) -> None:
    """The lock file and half a dataset of a build that lost its power are beside the output.

    They are taken over: the next build succeeds and removes them.
    """
    Path(".dist.lock").touch()
    with staging.staging(Path("dist"), Path("raw")) as staged:
        (staged.new / "README.md").write_text("một nửa", "utf-8")
        shutil.copytree(".dist.building", "copy")
    Path("copy").rename(".dist.building")
    Path(".dist.lock").touch()
    project.builds()
