"""The measure of unchanged chunks, and that an inserted document leaves most of them as they are."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.chunking import chunks, main, same_shards, unchanged, without_chunking
from dataset_tools.stages.package.shards import Form, write_shards

NAMES = ("id", "body")
SCHEMA = pa.schema([(name, pa.string()) for name in NAMES])


def random_text(size: int, seed: int) -> str:
    return np.random.default_rng(seed).bytes(size // 2).hex()


def rows(count: int) -> pa.Table:
    ids = [f"{number:016x}" for number in range(count)]
    return pa.table({"id": ids, "body": [random_text(16_000, number) for number in range(count)]}, schema=SCHEMA)


def written(folder: Path, table: pa.Table) -> list[Path]:
    folder.mkdir()
    form = Form(columns=NAMES, shard_bytes=500_000_000, row_group_bytes=100_000_000)
    write_shards(folder, [table], SCHEMA, ["train"] * table.num_rows, ("train",), form)
    return sorted(folder.iterdir())


def test_chunks_are_the_bytes_and_most_return_after_an_insertion() -> None:
    data = np.random.default_rng(1).bytes(3_000_000)
    cut = list(chunks(data))
    assert b"".join(cut) == data
    assert max(map(len, cut)) <= 128 << 10
    assert min(map(len, cut[:-1])) >= 8 << 10
    moved = list(chunks(data[:100_000] + b"mot" + data[100_000:]))
    assert len(set(cut) - set(moved)) <= 3


def test_a_document_inserted_near_the_front_leaves_nine_tenths_unchanged(tmp_path: Path) -> None:
    table = rows(1500)
    new = pa.table({"id": ["ffff"], "body": [random_text(16_000, 10**6)]}, schema=SCHEMA)
    before = written(tmp_path / "before", table)
    after = written(tmp_path / "after", pa.concat_tables([table.slice(0, 10), new, table.slice(10)]))
    assert unchanged(before, before) == 1.0
    assert unchanged(before, after) >= 0.9
    plain = [without_chunking(files, tmp_path / f"plain{place}") for place, files in enumerate((before, after))]
    assert unchanged(*plain) < 0.5


@pytest.mark.parametrize("size", [0, 1, 8191])
def test_what_is_smaller_than_a_chunk_is_one(size: int) -> None:
    assert [len(chunk) for chunk in chunks(bytes(size))] == ([size] if size else [])


def test_shards_are_the_same_by_their_bytes_whatever_their_number_is_of(tmp_path: Path) -> None:
    files = {
        "a": ("train-00000-of-00002", "train-00001-of-00002"),
        "b": ("train-00000-of-00003", "test-00000-of-00001"),
    }
    for folder, names in files.items():
        (tmp_path / folder).mkdir()
        for content, name in zip(("x", folder), names, strict=True):
            (tmp_path / folder / f"{name}.parquet").write_text(content, "utf-8")
    before, after = (sorted((tmp_path / folder).iterdir()) for folder in files)
    assert same_shards(before, after) == {"test": "0 of 1", "train": "1 of 1"}


def test_the_whole_benchmark_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["chunking", str(tmp_path / "work"), "--megabytes", "2"])
    main()
    shown = capsys.readouterr().out
    assert "one document inserted" in shown
    assert "300 documents appended, shards of 1 MB" in shown
