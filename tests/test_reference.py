"""docs/commands.md and docs/settings.md are what the command line and the settings are."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from dataset_tools.cli import app
from tests import pages, reference

WRITE_AGAIN = "run python -m tests.reference"


def test_the_page_of_commands_is_made_from_the_command_line() -> None:
    assert pages.read("docs/commands.md") == reference.commands(), WRITE_AGAIN


def test_the_page_of_settings_is_made_from_the_settings() -> None:
    assert pages.read("docs/settings.md") == reference.all_settings(), WRITE_AGAIN


def click_commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from click_commands(below, f"{path} {name}")


COMMANDS = dict(click_commands(typer.main.get_command(app), "dataset-tools"))


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_is_there_with_all_its_options(path: str) -> None:
    page = reference.commands()
    section = page.partition(f"\n## {path}\n")[2].partition("\n## ")[0]
    names = [name for one in COMMANDS[path].params for name in one.opts if name.startswith("--")]
    completion = {"--install-completion", "--show-completion"}
    assert [name for name in names if f"`{name}" not in section.replace(", ", "`") and name not in completion] == []


def test_everything_is_described_by_a_sentence_that_fits_its_list() -> None:
    described = [one.does for command in reference.every_command() for one in command.options]
    described += [text for command in reference.every_command() for text in command.arguments.values()]
    assert [text for text in described if not text.endswith((".", ")"))] == []
    shown = CliRunner().invoke(app, ["--help"], terminal_width=80).stdout
    assert "..." not in shown.partition("Commands:")[2]


def test_every_setting_says_what_it_does() -> None:
    page = reference.all_settings()
    assert page.count("\n### ") == page.count("Default: ")
    assert "\n\n\n" not in page
