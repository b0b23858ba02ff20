"""Real corpora, which lie beside the checkout where there are any and are never part of it."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

import dataset_tools
from tests.conftest import ROOT

SHARED = ROOT.parent / "shared"
pytestmark = pytest.mark.skipif(
    not (SHARED / "corpora").is_dir(), reason="the real corpora are not beside this checkout"
)


def unpacked(name: str, folder: Path) -> Path:
    with tarfile.open(SHARED / "corpora" / f"{name}.tar.gz") as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)  # there since 3.11.4
        archive.extractall(folder)
    return folder / name


def check_promise(dist: Path, raw: Path, name: str, threshold: float = 0.8) -> str:
    tool, pairs = SHARED / "tools" / "check_promise.py", SHARED / "corpora" / f"{name}.pairs.tsv"
    command = [sys.executable, str(tool), str(dist), str(raw), str(pairs), str(threshold)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_seeds_have_external_ids_and_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    report = dataset_tools.validate(SHARED / "corpora" / "seeds")
    assert (report.exit_code, report.ids[0].recipe, report.ids[0].decided_by) == (0, None, "detected")
    assert dataset_tools.build(SHARED / "corpora" / "seeds", "dist").ok
    loaded = datasets.load_dataset(str(Path("dist").absolute()), split="train")
    assert loaded.num_rows == 2
    assert list(datasets.load_dataset(str(Path("dist").absolute()), split="train", streaming=True)) == list(loaded)


def test_what_web_pages_left_in_the_seeds_is_found_line_by_line() -> None:
    report = dataset_tools.validate(SHARED / "corpora" / "seeds", select=["ALL"], ignore=["I004"])
    found = [(Path(one.path or "").name[:3], one.line, one.code) for one in report.issues]
    rows = [("003", 2, "W002"), ("003", 3, "W002")]
    images = [("003", line, "W001") for line in (4, 7, 10, 14)]
    assert found == [*rows, *images, ("003", 17, "W009"), ("003", 18, "W003"), ("003", 38, "U008")]


def test_real_news_keeps_the_promise_and_one_changed_byte_is_found(tmp_path: Path) -> None:
    raw = unpacked("vi-news-3k", tmp_path)
    report = dataset_tools.build(raw, "dist")
    assert report.ok
    assert [(one.recipe, one.explained, one.total) for one in report.ids] == [("sha256(file)[:16]", 3000, 3000)]
    assert "unjustified 0 dangling 0 below-threshold 0 lost 0" in check_promise(Path("dist"), raw, "vi-news-3k")
    changed = sorted(raw.iterdir())[1234]
    data = bytearray(changed.read_bytes())
    data[-2] ^= 1
    changed.write_bytes(data)
    errors = [one for one in dataset_tools.validate(raw).issues if one.severity == "error" and one.code == "I001"]
    assert [Path(one.path or "").name for one in errors] == [changed.name]


def test_english_articles_lose_exactly_the_labelled_copies(tmp_path: Path) -> None:
    raw = unpacked("en-articles-2500", tmp_path)
    assert dataset_tools.build(raw, "dist").ok
    check_promise(Path("dist"), raw, "en-articles-2500")
    removed = {Path(row["path"]).name for row in pq.read_table("dist/audit/removed.parquet").to_pylist()}
    lines = (SHARED / "corpora" / "en-articles-2500.pairs.tsv").read_text("utf-8").splitlines()
    assert removed == {line.split("\t")[1] for line in lines}


def test_files_in_any_encoding_are_valid_exactly_if_their_bytes_are(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    files = [path for path in sorted(unpacked("encodings", tmp_path).rglob("*")) if path.is_file()]
    for number, path in enumerate(files):
        shutil.copyfile(path, raw / f"{number:04}_{number:016x}.txt")
    report = dataset_tools.validate(raw)
    found = {int(Path(one.path or "").name[:4]) for one in report.issues if one.code == "F001"}
    invalid = set()
    for number, path in enumerate(files):
        try:
            path.read_bytes().decode("utf-8", "strict")
        except UnicodeDecodeError:
            invalid.add(number)
    assert report.exit_code == 1
    assert found == invalid
    assert 0 < len(invalid) < len(files)


def test_nearly_all_encodings_are_named_right(tmp_path: Path) -> None:
    from benchmarks.encodings import verdicts

    found = [one.kind for one in verdicts(unpacked("encodings", tmp_path), SHARED / "corpora" / "encodings.tsv") if one]
    assert len(found) == 464
    assert found.count("wrong") <= 7
    assert len(found) - found.count("wrong") - found.count("none") >= 430
