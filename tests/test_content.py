"""The digest of rows depends on their values alone, and no two different rows are written the same."""

import hashlib

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.content import ContentDigest, row_sizes

TABLE = pa.table(
    {
        "id": ["ắ", "", None],
        "year": pa.array([2024, None, -1], pa.int64()),
        "score": pa.array([0.1, 1e300, None], pa.float64()),
        "front": pa.array([True, None, False], pa.bool_()),
    }
)
SPLITS = ["train", "test", "train"]


def by_hand(splits: list[str], table: pa.Table) -> str:
    """The definition in the docstring, one value at a time."""
    digest = hashlib.sha256()
    for split, row in zip(splits, table.to_pylist(), strict=True):
        for value in (split, *row.values()):
            if value is None:
                digest.update(b"\xff" * 8)
                continue
            text = str(value).lower() if isinstance(value, bool) else value if isinstance(value, str) else repr(value)
            digest.update(len(text.encode()).to_bytes(8, "little") + text.encode())
    return digest.hexdigest()


def digest(splits: list[str], *tables: pa.Table) -> str:
    found = ContentDigest()
    done = 0
    for table in tables:
        found.update(splits[done : done + table.num_rows], table)
        done += table.num_rows
    return found.hexdigest()


def test_it_is_what_its_definition_says() -> None:
    assert digest(SPLITS, TABLE) == by_hand(SPLITS, TABLE)
    assert digest([]) == hashlib.sha256().hexdigest()


@given(st.lists(st.tuples(st.text(), st.none() | st.text(), st.none() | st.integers(-(2**63), 2**63 - 1)), min_size=1))
def test_any_rows_in_any_batches_and_any_chunks(rows: list[tuple[str, str | None, int | None]]) -> None:
    ids, texts, numbers = (list(part) for part in zip(*rows, strict=True))
    clean = [
        [None if one is None else one.encode("utf-8", "replace").decode() for one in part] for part in (ids, texts)
    ]
    table = pa.table({"a": clean[0], "b": pa.array(clean[1], pa.string()), "n": pa.array(numbers, pa.int64())})
    splits = ["train", "test"] * len(rows)
    half = len(rows) // 2
    expected = by_hand(splits[: len(rows)], table)
    assert digest(splits[: len(rows)], table) == expected
    assert digest(splits[: len(rows)], table.slice(0, half), table.slice(half)) == expected
    assert digest(splits[: len(rows)], pa.concat_tables([table.slice(0, half), table.slice(half)])) == expected


def test_a_missing_value_is_no_empty_one_and_a_value_does_not_run_into_the_next() -> None:
    kinds = [[None, ""], ["", None], ["", ""], ["ab", ""], ["a", "b"], ["", "ab"]]
    tables = [pa.table({"a": pa.array([a], pa.string()), "b": pa.array([b], pa.string())}) for a, b in kinds]
    assert len({digest(["train"], table) for table in tables}) == len(kinds)


def test_sizes_are_those_of_arrow_but_for_validity_bits() -> None:
    assert row_sizes(TABLE).tolist() == [3 + 4 + 8 + 8 + 1, 4 + 8 + 8 + 1, 4 + 8 + 8 + 1]
    whole = pa.table({"a": ["một", "hai"], "n": [1, 2]}).combine_chunks()
    assert row_sizes(whole).sum() == whole.nbytes
