"""The local engine: order, whole groups, and workers that die."""

import multiprocessing
import os
import time
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pytest

import dataset_tools
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import UserError
from tests.conftest import CorpusFolder, article


def doubled(table: pa.Table) -> pa.Table:
    return pa.table({"x": [2 * x for x in table["x"].to_pylist()], "n": [table.num_rows] * table.num_rows})


def dies_as_worker(table: pa.Table) -> pa.Table:
    if multiprocessing.parent_process() is not None:
        os._exit(1)
    return table


def raises_user_error_as_worker(table: pa.Table) -> pa.Table:
    if multiprocessing.parent_process() is not None:
        raise UserError("sai", "sửa")
    return table


def process_number(table: pa.Table) -> pa.Table:
    time.sleep(0.05)
    return pa.table({"process": [os.getpid()]})


@pytest.mark.parametrize("jobs", [1, 2])
def test_batches_have_at_most_so_many_rows_and_come_back_in_order(jobs: int) -> None:
    tables = [pa.table({"x": list(range(start, start + 5))}) for start in (0, 5, 10)]
    parts = list(LocalEngine(jobs).map_batches(tables, doubled, 3))
    assert [part.num_rows for part in parts] == [3, 2, 3, 2, 3, 2]
    assert pa.concat_tables(parts)["x"].to_pylist() == [2 * x for x in range(15)]


def test_a_group_comes_whole_and_groups_in_order() -> None:
    tables = [pa.table({"x": [1, 2, 3], "b": [7, 5, 7]}), pa.table({"x": [4, 5], "b": [5, 9]})]
    groups = [part.to_pydict() for part in LocalEngine().map_groups(tables, "b", lambda table: table)]
    assert [group["b"] for group in groups] == [[5, 5], [7, 7], [9]]
    assert [sorted(group["x"]) for group in groups] == [[2, 4], [1, 3], [5]]
    assert list(LocalEngine().map_groups([tables[0].slice(0, 0)], "b", lambda table: table)) == []


def test_a_worker_that_dies_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(UserError, match="worker process died") as raised:
        list(LocalEngine(2).map_batches([pa.table({"x": [1, 2]})], dies_as_worker, 1))
    assert "--jobs 1" in raised.value.hint


def test_an_error_of_the_user_crosses_from_a_worker_whole() -> None:
    with pytest.raises(UserError) as raised:
        list(LocalEngine(2).map_batches([pa.table({"x": [1, 2]})], raises_user_error_as_worker, 1))
    assert (raised.value.message, raised.value.hint) == ("sai", "sửa")


def test_workers_share_the_batches() -> None:
    with LocalEngine(3) as engine:
        parts = list(engine.map_batches([pa.table({"x": list(range(40))})], process_number, 1))
    processes = {part["process"][0].as_py() for part in parts}
    assert len(parts) == 40
    assert os.getpid() not in processes
    assert len(processes) == 3


def test_one_batch_needs_no_worker() -> None:
    with LocalEngine(2) as engine:
        (part,) = engine.map_batches([pa.table({"x": [1]})], process_number, 1)
    assert part["process"].to_pylist() == [os.getpid()]


def test_workers_find_what_one_process_finds(corpus: CorpusFolder) -> None:
    for number in range(30):
        corpus.add(article(number))
    corpus.add("chỉ có tiêu đề\n")
    corpus.add(article(3) + "thêm")
    reports = [dataset_tools.validate(corpus.folder, near=True, jobs=jobs) for jobs in (1, 2)]
    assert reports[0].issues == reports[1].issues
    assert [Path(issue.path or "").name[:3] for issue in reports[0].issues] == ["030", "031"]


def sized(table: pa.Table) -> pa.Table:
    return pa.table({"b": table["b"], "rows": [len(table)] * len(table)})


def test_groups_are_whole_and_in_order_however_many_workers_there_are():
    table = pa.table({"b": [3, 1, 3, 2, 1, 3], "n": range(6)})
    with LocalEngine(2) as engine:
        found = [part.to_pydict() for part in engine.map_groups([table], "b", sized)]
    assert found == [{"b": [1, 1], "rows": [2, 2]}, {"b": [2], "rows": [1]}, {"b": [3, 3, 3], "rows": [3, 3, 3]}]


def processes(parts: Iterable[pa.Table]) -> set[int]:
    return {number for part in parts for number in part["process"].to_pylist()}


def test_workers_that_are_not_there_yet_are_started_for_much_work_only() -> None:
    rows = pa.table({"x": list(range(5))})
    with LocalEngine(2, early=False) as engine:
        assert processes(engine.map_batches([rows.slice(0, 3)], process_number, 1)) == {os.getpid()}
        assert processes(engine.map_groups([rows], "x", process_number)) == {os.getpid()}
        assert list(engine.map_groups([rows.slice(0, 0)], "x", process_number)) == []
        assert os.getpid() not in processes(engine.map_batches([rows], process_number, 1))
        assert os.getpid() not in processes(engine.map_groups([rows], "x", process_number))
    many = pa.table({"x": [number // 5000 for number in range(10_000)]})
    with LocalEngine(2, early=False) as engine:
        assert os.getpid() not in processes(engine.map_groups([many], "x", process_number))
