"""The report formats through the command line."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from dataset_tools.cli import app
from dataset_tools.formats import RENDERERS
from tests.conftest import CorpusFolder, article

runner = CliRunner()

FOR_PROGRAMS = ["json", "jsonl", "gitlab", "junit", "sarif"]


@pytest.fixture(autouse=True)
def _no_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, ["validate", *(str(argument) for argument in arguments)])


@pytest.fixture
def flawed(corpus: CorpusFolder) -> CorpusFolder:
    corpus.add(article(1))
    corpus.add("Bài hai\r\nthân bài\r\n")
    corpus.add("Bài ba\nthân ".encode() + b"\xff")
    return corpus


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_goes_to_standard_output_whole(flawed: CorpusFolder, name: str) -> None:
    result = call(flawed.folder, "--output-format", name)
    assert (result.exit_code, result.stderr) == (1, "")
    assert "F001" in result.stdout
    assert "F003" in result.stdout
    assert result.stdout.endswith("\n")


def test_documents_for_programs_parse(flawed: CorpusFolder) -> None:
    shown = {name: call(flawed.folder, "--output-format", name).stdout for name in FOR_PROGRAMS}
    found = len(json.loads(shown["json"])["issues"])
    assert len(shown["jsonl"].splitlines()) == found + 1
    assert len(json.loads(shown["gitlab"])) == found
    assert len(json.loads(shown["sarif"])["runs"][0]["results"]) == found
    assert len(ET.fromstring(shown["junit"].encode()).findall("testsuite/testcase/failure")) == 1


def test_full_shows_the_line_and_a_caret(flawed: CorpusFolder) -> None:
    lines = call(flawed.folder).stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if " F003 " in line)
    assert lines[at + 1 : at + 3] == ["  | Bài hai", "  |        ^"]
    at = next(number for number, line in enumerate(lines) if " F001 " in line)
    assert lines[at + 1 : at + 3] == [r"  | thân \xff", "  |      ^"]


@pytest.mark.parametrize("name", RENDERERS)
def test_quiet_keeps_back_what_is_for_people_only(corpus: CorpusFolder, name: str) -> None:
    corpus.add(article(1))
    result = call(corpus.folder, "-q", "--output-format", name)
    assert result.exit_code == 0
    assert bool(result.stdout) == (name in FOR_PROGRAMS)


def test_on_github_the_summary_of_the_job_gets_the_report_as_well(
    flawed: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("summary.md").write_text("# Other", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    result = call(flawed.folder, "--output-format", "github")
    assert (result.exit_code, result.stdout.startswith("::error ")) == (1, True)
    markdown = call(flawed.folder, "--output-format", "markdown").stdout
    assert Path("summary.md").read_text("utf-8") == f"# Other\n{markdown}"
    call(flawed.folder, "--output-format", "github", "--output-file", "annotations.txt")
    assert Path("summary.md").read_text("utf-8") == f"# Other\n{markdown}\n{markdown}"
    assert Path("annotations.txt").read_text("utf-8") == result.stdout


@pytest.mark.parametrize("name", [name for name in RENDERERS if name != "github"])
def test_no_other_format_touches_the_summary_of_the_job(
    corpus: CorpusFolder, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.add(article(1))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    call(corpus.folder, "--output-format", name)
    assert not Path("summary.md").exists()


def test_a_summary_that_cannot_be_written_is_said_after_the_annotations(
    flawed: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/folder/summary.md")
    result = call(flawed.folder, "--output-format", "github")
    assert (result.exit_code, result.stdout.startswith("::error ")) == (2, True)
    assert "cannot write the summary of the job to no/such/folder/summary.md" in result.stderr


def test_names_stay_inside_their_fields(corpus: CorpusFolder) -> None:
    corpus.add("a\nb\n", name="a\n::stop-commands::x,col=1%0A.txt")
    corpus.add("a\nb\n", name="::error::b.txt")
    corpus.add("a\nb\n", name="](javascript:alert(1))|<script>`'\"&.txt")
    for name in RENDERERS:
        result = call(corpus.folder, "--output-format", name)
        assert result.exit_code == 1
        commands = [line for line in result.stdout.splitlines() if line.lstrip().startswith("::")]
        assert len(commands) == (len(json.loads(call(corpus.folder, "--output-format", "json").stdout)["issues"])) * (
            name == "github"
        )
        assert not [line for line in commands if not line.startswith(("::error file=", "::warning file="))]
