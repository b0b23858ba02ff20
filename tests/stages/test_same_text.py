"""Outlines propose which texts are the same, and never leave one out."""

import hashlib

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.stages.same_text import decided, outlines, undecided
from dataset_tools.text import canonical, same_text_key

RARE = ["\u037e", "\u1fef", "\u212a", "\u2000", "\u0338", "\u0301", "\ufb01", "\u0149", "\u1e9e", "\uff11", "\u00bd"]
pieces = st.sampled_from(["chữ", "Chữ", "1", ".", "=", "<", ">", ";", "`", " ", "\n", "\x1c", "\u3000", *RARE])
texts = st.lists(pieces, max_size=8).map("".join) | st.text(max_size=12) | st.characters(exclude_categories=["Cs"])


@given(texts, texts)
@example("<\u0338", "\u226e")
@example(";", "\u037e")
def test_two_texts_that_are_the_same_have_one_outline(a: str, b: str) -> None:
    same = same_text_key(canonical("t", a)) == same_text_key(canonical("t", b))
    one, other = outlines([f"t\n{text}".encode() for text in (a, b)])
    assert one == other or not same


@given(texts)
def test_what_makes_a_text_canonical_leaves_its_outline(text: str) -> None:
    assert outlines([text.encode()]) == outlines([canonical("", text)[1:].encode()])


def test_texts_that_differ_in_digits_or_marks_have_other_outlines() -> None:
    assert len(set(outlines([text.encode() for text in ("a 1.", "a 2.", "a 1,", "a 1", "a .1")]))) == 5
    assert outlines([None]) == [None]


def table(*documents: tuple[bytes, str] | None, bands: list[bytes | None] | None = None) -> pa.Table:
    """Each document: its bytes, and its text; and the band keys of all, if there are any."""
    return pa.table(
        {
            "row": range(len(documents)),
            "sha256": [None if one is None else hashlib.sha256(one[0]).hexdigest() for one in documents],
            "outline": pa.array(outlines([None if one is None else one[1].encode() for one in documents]), pa.binary()),
            "text_key": pa.nulls(len(documents), pa.binary()),
            "bands": pa.array(bands or [None] * len(documents), pa.binary()),
        }
    )


def test_only_those_are_read_again_that_share_an_outline_with_other_bytes() -> None:
    rows = table((b"A 1", "A 1"), (b"a 1", "a 1"), (b"b 2", "b 2"), (b"b 2", "b 2"), None, (b"c 3", "c 3"))
    assert undecided(rows)["row"].to_pylist() == [0, 1]


def test_files_without_a_text_are_not_read_again() -> None:
    rows = table(None, None, (b"a 1", "a 1"))
    rows = rows.set_column(1, "sha256", pa.array([digit * 64 for digit in "012"]))
    assert undecided(rows)["row"].to_pylist() == []


def test_of_texts_with_one_outline_those_with_other_words_are_not_read_again() -> None:
    documents = [(b"A 1", "A 1"), (b"a 1", "a 1"), (b"b 1", "b 1"), (b"1", "1"), (b" 1", " 1")]
    rows = table(*documents, bands=[b"a", b"a", b"b", None, None])
    assert undecided(rows)["row"].to_pylist() == [0, 1, 3, 4]


@given(texts, texts)
def test_two_texts_that_are_the_same_have_the_same_band_keys(a: str, b: str) -> None:
    one, other = (canonical("t", text) for text in (a, b))
    first, second = fingerprint([one, other], banding(0.8))
    assert first == second or same_text_key(one) != same_text_key(other)


def test_keys_are_equal_for_the_same_text_or_the_same_bytes_alone() -> None:
    rows = table((b"A 1", "A 1"), (b"a 1", "a 1"), (b"b 2", "b 2"), (b"b 2", "b 2"), None, (b"d 1", "d 1"))
    some = undecided(rows)
    assert some["row"].to_pylist() == [0, 1, 5]
    keyed = some.set_column(3, "text_key", pa.array([b"same", b"same", b"other"], pa.binary()))
    keys = decided(rows, keyed)["text_key"].to_pylist()
    assert keys[0] == keys[1] == b"same"
    assert keys[2] == keys[3] != keys[5]
    assert keys[4] is None
    assert len({key for key in keys if key}) == 3


def test_a_file_that_has_changed_since_keeps_the_key_of_what_was_read_first() -> None:
    rows = table((b"A 1", "A 1"), (b"a 1", "a 1"))
    keyed = pa.table({"row": [0, 1], "sha256": ["0" * 64, rows["sha256"][1].as_py()], "text_key": [b"k", b"k"]})
    keys = decided(rows, keyed)["text_key"].to_pylist()
    assert keys[0] == rows["sha256"][0].as_py()[:32].encode()
    assert keys[1] == b"k"
