"""Row groups of the dataset that is replaced are taken from there, if they are what would be encoded."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from dataset_tools.stages.package import earlier
from dataset_tools.stages.package.earlier import Earlier
from dataset_tools.stages.package.row_groups import RowGroup, encoded
from dataset_tools.stages.package.shards import Form, write_shards
from tests.stages.package.test_shards import NAMES, SCHEMA, rows

FORM = Form(columns=NAMES, shard_bytes=700_000, row_group_bytes=300_000)
COUNT = 2000


class Place:
    """A dataset and a cache; each version takes the place of the one before, as `build` does it."""

    def __init__(self, folder: Path) -> None:
        self.data, self.cache, self.new = (folder / name for name in ("data", "cache", "new"))
        self.anew = 0

    def build(self, table: pa.Table, batch: int = 300) -> dict[str, bytes]:
        """Write a version, and count what was encoded for it."""
        self.new.mkdir()
        batches = [table.slice(start, batch) for start in range(0, table.num_rows, batch)]
        write_shards(self.new, batches, SCHEMA, ["train"] * table.num_rows, ("train",), FORM, self.earlier())
        shutil.rmtree(self.data, ignore_errors=True)
        self.new.rename(self.data)
        return {path.name: path.read_bytes() for path in self.data.iterdir()}

    def earlier(self) -> Earlier:
        self.anew = 0
        return Earlier(self.data, self.cache)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    place = Place(tmp_path)

    def counted(table: pa.Table) -> RowGroup:
        place.anew += 1
        return encoded(table)

    monkeypatch.setattr(earlier, "encoded", counted)
    return place


def changed(table: pa.Table, row: int) -> pa.Table:
    """The table with another body of the same length in one row."""
    bodies = table["body"].to_pylist()
    bodies[row] = "z" * len(bodies[row])
    return table.set_column(2, "body", pa.array(bodies))


def without_cache(folder: Path, table: pa.Table) -> dict[str, bytes]:
    folder.mkdir()
    write_shards(folder, [table], SCHEMA, ["train"] * table.num_rows, ("train",), FORM)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_of_the_same_rows_nothing_is_encoded_again_however_they_come(place: Place) -> None:
    first = place.build(rows(COUNT))
    assert place.anew > 6
    assert len(first) > 3
    for batch in (300, 77):
        assert place.build(rows(COUNT), batch) == first
        assert place.anew == 0


@pytest.mark.parametrize("row", [0, 1000, COUNT - 1])
def test_where_a_row_changes_its_row_group_is_encoded(row: int, place: Place, tmp_path: Path) -> None:
    first = place.build(rows(COUNT))
    second = place.build(changed(rows(COUNT), row))
    assert place.anew == 1
    assert second == without_cache(tmp_path / "whole", changed(rows(COUNT), row))
    assert sum(second[name] != first[name] for name in first) == 1


def test_where_rows_are_appended_the_last_row_group_is_encoded_and_all_shards_have_new_names(place: Place) -> None:
    place.build(rows(COUNT - 1))
    place.build(rows(COUNT))
    assert place.anew == 1
    place.build(pa.concat_tables([rows(COUNT), rows(COUNT, first=COUNT)]))
    assert place.anew > 6


def flip(shard: Path) -> None:
    data = bytearray(shard.read_bytes())
    data[1000] ^= 1
    shard.write_bytes(data)


def cut(shard: Path) -> None:
    shard.write_bytes(shard.read_bytes()[:1000])


def in_place_of(shard: Path) -> None:
    shard.unlink()
    shard.mkdir()


@pytest.mark.parametrize("spoil", [flip, cut, Path.unlink, in_place_of])
def test_a_shard_that_is_not_what_it_was_is_not_believed(spoil: Callable[[Path], None], place: Place) -> None:
    first = place.build(rows(COUNT))
    spoil(min(place.data.iterdir()))
    assert place.build(rows(COUNT)) == first
    assert place.anew > 0


def test_nor_is_a_cache_that_is_damaged(place: Place) -> None:
    first = place.build(rows(COUNT))
    for file in place.cache.glob("groups-*"):
        file.write_bytes(file.read_bytes()[:-1])
    assert place.build(rows(COUNT)) == first
    assert place.anew > 6


def test_another_version_of_arrow_encodes_all_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.build(rows(COUNT))
    monkeypatch.setattr(pa, "__version__", "0.0")
    place.build(rows(COUNT))
    assert place.anew > 6


def test_parts_of_one_table_are_told_from_each_other() -> None:
    table = rows(40).combine_chunks()
    none = Earlier()
    keys = {none.encoded(table.slice(start, 10), SCHEMA).key for start in range(0, 40, 10)}
    assert len(keys) == 4


def test_all_that_the_bytes_depend_on_tells_row_groups_apart() -> None:
    schema = pa.schema([("body", pa.string()), ("year", pa.int64())])
    told = [
        (["ab", "c"], [1, 2], schema),
        (["a", "bc"], [1, 2], schema),
        (["abc", ""], [1, 2], schema),
        (["abc", None], [1, 2], schema),
        (["ab", "c"], [1, 3], schema),
        (["ab", "c"], [1, None], schema),
        (["ab", "c"], [1, 2], schema.with_metadata({"huggingface": "{}"})),
        (["ab", "c"], ["1", "2"], pa.schema([("body", pa.string()), ("year", pa.string())])),
    ]
    tables = [(pa.table([bodies, years], schema=of), of) for bodies, years, of in told]
    keys = [Earlier().encoded(table, of).key for table, of in tables]
    assert len(set(keys)) == len(keys)
    assert keys == [Earlier().encoded(table, of).key for table, of in tables]
