"""Files are changed whole, in their place, and only where they are what was read."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dataset_tools.fixes import write
from dataset_tools.fixes.write import NotTheSameError, change, content, folder_of

OLD, NEW = b"Tr\xe1\xbb\x9di m\xc6\xb0a\n" * 3, b"Tr\xe1\xbb\x9di n\xe1\xba\xafng\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "raw" / "tin" / "000.txt"
    path.parent.mkdir(parents=True)
    path.write_bytes(OLD)
    return path


def root(file: Path) -> str:
    return str(file.parent.parent)


def files(file: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in file.parent.iterdir()}


def test_bytes_and_name_change_and_nothing_is_left_beside(file: Path) -> None:
    change(root(file), "tin/000.txt", "001.txt", OLD, NEW)
    assert files(file) == {"001.txt": NEW}


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o444, 0o755])
def test_the_mode_stays(file: Path, mode: int) -> None:
    file.chmod(mode)
    change(root(file), "tin/000.txt", "000.txt", OLD, NEW)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (NEW, mode)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_stays(file: Path) -> None:
    os.chown(file, 12345, 54321)
    change(root(file), "tin/000.txt", "000.txt", OLD, NEW)
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 54321)


@pytest.mark.parametrize("new_name", ["000.txt", "001.txt"])
def test_a_file_that_was_changed_meanwhile_stays_as_it_is(file: Path, new_name: str) -> None:
    file.write_bytes(b"another text\n")
    with pytest.raises(NotTheSameError, match="changed meanwhile"):
        change(root(file), "tin/000.txt", new_name, OLD, NEW)
    assert files(file) == {"000.txt": b"another text\n"}


def test_a_file_that_is_changed_while_the_new_one_is_written_stays_as_it_is(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def late(descriptor: int) -> None:
        fsync(descriptor)
        file.write_bytes(b"another text\n")

    monkeypatch.setattr(os, "fsync", late)
    with pytest.raises(NotTheSameError, match="changed meanwhile"):
        change(root(file), "tin/000.txt", "000.txt", OLD, NEW)
    assert files(file) == {"000.txt": b"another text\n"}


def test_no_other_file_is_replaced_by_a_new_name(file: Path) -> None:
    (file.parent / "001.txt").write_bytes(b"mine\n")
    with pytest.raises(NotTheSameError, match=r"there is a 001\.txt already"):
        change(root(file), "tin/000.txt", "001.txt", OLD, NEW)
    assert files(file) == {"000.txt": OLD, "001.txt": b"mine\n"}


@pytest.mark.parametrize("system_can", [True, False])
def test_a_file_that_comes_under_the_new_name_at_the_last_moment_stays_and_the_old_bytes_come_back(
    file: Path, monkeypatch: pytest.MonkeyPatch, system_can: bool
) -> None:
    other = file.parent / "001.txt"
    other.write_bytes(b"mine\n")
    monkeypatch.setattr(write, "_exists", lambda *_: False)
    if not system_can:
        monkeypatch.setattr(write, "_renameat2", lambda *_: False)
    with pytest.raises(NotTheSameError, match=r"there is a 001\.txt already"):
        change(root(file), "tin/000.txt", "001.txt", OLD, NEW)
    assert files(file) == {"000.txt": OLD, "001.txt": b"mine\n"}


def test_renaming_works_where_the_system_has_no_call_for_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "_renameat2", lambda *_: False)
    change(root(file), "tin/000.txt", "001.txt", OLD, NEW)
    assert files(file) == {"001.txt": NEW}


def test_a_link_is_neither_read_nor_written_through(file: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(OLD)
    file.unlink()
    file.symlink_to(outside)
    with pytest.raises(NotTheSameError):
        change(root(file), "tin/000.txt", "000.txt", OLD, NEW)
    assert outside.read_bytes() == OLD
    assert file.is_symlink()


def test_a_folder_that_has_become_a_link_is_not_followed(file: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    file.parent.rename(moved)
    file.parent.symlink_to(moved)
    with pytest.raises(NotTheSameError, match="link"):
        change(root(file), "tin/000.txt", "000.txt", OLD, NEW)
    assert (moved / "000.txt").read_bytes() == OLD


def test_a_pipe_in_place_of_the_file_does_not_hold_the_tool_up(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)
    with folder_of(root(file), "tin/000.txt") as (folder, name):
        assert content(folder, name) is None


def test_another_name_of_the_same_file_keeps_the_old_bytes(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "copy.txt"
    os.link(file, other)
    change(root(file), "tin/000.txt", "000.txt", OLD, NEW)
    assert (file.read_bytes(), other.read_bytes()) == (NEW, OLD)


def test_a_full_disk_leaves_the_old_file_and_nothing_beside_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        change(root(file), "tin/000.txt", "001.txt", OLD, NEW)
    assert files(file) == {"000.txt": OLD}


KILLED = """
import sys
from dataset_tools.fixes.write import change
old, new = b"o" * 100_000, b"n" * 50_000
print("begins", flush=True)
while True:
    change(sys.argv[1], "000.txt", "001.txt", old, new)
    change(sys.argv[1], "001.txt", "000.txt", new, old)
"""


def test_killed_at_any_moment_it_leaves_the_old_bytes_or_the_new_ones_under_one_of_the_names(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    folder.mkdir()
    for round_ in range(8):
        for path in folder.iterdir():
            path.unlink()
        (folder / "000.txt").write_bytes(b"o" * 100_000)
        command = [sys.executable, "-c", KILLED, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.003 * round_)
            process.kill()
        seen = {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.startswith(".")}
        ((name, data),) = seen.items()
        assert name in ("000.txt", "001.txt")
        assert data in (b"o" * 100_000, b"n" * 50_000)
