import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataset_tools.stages.fingerprint import RECALL, Banding, banding, fingerprint, shingle_hashes
from dataset_tools.text import canonical, nfc, shingles, similarity
from dataset_tools.units import PIECE
from tests.texts import texts


def hashes_of(batch):
    """The hashes of each text of a batch."""
    hashes, counts = shingle_hashes(batch)
    assert len(hashes) == counts.sum()
    return [part.tolist() for part in np.split(hashes, np.cumsum(counts)[:-1])] if len(batch) else []


@given(st.lists(texts, max_size=6))
@example([])
@example(["", "…", ""])
@example(["a", "a b", "a b c", "a b c d", "a b c d e", "b", "ab", "a a", "a a a a a a"])
@example(["一", "a", "一二三四", "一二三四五", "a 一"])
def test_hashes_stand_for_the_shingles_of_the_definition(batch):
    found = [set(hashes) for hashes in hashes_of(batch)]
    expected = [shingles(text) for text in batch]
    assert list(map(len, found)) == list(map(len, expected))
    for i in range(len(batch)):
        for j in range(i):
            assert len(found[i] & found[j]) == len(expected[i] & expected[j])


@given(st.lists(texts, max_size=6), st.lists(texts, max_size=6))
def test_hashes_of_a_text_do_not_depend_on_what_else_is_in_the_batch(first, second):
    assert hashes_of(first + second) == hashes_of(first) + hashes_of(second)


FILLERS = [canonical("", " ".join(f"từ{i}" for i in range(PIECE))[: PIECE + more]) for more in (-40, -2, -1, 0, 1)] + [
    "一二三四五六七" * (PIECE // 14)
]
ALONE = {filler: fingerprint([filler], banding(0.8))[0] for filler in FILLERS}


@settings(max_examples=25)
@given(st.lists(texts | st.none() | st.sampled_from(FILLERS), max_size=8))
@example([FILLERS[1], "a b c d e f", FILLERS[0], "a", None, "", FILLERS[3], FILLERS[4], "a b c d e f"])
def test_the_fingerprint_of_a_text_does_not_depend_on_its_neighbours(batch):
    cut = banding(0.8)
    alone = [ALONE.get(text) or fingerprint([text], cut)[0] for text in batch]
    assert fingerprint(batch, cut) == alone


def test_a_text_longer_than_a_piece_is_hashed_whole():
    text = canonical("", " ".join(f"từ{i % 90_000}" for i in range(100_000)))
    assert len(text) > 2 * PIECE
    (hashes,) = hashes_of([text])
    assert len(set(hashes)) == len(shingles(text))
    short = canonical("", " ".join(f"từ{i}" for i in range(50_000, 50_040)))
    assert set(hashes_of([short])[0]) - set(hashes) == set(hashes_of(["a", short])[1]) - set(hashes)
    assert len(set(hashes_of([short])[0]) & set(hashes)) == len(shingles(short) & shingles(text)) > 30


@given(
    st.lists(
        st.text(st.sampled_from("aAßẞİıſﬁŉΐǅꭰᏸĐỆΣς 1٣²_一") | st.characters(codec="utf-8"), max_size=12), max_size=4
    )
)
def test_case_is_folded_as_the_definition_has_it(batch):
    batch = [nfc(text) for text in batch]
    assert hashes_of(batch) == hashes_of([text.casefold() for text in batch])


@given(st.floats(0.1, 1.0))
@example(0.1)
@example(0.8)
@example(1.0)
@example(float(np.nextafter(1.0, 0.0)))
def test_every_threshold_has_the_recall_that_is_promised(threshold):
    cut = banding(threshold)
    assert cut.permutations <= 128
    assert cut.recall(threshold) >= RECALL
    assert cut.bands >= 1
    assert cut.rows >= 1


def test_recall_is_the_formula_of_the_book():
    assert Banding(20, 5).recall(0.8) == pytest.approx(1 - (1 - 0.8**5) ** 20)
    assert Banding(20, 5).recall(0.3) == pytest.approx(0.0474, abs=1e-4)


def test_texts_without_words_have_no_fingerprint():
    cut = banding(0.8)
    found = fingerprint(["", None, " … ", "một"], cut)
    assert found[:3] == [None, None, None]
    assert len(found[3]) == 8 * cut.bands


@given(texts)
def test_the_bands_of_one_text_never_agree_with_each_other(text):
    cut = banding(0.8)
    (keys,) = fingerprint([text], cut)
    if keys is not None:
        assert len(set(np.frombuffer(keys, "<u8").tolist())) == cut.bands


def pair(numbers, similar, of=400):
    """Two texts of a known similarity: `similar` of `of` shingles in all are shared."""
    words = [f"từ{numbers.getrandbits(60)}" for _ in range(of + 8)]
    own = (of - similar) // 2
    first, second = words[: similar + own + 4], words[own : own + similar + own + 4]
    return canonical("", " ".join(first)), canonical("", " ".join(second))


def share_a_band(a, b, cut):
    keys = [np.frombuffer(one, "<u8") for one in fingerprint([a, b], cut)]
    return bool((keys[0] == keys[1]).any())


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 0.95])
def test_pairs_at_the_threshold_are_found_as_often_as_promised(threshold):
    numbers = random.Random(20)
    cut = banding(threshold)
    missed = 0
    for _ in range(300):
        a, b = pair(numbers, round(threshold * 400))
        missed += not share_a_band(a, b, cut)
    assert similarity(shingles(a), shingles(b)) == pytest.approx(threshold, abs=0.003)
    assert missed <= 6  # 1.5 expected at most


def test_pairs_far_below_the_threshold_are_seldom_proposed():
    numbers = random.Random(21)
    cut = banding(0.8)
    proposed = sum(share_a_band(*pair(numbers, 80), cut) for _ in range(300))
    assert proposed / 300 <= cut.recall(0.2) + 0.02


def test_the_order_of_words_counts():
    cut = banding(0.8)
    assert not share_a_band("một hai ba bốn năm sáu bảy tám", "tám bảy sáu năm bốn ba hai một", cut)


def test_fingerprints_do_not_change_unnoticed():
    found = fingerprint(["chợ nổi\nnước lên rồi lại xuống", "一二三四五六"], Banding(1, 3))
    assert [one.hex() for one in found] == ["cb4ed28f7f403cec", "f86425e1b0e428fb"]
