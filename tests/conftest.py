"""What tests share: writing small corpora, and the corpora that lie beside the checkout where there are any."""

import hashlib
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pandera.polars  # noqa: F401  before a command that does without pandas imports it for all tests
import pytest
from hypothesis import settings

from dataset_tools.text import split_article
from tests.cluster_of_two import ray_cluster
from tests.s3_server import s3, s3_environment, s3_server

__all__ = ["ray_cluster", "s3", "s3_environment", "s3_server"]

ROOT = Path(__file__).parent.parent

# A slow machine is no fault of the code. The gate tries the same few examples each time; who develops tries new ones.
settings.register_profile("developer", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("gate" if os.environ.get("CI") else "developer")


def new_id(text: str) -> str:
    """The id of a new corpus: sha256(title+body, nfc)[:16]."""
    article = split_article(text)
    content = unicodedata.normalize("NFC", f"{article.title}\n{article.body}")
    return hashlib.sha256(content.encode()).hexdigest()[:16]


class CorpusFolder:
    """A folder that articles are put into; each gets the next index and the id of its content."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.count = 0

    def add(self, text: str | bytes, *, name_id: str | None = None, name: str | None = None, below: str = "") -> Path:
        data = text if isinstance(text, bytes) else text.encode()
        if name is None:
            own_id = name_id or new_id(data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n"))
            name = f"{self.count:03}_{own_id}.txt"
        self.count += 1
        path = self.folder / below / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


@pytest.fixture
def corpus(tmp_path: Path) -> CorpusFolder:
    return CorpusFolder(tmp_path / "raw")


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[[str], CorpusFolder]:
    return lambda name: CorpusFolder(tmp_path / name)


def article(number: int, words: int = 80) -> str:
    """An article that shares no shingle with one of another number."""
    body = " ".join(f"chữcủabài{number}x{i}" for i in range(words))
    return f"Bài số {number}\n{body}\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in an empty folder, where no settings are found, and not as if it were a step of GitHub."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache-of-the-user"))
    for name in ("GITHUB_STEP_SUMMARY", "NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: None) -> Path:
    """The current folder: a copy of what the examples of pages use of this checkout."""
    folder = tmp_path / "checkout"
    for name in ("raw", "schemas", "dist"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shell of a reader finds: the commands of this environment, no colour, no bars, no Hub."""
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    scripts = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{scripts}{os.pathsep}{os.environ['PATH']}")
