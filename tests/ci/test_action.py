"""action.yml: its steps are run as GitHub runs them."""

import re
from pathlib import Path

import pytest

from tests.ci.conftest import git_in, installs
from tests.ci.steps import Runner, step_named, steps_of
from tests.conftest import ROOT, CorpusFolder, article

ACTION = ROOT / "action.yml"
CHECK = "Check the articles"


def test_it_annotates_the_files_and_writes_a_summary(runner: Runner, repository: CorpusFolder) -> None:
    wrong = repository.add(article(9), name_id="0" * 16)
    done = runner.run(step_named(ACTION, CHECK))
    assert done.returncode == 1
    assert f"::error file=raw/{wrong.name}," in done.stdout
    assert "## dataset-tools validate: 1 error" in runner.summary


def test_a_clean_corpus_passes(runner: Runner) -> None:
    done = runner.run(step_named(ACTION, CHECK))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Checked 6 files: no issue." in done.stdout
    assert "no issue" in runner.summary


def test_inputs_choose_files_and_options_one_a_line(runner: Runner, repository: CorpusFolder) -> None:
    base = git_in(runner.checkout, "rev-parse", "HEAD")
    new = repository.add(article(9), name="a b $(touch pwned).txt")
    repository.add(article(9))
    runner.context |= {
        "inputs.paths": f"raw/{new.name}\n\nraw\n",
        "inputs.changed-since": base,
        "inputs.arguments": "--near\n--ignore\nD\n",
    }
    done = runner.run(step_named(ACTION, CHECK))
    assert done.returncode == 1
    assert "Checked 2 files: 1 error." in done.stdout  # of the name, and no D001
    assert not (runner.checkout / "pwned").exists()


@pytest.mark.parametrize("value", ['"; touch pwned; "', "$(touch pwned)", "`touch pwned`", "--output-file=pwned"])
@pytest.mark.parametrize("name", ["paths", "changed-since"])
def test_an_input_is_never_code_and_never_another_option(name: str, value: str, runner: Runner) -> None:
    runner.context[f"inputs.{name}"] = value
    done = runner.run(step_named(ACTION, CHECK))
    assert done.returncode == 2
    assert not list(runner.checkout.rglob("pwned"))


@pytest.mark.parametrize(
    "name", ["a\n::error::lie.txt", "%0A::error::lie.txt", "a,title=lie::b.txt", "\r::warning::lie.txt"]
)
def test_a_file_name_starts_no_command_of_its_own(name: str, runner: Runner, repository: CorpusFolder) -> None:
    repository.add(b"\xff", name=name)
    repository.add(b"::error::lie\n\n![lie](https://lie)\n::set-output name=x::lie\n", name="::error::b.txt")
    done = runner.run(step_named(ACTION, CHECK))
    lines = done.stdout.splitlines()
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) >= 3
    assert all(re.match("::(error|warning) (file=raw/|title=)", line) for line in commands)
    assert not any(",title=lie" in line.split("::")[1] for line in commands)
    assert "](https://lie)" not in runner.summary


@installs
def test_it_installs_itself_and_names_the_command(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    (install, _) = steps_of(ACTION)
    monkeypatch.delenv("PYTHONPATH")
    done = runner.run(install, GITHUB_ACTION_PATH=str(ROOT))
    assert done.returncode == 0, done.stderr
    runner.context["steps.install.outputs.command"] = (runner.temp / "output").read_text("utf-8").strip()[8:]
    assert Path(runner.context["steps.install.outputs.command"]).is_relative_to(runner.temp)
    done = runner.run(step_named(ACTION, CHECK))
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "Checked 6 files: no issue.")
