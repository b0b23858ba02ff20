"""The promise of deduplication, against a reference that is short enough to be obviously right."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_tools.engines.local import LocalEngine
from dataset_tools.stages import deduplicate as module
from dataset_tools.stages.deduplicate import Criterion, Duplicates, components, deduplicate
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.text import canonical, same_text_key, shingles, similarity

Text = tuple[str, str]


def run(
    texts: list[Text], *, threshold: float = 0.8, policy: str = "first", near: bool = True, limit: int = 100
) -> Duplicates:
    canonicals = [canonical(*text) for text in texts]
    rows = pa.table(
        {
            "row": pa.array(range(len(texts)), pa.int64()),
            "sha256": [repr(text) for text in texts],
            "text_key": pa.array([same_text_key(text) for text in canonicals], pa.binary()),
            "title_chars": pa.array([len(title) for title, _ in texts], pa.int64()),
            "body_chars": pa.array([len(body) for _, body in texts], pa.int64()),
            "bands": pa.array(fingerprint(canonicals, banding(threshold)), pa.binary()),
        }
    )
    titles, bodies = zip(*texts, strict=True) if texts else ((), ())
    table = pa.table({"title": pa.array(titles, pa.string()), "body": pa.array(bodies, pa.string())})
    criterion = Criterion(near=near, threshold=threshold, policy=policy, bucket_limit=limit)
    return deduplicate(rows, lambda wanted: table.take(pa.array(wanted)), criterion, LocalEngine())


def removed(found: Duplicates) -> dict[int, tuple[int, str, float]]:
    return {row["row"]: (row["kept_row"], row["reason"], row["similarity"]) for row in found.removed.to_pylist()}


def edited(words: list[str], changes: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    words = list(words)
    for position in rng.sample(range(len(words)), changes):
        words[position] = f"khác{seed}_{position}"
    return words


def words_of(number: int, count: int = 120) -> list[str]:
    return [f"chữ{number}_{i}" for i in range(count)]


documents = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 3)), min_size=0, max_size=14
)  # which text, how many changes, which seed


def corpus_of(plan: list[tuple[int, int, int]]) -> list[Text]:
    return [("Bài", " ".join(edited(words_of(number), changes, seed))) for number, changes, seed in plan]


@settings(max_examples=60, deadline=None)
@given(plan=documents, threshold=st.sampled_from([0.5, 0.7, 0.8, 0.9]), policy=st.sampled_from(["first", "longest"]))
def test_the_promise_holds_for_any_corpus(plan: list[tuple[int, int, int]], threshold: float, policy: str) -> None:
    texts = corpus_of(plan)
    sets = [shingles(canonical(*text)) for text in texts]
    keys = [same_text_key(canonical(*text)) for text in texts]
    fingerprints = fingerprint([canonical(*text) for text in texts], banding(threshold))
    bands = [set(np.frombuffer(key or b"", "<u8").tolist()) for key in fingerprints]
    order = sorted(range(len(texts)), key=lambda i: (-sum(map(len, texts[i])) if policy == "longest" else 0, i))

    kept: list[int] = []  # the reference: (a), (b) of the promise, word by word
    expected: dict[int, tuple[int, str, float]] = {}
    for i in order:
        same = [k for k in kept if keys[k] == keys[i]] or [expected[k][0] for k in expected if keys[k] == keys[i]]
        near = [(similarity(sets[i], sets[k]), -k) for k in kept if bands[i] & bands[k]]
        near = [pair for pair in near if pair[0] >= threshold]
        if near:
            score, k = max(near)
            text_same = keys[-k] == keys[i]
            reason = "near" if not text_same else "identical" if texts[-k] == texts[i] else "same_text"
            expected[i] = (-k, reason, score)
        else:
            assert not same
            kept.append(i)

    assert removed(run(texts, threshold=threshold, policy=policy)) == expected
    for i, (k, _, score) in expected.items():
        assert k in kept
        assert score == similarity(sets[i], sets[k]) >= threshold


@settings(max_examples=20, deadline=None)
@given(plan=documents, at_once=st.integers(1, 5))
def test_the_result_does_not_depend_on_how_texts_are_loaded(plan: list[tuple[int, int, int]], at_once: int) -> None:
    texts = corpus_of(plan)
    whole = removed(run(texts))
    before = module.TEXTS_AT_ONCE
    module.TEXTS_AT_ONCE = at_once
    try:
        assert removed(run(texts)) == whole
    finally:
        module.TEXTS_AT_ONCE = before


def test_a_chain_of_similar_documents_does_not_remove_its_end() -> None:
    words = words_of(0, 200)
    chain = [("Bài", " ".join([*words_of(9, 12 * step), *words[12 * step :]])) for step in range(6)]
    sets = [shingles(canonical(*text)) for text in chain]
    assert similarity(sets[0], sets[1]) >= 0.8 > similarity(sets[0], sets[2])
    found = removed(run(chain))
    for row, (kept, _, score) in found.items():
        assert similarity(sets[row], sets[kept]) == score >= 0.8
        assert kept not in found
    assert len(found) < len(chain) - 1


def test_a_copy_of_a_near_duplicate_is_recorded_with_the_document_that_is_kept() -> None:
    words = words_of(0)
    texts = [("Bài", " ".join(words)), ("Bài", " ".join(edited(words, 1, 1))), ("BÀI", " ".join(edited(words, 1, 1)))]
    found = removed(run(texts))
    assert {row: (kept, reason) for row, (kept, reason, _) in found.items()} == {1: (0, "near"), 2: (0, "near")}


@pytest.mark.parametrize(
    ("second", "reason"),
    [(("Bài", "một hai"), "identical"), (("BÀI", "Một  hai\n"), "same_text"), (("Ba\u0300i", "một hai"), "same_text")],
)
def test_the_reason_is_the_relation_to_the_kept_document(second: Text, reason: str) -> None:
    assert removed(run([("Bài", "một hai"), second], near=False)) == {1: (0, reason, 1.0)}


def test_longest_keeps_the_longest() -> None:
    words = words_of(0)
    texts = [("Bài", " ".join(words[:-2])), ("Bài", " ".join(words))]
    assert list(removed(run(texts, policy="longest"))) == [0]
    assert list(removed(run(texts, policy="first"))) == [1]


def test_texts_without_words_are_never_near() -> None:
    assert removed(run([("!!!", "???"), ("...", "???")])) == {}


def test_numbers_only_marks_pairs_that_differ_in_digits_alone() -> None:
    words = words_of(0)
    texts = [
        ("Giá", " ".join([*words, "58", "triệu"])),
        ("Giá", " ".join([*words, "61", "triệu"])),
        ("Giá", " ".join([*words, "61", "tỷ"])),
    ]
    assert run(texts).removed.select(["row", "numbers_only"]).to_pylist() == [
        {"row": 1, "numbers_only": True},
        {"row": 2, "numbers_only": False},
    ]


def test_a_full_bucket_leaves_documents_in_and_counts_what_was_skipped() -> None:
    # All share their first 120 words and no two reach 0.8, so that all stay and fill the same buckets.
    texts = [("Bài", " ".join([*words_of(0, 100), *words_of(i + 1, 22)])) for i in range(40)]
    full = run(texts, limit=2)
    assert full.removed.num_rows == 0
    assert full.skipped > 0
    assert run(texts, limit=100).skipped == 0


def test_pairs_near_the_threshold_are_listed_and_others_are_not() -> None:
    words = words_of(0)
    texts = [("Bài", " ".join(words)), ("Bài", " ".join(edited(words, 3, 1))), ("Bài", " ".join(words))]
    (pair,) = run(texts).pairs.to_pylist()
    assert (pair["row_a"], pair["row_b"]) == (0, 1)
    assert abs(pair["similarity"] - 0.8) <= 0.15


def test_the_list_of_pairs_is_capped_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AUDIT_PAIRS", 2)
    words = words_of(0)
    found = run([("Bài", " ".join(words)), *(("Bài", " ".join(edited(words, 3, seed))) for seed in range(5))])
    assert found.pairs.num_rows == 2
    assert found.pairs_found > 2


def test_components_are_what_shared_keys_connect() -> None:
    keys = np.array([[1, 10], [2, 11], [1, 12], [3, 12], [4, 13]], np.uint64)
    assert components(keys).tolist() == [0, -1, 0, 0, -1]
