"""`dataset-tools add` on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dataset_tools.cli import app
from dataset_tools.cli.add import Format
from dataset_tools.formats.added import RENDERERS
from tests.conftest import CorpusFolder, article, new_id

runner = CliRunner()


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, ["add", *map(str, arguments)])


@pytest.fixture(autouse=True)
def _project() -> None:
    Path("dataset-tools.toml").write_text("", "utf-8")
    corpus = CorpusFolder(Path("raw"))
    for number in range(2):
        corpus.add(article(number))
    Path("a.txt").write_text(article(10), "utf-8")
    Path("b.txt").write_text(article(1), "utf-8")


def test_the_formats_offered_are_those_of_the_registry() -> None:
    assert [one.value for one in Format] == list(RENDERERS)


def test_each_file_is_shown_with_its_place() -> None:
    placed = f"a.txt -> raw/002_{new_id(article(10))}.txt\n"
    dry = call("a.txt", "--dry-run")
    assert (dry.exit_code, dry.stdout.startswith(placed)) == (0, True)
    assert dry.stdout.endswith(
        "Would add 1 file to raw; ids: sha256(title+body, nfc)[:16]. Nothing was changed.\n"
        "    next: dataset-tools add a.txt\n"
    )
    result = call("a.txt")
    assert (result.exit_code, result.stderr, result.stdout.startswith(placed)) == (0, "", True)
    assert result.stdout.endswith(
        "Added 1 file to raw; ids: sha256(title+body, nfc)[:16].\n    next: dataset-tools validate\n"
    )


def test_a_refusal_names_the_match_and_what_to_do() -> None:
    result = call("a.txt", "b.txt")
    assert result.exit_code == 1
    assert f"b.txt: D001 error: the same bytes as raw/001_{new_id(article(1))}.txt\n    next: leave" in result.stdout
    assert result.stdout.endswith(
        "Nothing was added to raw; refused: 1 of 2 files.\n"
        "  1 error  dataset-tools rule D001  identical\n"
        "    next: mend these files, or leave them out, and add again\n"
    )
    assert "->" not in result.stdout


def test_what_is_wrong_with_the_bytes_of_a_file_is_said_once() -> None:
    Path("c.txt").write_text(article(12).replace("\n", "\r\n"), "utf-8")
    assert call("c.txt").stdout.count("F003 warning: ") == 1


def test_json_has_the_issues_and_what_became_of_each_file() -> None:
    values = json.loads(call("a.txt", "b.txt", "--output-format", "json").stdout)
    assert [one["code"] for one in values["issues"] if one["severity"] == "error"] == ["D001"]
    assert values["summary"]["exit_code"] == 1
    assert (values["add"]["added"], values["add"]["refused"]) == (False, ["b.txt"])
    values = json.loads(call("a.txt", "--output-format", "json").stdout)
    place = f"raw/002_{new_id(article(10))}.txt"
    assert values["add"]["added"] is True
    assert values["add"]["files"] == [{"source": "a.txt", "path": place, "id": new_id(article(10))}]


def test_names_made_to_fool_a_terminal_are_shown_as_escapes() -> None:
    Path("x\x1b[31m\u202e\n.txt").write_text(article(11), "utf-8")
    result = call("x\x1b[31m\u202e\n.txt")
    assert result.exit_code == 0
    assert result.stdout.startswith(r"x\x1b[31m\u202e\x0a.txt -> raw/002_")


def test_what_a_killed_call_left_is_finished_and_said() -> None:
    decided = Path("raw/.dataset-tools-add.decided")
    decided.mkdir()
    (decided / f"002_{new_id(article(10))}.txt").write_text(article(10), "utf-8")
    result = call("a.txt")
    assert result.stdout.startswith(f"Finished what a killed call had begun: raw/002_{new_id(article(10))}.txt\n")
    assert result.exit_code == 1
    assert f"the same bytes as raw/002_{new_id(article(10))}.txt" in result.stdout


def test_quiet_says_nothing_when_there_is_nothing_to_say() -> None:
    Path("c.txt").write_text(article(12), "utf-8")
    assert call("c.txt", "-q", "--ignore", "B,T,W,U").stdout == ""
