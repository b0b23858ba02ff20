"""A build that is killed at each of its steps: the dataset is whole, and the next build as if nothing had been."""

import os
import shutil
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import dataset_tools
from dataset_tools import staging
from tests.conftest import CorpusFolder, article
from tests.reliability.dying import Builds, End
from tests.test_staging import tree

CACHE = ".dataset-tools-cache"


@pytest.fixture(scope="module")
def build() -> Iterator[Builds]:
    with Builds() as builds:
        yield builds


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A project with copies, near-copies, metadata, and a file that is quarantined; nothing of it is built."""
    project = tmp_path / "template"
    raw = CorpusFolder(project / "raw")
    for number in range(5):
        raw.add(article(number))
    raw.add(article(2))
    raw.add(article(3) + "thêm\n")
    raw.add("chỉ có tiêu đề\n")
    ids = [path.stem.partition("_")[2] for path in sorted(raw.folder.iterdir())]
    (raw.folder / "metadata.csv").write_text("id,nguồn\n" + "".join(f"{one},báo\n" for one in dict.fromkeys(ids)))
    (project / "dataset-tools.toml").write_text("", "utf-8")
    return project


@pytest.fixture
def rebuilt(template: Path, build: Builds) -> Path:
    """A project whose dataset and cache are of before two articles changed places."""
    assert build(template).raised == ""
    (template / "raw" / "metadata.csv").unlink()
    sorted((template / "raw").iterdir())[0].unlink()
    CorpusFolder(template / "raw").add(article(9))
    return template


class Trial:
    """Builds of copies of a project, each of which dies elsewhere; says what is wrong afterwards."""

    def __init__(self, template: Path, build: Builds, **how: bool) -> None:
        self.template, self.build, self.how = template, build, how
        self.old = tree(template / "dist")
        end, self.folder = self.run()
        assert (end.signal, end.raised) == (0, "")
        self.steps = end.steps
        self.before: dict[str, bytes] = {}
        self.new = tree(self.folder / "dist")
        assert self.new != self.old
        report = dataset_tools.verify(self.folder / "dist")
        assert [one.code for one in report.issues if one.severity == "error"] == []

    def run(self, **dying: int) -> tuple[End, Path]:
        folder = self.template.with_name("project")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.template, folder)
        return self.build(folder, **self.how, **dying), folder

    def dies(self, by: signal.Signals, **dying: int) -> bool:
        """Whether a build dies; if so, all that is promised holds."""
        end, folder = self.run(**dying)
        what = f"{dying}, after {end.steps[-1:]}"
        assert end.raised == "", f"{what}: {end.raised}"
        if not end.signal:
            return False
        assert end.signal == by, what
        staging.recover(folder / "dist")
        assert tree(folder / "dist") in (self.old, self.new), f"{what}: the dataset is not whole"
        before = {**tree(folder), **{str(path): b"" for path in folder.rglob("*") if path.is_dir()}}
        if before == self.before:  # a flush changes nothing that the next build could see
            return True
        self.before = before
        for part in (folder / CACHE).glob("*.part"):
            os.utime(part, (0, 0))  # an hour goes by
        assert self.build(folder, **self.how).raised == "", what
        assert tree(folder / "dist") == self.new, f"{what}: the next build gave other bytes"
        left = {path.name for path in folder.iterdir()}
        assert left == {"raw", "dist", "dataset-tools.toml", CACHE}, f"{what}: something was left behind"
        parts = [path.name for path in (folder / CACHE).iterdir() if path.suffix != ".arrow"]
        assert parts == [".gitignore"], f"{what}: something was left in the cache"
        return True

    def dies_before(self, steps: Iterable[int]) -> int:
        """Die before each of these steps; says how many those were."""
        return sum(self.dies(signal.SIGKILL, before=step) for step in steps)

    @property
    def published(self) -> int:
        """The step after which the new dataset is in its place and flushed; what follows tidies up."""
        return len(self.steps) - self.steps[::-1].index("fsync")

    def dies_within_every_file(self) -> int:
        """Die in the middle of a write, one byte before the end of files of each size."""
        sizes = {len(data) for data in self.new.values()}
        sizes |= {path.stat().st_size for path in (self.folder / CACHE).iterdir()}
        return sum(self.dies(signal.SIGXFSZ, size=size - 1) for size in sorted(sizes) if size)


def test_a_first_build_killed_before_each_step(template: Path, build: Builds) -> None:
    """A first build, killed before each step until the dataset is in its place.

    There is no dataset, or the whole one. The next build gives the bytes of one that was not disturbed;
    nothing is left over.
    """
    trial = Trial(template, build)
    assert trial.dies_before(range(trial.published)) == trial.published >= 30


def test_a_build_over_a_dataset_killed_before_each_step(rebuilt: Path, build: Builds) -> None:
    """A build over an older dataset and with a cache, killed before each of its steps to the last.

    The old dataset is there, or the new one, byte for byte. The next build gives the bytes of one that was not
    disturbed.
    """
    trial = Trial(rebuilt, build)
    assert trial.dies_before(range(len(trial.steps))) == len(trial.steps) >= 50


def test_a_build_without_an_exchange_killed_before_each_step(rebuilt: Path, build: Builds) -> None:
    """The same where the system cannot exchange two folders, killed around each rename and while old files are removed.

    The next command puts the old dataset back, or finds the new one; the next build is as if nothing had been.
    """
    trial = Trial(rebuilt, build, exchange=False)
    steps = range(trial.steps.index("exchange"), trial.published + 12)
    assert trial.dies_before(steps) == len(steps) >= 15


def test_a_build_killed_in_the_middle_of_its_writes(rebuilt: Path, build: Builds) -> None:
    """A build killed by the kernel in the middle of writing a file, at the last byte of files of each size.

    Half a file is never part of a dataset and never taken from the cache.
    """
    assert Trial(rebuilt, build).dies_within_every_file() >= 8
