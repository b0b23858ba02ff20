import re
import sys

from hypothesis import given
from hypothesis import strategies as st

from dataset_tools import units as module
from dataset_tools.text import is_spaceless
from dataset_tools.units import units
from tests.texts import texts


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
