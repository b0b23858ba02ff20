"""The README is true: its Python examples are run, its settings are all. Sessions: tests/test_pages.py."""

import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dataset_tools import config, settings
from tests import pages

README = pages.read("README.md")
PYTHON = pages.blocks(README, "python")


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_examples_run(number: int, checkout: Path) -> None:
    example = PYTHON[number]
    if "torch" in example and importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not installed: pip install 'dataset-tools[torch]'")
    done = subprocess.run([sys.executable, "-c", example], cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_settings_shown_are_all_settings_with_their_defaults() -> None:
    shown = tomllib.loads(pages.blocks(README, "toml")[0])["tool"]["dataset-tools"]
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
