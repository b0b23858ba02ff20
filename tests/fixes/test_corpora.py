"""Fixes over copies of the real corpora, which lie beside the checkout where there are any.

Only some of the files are taken, all of them with DATASET_TOOLS_WHOLE_CORPORA=1, which takes minutes.
"""

import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dataset_tools.cli import app
from tests.fixes.patch import patched, paths, split
from tests.test_shared import pytestmark as beside_the_checkout
from tests.test_shared import unpacked

pytestmark = beside_the_checkout


def state(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder))}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code in (0, 1), result.stderr
    return result.stdout


def shown(before: dict[str, bytes], output: str) -> dict[str, bytes]:
    """The files as `--diff` says that they would be."""
    after = dict(before)
    lines = output.rstrip("\n").split("\n")
    for diff in split(lines[: lines.index("")]):
        old, new = (path.rpartition("/")[2] for path in paths(diff))
        after[new] = patched(after.pop(old), diff)
    return after


WHOLE = bool(os.environ.get("DATASET_TOOLS_WHOLE_CORPORA"))
STEPS = {"encodings": 1 if WHOLE else 8, "vi-news-3k": 1 if WHOLE else 30}


@pytest.mark.parametrize("unsafe", [[], ["--unsafe-fixes"]], ids=["safe", "unsafe"])
@pytest.mark.parametrize(("name", "least"), [("encodings", 50), ("vi-news-3k", 95)])
def test_differences_and_files_agree_a_second_run_changes_nothing_and_all_comes_back(
    tmp_path: Path, name: str, least: int, unsafe: list[str]
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    files = sorted(path for path in unpacked(name, tmp_path).rglob("*") if path.is_file())
    for number, path in enumerate(files[:: STEPS[name]]):
        own_id = path.name[7:23] if name == "vi-news-3k" else f"{number:016x}"
        shutil.copyfile(path, raw / f"{number:04}_{own_id}.txt")
    before = state(raw)
    options = ["validate", str(raw), "--select", "DEFAULT,U010", *unsafe]
    differences = run(*options, "--diff")
    assert state(raw) == before
    run(*options, "--fix", "--undo", "back")
    after = state(raw)
    safe_by_a_hash_of_files = name == "vi-news-3k" and not unsafe
    if safe_by_a_hash_of_files:
        assert differences == "Would fix nothing.\n"
        assert after == before
        return
    assert after == shown(before, differences)
    assert sum(before.get(path) != data for path, data in after.items()) >= (least if unsafe else 1)
    assert "Fixed nothing.\n" in run(*options, "--fix")
    assert state(raw) == after
    run("undo", "back")
    assert state(raw) == before
