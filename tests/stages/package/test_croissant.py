"""croissant.json: its structure, and what the reference reader makes of it where that is installed."""

import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dataset_tools
from tests.conftest import CorpusFolder, article, new_id

CARD = """
[card]
pretty_name = "Báo làng <b> “thử” {1}"
license = "cc-by-4.0"
language = ["vi", "zh-Hant"]
version = "1.2.0"
date = 2026-11-25
task_categories = ["text-generation"]
tags = ["news"]
"""
MORE = """
creators = ["Nguyễn Văn A", "Trần Thị B"]
homepage = "https://example.org/b%C3%A1o"
citation = "@misc{báo}"
description = "Những bài báo làng."
"""
SPLIT = "[split]\nvalidation = 0.3\n[package]\nshard_size = 4000\ntext_column = true\n"


@pytest.fixture
def dist(corpus: CorpusFolder) -> Path:
    for number in range(20):
        corpus.add(article(number))
    records = [{"id": new_id(article(n)), "nguồn": f"Báo {n}" if n % 3 else None, "year": 2000 + n} for n in range(20)]
    records = [{**record, "score": n / 4, "front": n % 2 == 0} for n, record in enumerate(records)]
    (corpus.folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8")
    Path("dataset-tools.toml").write_text(f"{CARD}\n{SPLIT}", "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    return Path("dist").absolute()


def croissant(dist: Path) -> dict[str, object]:
    return json.loads((dist / "croissant.json").read_text("utf-8"))


def test_every_shard_is_there_with_size_and_digest_and_every_split_is_a_record_set(dist: Path) -> None:
    values = croissant(dist)
    assert values["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    files = {entry["contentUrl"]: entry for entry in values["distribution"] if entry["@type"] == "cr:FileObject"}
    shards = sorted(path.relative_to(dist).as_posix() for path in (dist / "data").iterdir())
    assert sorted(files) == shards
    assert len(shards) > 4
    for path, entry in files.items():
        data = (dist / path).read_bytes()
        assert (entry["sha256"], entry["contentSize"]) == (hashlib.sha256(data).hexdigest(), f"{len(data)} B")
    assert [one["name"] for one in values["recordSet"]] == ["train", "validation"]
    for records in values["recordSet"]:
        types = {field["name"]: field["dataType"].removeprefix("sc:") for field in records["field"]}
        assert types == {
            **dict.fromkeys(("id", "title", "body", "text", "path", "sha256", "nguồn"), "Text"),
            "year": "Integer",
            "score": "Float",
            "front": "Boolean",
        }
        (files_of,) = {field["source"]["fileSet"]["@id"] for field in records["field"]}
        (together,) = [entry for entry in values["distribution"] if entry["@id"] == files_of]
        assert set(dist.glob(together["includes"])) == set((dist / "data").glob(f"{records['name']}-*"))


def test_what_the_maintainer_says_is_stated_and_nothing_else(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    Path("dataset-tools.toml").write_text(CARD + MORE, "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    values = croissant(Path("dist"))
    assert values["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert values["name"] == "Báo làng <b> “thử” {1}"
    assert (values["version"], values["datePublished"]) == ("1.2.0", "2026-11-25")
    assert [one["name"] for one in values["creator"]] == ["Nguyễn Văn A", "Trần Thị B"]
    assert (values["url"], values["citeAs"]) == ("https://example.org/b%C3%A1o", "@misc{báo}")
    assert values["description"] == "Những bài báo làng."
    assert values["inLanguage"] == ["vi", "zh-Hant"]
    Path("dataset-tools.toml").write_text("", "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    said = {"license", "version", "datePublished", "creator", "url", "inLanguage", "keywords"}
    assert not said & set(croissant(Path("dist")))


def test_the_date_comes_from_the_settings_or_the_environment_and_never_from_a_clock(
    corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus.add(article(1))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert dataset_tools.build(corpus.folder, "dist").ok
    assert croissant(Path("dist"))["datePublished"] == "2023-11-14"
    assert "| published | 2023-11-14 |" in Path("dist/README.md").read_text("utf-8")
    Path("dataset-tools.toml").write_text(CARD, "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    assert croissant(Path("dist"))["datePublished"] == "2026-11-25"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "hôm qua")
    Path("dataset-tools.toml").write_text("", "utf-8")
    with pytest.raises(dataset_tools.UserError, match="SOURCE_DATE_EPOCH is 'hôm qua'"):
        dataset_tools.build(corpus.folder, "dist")


READ = """
import json, sys
import mlcroissant
dataset = mlcroissant.Dataset(jsonld=sys.argv[1])
issues = dataset.metadata.ctx.issues
plain = lambda value: value.decode() if isinstance(value, bytes) else None if value != value else value
rows = {
    one.uuid: [{key.partition("/")[2]: plain(value) for key, value in row.items()} for row in dataset.records(one.uuid)]
    for one in dataset.metadata.record_sets
}
print(json.dumps([sorted(issues.errors), sorted(issues.warnings), rows]))
"""


@pytest.mark.skipif(
    importlib.util.find_spec("mlcroissant") is None,
    reason="mlcroissant is not installed: pip install 'dataset-tools[croissant]'",
)
def test_the_reference_reader_has_no_warning_and_reads_the_same_rows(dist: Path) -> None:
    command = [sys.executable, "-c", READ, str(dist / "croissant.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    errors, warnings, rows = json.loads(done.stdout.splitlines()[-1])
    assert (errors, warnings) == ([], [])
    for split, found in rows.items():
        paths = sorted((dist / "data").glob(f"{split}-*"))
        written = [row for path in paths for row in pq.read_table(path, partitioning=None).to_pylist()]
        assert found == written
    assert sorted(rows) == ["train", "validation"]
