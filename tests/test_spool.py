"""The texts of a corpus on disk: whatever is asked for comes in the order asked for."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools import spool as spooling
from dataset_tools.running import scratch_folder
from dataset_tools.spool import TEXTS, Spool

FILES = 7


def _filled(folder: Path, rows_of_files: list[list[int]]) -> Spool:
    """Row n has the title "n" and the body "bản tin n"; where it lies in its file is the other way round."""
    spool = Spool(folder)
    for number, rows in enumerate(rows_of_files):
        there = rows[::-1]
        texts = [[f"{row}" for row in there], [f"bản tin {row}" for row in there]]
        spool.write(str(number), pa.table([pa.array(column, pa.string()) for column in texts], schema=TEXTS))
        spool.lay_out(str(number), there, range(len(there)))
    return spool


@given(
    st.lists(st.integers(0, FILES - 1), min_size=1, max_size=40).flatmap(
        lambda homes: st.tuples(st.just(homes), st.lists(st.integers(0, len(homes) - 1), max_size=60))
    )
)
@example((list(range(FILES)), list(range(FILES))))
def test_texts_come_in_the_order_asked_for_from_a_few_files_at_a_time(asked: tuple[list[int], list[int]]) -> None:
    homes, rows = asked
    with scratch_folder() as folder:
        spool = _filled(folder, [[row for row, home in enumerate(homes) if home == file] for file in range(FILES)])
        wanted = [{"title": f"{row}", "body": f"bản tin {row}"} for row in rows]
        assert spool.texts(np.array(rows, np.int64)).to_pylist() == wanted
        assert spool.shared()(np.array(rows, np.int64)).to_pylist() == wanted
        batches = list(spool.batches(np.array(rows, np.int64)))
    assert [text for batch in batches for text in batch.to_pylist()] == wanted
    files = [[homes[int(row)] for row in batch["title"].to_pylist()] for batch in batches]
    assert all(1 <= len(set(some)) <= spooling._FILES_AT_ONCE for some in files)
    for some, following in pairwise(files):
        assert len({*some, following[0]}) > spooling._FILES_AT_ONCE
