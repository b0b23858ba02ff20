"""`dataset-tools dedup` on the command line."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dataset_tools.cli import app
from dataset_tools.cli.dedup import Format
from dataset_tools.formats.clusters import RENDERERS
from tests.cli.test_commands import on_a_terminal
from tests.conftest import ROOT, CorpusFolder, article

runner = CliRunner()


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, ["dedup", *map(str, arguments)])


@pytest.fixture
def raw(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.fixture
def many(corpus: CorpusFolder) -> CorpusFolder:
    for number in range(12):
        corpus.add(article(number))
        corpus.add(article(number))
    for _ in range(12):
        corpus.add(article(0))
    return corpus


def test_the_formats_offered_are_those_of_the_registry() -> None:
    assert [one.value for one in Format] == list(RENDERERS)


def test_the_sample_corpus_has_four_clusters(raw: None) -> None:
    result = call()
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Checked 29 files: 4 duplicates in 4 clusters" in result.stdout
    assert "─ threshold" in result.stdout
    assert "3 clusters" in call("--threshold", "0.9").stdout


def test_people_see_ten_clusters_and_ten_documents_of_each_and_programs_all(many: CorpusFolder) -> None:
    shown = call(many.folder).stdout
    assert shown.count("kept  ") == 10
    assert "… and 3 more" in shown
    assert "… and 2 smaller or clearer clusters; --limit 0 shows all" in shown
    assert call(many.folder, "--limit", "0").stdout.count("identical  ") == 24
    assert call(many.folder, "--limit", "1").stdout.count("identical  ") == 1
    lines = call(many.folder, "--output-format", "jsonl").stdout.splitlines()
    assert sum(len(json.loads(line).get("removed", [])) for line in lines) == 24
    assert len(call(many.folder, "--output-format", "concise").stdout.splitlines()) == 26


def test_two_documents_can_be_shown(raw: None) -> None:
    shown = call("--show", "374a7c630c865a0e", "raw/012_ecbed05a2ee88ad7.txt")
    assert shown.exit_code == 0
    assert "[-bốn lần.-] {+ba.+}" in shown.stdout
    found = json.loads(call("--show", "374a7c630c865a0e", "ecbed05a2ee88ad7", "--output-format", "json").stdout)
    assert found["difference"]["similarity"] == pytest.approx(317 / 357)


def test_recall_can_be_estimated(raw: None) -> None:
    assert "Recall: 100.00% (" in call("--estimate-recall", "1000").stdout


def test_a_build_that_would_stop_is_exit_1(many: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text("[dedup]\nmax_removed = 0.1", "utf-8")
    result = call(many.folder)
    assert result.exit_code == 1
    assert "A build would write nothing: 24 of 36 valid documents (66.7%)" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["nowhere"],
            "error: nowhere does not exist\n    next: name the folder of the articles: dataset-tools dedup FOLDER; or",
        ),
        (["--output-format", "sarif"], "'sarif' is not one of 'full', 'concise', 'json', 'jsonl'"),
        ([".", "--show", "a", "b", "--output-format", "jsonl"], "--show has no form in the format jsonl"),
        ([".", "--show", "a", "b", "--estimate-recall", "9"], "leave --estimate-recall out"),
        ([".", "--policy", "priority"], 'policy = "priority" needs priority = ['),
        (["--policy", "shortest"], "'shortest' is not one of"),
        (["--estimate-recall", "0"], "--estimate-recall"),
        (["--show", "a"], "--show"),
    ],
)
def test_a_wrong_call_is_exit_2_and_says_what_to_do(arguments: list[str], said: str) -> None:
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_the_output_can_go_to_a_file(many: CorpusFolder) -> None:
    assert call(many.folder, "--output-file", "out.txt").stdout == ""
    assert "Checked 36 files" in Path("out.txt").read_text("utf-8")


def test_progress_and_colour_show_on_a_terminal_alone(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(1).replace("x40", "y40"))
    paths = sorted(map(str, corpus.folder.iterdir()))
    command = [sys.executable, "-m", "dataset_tools", "dedup", str(corpus.folder), "--threshold", "0.5"]
    assert "Sampling" in on_a_terminal([*command, "--estimate-recall", "2"])
    shown = on_a_terminal([*command, "--show", *paths])
    assert "\x1b[31mchữcủabài1x40\x1b[0m" in shown
    plain = on_a_terminal([*command, "--show", *paths], NO_COLOR="1")
    assert "[-chữcủabài1x40-]" in plain
    assert "\x1b" not in plain
