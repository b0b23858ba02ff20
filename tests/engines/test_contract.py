"""What holds for every engine: the same tables, in the same order, from the same stages."""

import warnings
from collections.abc import Iterator

import pyarrow as pa
import pytest

from dataset_tools.engines import Engine
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import UserError
from tests.cluster_of_two import needs_daft
from tests.engines import stages


@pytest.fixture(scope="module", params=["local", "two workers", "daft", "daft on two nodes"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if "daft" not in request.param:
        with LocalEngine(2 if "two" in request.param else 1) as engine:
            yield engine
        return
    needs_daft("ray" if "nodes" in request.param else "native")
    address = request.getfixturevalue("ray_cluster").address if "nodes" in request.param else None
    from dataset_tools.engines.daft import DaftEngine

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with DaftEngine(address) as engine:
            yield engine


def tables() -> list[pa.Table]:
    return [pa.table({"x": list(range(start, start + 5))}) for start in (0, 5, 10)]


def test_batches_have_at_most_so_many_rows_and_come_back_in_order(engine: Engine) -> None:
    parts = list(engine.map_batches(tables(), stages.doubled, 3))
    assert [part.num_rows for part in parts] == [3, 2, 3, 2, 3, 2]
    assert pa.concat_tables(parts)["x"].to_pylist() == [2 * x for x in range(15)]


def test_types_and_missing_values_cross_as_they_are(engine: Engine) -> None:
    columns = {"n": pa.array([1, None], pa.int64()), "b": pa.array([b"\xff", None]), "s": pa.array(["", None])}
    table = pa.table(columns)
    (found,) = engine.map_batches([table], stages.as_it_is, 10)
    assert found.schema == table.schema
    assert found.equals(table)


def test_a_group_comes_whole_and_groups_in_order(engine: Engine) -> None:
    some = [pa.table({"x": [1, 2, 3], "b": [7, 5, 7]}), pa.table({"x": [4, 5], "b": [5, 9]})]
    groups = [part.to_pylist()[0] for part in engine.map_groups(some, "b", stages.whole)]
    assert groups == [
        {"b": 5, "x": "2,4", "rows": 2},
        {"b": 7, "x": "1,3", "rows": 2},
        {"b": 9, "x": "5", "rows": 1},
    ]


def test_what_was_made_of_batches_is_grouped_across_them(engine: Engine) -> None:
    made = engine.map_batches(tables(), stages.cut_in_two, 2)
    groups = [part.to_pylist()[0] for part in engine.map_groups(made, "b", stages.whole)]
    assert [group["b"] for group in groups] == list(range(7))
    assert [group["x"] for group in groups] == [
        ",".join(f"{x},{-x}" for x in range(15) if x % 7 == bucket) for bucket in range(7)
    ]


def test_nothing_gives_nothing(engine: Engine) -> None:
    empty = tables()[0].slice(0, 0)
    assert list(engine.map_batches([], stages.as_it_is, 3)) == []
    assert list(engine.map_batches([empty], stages.as_it_is, 3)) == []
    assert list(engine.map_groups([pa.table({"b": pa.array([], pa.int64())})], "b", stages.whole)) == []
    made = engine.map_batches([pa.table({"b": [1], "x": [1]})], stages.nothing, 3)
    assert list(engine.map_groups(made, "b", stages.whole)) == []


def test_a_bucket_of_very_many_rows_comes_whole(engine: Engine) -> None:
    many = [pa.table({"b": [4] * 50_000, "x": list(range(start, start + 50_000))}) for start in (0, 50_000)]
    made = engine.map_batches(many, stages.as_it_is, 10_000)
    (group,) = engine.map_groups(made, "b", stages.whole)
    assert group["rows"].to_pylist() == [100_000]


def test_an_error_of_the_user_crosses_whole(engine: Engine) -> None:
    with pytest.raises(UserError) as raised:
        list(engine.map_batches(tables(), stages.refuses, 1))
    assert (raised.value.message, raised.value.hint) == ("sai", "sửa")
    with pytest.raises(UserError, match="sai"):
        list(engine.map_groups(engine.map_batches(tables(), stages.refuses, 1), "x", stages.as_it_is))


def test_a_defect_of_a_stage_is_no_error_of_the_user(engine: Engine) -> None:
    with pytest.raises((ZeroDivisionError, RuntimeError), match="hỏng"):
        list(engine.map_batches(tables(), stages.breaks, 1))
    with pytest.raises((ZeroDivisionError, RuntimeError), match="hỏng"):
        list(engine.map_groups(engine.map_batches(tables(), stages.breaks, 1), "x", stages.as_it_is))
