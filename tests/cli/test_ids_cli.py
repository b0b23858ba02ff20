"""`dataset-tools ids` on the command line."""

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dataset_tools.cli import app
from dataset_tools.cli.ids import Format
from dataset_tools.formats.ids import RENDERERS
from tests.conftest import CorpusFolder, article, new_id

runner = CliRunner()
NEW = "sha256(title+body, nfc)[:16]"


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, ["ids", *map(str, arguments)])


def values(*arguments: str | Path) -> dict:
    return json.loads(call(*arguments, "--output-format", "json").stdout)


def file_id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.fixture
def mixed(corpus: CorpusFolder) -> CorpusFolder:
    """Three files named by their content, one by its bytes."""
    for number in range(3):
        corpus.add(article(number))
    corpus.add(article(3), name_id=file_id(article(3)))
    return corpus


def test_the_formats_offered_are_those_of_the_registry() -> None:
    assert [one.value for one in Format] == list(RENDERERS)


def test_each_recipe_is_shown_with_how_many_files_it_explains_and_which_it_does_not(mixed: CorpusFolder) -> None:
    (folder,) = values(mixed.folder)["ids"]["folders"]
    table = {one["recipe"]: one for one in folder["table"]}
    other = str(mixed.folder / f"003_{file_id(article(3))}.txt")
    assert (table[NEW]["files"], table[NEW]["in_use"], table[NEW]["not_explained"]) == (3, True, [other])
    assert (table["sha256(file)[:16]"]["files"], table["sha256(file)[:16]"]["in_use"]) == (1, False)
    assert [one["files"] for one in folder["table"]] == sorted((one["files"] for one in folder["table"]), reverse=True)
    assert folder["pin"] == f'recipe = "{NEW}"'
    shown = call(mixed.folder).stdout
    assert f"{NEW}  3 of 4    in use, not\n{' ' * 40}{other}\n" in shown
    assert shown.endswith(f"    next: dataset-tools validate {mixed.folder} --diff --unsafe-fixes\n")


def test_a_file_that_does_not_fit_is_named_as_it_should_be_called(mixed: CorpusFolder) -> None:
    result = call(mixed.folder)
    assert result.exit_code == 0
    assert f"rename the file to 003_{new_id(article(3))}.txt" in result.stdout
    assert "Checked 4 files: 1 does not fit.\n" in result.stdout


def test_a_recipe_that_is_asked_about_decides_the_exit_code(mixed: CorpusFolder) -> None:
    result = call(mixed.folder, "--check", "sha256(file)[:16]")
    assert result.exit_code == 1
    assert result.stdout.count("next: restore the content, or rename the file to") == 3
    assert f"rename the file to 000_{file_id(article(0))}.txt" in result.stdout
    assert call(mixed.folder / f"003_{file_id(article(3))}.txt", "--check", "sha256(file)").exit_code == 0


def test_a_file_without_an_id_or_a_text_fits_no_recipe(corpus: CorpusFolder) -> None:
    corpus.add(article(0))
    corpus.add(article(1), name="nháp.txt")
    corpus.add(b"ti\xeau \xf0\xe9\nth\xe2n\n", name="002_0123456789abcdef.txt")
    result = call(corpus.folder, "--check", NEW)
    assert result.exit_code == 1
    assert "Checked 3 files: 2 do not fit.\n" in result.stdout
    assert f"{NEW} gives the id {new_id(article(1))}\n" in result.stdout
    assert "not UTF-8" in result.stdout


def test_the_id_of_one_file_by_every_recipe_is_shown_even_where_its_name_has_none() -> None:
    Path("bài.txt").write_text(article(7), "utf-8")
    shown = call("bài.txt", "--names").stdout
    assert f"  {new_id(article(7))}  {NEW}" in shown
    assert f"  {file_id(article(7))}  sha256(file)[:16]" in shown
    (named,) = values("bài.txt", "--names")["ids"]["folders"][0]["named"]
    assert len(named["ids"]) == len({given for given, _ in named["ids"]})


def test_the_id_in_the_name_comes_first_and_is_marked(mixed: CorpusFolder) -> None:
    name = f"003_{file_id(article(3))}.txt"
    shown = call(mixed.folder / name, "--names").stdout
    assert f"{mixed.folder / name}\n= {file_id(article(3))}  sha256(file)[:16]" in shown


def test_the_recipe_in_use_is_that_of_the_whole_folder_when_a_few_files_are_given(mixed: CorpusFolder) -> None:
    only = mixed.folder / f"003_{file_id(article(3))}.txt"
    (folder,) = values(only)["ids"]["folders"]
    assert folder["decision"]["recipe"] == NEW
    assert [one["name"] for one in folder["misfits"]] == [f"003_{new_id(article(3))}.txt"]


def test_a_recipe_of_the_settings_is_in_use_whatever_its_length_is_called(mixed: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text(f'raw = "{mixed.folder}"\nrecipe = "sha256(file)"\n', "utf-8")
    (folder,) = values()["ids"]["folders"]
    assert [one["recipe"] for one in folder["table"] if one["in_use"]] == ["sha256(file)[:16]"]
    assert (len(folder["misfits"]), folder["pin"]) == (3, None)


def test_external_ids_are_said_to_be_so(corpus: CorpusFolder) -> None:
    for number in range(2):
        corpus.add(article(number), name_id=f"{number + 10:016x}")
    result = call(corpus.folder)
    assert "Checked 2 files: all fit.\nIds: external" in result.stdout
    assert 'recipe = "external"' in result.stdout


def test_names_made_to_fool_a_terminal_are_shown_as_escapes(corpus: CorpusFolder) -> None:
    corpus.add(article(0), name="\x1b[31m\u202e\n.txt")
    result = call(corpus.folder, "--check", NEW)
    assert result.exit_code == 1
    assert r"\x1b[31m\u202e\x0a.txt" in result.stdout
    assert "\x1b" not in call(corpus.folder, "--names").stdout


def test_wrong_calls_are_told_what_to_do_next(mixed: CorpusFolder) -> None:
    result = call(mixed.folder, "--check", "sha257(file)")
    assert result.exit_code == 2
    assert "did you mean sha256?" in result.stderr
    assert call(mixed.folder, "--check", NEW, "--names").exit_code == 2
    assert call("nowhere").exit_code == 2
