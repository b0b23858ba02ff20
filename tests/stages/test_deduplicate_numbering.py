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


def numbers_of(lots: Sequence[Sequence[str]], *, wide: bool = False) -> list[set[int]]:
    """The numbers of the shingles of each text of some lots."""
    give = Numbering(wide=wide)
    found: list[set[int]] = []
    for lot in lots:
        one = give(lot)
        parts = [part.tolist() for part in np.split(one.numbers, np.cumsum(one.sizes)[:-1])]
        assert all(part == sorted(set(part)) for part in parts)
        found += map(set, parts)
    return found


@given(
    lots=st.lists(st.lists(with_words, min_size=1, max_size=4), max_size=3),
    piece=st.sampled_from([1, 40, units.PIECE]),
    wide=st.booleans(),
)
@example([["a", "a b", "a b c", "a b c d"], ["a b c d e", "b", "ab"], ["a a", "a a a a a a", "b a b c d"]], 40, False)
@example([["a", "a b", "a b c", "a b c d"], ["a b c d e", "b", "ab"], ["a a", "a a a a a a", "b a b c d"]], 40, True)
@example([["一", "a", "一二三四"], ["一二三四五", "a 一"]], units.PIECE, False)
@example([["一 二 三 四 五 abcdefgh", "一二三四五"]], units.PIECE, False)
def test_numbers_of_shingles_are_equal_if_and_only_if_the_shingles_are(
    lots: list[list[str]], piece: int, wide: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(units, "PIECE", piece)
        found = numbers_of(lots, wide=wide)
    expected = [shingles(text) for lot in lots for text in lot]
    assert list(map(len, found)) == list(map(len, expected))
    for i in range(len(found)):
        for j in range(i):
            assert len(found[i] & found[j]) == len(expected[i] & expected[j])


def many_words(count: int) -> list[list[str]]:
    """Texts of so many different words, and two that differ in the first of five."""
    words = [f"từ{number}" for number in range(count)]
    ends = [canonical("", " ".join([words[first], *words[1:5]])) for first in (0, count // 2)]
    return [[canonical("", " ".join(words))], [canonical("", " ".join(words[100:])), *ends]]


def test_words_beyond_the_room_for_them_are_an_error_and_not_a_wrong_number() -> None:
    with pytest.raises(TooManyWordsError):
        numbers_of(many_words(1 << numbering.WORD_BITS))
    almost = (1 << numbering.WORD_BITS) - 1
    whole, later, first, second = numbers_of(many_words(almost))
    assert (len(whole), len(whole & later), len(first | second)) == (almost - 4, almost - 104, 2)


def test_pairs_of_words_beyond_the_room_for_them_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "PAIR_BITS", 4)
    assert len(numbers_of([["a b c d e f g h i j k l m n o"]])[0]) == 11
    with pytest.raises(TooManyWordsError):
        numbers_of([["a b c d e f g h i j k l m n o p"]])


def test_a_wide_numbering_has_room_for_more_words() -> None:
    many = 3 << numbering.WORD_BITS
    whole, later, first, second = numbers_of(many_words(many), wide=True)
    assert (len(whole), len(whole & later), len(first | second)) == (many - 4, many - 104, 2)
