"""Two datasets to push: one, and the one that came after it."""

import shutil
from pathlib import Path

import pytest

import dataset_tools
from tests.conftest import CorpusFolder, article


def _built(folder: Path, count: int, settings_text: str) -> Path:
    corpus = CorpusFolder(folder / "raw")
    for number in range(count):
        corpus.add(article(number))
    settings = folder / "dataset-tools.toml"
    settings.write_text(settings_text, "utf-8")
    report = dataset_tools.build(
        folder / "raw", folder / "dist", config_file=settings, cache=False, ignore=["P", "W", "U", "T", "B"]
    )
    assert report.ok, report
    return folder / "dist"


@pytest.fixture(scope="session")
def _two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folders = tmp_path_factory.mktemp("before"), tmp_path_factory.mktemp("after")
    return _built(folders[0], 12, "[split]\nvalidation = 0.4\n"), _built(folders[1], 5, "")


@pytest.fixture
def dist(_two: tuple[Path, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(_two[0], tmp_path / "dist"))


@pytest.fixture
def later(_two: tuple[Path, Path], tmp_path: Path) -> Path:
    """Other rows, and no split `validation` any more."""
    return Path(shutil.copytree(_two[1], tmp_path / "later"))


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
