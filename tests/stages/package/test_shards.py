"""Shards: bytes and digest depend on the rows, not on how they arrive; what is there stays as others are added."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataset_tools.stages.package.shards import Form, write_shards

NAMES = ("id", "title", "body", "path", "sha256")
SCHEMA = pa.schema([(name, pa.string()) for name in NAMES])
FORM = Form(columns=NAMES, shard_bytes=3_000_000, row_group_bytes=1_500_000)


def rows(count: int, first: int = 0) -> pa.Table:
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(first, first + count)]
    columns = {
        "id": [digest[:16] for digest in digests],
        "title": [f"Bài {number}" for number in range(count)],
        "body": [digest * (5 + number % 30) for number, digest in enumerate(digests)],
        "path": [f"{number:03}_{digest[:16]}.txt" for number, digest in enumerate(digests)],
        "sha256": digests,
    }
    return pa.table(columns, schema=SCHEMA)


def splits(table: pa.Table, names: tuple[str, ...]) -> list[str]:
    return [names[int(document_id[0], 16) % len(names)] for document_id in table["id"].to_pylist()]


def written(
    folder: Path, batches: list[pa.Table], names: tuple[str, ...] = ("train",), form: Form = FORM
) -> tuple[dict[str, bytes], str]:
    folder.mkdir()
    of_rows = [split for batch in batches for split in splits(batch, names)]
    _, digest = write_shards(folder, batches, SCHEMA, of_rows, names, form)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}, digest


@pytest.mark.parametrize("names", [("train",), ("train", "validation", "test")])
def test_the_bytes_do_not_depend_on_how_rows_come_in_batches(names: tuple[str, ...], tmp_path: Path) -> None:
    table = rows(4000)
    whole = written(tmp_path / "whole", [table], names)
    assert len(whole[0]) > 1
    for size in (7, 1000):
        batches = [table.slice(start, size) for start in range(0, table.num_rows, size)]
        assert written(tmp_path / str(size), batches, names) == whole


def test_the_digest_is_over_split_and_columns_in_document_order(tmp_path: Path) -> None:
    table = rows(3)
    expected = hashlib.sha256()
    for row in table.to_pylist():
        for value in ("train", *row.values()):
            expected.update(len(value.encode()).to_bytes(8, "little") + value.encode())
    assert written(tmp_path / "out", [table])[1] == expected.hexdigest()


def test_documents_that_are_appended_change_the_last_shard_of_a_split_only(tmp_path: Path) -> None:
    names = ("train", "test")
    table, more = rows(9000), rows(120, first=9000)
    before = written(tmp_path / "before", [table], names)[0]
    after = written(tmp_path / "after", [table, more], names)[0]
    assert list(before) == list(after)
    changed = [name for name in before if before[name] != after[name]]
    last = [max(name for name in before if name.startswith(split)) for split in names]
    assert sorted(changed) == sorted(last)
    assert len(before) >= 6


def test_shards_and_row_groups_have_at_most_the_size_that_is_set(tmp_path: Path) -> None:
    form = Form(columns=NAMES, shard_bytes=2_000_000, row_group_bytes=600_000)
    written(tmp_path / "out", [rows(6000)], form=form)
    for path in sorted((tmp_path / "out").iterdir()):
        file = pq.ParquetFile(path)
        sizes = [file.read_row_group(number).nbytes for number in range(file.num_row_groups)]
        assert max(sizes) <= form.row_group_bytes
        assert sum(sizes) <= form.shard_bytes
        assert len(sizes) == 3 or path.name.startswith("train-00004")


def test_a_shard_is_never_larger_than_its_size_even_where_a_row_group_may_be(tmp_path: Path) -> None:
    form = Form(columns=NAMES, shard_bytes=500_000, row_group_bytes=100_000_000)
    written(tmp_path / "out", [rows(3000)], form=form)
    assert max(pq.read_table(path, partitioning=None).nbytes for path in (tmp_path / "out").iterdir()) <= 500_000


def test_files_have_page_checksums_a_page_index_zstd_and_no_dictionary(tmp_path: Path) -> None:
    written(tmp_path / "out", [rows(500)])
    (path,) = (tmp_path / "out").iterdir()
    file = pq.ParquetFile(path)
    for number in range(len(NAMES)):
        column = file.metadata.row_group(0).column(number)
        assert (column.compression, column.has_offset_index, column.has_column_index) == ("ZSTD", True, True)
        assert column.dictionary_page_offset is None
    data = bytearray(path.read_bytes())
    data[file.metadata.row_group(0).column(2).data_page_offset + 400] ^= 1
    path.write_bytes(data)
    with pytest.raises(OSError, match="CRC"):
        pq.read_table(path, page_checksum_verification=True)


@pytest.mark.parametrize("failing", [0, 1, -1], ids=["the first", "the second", "the last"])
def test_a_row_group_that_cannot_be_written_is_an_error(
    failing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Form(columns=NAMES, shard_bytes=1_000_000, row_group_bytes=100_000)
    write = pq.ParquetWriter.write_table
    done: list[int] = []

    def counted(writer: pq.ParquetWriter, table: pa.Table, row_group_size: int) -> None:
        done.append(table.num_rows)
        if len(done) == stop:
            raise OSError("no room")
        write(writer, table, row_group_size=row_group_size)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", counted)
    stop = None
    written(tmp_path / "whole", [rows(1000)], form=form)
    stop = range(1, len(done) + 1)[failing]
    done.clear()
    with pytest.raises(OSError, match="no room"):
        written(tmp_path / "failing", [rows(1000)], form=form)
    assert stop <= len(done) < stop + 3  # those that were under way with it


@pytest.mark.parametrize("slow", [False, True])
def test_what_is_held_in_memory_is_a_few_row_groups_however_many_rows_there_are(
    slow: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = pq.ParquetWriter.write_table

    def slowly(writer: pq.ParquetWriter, table: pa.Table, row_group_size: int) -> None:
        time.sleep(0.02 * slow)
        write(writer, table, row_group_size=row_group_size)

    monkeypatch.setattr(pq.ParquetWriter, "write_table", slowly)
    form = Form(columns=NAMES, shard_bytes=1_000_000, row_group_bytes=300_000)
    held: list[int] = []
    count = 200

    def batches() -> Iterator[pa.Table]:
        for number in range(count):
            held.append(pa.total_allocated_bytes())
            yield rows(200, first=200 * number)

    (split,), _ = write_shards(tmp_path, batches(), SCHEMA, ["train"] * 200 * count, ("train",), form)
    most = max(held) - held[0]
    assert most < 8 * form.row_group_bytes < split.num_bytes / 4
