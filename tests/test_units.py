import re
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools import units as module
from dataset_tools.text import canonical, is_spaceless, shingles
from dataset_tools.units import exact_shingles, units
from tests.texts import texts


def numbers_of(batch: Sequence[str]) -> list[list[int]]:
    """The numbers of the shingles of each text of a batch."""
    numbers, counts = exact_shingles(batch)
    assert len(numbers) == counts.sum()
    return [part.tolist() for part in np.split(numbers, np.cumsum(counts)[:-1])] if len(batch) else []


@given(
    batch=st.lists(texts, max_size=6), piece=st.sampled_from([1, 40, module.PIECE]), most=st.sampled_from([1, 1 << 63])
)
@example([], module.PIECE, 1)
@example(["", "…", ""], 1, 1)
@example(["a", "a b", "a b c", "a b c d", "a b c d e", "b", "ab", "a a", "a a a a a a"], 40, 1 << 63)
@example(["一", "a", "一二三四", "一二三四五", "a 一"], module.PIECE, 1 << 63)
@example(["一 二 三 四 五 abcdefgh", "一二三四五"], module.PIECE, 1 << 63)
def test_numbers_of_shingles_are_equal_if_and_only_if_the_shingles_are(batch: list[str], piece: int, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE", piece)
        patch.setattr(module, "_MOST", most)
        found = [set(numbers) for numbers in numbers_of(batch)]
    expected = [shingles(text) for text in batch]
    assert list(map(len, found)) == list(map(len, expected))
    for i in range(len(batch)):
        for j in range(i):
            assert len(found[i] & found[j]) == len(expected[i] & expected[j])


def test_more_words_than_fit_into_a_number_are_numbered_again() -> None:
    words = [f"từ{number}" for number in range(9000)]
    batch = [canonical("", " ".join(part)) for part in (words, words[100:], words[::-1])]
    found = [set(numbers) for numbers in numbers_of(batch)]
    assert (len(found[0]), len(found[0] & found[1]), len(found[0] & found[2])) == (8996, 8896, 0)


def test_shingles_of_many_words_that_differ_in_the_first_have_different_numbers() -> None:
    words = [f"từ{number}" for number in range(8191)]  # 8192 kinds: of five, 65 bits
    ends = [canonical("", " ".join([words[first], *words[1:5]])) for first in (0, 4096)]
    _, first, second = numbers_of([canonical("", " ".join(words)), *ends])
    assert first != second


@given(st.lists(texts, max_size=6))
def test_units_are_counted(batch: list[str]) -> None:
    counts = [
        len("".join(words)) if is_spaceless(text) else len(words)
        for text, words in ((t, re.findall(r"\w+", t)) for t in batch)
    ]
    assert units(batch).counts.tolist() == counts


def test_the_tables_know_every_word_character_letter_and_script_of_unicode() -> None:
    folds, kinds = module._folds(), module._kinds()
    assert not folds[-1]  # stands for all code points beyond the table
    assert re.search(r"\w", "".join(map(chr, range(len(folds), sys.maxunicode + 1)))) is None
    for code, (fold, kind) in enumerate(zip(folds.tolist(), kinds.tolist(), strict=True)):
        character = chr(code)
        folded = character.casefold()
        assert (fold == module._SEVERAL) == (len(folded) > 1), hex(code)
        if len(folded) == 1:
            assert fold == (ord(folded) if re.match(r"\w", folded) else 0), hex(code)
        assert bool(kind & module._LETTER) is character.isalpha(), hex(code)
        assert bool(kind & module._SPACELESS) is is_spaceless(character), hex(code)
    first, (gap, end) = module._SPACELESS_FIRST, module._SPACELESS_GAP
    assert not any(is_spaceless(chr(code)) for code in (*range(first), *range(gap, end)))
