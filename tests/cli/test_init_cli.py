"""`dataset-tools init` on the command line."""

from pathlib import Path

from typer.testing import CliRunner, Result

from dataset_tools.cli import app
from tests.conftest import CorpusFolder, article

runner = CliRunner()


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, ["init", *map(str, arguments)])


def test_what_was_found_what_was_written_and_what_to_do_next_is_said() -> None:
    corpus = CorpusFolder(Path("raw"))
    for number in range(2):
        corpus.add(article(number))
    result = call()
    assert (result.exit_code, result.stderr) == (0, "")
    found, files, end = result.stdout.split("\n\n")
    assert found.splitlines()[0] == "Found 2 files in raw."
    assert "Ids: sha256(title+body, nfc)[:16] explains 2 of 2." in found
    assert files.splitlines()[0] == "+ dataset-tools.toml"
    assert end.splitlines()[0].startswith("Checked 2 files: no error, ")
    assert end.splitlines()[1] == "    next: dataset-tools build writes the dataset to dist"


def test_what_a_file_lacks_is_shown_and_the_file_stays() -> None:
    Path(".gitattributes").write_text("*.png binary\n", "utf-8")
    result = call()
    assert "= .gitattributes: is there and was left as it is; put this into it:\n  | raw/** -text\n" in result.stdout
    assert Path(".gitattributes").read_text("utf-8") == "*.png binary\n"
    assert "= .gitattributes" in call().stdout


def test_a_new_folder_is_made_and_the_next_command_goes_there() -> None:
    result = call("bài")
    assert result.exit_code == 0
    assert Path("bài/dataset-tools.toml").is_file()
    assert "next: cd bài && dataset-tools add FILE..." in result.stdout


def test_a_file_in_place_of_the_folder_is_refused() -> None:
    Path("x").touch()
    result = call("x")
    assert result.exit_code == 2
    assert "cannot set up x" in result.stderr
