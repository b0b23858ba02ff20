"""The promise of deduplication, against a reference that is short enough to be obviously right."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dataset_tools.engines.local import LocalEngine
from dataset_tools.stages.deduplicate import Criterion, Duplicates, compare, deduplicate, held, links, numbering, pairs
from dataset_tools.stages.deduplicate import crowd as crowds
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.text import canonical, differs_in_numbers_only, nfc, same_text_key, shingles, similarity

Text = tuple[str, str]
Outcome = dict[int, tuple[int, str, float]]


def run(
    texts: list[Text],
    *,
    threshold: float = 0.8,
    policy: str = "first",
    priority: tuple[str, ...] = (),
    numbers: str = "remove",
    near: bool = True,
    limit: int = 100,
    paths: list[str] | None = None,
) -> Duplicates:
    canonicals = [canonical(*text) for text in texts]
    rows = pa.table(
        {
            "row": pa.array(range(len(texts)), pa.int64()),
            "path": pa.array(paths or [f"{i:03}.txt" for i in range(len(texts))], pa.string()),
            "sha256": [repr(text) for text in texts],
            "text_key": pa.array([same_text_key(text) for text in canonicals], pa.binary()),
            "title_chars": pa.array([len(title) for title, _ in texts], pa.int64()),
            "body_chars": pa.array([len(body) for _, body in texts], pa.int64()),
            "bands": pa.array(fingerprint(canonicals, banding(threshold)), pa.binary()),
        }
    )
    titles, bodies = zip(*texts, strict=True) if texts else ((), ())
    table = pa.table({"title": pa.array(titles, pa.string()), "body": pa.array(bodies, pa.string())})
    criterion = Criterion(
        near=near, threshold=threshold, policy=policy, bucket_limit=limit, priority=priority, numbers=numbers
    )
    done: list[int] = []
    found = deduplicate(
        rows, lambda wanted: table.take(pa.array(wanted)), LocalEngine().map_groups, criterion, done.append
    )
    assert sum(done) == (len(texts) if near else 0)
    return found


def removed(found: Duplicates) -> Outcome:
    return {row["row"]: (row["kept_row"], row["reason"], row["similarity"]) for row in found.removed.to_pylist()}


def reference(texts: list[Text], order: list[int], threshold: float, limit: int, numbers: str) -> tuple[Outcome, int]:
    """The promise word by word: what is removed, in favour of what; and how many comparisons the limit left out."""
    of = [canonical(*text) for text in texts]
    bands = [np.frombuffer(keys or b"", "<u8").tolist() for keys in fingerprint(of, banding(threshold))]
    first: dict[bytes, int] = {}
    buckets: dict[int, list[int]] = {}
    gone: Outcome = {}
    skipped = 0
    for i in order:
        k = first.setdefault(same_text_key(of[i]), i)
        if k != i:
            gone[i] = gone.get(k, (k, "identical" if texts[k] == texts[i] else "same_text", 1.0))
            continue
        met = {k for key in bands[i] for k in buckets.get(key, [])[:limit]}
        skipped += sum(max(len(buckets.get(key, [])) - limit, 0) for key in bands[i])
        met = {k for k in met if numbers == "remove" or not differs_in_numbers_only(of[i], of[k])}
        near = [(score, -k) for k in met if (score := similarity(shingles(of[i]), shingles(of[k]))) >= threshold]
        if near:
            gone[i] = -max(near)[1], "near", max(near)[0]
        else:
            for key in bands[i]:
                buckets.setdefault(key, []).append(i)
    return gone, skipped


def edited(words: list[str], changes: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    words = list(words)
    for position in rng.sample(range(len(words)), changes):
        words[position] = f"khác{seed}_{position}"
    return words


def words_of(number: int, count: int = 120) -> list[str]:
    return [f"chữ{number}_{i}" for i in range(count)]


@dataclass(frozen=True)
class Plan:
    """A document that is made from one of a few: so many words changed, numbers put in, the end cut off."""

    number: int
    changes: int
    seed: int
    prices: int
    cut: int
    form: int

    def text(self) -> Text:
        if self.number == 3:
            return "标题", "".join(chr(0x4E00 + 7 * i) for i in range(60 - self.changes)) + str(self.prices)
        words = edited(words_of(self.number), self.changes, self.seed)[: 120 - self.cut]
        words[10:10] = words[70:70] = ["giá", str(self.prices)]
        body = " ".join(words[: 3 if self.changes == 12 else None])
        return "Bài", (body, body.upper(), body.replace(" ", "  "))[self.form]


plans = st.builds(
    Plan,
    number=st.sampled_from([0, 0, 0, 1, 2, 3]),
    changes=st.sampled_from([0, 0, 1, 2, 3, 4, 6, 9, 12]),
    seed=st.integers(0, 3),
    prices=st.integers(58, 61),
    cut=st.sampled_from([0, 0, 5, 15]),
    form=st.sampled_from([0, 0, 0, 1, 2]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    corpus=st.lists(plans, max_size=14),
    threshold=st.sampled_from([0.3, 0.5, 0.7, 0.8, 0.9, 1.0]),
    policy=st.sampled_from(["first", "longest", "priority"]),
    numbers=st.sampled_from(["remove", "keep"]),
    limit=st.sampled_from([1, 2, 100]),
    at_once=st.sampled_from([1, 2000, 1 << 23]),
    held_at_once=st.sampled_from([0, 500, 1 << 23]),
    few_words=st.sampled_from([1, 30, numbering.FEW_WORDS]),
    word_bits=st.sampled_from([2, 6, 16]),
    crowd=st.sampled_from([1, 16]),
    few=st.sampled_from([0, 1024]),
)
def test_the_promise_holds_for_any_corpus_however_its_texts_are_loaded(
    corpus: list[Plan],
    threshold: float,
    policy: str,
    numbers: str,
    limit: int,
    at_once: int,
    held_at_once: int,
    few_words: int,
    word_bits: int,
    crowd: int,
    few: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compare, "CHARACTERS_AT_ONCE", at_once)
    monkeypatch.setattr(compare, "SHINGLES_AT_ONCE", held_at_once)
    monkeypatch.setattr(links, "CHARACTERS_OF_GROUP", at_once)
    monkeypatch.setattr(numbering, "FEW_WORDS", few_words)
    monkeypatch.setattr(numbering, "WORD_BITS", word_bits)
    monkeypatch.setattr(held, "_CROWD", crowd)
    monkeypatch.setattr(crowds, "_FEW", few)
    texts = [plan.text() for plan in corpus]
    paths = [f"{'abc'[plan.seed % 3]}/{i:03}.txt" for i, plan in enumerate(corpus)]
    ranks: dict[str, Callable[[int], int]] = {
        "first": lambda i: 0,
        "longest": lambda i: -sum(map(len, texts[i])),
        "priority": lambda i: "ca".find(paths[i][0]) % 3,
    }
    order = sorted(range(len(texts)), key=lambda i: (ranks[policy](i), i))
    priority = ("c/**", "[ac]/*.txt") if policy == "priority" else ()
    found = run(texts, threshold=threshold, policy=policy, priority=priority, numbers=numbers, limit=limit, paths=paths)
    assert (removed(found), found.skipped) == reference(texts, order, threshold, limit, numbers)

    sets = [shingles(canonical(*text)) for text in texts]
    for row, (kept, _, score) in removed(found).items():
        assert score == similarity(sets[row], sets[kept]) >= threshold
        assert kept not in removed(found)
    for pair in found.pairs.to_pylist():
        assert pair["row_a"] < pair["row_b"]
        assert pair["similarity"] == similarity(sets[pair["row_a"]], sets[pair["row_b"]])


@pytest.mark.parametrize("crowd", [1, 3, 16])
def test_copies_of_one_text_are_told_apart_by_what_sets_them_apart(crowd: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "_CROWD", crowd)
    copies = [edited(words_of(0), 5, seed) for seed in range(12)]
    closer = [edited(copy, 1 + seed % 3, 100 + seed) for seed, copy in enumerate(copies)]
    texts = [("Bài", " ".join(words)) for words in (words_of(0), *copies, *closer)]
    found, skipped = reference(texts, list(range(len(texts))), 0.8, 100, "remove")
    assert len({kept for kept, _, _ in found.values()}) > 8
    assert (removed(run(texts)), run(texts).skipped) == (found, skipped)


def test_the_most_similar_is_found_though_repetitions_could_make_another_more_similar() -> None:
    words = words_of(0)
    repeating = [*words, *words[:20]]
    changed = [*words[:60], "khác", *words[61:], *words[:20]]
    texts = [("Bài", " ".join(part)) for part in (changed, words, repeating)]
    sets = [shingles(canonical(*text)) for text in texts]
    assert similarity(sets[0], sets[1]) < 0.9 < similarity(sets[2], sets[0]) < similarity(sets[2], sets[1])
    assert removed(run(texts, threshold=0.9)) == {2: (1, "near", similarity(sets[2], sets[1]))}


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


@given(a=st.text("abAßsS1٣ ,一二", max_size=8), b=st.text("abAßsS1٣ ,一二", max_size=8))
@example("a  b 1", "a b 2")
def test_texts_that_differ_in_numbers_only_are_never_passed_over(a: str, b: str) -> None:
    if differs_in_numbers_only(a.casefold(), b.casefold()):
        one, other = numbering.Numbering()([nfc(a + " x"), nfc(b + " x")]).keys
        assert one == other


def test_texts_that_differ_in_a_word_are_passed_over() -> None:
    one, other = numbering.Numbering()(["giá vàng 58", "giá bạc 58"]).keys
    assert one != other


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
    monkeypatch.setattr(pairs, "AUDIT_PAIRS", 2)
    words = words_of(0)
    found = run([("Bài", " ".join(words)), *(("Bài", " ".join(edited(words, 3, seed))) for seed in range(5))])
    assert found.pairs.num_rows == 2
    assert found.pairs_found > 2
