"""The same bytes, whatever the machine does."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CorpusFolder, article

NUMBER = 60


@pytest.fixture
def varied(corpus: CorpusFolder) -> Path:
    """Copies, near-duplicates, invalid files, two folders."""
    for number in range(NUMBER):
        corpus.add(article(number), below="a" if number % 3 else "")
    corpus.add(article(1), below="a")
    corpus.add(article(2) + "thêm\n")
    corpus.add(article(3).upper())
    corpus.add("chỉ có tiêu đề\n")
    corpus.add(b"\xff\xfe\x00", name="999_0123456789abcdef.txt")
    return corpus.folder


def built(raw: Path, out: Path, *options: str, cwd: Path | None = None, **environment: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "dataset_tools", "build", str(raw), "-o", str(out), "--on-invalid", "quarantine"]
    done = subprocess.run(
        [*command, *options], env={**os.environ, **environment}, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_the_same_bytes_come_from_any_run(varied: Path, tmp_path: Path) -> None:
    first = built(varied, tmp_path / "first", "--jobs", "1", PYTHONHASHSEED="1")
    assert len(first) == 8
    elsewhere = tmp_path / "very" / "deep" / "elsewhere"
    files = [path for path in varied.rglob("*") if path.is_file()]
    random.Random(7).shuffle(files)
    for path in files:  # another order of entries in the folder
        (elsewhere / path.relative_to(varied)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, elsewhere / path.relative_to(varied))
    assert built(varied, tmp_path / "again", PYTHONHASHSEED="2", LC_ALL="C", TZ="Asia/Ho_Chi_Minh") == first
    assert built(varied, tmp_path / "jobs", "--jobs", "2") == first
    assert built(elsewhere, tmp_path / "moved", cwd=elsewhere.parent) == first
    assert built(Path("elsewhere"), tmp_path / "relative", cwd=elsewhere.parent) == first


def test_batches_do_not_change_the_bytes(varied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataset_tools
    from dataset_tools import prepare

    outs = []
    for size in (1 << 10, 1 << 22):
        monkeypatch.setattr(prepare, "BATCH_BYTES", size)
        out = tmp_path / f"out{size}"
        assert dataset_tools.build(varied, out, on_invalid="quarantine").ok
        outs.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert outs[0] == outs[1]
