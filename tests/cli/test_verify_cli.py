"""`dataset-tools verify` on the command line."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

import dataset_tools
from dataset_tools.cli import app
from dataset_tools.formats import RENDERERS
from tests.conftest import ROOT

runner = CliRunner()


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "dist", tmp_path / "dist"))


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, ["verify", *(str(argument) for argument in arguments)])


def test_a_whole_dataset_exits_with_0(dist: Path) -> None:
    result = call(dist)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "  documents  25  train 23, validation 2\n" in result.stdout
    assert result.stdout.endswith(f"    next: dataset-tools push {dist} hf://datasets/OWNER/NAME --dry-run\n")


def test_quiet_says_nothing_about_a_whole_dataset(dist: Path) -> None:
    assert call(dist, "-q").stdout == ""


def test_a_damaged_dataset_exits_with_1_and_says_what_to_do_next(dist: Path) -> None:
    (dist / "audit" / "pairs.parquet").unlink()
    result = call(dist)
    assert (result.exit_code, result.stderr) == (1, "")
    assert f"{dist}/audit/pairs.parquet: V002 error: " in result.stdout
    assert "    next: build the dataset again" in result.stdout


@pytest.mark.parametrize("name", RENDERERS)
def test_every_format_says_what_was_found(dist: Path, name: str) -> None:
    (dist / "extra").touch()
    result = call(dist, "--output-format", name)
    assert (result.exit_code, result.stderr) == (1, "")
    assert "V003" in result.stdout


def test_json_says_what_was_read(dist: Path) -> None:
    values = json.loads(call(dist, "--output-format", "json", "--full").stdout)
    assert values["command"] == "verify"
    assert values["verify"]["documents"] == 25
    assert values["verify"]["splits"] == {"train": 23, "validation": 2}
    assert (values["verify"]["compared"], values["verify"]["full"], values["verify"]["loaded"]) == (25, True, False)
    assert (
        values["verify"]["content_sha256"] == json.loads((dist / "manifest.json").read_text("utf-8"))["content_sha256"]
    )


def test_junit_has_a_failure_for_each_file_with_an_error(dist: Path) -> None:
    (dist / "extra").touch()
    suites = ET.fromstring(call(dist, "--output-format", "junit").stdout.encode())
    assert [test.get("name") for test in suites.iter("testcase") if test.find("failure") is not None] == [
        f"{dist}/extra"
    ]


def test_ignored_rules_do_not_count(dist: Path) -> None:
    (dist / ".gitattributes").write_text("* -text\n")
    assert call(dist).exit_code == 1
    assert call(dist, "--ignore", "V003").exit_code == 0


def test_what_nothing_could_be_verified_without_cannot_be_ignored(dist: Path) -> None:
    result = call(dist, "--ignore", "V001")
    assert result.exit_code == 2
    assert "V001 (manifest-unreadable) cannot be ignored" in result.stderr
    assert "next: build the dataset again, or get a whole copy of it" in result.stderr


def test_no_folder_is_a_wrong_call(tmp_path: Path) -> None:
    result = call(tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "nowhere is not a folder" in result.stderr
    assert "next: " in result.stderr


def test_the_folder_of_the_settings_is_verified_by_default(dist: Path) -> None:
    Path("dataset-tools.toml").write_text(f'out = "{dist}"\n')
    assert "  documents  25  " in call().stdout


def test_a_folder_with_a_name_that_is_no_text_is_verified(dist: Path) -> None:
    moved = dist.rename(dist.parent / "::error::\x1b[2J")
    result = call(moved)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


def test_python_gives_what_the_command_gives(dist: Path) -> None:
    (dist / "extra").touch()
    report = dataset_tools.verify(dist)
    assert (report.exit_code, [one.code for one in report.issues], report.errors) == (1, ["V003"], 1)
