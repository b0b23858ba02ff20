"""`dataset-tools cache`, and the options that say how a run uses it."""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dataset_tools.cli import app
from dataset_tools.cli.cache import size
from tests import pages
from tests.conftest import CorpusFolder, article

runner = CliRunner()


def cache_files(folder: str = ".dataset-tools-cache") -> list[str]:
    return sorted(path.name for path in Path(folder).glob("*.arrow"))


@pytest.fixture
def project(corpus: CorpusFolder) -> CorpusFolder:
    Path("dataset-tools.toml").write_text('raw = "../raw"\n', "utf-8")
    for number in range(3):
        corpus.add(article(number))
    return corpus


def test_info_says_where_it_lies_and_what_is_in_it(project: CorpusFolder) -> None:
    assert runner.invoke(app, ["build"]).exit_code == 0
    result = runner.invoke(app, ["cache", "info"])
    assert result.exit_code == 0
    first, *kinds = result.stdout.splitlines()
    assert re.fullmatch(r"\.dataset-tools-cache: \d+ files, \d+ kB of at most 10 GB", first)
    known = ["what was found in files", "titles and bodies", "schemas of what is written", "places of rows in datasets"]
    assert [line.split("  ")[-1] for line in kinds] == known


def test_clean_empties_it_and_leaves_other_files_alone(project: CorpusFolder) -> None:
    runner.invoke(app, ["validate"])
    Path(".dataset-tools-cache/mine.txt").write_text("", "utf-8")
    result = runner.invoke(app, ["cache", "clean"])
    assert re.fullmatch(r"Removed \d+ files?, \d+ kB, from \.dataset-tools-cache\.\n", result.stdout)
    assert cache_files() == []
    assert Path(".dataset-tools-cache/mine.txt").exists()
    assert runner.invoke(app, ["cache", "clean"]).stdout == "Removed 0 files, 0 bytes, from .dataset-tools-cache.\n"
    assert runner.invoke(app, ["cache", "info"]).stdout == ".dataset-tools-cache: 0 files, 0 bytes of at most 10 GB\n"


def test_git_leaves_it_alone(project: CorpusFolder) -> None:
    runner.invoke(app, ["validate"])
    assert Path(".dataset-tools-cache/.gitignore").read_text("utf-8") == "*\n"


@pytest.mark.parametrize("command", ["validate", "build", "dedup"])
def test_no_cache_keeps_nothing(command: str, project: CorpusFolder) -> None:
    assert runner.invoke(app, [command, "--no-cache"]).exit_code == 0
    assert not Path(".dataset-tools-cache").exists()


@pytest.mark.parametrize("command", ["validate", "build", "dedup"])
def test_rehash_is_an_option_of_each(command: str, project: CorpusFolder) -> None:
    first = runner.invoke(app, [command])
    assert runner.invoke(app, [command, "--rehash"]).stdout.splitlines()[0] == first.stdout.splitlines()[0]


def test_without_a_cache_there_is_nothing_to_show(project: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text("cache_size = 0\n", "utf-8")
    result = runner.invoke(app, ["cache", "info"])
    assert result.exit_code == 2
    assert "nothing is cached, since cache_size is 0" in result.stderr


def test_what_was_not_used_for_the_longest_time_goes_first(project: CorpusFolder) -> None:
    recipe = 'recipe = "sha256(title+body, nfc)[:16]"'
    Path("dataset-tools.toml").write_text(f'raw = "../raw"\n{recipe}\n', "utf-8")
    runner.invoke(app, ["validate"])
    first = set(cache_files())
    for name in first:
        os.utime(Path(".dataset-tools-cache", name), (1, 1))
    used = sum(path.stat().st_size for path in Path(".dataset-tools-cache").glob("*.arrow"))
    Path("dataset-tools.toml").write_text(f'raw = "../raw"\ncache_size = "{used + 1} B"\n{recipe}\n', "utf-8")
    runner.invoke(app, ["validate", "--ignore", "W"])
    left = set(cache_files())
    assert left
    assert not left & first


def test_a_size_is_written_for_people() -> None:
    assert [size(number) for number in (0, 999, 1000, 25_400_000, 10_000_000_000, 12_340_000_000)] == [
        "0 bytes",
        "999 bytes",
        "1 kB",
        "25 MB",
        "10 GB",
        "12.3 GB",
    ]


def test_the_sessions_of_the_page_show_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpus: CorpusFolder
) -> None:
    monkeypatch.setattr("dataset_tools.stamps.SETTLED", 0)
    Path("dataset-tools.toml").write_text("", "utf-8")
    folder = CorpusFolder(Path("raw").absolute())
    for number in range(29):
        folder.add(article(number))
    for step in pages.steps(pages.read("docs/cache.md")):
        shown = runner.invoke(app, step.command.split()[1:]).stdout
        assert numberless(shown) == numberless(step.output), step.command


def numberless(text: str) -> str:
    """Sizes are those of library versions."""
    return re.sub(r" *\d+ (bytes|kB|MB)", " N", text)
