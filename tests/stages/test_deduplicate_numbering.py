"""Numbers of shingles."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools import units
from dataset_tools.stages.deduplicate import numbering
from dataset_tools.stages.deduplicate.numbering import Numbering, TooManyWordsError
from dataset_tools.text import canonical, shingles
from tests.texts import texts

with_words = texts.filter(lambda text: bool(shingles(text)))


def numbers_of(lots: Sequence[Sequence[str]], *, roomy: bool = False) -> list[set[int]]:
    """The numbers of the shingles of each text of some lots."""
    give = Numbering(roomy=roomy)
    found: list[set[int]] = []
    for lot in lots:
        one = give(lot)
        parts = [part.tolist() for part in np.split(one.numbers, np.cumsum(one.sizes)[:-1])]
        assert all(part == sorted(set(part)) for part in parts)
        found += map(set, parts)
    return found


SHORT = [["a", "a b", "a b c", "a b c d"], ["a b c d e", "b", "ab"], ["a a", "a a a a a a", "b a b c d"]]


@given(
    lots=st.lists(st.lists(with_words, min_size=1, max_size=4), max_size=3),
    piece=st.sampled_from([1, 40, units.PIECE]),
    few=st.sampled_from([1, numbering.FEW_WORDS]),
    bits=st.sampled_from([0, numbering.WORD_BITS]),
)
@example(SHORT, 40, numbering.FEW_WORDS, numbering.WORD_BITS)
@example(SHORT, 40, 1, numbering.WORD_BITS)
@example(SHORT, 40, 1, 0)
@example([["a b c", "x y"], ["a b c", "z"]], 40, 1, numbering.WORD_BITS)
@example([["一", "a", "一二三四"], ["一二三四五", "a 一"]], units.PIECE, 1, numbering.WORD_BITS)
@example([["一 二 三 四 五 abcdefgh", "一二三四五"]], units.PIECE, 1, numbering.WORD_BITS)
def test_numbers_of_shingles_are_equal_if_and_only_if_the_shingles_are(
    lots: list[list[str]], piece: int, few: int, bits: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "PIECE", piece)
        patch.setattr(numbering, "FEW_WORDS", few)
        patch.setattr(numbering, "WORD_BITS", bits)
        found = numbers_of(lots)
    expected = [shingles(text) for lot in lots for text in lot]
    assert list(map(len, found)) == list(map(len, expected))
    for i in range(len(found)):
        for j in range(i):
            assert len(found[i] & found[j]) == len(expected[i] & expected[j])


def many_words(count: int) -> list[str]:
    """A text of so many different words, one without the first hundred, and two that differ in the first of five."""
    words = [f"từ{number}" for number in range(count)]
    ends = [canonical("", " ".join([words[first], *words[1:5]])) for first in (0, count // 2)]
    return [canonical("", " ".join(words)), canonical("", " ".join(words[100:])), *ends]


@pytest.mark.parametrize("most", [numbering.FEW_WORDS, 1 << numbering.WORD_BITS])
def test_words_beyond_the_room_for_them_are_an_error_and_not_a_wrong_number(most: int) -> None:
    many = most - 1
    whole, later, first, second = numbers_of([many_words(many), ["từ1 từ2"]])[:4]
    assert (len(whole), len(whole & later), len(first | second)) == (many - 4, many - 104, 2)
    with pytest.raises(TooManyWordsError):
        numbers_of([many_words(many), ["một"]])


def test_a_roomy_numbering_has_room_for_more_words_than_come_first() -> None:
    whole, one = numbers_of([many_words(200)[:1], many_words(numbering.FEW_WORDS)[:1]], roomy=True)
    assert (len(whole & one), len(whole)) == (196, 196)


def test_pairs_of_words_beyond_the_room_for_them_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "PAIR_BITS", 4)
    assert len(numbers_of([["a b c d e f g h i j k l m n o"]], roomy=True)[0]) == 11
    with pytest.raises(TooManyWordsError):
        numbers_of([["a b c d e f g h i j k l m n o"], ["c p"]], roomy=True)


def test_there_is_room_for_all_words_that_come_first() -> None:
    many = 3 << numbering.WORD_BITS
    whole, later, first, second = numbers_of([many_words(many), ["một"]])[:4]
    assert (len(whole), len(whole & later), len(first | second)) == (many - 4, many - 104, 2)
