"""`dataset-tools diff` on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import dataset_tools
from dataset_tools.cli import app
from tests.conftest import CorpusFolder, article

runner = CliRunner()


@pytest.fixture(autouse=True)
def _two_datasets(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(2), name="001_0123456789abcdef.txt")
    settings = Path("dataset-tools.toml")
    settings.write_text('recipe = "external"\n', "utf-8")
    assert dataset_tools.build(corpus.folder, "old", config_file=settings).ok
    (corpus.folder / "001_0123456789abcdef.txt").write_text(article(2).replace("x7 ", "x7 nữa "), "utf-8")
    corpus.add(article(3))
    assert dataset_tools.build(corpus.folder, "new", config_file=settings).ok


def call(*arguments: str) -> Result:
    return runner.invoke(app, ["diff", *arguments])


def test_it_shows_what_changed_and_exits_with_0() -> None:
    result = call("old", "new")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 added, 1 changed; 1 as before." in result.stdout
    assert "~ 001_0123456789abcdef.txt 'Bài số 2': body, sha256" in result.stdout


def test_words_are_shown_where_they_are_asked_for() -> None:
    assert "{+nữa+}" not in call("old", "new").stdout
    assert "{+nữa+}" in call("old", "new", "--words").stdout
    assert "{+nữa+}" in call("old", "new", "--words", "--output-format", "markdown").stdout
    assert "\x1b[32m" in call("old", "new", "--words", "--color", "always").stdout


@pytest.mark.parametrize(("other", "code"), [("new", 1), ("old", 0)])
def test_exit_code_says_whether_they_differ(other: str, code: int) -> None:
    assert call("old", other, "--exit-code").exit_code == code


def test_json_has_all_documents_and_words() -> None:
    values = json.loads(call("old", "new", "--output-format", "json", "--words", "--limit", "1").stdout)
    assert values["diff"]["counts"] == {"added": 1, "removed": 0, "changed": 1, "moved": 0, "renamed": 0, "same": 1}
    assert list(values["diff"]["words"]) == ["0123456789abcdef"]


def test_it_writes_to_a_file() -> None:
    assert call("old", "new", "--output-format", "markdown", "--output-file", "notes.md").stdout == ""
    assert Path("notes.md").read_text("utf-8").startswith("## What changed in the data\n")


def test_a_place_without_a_dataset_is_a_wrong_call() -> None:
    result = call("old", "nowhere")
    assert result.exit_code == 2
    assert "nowhere does not exist" in result.stderr
