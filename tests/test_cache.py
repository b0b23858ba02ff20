"""Where the cache lies, and what is removed from it."""

import os
from pathlib import Path

import pytest

from dataset_tools.cache import cache_folder, trim
from dataset_tools.config import load


def test_it_lies_beside_the_settings_file_whoever_calls_from_where(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("dataset-tools.toml").write_text("", "utf-8")
    Path("below").mkdir()
    monkeypatch.chdir("below")
    cache = load().cache
    assert cache is not None
    assert cache.resolve() == Path("../.dataset-tools-cache").resolve()


def test_without_settings_it_is_that_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "mine"))
    assert load().cache == cache_folder(None) == tmp_path / "mine" / "dataset-tools"


@pytest.mark.parametrize("named", ["", "relative"])
def test_a_name_that_is_not_absolute_is_passed_over(
    named: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder(None) == tmp_path / ".cache" / "dataset-tools"


def test_what_is_unfinished_is_removed_when_nobody_can_be_writing_it_any_more() -> None:
    for name in ("old.part", "old.arrow", "new.part"):
        Path(name).write_bytes(b"x" * 10)
    for name in ("old.part", "old.arrow"):
        os.utime(name, (0, 0))
    trim(Path(), 20)
    assert {path.name for path in Path().iterdir()} == {"old.arrow", "new.part"}
