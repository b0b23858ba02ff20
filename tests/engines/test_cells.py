"""What crosses to an engine and back."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from dataset_tools.engines import cells
from dataset_tools.engines.cells import OnEach, packed, result, versions
from dataset_tools.model import UserError
from tests.cluster_of_two import needs_daft
from tests.engines.stages import as_it_is, cut_in_two, doubled, whole

TABLE = pa.table({"x": [1, 2, 3]})


def test_a_machine_with_other_versions_is_an_error_that_names_both() -> None:
    other = ("dataset-tools 9.9.9", *versions()[1:])
    with pytest.raises(UserError, match=r"has dataset-tools \d.*, and this one dataset-tools 9.9.9"):
        result(OnEach(doubled, other)(packed(TABLE)))
    assert result(OnEach(doubled, versions())(packed(TABLE)))["x"].to_pylist() == [2, 4, 6]


@pytest.fixture
def engine() -> Any:
    needs_daft("native")
    from dataset_tools.engines.daft import DaftEngine

    return DaftEngine()


def losing(engine: Any, monkeypatch: pytest.MonkeyPatch, which: Callable[[dict[int, Any]], int]) -> None:
    """Let the engine lose one of its results."""
    run = engine._run

    def lossy(frame: Any) -> dict[int, Any]:
        found = run(frame)
        del found[which(found)]
        return found

    monkeypatch.setattr(engine, "_run", lossy)


def test_rows_that_are_lost_in_a_shuffle_are_noticed(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    losing(engine, monkeypatch, max)
    with pytest.raises(UserError, match="the cluster lost rows: 3 of 3 batches and 4 of 6 rows"):
        list(engine.map_groups(engine.map_batches([TABLE], cut_in_two, 1), "b", whole))
    monkeypatch.undo()
    losing(engine, monkeypatch, lambda found: cells.TALLY)
    with pytest.raises(UserError, match="the cluster lost rows: 0 of 3 batches"):
        list(engine.map_groups(engine.map_batches([TABLE], cut_in_two, 1), "b", whole))


def test_batches_that_are_lost_are_noticed(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    losing(engine, monkeypatch, min)
    with pytest.raises(UserError, match="the cluster lost 1 of 3 batches"):
        list(engine.map_batches([TABLE], as_it_is, 1))


def test_a_query_that_fails_is_tried_three_times(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    each, tries = engine._each, []

    def failing(*given: Any) -> Any:
        tries.append(1)
        if len(tries) % 3:
            raise ConnectionError("mất mạng")
        return each(*given)

    monkeypatch.setattr(engine, "_each", failing)
    assert len(list(engine.map_batches([TABLE], as_it_is, 1))) == 3
    monkeypatch.setattr(engine, "_each", lambda *_: each(None))
    with pytest.raises(UserError, match="the engine failed 3 times: TypeError"):
        list(engine.map_batches([TABLE], as_it_is, 1))
