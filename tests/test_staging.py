"""The output folder: whole or not at all, and never somebody else's files."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import dataset_tools
from dataset_tools import staging
from tests.conftest import CorpusFolder, article


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def built(corpus: CorpusFolder, tmp_path: Path) -> Path:
    for number in range(3):
        corpus.add(article(number))
    assert dataset_tools.build(corpus.folder, tmp_path / "out" / "dist").ok
    return tmp_path / "out" / "dist"


def test_a_build_leaves_nothing_but_the_dataset(built: Path) -> None:
    assert [path.name for path in built.parent.iterdir()] == ["dist"]


def test_a_failed_build_leaves_the_old_dataset_and_nothing_else(corpus: CorpusFolder, built: Path) -> None:
    before = tree(built)
    corpus.add("chỉ có tiêu đề\n")
    assert not dataset_tools.build(corpus.folder, built).ok
    assert tree(built) == before
    assert [path.name for path in built.parent.iterdir()] == ["dist"]


@pytest.mark.parametrize("name", ["notes.txt", "data/mine.parquet", ".hidden"])
def test_a_folder_with_somebody_elses_files_is_refused_and_untouched(
    name: str, corpus: CorpusFolder, tmp_path: Path
) -> None:
    corpus.add(article(1))
    theirs = tmp_path / "theirs" / name
    theirs.parent.mkdir(parents=True)
    theirs.write_text("của tôi", "utf-8")
    with pytest.raises(dataset_tools.UserError, match="holds files") as raised:
        dataset_tools.build(corpus.folder, tmp_path / "theirs")
    assert name.split("/")[0] in raised.value.message
    assert tree(tmp_path / "theirs") == {name: "của tôi".encode()}


def test_a_dataset_with_an_extra_file_is_refused(corpus: CorpusFolder, built: Path) -> None:
    (built / "data" / "notes.md").write_text("của tôi", "utf-8")
    with pytest.raises(dataset_tools.UserError, match=r"does not name: data/notes\.md"):
        dataset_tools.build(corpus.folder, built)
    assert (built / "data" / "notes.md").exists()


def test_a_foreign_manifest_is_not_ours(corpus: CorpusFolder, tmp_path: Path) -> None:
    corpus.add(article(1))
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "manifest.json").write_text('{"generator": "webpack"}', "utf-8")
    with pytest.raises(dataset_tools.UserError, match="not a dataset"):
        dataset_tools.build(corpus.folder, tmp_path / "dist")


def test_a_folder_whose_name_is_not_utf8_is_refused(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    with pytest.raises(dataset_tools.UserError, match=r"\\xff is not UTF-8"):
        dataset_tools.build(corpus.folder, "\udcff")


def test_an_empty_folder_is_accepted(corpus: CorpusFolder, tmp_path: Path) -> None:
    corpus.add(article(1))
    (tmp_path / "dist").mkdir()
    assert dataset_tools.build(corpus.folder, tmp_path / "dist").ok


@pytest.mark.parametrize("out", ["raw", "raw/dist", "."])
def test_out_inside_raw_and_raw_inside_out_are_refused(out: str, corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    with pytest.raises(dataset_tools.UserError, match="inside each other"):
        dataset_tools.build(corpus.folder, corpus.folder.parent / out)


def test_a_file_in_the_place_of_the_folder_is_refused(corpus: CorpusFolder, tmp_path: Path) -> None:
    corpus.add(article(1))
    (tmp_path / "dist").write_text("của tôi", "utf-8")
    with pytest.raises(dataset_tools.UserError, match="is not a folder"):
        dataset_tools.build(corpus.folder, tmp_path / "dist")
    assert (tmp_path / "dist").read_text("utf-8") == "của tôi"


def test_a_second_build_into_the_same_folder_is_told_so(corpus: CorpusFolder, built: Path) -> None:
    with staging.staging(built, corpus.folder):
        code = f"""
import dataset_tools
try:
    dataset_tools.build({str(corpus.folder)!r}, {str(built)!r})
except dataset_tools.UserError as error:
    print(error.message)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "another build is writing" in done.stdout


@pytest.mark.parametrize("name", ["notes.txt"])
def test_what_lies_in_the_way_of_a_build_and_is_not_ours_stays(name: str, corpus: CorpusFolder, built: Path) -> None:
    theirs = built.with_name(".dist.building") / name
    theirs.parent.mkdir()
    theirs.write_text("của tôi", "utf-8")
    with pytest.raises(dataset_tools.UserError, match="in the way"):
        dataset_tools.build(corpus.folder, built)
    assert theirs.read_text("utf-8") == "của tôi"


KILLED = """
import os, signal, sys
from dataset_tools import staging
from dataset_tools.stages.package import shards
moment, raw, out = sys.argv[1:]

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if moment == "reading":
    import tempfile
    import dataset_tools.prepare
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp()
    dataset_tools.prepare.fingerprint = die
elif moment == "writing":
    shards._SplitWriter.close = die
elif moment == "flushing":
    staging._flush_folder = die
elif moment == "exchanged":
    exchange = staging._exchange
    staging._exchange = lambda a, b: (exchange(a, b), die())
elif moment == "between renames":
    staging._exchange = lambda a, b: False
    rename = staging.Path.rename
    staging.Path.rename = lambda self, target: die() if str(target) == out else rename(self, target)
import dataset_tools
dataset_tools.build(raw, out)
"""


@pytest.mark.parametrize("moment", ["reading", "writing", "flushing", "exchanged", "between renames"])
def test_a_killed_build_leaves_the_old_dataset_or_the_new_one_and_the_next_succeeds(
    moment: str, corpus: CorpusFolder, built: Path, tmp_path: Path
) -> None:
    before = tree(built)
    corpus.add(article(9))
    assert dataset_tools.build(corpus.folder, tmp_path / "undisturbed", cache=False).ok
    after = tree(tmp_path / "undisturbed")
    done = subprocess.run([sys.executable, "-c", KILLED, moment, str(corpus.folder), str(built)], check=False)
    assert done.returncode == -signal.SIGKILL
    # Loading is a command as well, and completes what was interrupted.
    assert dataset_tools.load(built, split="train", verify="full").num_rows == (4 if moment == "exchanged" else 3)
    assert tree(built) == (after if moment == "exchanged" else before)
    assert dataset_tools.build(corpus.folder, built).ok
    assert tree(built) == after
    assert [path.name for path in built.parent.iterdir()] == ["dist"]


def test_an_interrupted_build_leaves_the_old_dataset_and_exits_130(corpus: CorpusFolder, built: Path) -> None:
    before = tree(built)
    for number in range(10, 400):
        corpus.add(article(number, words=2000))
    command = [sys.executable, "-m", "dataset_tools", "build", str(corpus.folder), "-o", str(built)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    deadline = time.monotonic() + 60
    while not built.with_name(".dist.building").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "interrupted; the output is as it was before\n")
    assert tree(built) == before
    assert [path.name for path in built.parent.iterdir()] == ["dist"]


def test_without_an_exchange_two_renames_do(corpus: CorpusFolder, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_exchange", lambda a, b: False)
    corpus.add(article(9))
    assert dataset_tools.build(corpus.folder, built).ok
    assert json.loads((built / "manifest.json").read_text("utf-8"))["counts"]["written"] == 4
    assert [path.name for path in built.parent.iterdir()] == ["dist"]


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "permission denied")],
)
def test_a_fault_of_the_disk_is_one_clear_line(
    number: int, said: str, corpus: CorpusFolder, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(built)

    def fault(_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(staging, "_flush", fault)
    with pytest.raises(dataset_tools.UserError, match=said):
        dataset_tools.build(corpus.folder, built)
    assert tree(built) == before


def test_a_full_disk_for_real(corpus: CorpusFolder, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(small)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"cannot mount a small disk here: {mounted.stderr.decode().strip()}")
    try:
        for number in range(300):
            corpus.add(article(number, words=300))
        with pytest.raises(dataset_tools.UserError, match="the disk is full"):
            dataset_tools.build(corpus.folder, small / "dist")
        assert [path.name for path in small.iterdir()] == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_folder_through_a_link_is_replaced_behind_the_link(corpus: CorpusFolder, built: Path, tmp_path: Path) -> None:
    link = tmp_path / "latest"
    link.symlink_to(built)
    corpus.add(article(9))
    assert dataset_tools.build(corpus.folder, link).ok
    assert link.is_symlink()
    assert json.loads((built / "manifest.json").read_text("utf-8"))["counts"]["written"] == 4
