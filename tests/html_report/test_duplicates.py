"""Clusters, similarities, and pairs near the threshold."""

import polars as pl
import pytest

from dataset_tools.html_report.duplicates import Found, duplicates, nearest
from dataset_tools.html_report.raw import Unreadable
from dataset_tools.verification.description import DedupPart, PairsPart

PAIRS = pl.DataFrame(
    [("b", "c", 0.81, False), ("a", "b", 0.95, False), ("a", "d", 0.79, True), ("a", "c", 0.7, False)],
    schema={"path_a": pl.String, "path_b": pl.String, "similarity": pl.Float64, "numbers_only": pl.Boolean},
    orient="row",
)
REMOVED = pl.DataFrame(
    [
        ("b", "near", "a", "a.id", 0.95),
        ("c", "near", "a", "a.id", 0.85),
        ("e", "identical", "d", "d.id", 1.0),
        ("f", "invalid", None, None, None),
        ("g", "published", None, "x", 0.9),
    ],
    schema={
        "path": pl.String,
        "reason": pl.String,
        "kept_path": pl.String,
        "kept_id": pl.String,
        "similarity": pl.Float64,
    },
    orient="row",
)


def texts(path: str) -> Found:
    return Unreadable("there is none") if path == "c" else (f"Title {path}", "same words")


def dedup(found: int = 4, *, near: bool = True) -> DedupPart:
    return DedupPart(near=near, threshold=0.8, audit_pairs=PairsPart(found=found, listed=4))


def test_the_nearest_pairs_of_each_side_come_first() -> None:
    above, below = nearest(PAIRS, 0.8)
    assert above["similarity"].to_list() == [0.81, 0.95]
    assert below["similarity"].to_list() == [0.79, 0.7]


def test_a_pair_at_the_threshold_is_above_it() -> None:
    above, below = nearest(PAIRS, 0.81)
    assert (0.81 in above["similarity"], 0.81 in below["similarity"]) == (True, False)


def test_clusters_are_of_documents_that_were_left_out_for_one_of_this_dataset() -> None:
    seen = duplicates(REMOVED, PAIRS, dedup(), texts, with_raw=False)
    assert seen.clusters == 2
    assert seen.sizes == ((2, 1), (3, 1))
    assert [(one.kept, one.removed, one.least) for one in seen.largest] == [("a", 2, 0.85), ("d", 1, 1.0)]


def test_pairs_have_their_words_and_say_who_stays_and_what_is_missing() -> None:
    seen = duplicates(REMOVED, PAIRS, dedup(), texts, with_raw=True)
    one = seen.above[1]
    assert [(side.path, side.kept, side.missing) for side in (one.first, one.second)] == [
        ("a", True, None),
        ("b", False, None),
    ]
    assert one.first.runs == (("same", "Title"), ("only", "a"), ("same", "same words"))
    lacking = seen.above[0]
    assert (lacking.second.missing, lacking.second.runs) == ("there is none", ())
    assert lacking.first.runs == (("same", "Title b same words"),)
    assert [pair.numbers_only for pair in seen.below] == [True, False]


def test_the_histogram_has_a_bin_for_each_hundredth_around_the_threshold() -> None:
    seen = duplicates(REMOVED, PAIRS, dedup(), texts, with_raw=True).similarities
    assert seen is not None
    assert (seen.first, len(seen.counts), seen.below, seen.above) == (65, 30, 2, 2)
    assert {seen.first + place: count for place, count in enumerate(seen.counts) if count} == {70: 1, 79: 1, 81: 1}


def test_where_not_all_pairs_are_listed_it_goes_as_far_as_they_are() -> None:
    few = PAIRS.filter(pl.col("similarity").is_between(0.75, 0.85))
    seen = duplicates(REMOVED, few, dedup(found=900), texts, with_raw=True).similarities
    assert seen is not None
    assert (seen.first, len(seen.counts), seen.found, seen.listed) == (79, 2, 900, 2)


@pytest.mark.parametrize("threshold", [0.1, 1.0])
def test_the_histogram_ends_where_similarities_do(threshold: float) -> None:
    seen = duplicates(REMOVED, PAIRS, DedupPart(near=True, threshold=threshold), texts, with_raw=True).similarities
    assert seen is not None
    assert seen.first >= 0
    assert seen.first + len(seen.counts) <= 100


def test_without_near_duplicates_there_are_no_similarities() -> None:
    seen = duplicates(REMOVED, PAIRS, dedup(near=False), texts, with_raw=False)
    assert (seen.threshold, seen.similarities, seen.above, seen.below) == (None, None, (), ())
