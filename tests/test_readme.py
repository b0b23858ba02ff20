"""The README is true: its terminal sessions and Python examples are run."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dataset_tools import config, settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what the examples use of this checkout."""
    folder = tmp_path / "checkout"
    for name in ("raw", "schemas", "dist"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    scripts = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{scripts}{os.pathsep}{os.environ['PATH']}")
    return folder


def test_terminal_sessions_show_what_the_commands_print(checkout: Path) -> None:
    session = "".join(blocks("console"))
    parts = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    commands, outputs = parts[0::2], parts[1::2]
    assert len(commands) >= 5
    script = "\n".join(f"{command}\ncode=$?; echo '<end of command>'; (exit $code)" for command in commands)
    done = subprocess.run(["bash", "-c", script], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    shown = done.stdout.split("<end of command>\n")[:-1]
    for command, output, seen in zip(commands, outputs, shown, strict=True):
        assert seen == output, command


PYTHON = blocks("python")


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_examples_run(number: int, checkout: Path) -> None:
    example = PYTHON[number]
    if "torch" in example and importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed: pip install 'dataset-tools[torch]'")
    done = subprocess.run([sys.executable, "-c", example], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_settings_shown_are_all_settings_with_their_defaults() -> None:
    shown = tomllib.loads(blocks("toml")[0])["tool"]["dataset-tools"]
    checked = config._checked(shown, "README")
    fields = {field.alias or name for name, field in settings.Settings.model_fields.items()}
    assert set(shown) == fields
    for section in ("dedup", "package", "engine", "card"):
        assert set(shown[section]) == set(settings.Settings.model_fields[section].annotation.model_fields)
    no_limits = {"max_cluster": None, "max_removed": None}
    assert checked.dedup.model_copy(update=no_limits) == settings.DedupSettings()
    assert checked.package == settings.PackageSettings()
    plain = ("raw", "out", "include", "file_name", "recipe", "max_file_size", "on_invalid", "jobs")
    assert {name: getattr(checked, name) for name in plain} == {
        name: getattr(settings.Settings(), name) for name in plain
    }
