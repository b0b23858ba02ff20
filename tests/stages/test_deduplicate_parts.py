"""The parts of the comparison: links, buckets, crowds, pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.stages.deduplicate import crowd, links
from dataset_tools.stages.deduplicate.buckets import Buckets
from dataset_tools.stages.deduplicate.links import components, groups, shared_buckets

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
    st.sampled_from([1, 3, 512]),
    st.sampled_from([1, 2, 32]),
)
def test_a_crowd_counts_what_sets_share(sets: list[set[int]], examples: int, common: int) -> None:
    arrays = [np.array(sorted(one), np.uint64) for one in sets]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd, "_EXAMPLES", examples)
        patch.setattr(crowd, "_COMMON", common)
        found = crowd.Crowd(np.concatenate(arrays), np.array([len(one) for one in sets]))
    for member, one in enumerate(sets):
        all_others = np.delete(np.arange(len(sets)), member)
        for others in (all_others, all_others[::-2]):
            assert found.shared(member, others).tolist() == [len(one & sets[other]) for other in others]


def test_a_full_bucket_lets_no_more_be_met_and_counts_them() -> None:
    buckets = Buckets([[1, 2], [1], [1, 2], [1]], limit=1)
    buckets.keep(0)
    assert (buckets.candidates(1), buckets.skipped(1)) == ([0], 0)
    buckets.keep(1)
    assert (buckets.candidates(2), buckets.skipped(2)) == ([0], 1)
    buckets.keep(2)
    assert (buckets.candidates(3), buckets.skipped(3)) == ([0], 2)
    seen: set[int] = set()
    assert (buckets.meeting(2, seen), seen) == ({0, 2}, {1, 2})
    assert buckets.meeting(3, seen) == {3}
