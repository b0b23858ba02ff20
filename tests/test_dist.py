"""The committed example: dist/ is what the tool makes of raw/."""

import json
import os
import re
import subprocess
import unicodedata
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dataset_tools
from dataset_tools.stages.package.write import versions
from dataset_tools.text import canonical, shingles, similarity, split_article
from tests.conftest import ROOT

DIST = ROOT / "dist"
MANIFEST = json.loads((DIST / "manifest.json").read_text("utf-8"))


@pytest.fixture
def rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    report = dataset_tools.build("raw", tmp_path / "dist")
    assert report.ok, report.stopped
    return tmp_path / "dist"


def test_a_build_of_raw_has_the_rows_counts_and_content_of_dist(rebuilt: Path) -> None:
    manifest = json.loads((rebuilt / "manifest.json").read_text("utf-8"))
    for key in ("counts", "content_sha256", "splits", "ids", "deduplication", "settings_sha256", "schema_sha256"):
        assert manifest[key] == MANIFEST[key], key
    for path in sorted(DIST.glob("data/*.parquet")):
        assert pq.read_table(path).equals(pq.read_table(rebuilt / "data" / path.name))


def test_the_bytes_are_those_of_dist_where_the_versions_are(rebuilt: Path) -> None:
    here, there = versions(), MANIFEST["versions"]
    differing = {
        name: (there.get(name), here.get(name)) for name in {*there, *here} if there.get(name) != here.get(name)
    }
    if differing and "DATASET_TOOLS_PINNED" not in os.environ:  # CI sets it where they must agree
        pytest.skip(f"dist was built with other versions: {differing}")
    assert differing == {}
    files = sorted(path.relative_to(DIST) for path in DIST.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(rebuilt) for path in rebuilt.rglob("*") if path.is_file())
    assert [path for path in files if (DIST / path).read_bytes() != (rebuilt / path).read_bytes()] == []


def test_checksums_of_dist_hold() -> None:
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=DIST, check=True)


def test_raw_has_the_traps_it_is_there_for() -> None:
    texts = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "raw").iterdir())}
    sets = {name: shingles(canonical(*split_article(text)[:2])) for name, text in texts.items()}
    names = list(texts)
    scores = {
        (a, b): similarity(sets[a], sets[b]) for i, a in enumerate(names) for b in names[i + 1 :]
    }  # fmt: skip
    removed = {row["path"]: row for row in pq.read_table(DIST / "audit/removed.parquet").to_pylist()}
    reasons = sorted(row["reason"] for row in removed.values())
    assert len(texts) >= 24
    assert reasons == ["identical", "near", "near", "same_text"]
    assert sum(0.87 <= score <= 0.95 for score in scores.values()) == 2
    assert sum(0.55 <= score <= 0.65 for score in scores.values()) == 1
    bulletins = [
        (a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if texts[a] != texts[b] and re.sub(r"\d+", "0", texts[a]) == re.sub(r"\d+", "0", texts[b])
    ]
    assert len(bulletins) == 1
    assert not {name for pair in bulletins for name in pair} & set(removed)
    assert any("![]() |\n" in text for text in texts.values())
    assert any(re.search(r"^\|.*\|$", text, re.MULTILINE) for text in texts.values())
    assert any("\nTin khác\n" in text or "\nCó thể bạn quan tâm\n" in text for text in texts.values())
    assert [name for name, text in texts.items() if not unicodedata.is_normalized("NFC", text)] != []
