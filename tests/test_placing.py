"""Putting files into a corpus: all or none, never over another file, whatever kills the process."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dataset_tools import placing
from dataset_tools.model import UserError
from dataset_tools.placing import locked, place

FILES = {f"00{number}_x.txt": f"bài {number}\n".encode() for number in range(3)}

SCRIPT = """
import os, signal, sys
from pathlib import Path
from dataset_tools.placing import locked, place

CHANGES = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link")
step = 0

def hook(event, arguments):
    global step
    if event in CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
        if step == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        step += 1

raw = Path(sys.argv[1])
files = {f"00{number}_x.txt": f"bài {number}\\n".encode() for number in range(3)}
sys.addaudithook(hook)
with locked(raw):
    place(raw, files)
"""


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "there.txt").write_bytes(b"x")
    return folder


def test_files_are_there_as_they_are_and_nothing_else_is_left(raw: Path) -> None:
    with locked(raw) as finished:
        place(raw, FILES)
    assert finished == ()
    assert tree(raw) == {**FILES, "there.txt": b"x"}
    assert all(path.stat().st_nlink == 1 for path in raw.iterdir())


def test_a_name_that_is_taken_keeps_its_file_and_all_others_away(raw: Path) -> None:
    (raw / "001_x.txt").write_bytes(b"mine")
    before = tree(raw)
    with locked(raw), pytest.raises(UserError, match="came into being meanwhile"):
        place(raw, FILES)
    assert tree(raw) == before


def test_a_file_system_without_hard_links_does_as_well(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    with locked(raw):
        place(raw, FILES)
    assert tree(raw) == {**FILES, "there.txt": b"x"}
    (raw / "000_x.txt").unlink()
    with locked(raw), pytest.raises(UserError):
        place(raw, FILES)
    assert tree(raw) == {"001_x.txt": FILES["001_x.txt"], "002_x.txt": FILES["002_x.txt"], "there.txt": b"x"}


def test_an_interrupt_while_names_are_given_leaves_nothing(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give = placing._name

    def interrupted(source: Path, target: Path) -> None:
        give(source, target)
        if target.name.startswith("001"):
            raise KeyboardInterrupt

    monkeypatch.setattr(placing, "_name", interrupted)
    with locked(raw), pytest.raises(KeyboardInterrupt):
        place(raw, FILES)
    assert tree(raw) == {"there.txt": b"x"}


def test_one_call_at_a_time(raw: Path) -> None:
    with locked(raw), pytest.raises(UserError, match="another call is adding"), locked(raw):
        pytest.fail("two calls at once")


def test_a_full_disk_is_said_to_be_so_and_leaves_nothing(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = placing._write

    def full(path: Path, data: bytes) -> None:
        write(path, data[:3])
        if path.name.startswith("001"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(placing, "_write", full)
    with locked(raw), pytest.raises(UserError, match="no space left"):
        place(raw, FILES)
    assert tree(raw) == {"there.txt": b"x"}


def test_killed_at_any_step_there_are_whole_files_and_the_next_call_has_all_or_none(tmp_path: Path) -> None:
    ends: set[int] = set()
    for step in range(100):
        raw = tmp_path / str(step)
        raw.mkdir()
        done = subprocess.run([sys.executable, "-c", SCRIPT, str(raw), str(step)], check=False)
        visible = {name: data for name, data in tree(raw).items() if not name.startswith(".")}
        assert visible.items() <= FILES.items()
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        with locked(raw) as finished:
            after = tree(raw)
            assert {name: data for name, data in after.items() if name != ".dataset-tools-add.lock"} in ({}, FILES)
        assert set(finished) == {name for name in after if name in FILES} - set(visible)
        ends.add(len(after))
    assert step > 10
    assert len(ends) == 2  # some kills came before the decision, some after it


def test_what_a_killed_call_had_decided_on_never_replaces_a_file(raw: Path) -> None:
    decided = raw / ".dataset-tools-add.decided"
    decided.mkdir()
    (decided / "there.txt").write_bytes(b"other")
    with pytest.raises(UserError, match="taken the name"), locked(raw):
        pytest.fail("it is in the way")
    assert (raw / "there.txt").read_bytes() == b"x"
    assert (decided / "there.txt").read_bytes() == b"other"


def test_a_link_in_what_was_left_leads_nowhere(raw: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("s")
    decided = raw / ".dataset-tools-add.decided"
    decided.mkdir()
    (decided / "000_x.txt").symlink_to(tmp_path / "secret.txt")
    with locked(raw):
        assert (raw / "000_x.txt").is_symlink()
    assert (tmp_path / "secret.txt").stat().st_nlink == 1
