"""`--verbose`: what a run works with."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dataset_tools.cli import app
from dataset_tools.rules import RULES
from tests.conftest import CorpusFolder, article

runner = CliRunner()


OFF = sorted(code for code, rule in RULES.items() if not rule.default)
W = {code for code in RULES if code.startswith("W")}


@pytest.mark.parametrize("command", ["validate", "build"])
def test_it_names_what_holds_without_settings(command: str, corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    result = runner.invoke(app, [command, str(corpus.folder), "--verbose"])
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "settings: no file found, so the defaults hold",
        f"cache: {os.environ['XDG_CACHE_HOME']}/dataset-tools",
        "schema: the built-in one",
        f"rules in force: {len(RULES) - len(OFF)} of {len(RULES)}",
        f"rules off: {', '.join(OFF)}",
    ]
    quiet = runner.invoke(app, [command, str(corpus.folder)])
    assert (quiet.stderr, quiet.exit_code) == ("", 0)


def test_it_names_the_settings_file_and_what_that_and_the_call_make_of_the_rules(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    text = "ignore = ['W001']\n[severity]\nW = 'error'\nI001 = 'warning'\n[per_path_ignore]\n'a\\u001b/**' = ['U', 'T']"
    Path("my.toml").write_text(text.replace("'a", '"a').replace("**'", '**"'), "utf-8")
    arguments = ["validate", str(corpus.folder), "-v", "-c", "my.toml", "--ignore", "W002"]
    assert runner.invoke(app, arguments).stderr.splitlines() == [
        "settings: my.toml",
        "cache: .dataset-tools-cache",
        "schema: the built-in one",
        f"rules in force: {len(RULES) - 2 - len(OFF)} of {len(RULES)}",
        f"rules off: {', '.join(sorted(['W001', 'W002', *OFF]))}",
        f"rules made errors: {', '.join(sorted(W - {'W001', 'W002', *OFF}))}",
        "rules made warnings: I001",
        r"rules off for a\x1b/**: U, T",
    ]


def test_it_says_where_indexes_of_published_datasets_are_kept(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    Path("dataset-tools.toml").write_text("against = ['nowhere']", "utf-8")
    result = runner.invoke(app, ["validate", str(corpus.folder), "-v"])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[1] == "cache: .dataset-tools-cache"
