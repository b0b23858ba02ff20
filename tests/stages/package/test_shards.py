"""Shards: bytes and digest depend on the rows, not on how they arrive."""

import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from dataset_tools.stages.package.shards import Form, write_shards

NAMES = ("id", "title", "body", "path", "sha256")
SCHEMA = pa.schema([(name, pa.string()) for name in NAMES])
FORM = Form(text_column=False, shard_bytes=3_000_000, row_group_bytes=1_500_000)


def rows(count: int) -> pa.Table:
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]
    columns = {
        "id": [digest[:16] for digest in digests],
        "title": [f"Bài {number}" for number in range(count)],
        "body": [digest * (5 + number % 30) for number, digest in enumerate(digests)],
        "path": [f"{number:03}_{digest[:16]}.txt" for number, digest in enumerate(digests)],
        "sha256": digests,
    }
    return pa.table(columns, schema=SCHEMA)


def written(folder: Path, batches: list[pa.Table], shares: dict[str, float]) -> tuple[dict[str, bytes], str]:
    folder.mkdir()
    _, digest = write_shards(folder, batches, SCHEMA, shares, FORM)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}, digest


@pytest.mark.parametrize("shares", [{}, {"validation": 0.2, "test": 0.1}])
def test_the_bytes_do_not_depend_on_how_rows_come_in_batches(shares: dict[str, float], tmp_path: Path) -> None:
    table = rows(4000)
    whole = written(tmp_path / "whole", [table], shares)
    assert len(whole[0]) > 1
    for size in (7, 1000):
        batches = [table.slice(start, size) for start in range(0, table.num_rows, size)]
        assert written(tmp_path / str(size), batches, shares) == whole


def test_the_digest_is_over_split_and_columns_in_document_order(tmp_path: Path) -> None:
    table = rows(3)
    expected = hashlib.sha256()
    for row in table.to_pylist():
        for value in ("train", *row.values()):
            expected.update(len(value.encode()).to_bytes(8, "little") + value.encode())
    assert written(tmp_path / "out", [table], {})[1] == expected.hexdigest()
