"""Row groups that were encoded by themselves are put together as Arrow would have written them one after the other."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.stages.package import thrift
from dataset_tools.stages.package.row_groups import OPTIONS, ParquetFile, encoded

SCHEMA = pa.schema(
    [("id", pa.string()), ("body", pa.string()), ("n", pa.int64()), ("x", pa.float64()), ("b", pa.bool_())]
)
TEXTS = st.one_of(st.none(), st.text(max_size=5), st.integers(0, 9000).map("nước ".__mul__))
ROWS = st.tuples(
    TEXTS, TEXTS, st.none() | st.integers(-9, 2**60), st.none() | st.floats(allow_nan=False), st.none() | st.booleans()
)
GROUPS = st.lists(st.lists(ROWS, min_size=1, max_size=20), min_size=1, max_size=5)

PLAIN = {"use_content_defined_chunking": False}
"""Chunking goes on from one row group to the next where Arrow writes them, and begins anew where we do."""


def table(rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=SCHEMA)


def ours(path: Path, groups: list[pa.Table], **options: Any) -> bytes:
    file = ParquetFile(path)
    for group in groups:
        file.add(encoded(group, **options))
    digest = file.close()
    data = path.read_bytes()
    assert (file.size, digest) == (len(data), hashlib.sha256(data).hexdigest())
    return data


def of_arrow(path: Path, groups: list[pa.Table], **options: Any) -> bytes:
    with pq.ParquetWriter(path, groups[0].schema, **{**OPTIONS, **options}) as writer:
        for group in groups:
            writer.write_table(group.combine_chunks(), row_group_size=group.num_rows)
    return path.read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("parquet")


@given(GROUPS)
def test_the_bytes_are_those_that_arrow_writes(folder: Path, groups: list[list[tuple[Any, ...]]]) -> None:
    tables = [table(rows) for rows in groups]
    assert ours(folder / "ours", tables, **PLAIN) == of_arrow(folder / "arrow", tables, **PLAIN)
    assert ours(folder / "ours", tables[:1]) == of_arrow(folder / "arrow", tables[:1])


def test_so_they_are_with_what_datasets_keeps_in_the_schema_and_with_many_pages(folder: Path) -> None:
    schema = SCHEMA.with_metadata({"huggingface": '{"info": {}}' * 100})
    bodies = [hashlib.sha256(str(number).encode()).hexdigest() * 60 for number in range(900)]
    rows = [(str(number), body, number, 0.5, True) for number, body in enumerate(bodies)]
    tables = [table(rows[start : start + 300]).cast(schema) for start in (0, 300, 600)]
    options = {**PLAIN, "data_page_size": 4096}
    assert ours(folder / "ours", tables, **options) == of_arrow(folder / "arrow", tables, **options)


def read_by_arrow(path: Path) -> pa.Table:
    return pq.read_table(path, partitioning=None, page_checksum_verification=True)


def read_by_polars(path: Path) -> pa.Table:
    return pl.read_parquet(path).to_arrow()


@pytest.mark.parametrize("read", [read_by_arrow, read_by_polars])
@given(groups=GROUPS)
def test_others_read_what_was_written(
    folder: Path, read: Callable[[Path], pa.Table], groups: list[list[tuple[Any, ...]]]
) -> None:
    tables = [table(rows) for rows in groups]
    ours(folder / "ours", tables)
    assert read(folder / "ours").cast(SCHEMA).equals(pa.concat_tables(tables))


def test_each_row_group_is_where_the_footer_says(folder: Path) -> None:
    tables = [table([(str(number), "thân " * number, number, None, None)]) for number in range(1, 4)]
    ours(folder / "ours", tables)
    file = pq.ParquetFile(folder / "ours")
    assert [file.read_row_group(number).cast(SCHEMA) for number in range(3)] == tables
    assert file.metadata.num_rows == 3
    for number in range(3):
        column = file.metadata.row_group(number).column(0)
        assert (column.has_offset_index, column.has_column_index) == (True, True)


def test_footers_come_back_as_they_were(folder: Path) -> None:
    data = of_arrow(folder / "arrow", [table([("a", None, 1, float("inf"), True)])])
    size = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - size : -8]
    assert thrift.write(thrift.read(footer)) == footer
    for stop in (0, 1, size // 2, size - 1):
        with pytest.raises(ValueError, match="cut off"):
            thrift.read(footer[:stop])


@pytest.mark.parametrize(
    "data",
    [
        bytes([0x15, 0x81, 0x02, 0x00]),  # an int32 of two bytes
        bytes([0x11, 0x12, 0x13, 0xFF, 0x00]),  # true, false, a byte
        bytes([0x06, 0x80, 0x7D, 0x01, 0x00]),  # a field that is far from the one before
        bytes([0x19, 0xF8, 0x10, *[0x01, 0x61] * 16, 0x00]),  # a list of sixteen texts
        bytes([0x19, 0x21, 0x01, 0x02, 0x00]),  # a list of true and false
        bytes([0x17, *range(8), 0x1A, 0x15, 0x04, 0x00]),  # a double, a set of an int32
        bytes([0x1C, 0x15, 0x03, 0x00, 0x00]),  # a structure in a structure
    ],
)
def test_every_kind_of_value_comes_back_as_it_was(data: bytes) -> None:
    assert thrift.write(thrift.read(data)) == data


def test_a_map_which_parquet_does_not_use_is_refused() -> None:
    with pytest.raises(ValueError, match="does not use: 11"):
        thrift.read(bytes([0x1B, 0x00, 0x00]))
