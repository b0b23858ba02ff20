"""`load`: what `datasets` returns, after looking whether the dataset is whole."""

from pathlib import Path
from typing import Any

import datasets
import pytest

import dataset_tools
from tests.conftest import CorpusFolder, article


@pytest.fixture
def dist(corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    Path("dataset-tools.toml").write_text("[split]\nvalidation = 0.3", "utf-8")
    for number in range(20):
        corpus.add(article(number))
    assert dataset_tools.build(corpus.folder, "dist").ok
    return Path("dist").absolute()


def test_a_split_is_a_dataset_with_the_features_of_the_card(dist: Path) -> None:
    train = dataset_tools.load(dist, split="train")
    assert isinstance(train, datasets.Dataset)
    assert train.features == datasets.Features(
        {name: datasets.Value("string") for name in ("id", "title", "body", "path", "sha256")}
    )
    assert train[0]["title"] == "Bài số 0"


def test_all_splits_together_have_all_rows(dist: Path) -> None:
    loaded = dataset_tools.load(dist)
    assert isinstance(loaded, datasets.DatasetDict)
    assert list(loaded) == ["train", "validation"]
    assert sum(loaded.num_rows.values()) == 20


def test_streaming_gives_the_same_rows(dist: Path) -> None:
    streamed = list(dataset_tools.load(dist, split="train", streaming=True))
    assert streamed == list(dataset_tools.load(dist, split="train"))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_full_verification_finds_a_flipped_byte_and_fast_a_changed_size(dist: Path) -> None:
    path = dist / "data" / "train-00000-of-00001.parquet"
    flip(path)
    with pytest.raises(dataset_tools.UserError, match="damaged: data/train"):
        dataset_tools.load(dist, verify="full")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(dataset_tools.UserError, match="damaged: data/train"):
        dataset_tools.load(dist)
    path.unlink()
    with pytest.raises(dataset_tools.UserError, match="is missing"):
        dataset_tools.load(dist)


def test_a_folder_without_a_manifest_is_refused_unless_verification_is_off(dist: Path) -> None:
    (dist / "manifest.json").unlink()
    with pytest.raises(dataset_tools.UserError, match="has no manifest"):
        dataset_tools.load(dist)
    assert dataset_tools.load(dist, split="train", verify="off").num_rows > 0


@pytest.mark.parametrize("verify", ["fast", "full", "off"])
def test_a_folder_that_is_not_there_is_refused_and_not_looked_up_on_the_hub(verify: Any) -> None:
    with pytest.raises(dataset_tools.UserError, match="nowhere is not a folder"):
        dataset_tools.load("nowhere", verify=verify)
