"""The keys by columns are those of the definition."""

from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.stages.same_text import same_text_keys
from dataset_tools.text import canonical, same_text_key

WHITE_SPACE = "".join(map(chr, (*range(0x09, 0x0E), *range(0x1C, 0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))))
pieces = st.sampled_from(["chữ", "Chữ", "ß", "e\u0301", "K", " ", "  ", "\n", "\n\n", *WHITE_SPACE, "\u2028", "\u3000"])
texts = st.lists(pieces, max_size=12).map("".join) | st.text(max_size=20)


@given(st.lists(st.none() | st.tuples(texts, texts), max_size=5))
def test_each_key_is_that_of_the_definition_alone_and_among_others(articles: list[tuple[str, str] | None]) -> None:
    texts = [None if one is None else canonical(*one) for one in articles]
    joined = [None if one is None else "\n".join(one).encode() for one in articles]
    assert same_text_keys(texts, joined) == [None if text is None else same_text_key(text) for text in texts]


def test_white_space_alone_makes_no_difference() -> None:
    texts = ["một hai ba", " một\n\nhai   ba\n", "một\u3000hai\x1cba", "một hai bà"]
    keys = same_text_keys(texts, [text.encode() for text in texts])
    assert len({*keys[:3]}) == 1
    assert keys[3] != keys[0]
