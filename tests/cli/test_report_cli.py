"""`dataset-tools report`, and `build --report`."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dataset_tools.cli import app
from tests.conftest import CorpusFolder, article

runner = CliRunner()


def call(*arguments: str) -> Result:
    return runner.invoke(app, list(arguments))


@pytest.fixture(autouse=True)
def _dataset(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(1) + " ".join(f"thêm{i}" for i in range(12)))
    corpus.add(article(2))
    Path("dataset-tools.toml").write_text(f'raw = "{corpus.folder}"\n', "utf-8")
    assert call("build", "-q", "--ignore", "P,T,B").exit_code == 0


def test_it_writes_a_file_and_says_what_is_missing_in_it() -> None:
    result = call("report")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "Wrote report.html: 2 documents. It quotes their texts.\n"
        "1 pair near the threshold lacks the text of a document that was left out; name\n"
        "  its corpus with --raw.\n"
        "    next: open report.html in a browser\n"
    )


def test_with_the_corpus_nothing_is_missing(corpus: CorpusFolder) -> None:
    result = call("report", "dist", "--raw", str(corpus.folder), "-o", "other.html", "--compare", "dist")
    assert result.stdout.count("\n") == 2
    assert "The two are the same." in Path("other.html").read_text("utf-8")


def test_a_build_makes_the_same_report_with_the_texts_of_its_corpus(corpus: CorpusFolder) -> None:
    assert call("build", "--ignore", "P,T,B", "--report", "built.html", "--output-format", "json").stdout.startswith(
        "{"
    )
    call("report", "--raw", str(corpus.folder))
    assert Path("built.html").read_bytes() == Path("report.html").read_bytes()


def test_a_build_that_writes_nothing_makes_no_report(corpus: CorpusFolder) -> None:
    corpus.add("no body")
    assert call("build", "--report", "built.html").exit_code == 1
    assert not Path("built.html").exists()


@pytest.mark.parametrize("arguments", [["--check"], []])
def test_a_build_says_before_it_begins_that_it_cannot_report(arguments: list[str]) -> None:
    place = "built.html" if arguments else "dist/built.html"
    before = Path("dist/manifest.json").stat()
    result = call("build", "--report", place, *arguments)
    assert result.exit_code == 2
    assert "--report" in result.stderr
    assert Path("dist/manifest.json").stat() == before


def test_without_the_library_of_charts_it_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    result = call("report")
    assert result.exit_code == 2
    assert "pip install 'dataset-tools[report]'" in result.stderr
    assert not Path("report.html").exists()


def test_a_dataset_that_is_not_there_is_named() -> None:
    result = call("report", "nowhere")
    assert (result.exit_code, "nowhere is not a folder" in result.stderr) == (2, True)
