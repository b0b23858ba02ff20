"""One small dataset for all tests of verification, and a copy of it for each."""

import shutil
from pathlib import Path

import pytest

from tests.verification.damage import build_small


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_small(tmp_path_factory.mktemp("small"))


@pytest.fixture
def dist(small: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small, tmp_path / "dist"))
