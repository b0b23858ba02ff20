"""The parts of the comparison: links, buckets, crowds, numbers of values, texts without numbers."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.stages.deduplicate import crowd, links, plain
from dataset_tools.stages.deduplicate.buckets import Buckets
from dataset_tools.stages.deduplicate.links import components, groups, shared_buckets
from dataset_tools.stages.deduplicate.numbering import Numbers
from dataset_tools.stages.deduplicate.plain import Plain

keys = st.lists(st.lists(st.integers(0, 12), min_size=3, max_size=3), min_size=1, max_size=25)


@given(keys)
def test_a_bucket_is_what_documents_share_a_key_of_a_band_by(rows: list[list[int]]) -> None:
    documents, buckets = shared_buckets(np.array(rows, np.uint64))
    assert documents.tolist() == sorted(documents.tolist())
    found = sorted(tuple(documents[buckets == bucket].tolist()) for bucket in set(buckets.tolist()))
    expected = []
    for band in range(3):
        for key in {row[band] for row in rows}:
            mates = [number for number, row in enumerate(rows) if row[band] == key]
            expected += [tuple(mates)] if len(mates) > 1 else []
    assert found == sorted(expected)


@given(keys)
def test_components_are_what_links_lead_to(rows: list[list[int]]) -> None:
    linked = [row for row in rows if any(sum(other[b] == row[b] for other in rows) > 1 for b in range(3))]
    found = components(*shared_buckets(np.array(linked, np.uint64).reshape(-1, 3)))
    for start in range(len(linked)):
        reached, frontier = {start}, [start]
        while frontier:
            one = linked[frontier.pop()]
            more = {b for b, other in enumerate(linked) if any(x == y for x, y in zip(one, other, strict=True))}
            frontier += more - reached
            reached |= more
        assert {b for b in range(len(linked)) if found[b] == found[start]} == reached
        assert found[start] == min(reached)


def test_a_long_chain_of_links_is_one_component() -> None:
    chain = np.arange(2000)
    keys = np.stack([chain // 2, (chain + 1) // 2], axis=1).astype(np.uint64)
    assert set(components(*shared_buckets(keys)).tolist()) == {0}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(1, 60))
def test_groups_hold_whole_components_and_are_no_larger_than_they_must_be(parts: list[int], most: int) -> None:
    first = {part: parts.index(part) for part in parts}
    component = np.array([first[part] for part in parts])
    characters = np.full(len(parts), 7)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(links, "CHARACTERS_OF_GROUP", most)
        found = groups(component, characters)
    assert all(len(set(found[component == one].tolist())) == 1 for one in component)
    for group in set(found.tolist()):
        sizes = [7 * parts.count(part) for part in first if found[first[part]] == group]
        assert sum(sizes) - sizes[-1] <= most


@given(
    st.lists(st.sets(st.integers(1, 200), min_size=1), min_size=2, max_size=24),
    st.integers(1, 24),
    st.sampled_from([1, 3, 512]),
    st.sampled_from([1, 2, 32]),
    st.sampled_from([1, 70, 4096]),
    st.sampled_from([(0, 0), (0, 8), (1024, 8)]),
)
def test_a_crowd_counts_what_sets_share(
    sets: list[set[int]], first: int, examples: int, common: int, most: int, dear: tuple[int, int]
) -> None:
    arrays = [np.array(sorted(one), np.uint64) for one in sets]
    sizes = np.array([len(one) for one in sets])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd, "_EXAMPLES", examples)
        patch.setattr(crowd, "_COMMON", common)
        patch.setattr(crowd, "_MOST_COMMON", most)
        patch.setattr(crowd, "_FEW", dear[0])
        patch.setattr(crowd, "_EACH", dear[1])
        found = crowd.Crowd(np.concatenate(arrays[:first]), sizes[:first])
        for member, one in enumerate(sets):
            if member >= first:
                found.add(arrays[member], sizes[member : member + 1])
            all_others = np.delete(np.arange(max(first, member + 1))[: len(sets)], member)
            for others in (all_others, all_others[::-2]):
                shared = found.shared(member, others).tolist()
                assert shared == [len(one & sets[other]) for other in others]


def test_what_sets_share_beyond_the_common_is_held_whatever_it_is() -> None:
    sets = [{1, 2, 100 + number, 200 + number % 2} for number in range(40)]
    found = crowd.Crowd(np.array([1, 2], np.uint64), np.array([2]))
    for one in sets:
        found.add(np.array(sorted(one), np.uint64), np.array([4]))
    assert len(found) == 80
    assert found.shared(1, np.array([0, 2, 3, 40])).tolist() == [2, 2, 3, 2]


def test_a_full_bucket_lets_no_more_be_met_and_counts_them() -> None:
    buckets = Buckets(limit=1)
    buckets.keep(0, [1, 2])
    assert (buckets.candidates([1]).tolist(), buckets.skipped([1])) == ([0], 0)
    buckets.keep(1, [1])
    assert (buckets.candidates([1, 2]).tolist(), buckets.skipped([1, 2])) == ([0], 1)
    buckets.keep(2, [1, 2])
    assert (buckets.candidates([1]).tolist(), buckets.skipped([1])) == ([0], 2)
    assert [list(buckets.met(bucket)) for bucket in (1, 2, 3)] == [[0], [0], []]


def test_candidates_of_full_buckets_and_others_come_once_each_and_in_order() -> None:
    buckets = Buckets(limit=2)
    for document, of in enumerate([[1, 3], [2, 3], [1], [4], [3, 4, 5]]):
        buckets.keep(document, of)
    assert buckets.candidates([5, 4, 3, 1]).tolist() == [0, 1, 2, 3, 4]


@given(st.lists(st.lists(st.integers(0, 1 << 63), max_size=8), max_size=5))
def test_values_keep_the_number_that_they_get_first(lots: list[list[int]]) -> None:
    numbers = Numbers()
    known: dict[int, int] = {}
    for lot in lots:
        for value in lot:
            known.setdefault(value, len(known) + 1)
        assert numbers(np.array(lot, np.uint64)).tolist() == [known[value] for value in lot]
    assert len(numbers) == len(known)


def test_texts_without_numbers_are_loaded_once() -> None:
    texts = pa.table({"title": ["Giá 1", "Giá 22", "Giá x"], "body": ["vàng", "vàng", "vàng"]})
    asked: list[list[int]] = []

    def load(rows: npt.NDArray[np.int64]) -> pa.Table:
        asked.append(rows.tolist())
        return texts.take(pa.array(rows))

    texts_of = Plain(load)
    assert texts_of.equal(np.array([0, 0]), np.array([1, 2])).tolist() == [True, False]
    assert texts_of.equal(np.array([1]), np.array([2])).tolist() == [False]
    assert asked == [[0, 1, 2]]


def test_texts_without_numbers_are_let_go_once_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "_KEPT", 20)
    monkeypatch.setattr(plain, "_AT_ONCE", 2)
    texts = pa.table({"title": [f"Giá {number}" for number in range(9)], "body": ["vàng"] * 9})
    asked: list[list[int]] = []

    def load(rows: npt.NDArray[np.int64]) -> pa.Table:
        asked.append(rows.tolist())
        return texts.take(pa.array(rows))

    texts_of = Plain(load)
    assert texts_of.equal(np.arange(8), np.arange(1, 9)).all()
    assert texts_of.equal(np.array([0]), np.array([8])).all()
    assert asked == [[0, 1, 2], [3, 4], [5, 6], [7, 8], [0]]
