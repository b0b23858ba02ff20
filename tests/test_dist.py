"""The committed example: dist/ is what the tool makes of raw/."""

import os
import re
import subprocess
import unicodedata

import pyarrow.parquet as pq
import pytest

import dataset_tools
from dataset_tools.run_report import Compared
from dataset_tools.text import canonical, shingles, similarity, split_article
from tests.conftest import ROOT

DIST = ROOT / "dist"


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Compared:
    monkeypatch.chdir(ROOT)
    report = dataset_tools.build(check=True)
    assert [one.message for one in report.issues if one.code == "P005"] == []
    assert report.compared is not None, report.stopped
    return report.compared


def test_dist_is_what_a_build_of_raw_gives(compared: Compared) -> None:
    assert compared.same
    assert compared.documents == 25


def test_the_bytes_are_those_of_dist_where_the_versions_are(compared: Compared) -> None:
    if compared.versions and "DATASET_TOOLS_PINNED" not in os.environ:  # CI sets it where they must agree
        pytest.skip(f"dist was built with other versions: {dict(compared.versions)}")
    assert compared.versions == {}


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
