import sys
import unicodedata

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools.text import (
    MAY_NOT_BE_NFC,
    NGRAM,
    canonical,
    collapse,
    differs_in_numbers_only,
    is_nfc,
    is_spaceless,
    nfc,
    printable,
    same_text_key,
    shingles,
    shortened,
    similarity,
    split_article,
)

VIETNAMESE = "Sáng sớm, chợ nổi Cái Răng đã đông nghịt ghe xuồng; bà Tư bán bún riêu 25.000 đồng một tô — «ngon lắm!»"
WHITE = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\u2029\u3000"
MIXED = "aăếĐßſ_019٣²\u0301\u0323 \n\t-.,😀𝒜กขลາកမ一二三ひらカｶ𠀀々"
BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
INVISIBLE = "\u00ad\u180e\u200b\u200c\u200d\u2060\u2064\u206a\ufeff\ufff9\ufffa\ufffb\U000e0001\U000e0020\U000e007f"
SPACELESS_NAMES = (
    *("THAI", "LAO", "KHMER", "MYANMAR", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA", "HENTAIGANA"),
    *("CJK", "IDEOGRAPHIC", "VERTICAL IDEOGRAPHIC", "HANGZHOU", "KANGXI"),
)

any_article = st.text(st.sampled_from(WHITE + "aế\ufeff\0") | st.characters(codec="utf-8"))
mixed_text = st.text(st.sampled_from(MIXED), max_size=40)
repetitive_text = st.lists(st.sampled_from(["nước", "lên", "đồng", "2", "2024", "ก", "一"]), max_size=25).map(" ".join)


def reference_split(text):
    title, *lines = text.split("\n")
    dropped = 0
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
        dropped += 1
    return title.strip(), "\n".join(lines), 2 + dropped


def spaceless_by_name(character):
    return character.isalpha() and unicodedata.name(character, "").startswith(SPACELESS_NAMES)


def reference_shingles(text):
    """Slow and obvious: shingles as tuples of units, marked with their kind."""
    words, word = [], ""
    for character in text + " ":
        if character.isalnum() or character == "_":
            word += character
        elif word:
            words.append(word)
            word = ""
    letters = [character for character in text if character.isalpha()]
    by_character = 2 * sum(map(spaceless_by_name, letters)) > len(letters)
    units = list("".join(words)) if by_character else words
    if not units:
        return set()
    return {(by_character, *units[i : i + 5]) for i in range(max(1, len(units) - 4))}


def reference_similarity(a, b):
    return len(a & b) / len(a | b) if a and b else 0.0


@given(any_article)
@example("")
@example("\n\n \x1c \n  thân bài  \n\u2028\n")
@example("tựa\n\n")
@example("tựa\r\n\r\nthân\r\n")
def test_title_and_body_are_what_an_obvious_split_gives(text):
    assert split_article(text) == reference_split(text)


@pytest.mark.parametrize(
    ("text", "title", "body", "line"),
    [
        ("Chợ nổi\nNước lên.", "Chợ nổi", "Nước lên.", 2),
        (
            "\ufeff Chợ nổi \t\n\n \t\n  Nước lên.\n\n  Nước xuống. \n\u3000\n",
            "\ufeff Chợ nổi",
            "  Nước lên.\n\n  Nước xuống. ",
            4,
        ),
        ("Chợ\u2028nổi\x0b!\nNước\x85lên", "Chợ\u2028nổi\x0b!", "Nước\x85lên", 2),
        ("Chợ nổi", "Chợ nổi", "", 2),
        ("\nNước lên", "", "Nước lên", 2),
    ],
)
def test_only_line_feeds_end_lines_and_only_blank_lines_are_dropped(text, title, body, line):
    assert split_article(text) == (title, body, line)


def test_a_lone_carriage_return_stays_in_the_title():
    assert split_article("Chợ\rnổi\nNước lên").title == "Chợ\rnổi"


def test_nothing_that_controls_a_terminal_or_the_reading_direction_is_printed():
    shown = printable("".join(map(chr, range(sys.maxunicode + 1))))
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(shown) & set(BIDI_CONTROLS + INVISIBLE)
    assert printable(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m\n", "\\x1b[31m\\x0a"),
        ("\x9b", "\\x9b"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("a\udcffb", "a\\xffb"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_must_not_be_printed_becomes_an_escape(text, shown):
    assert printable(text) == shown


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])))
@example(VIETNAMESE)
@example(unicodedata.normalize("NFD", VIETNAMESE))
def test_ordinary_text_is_printed_as_it_is(text):
    assert printable(text) == text


def test_a_long_value_is_cut_and_its_length_is_stated():
    assert shortened("ế" * 60) == f"'{'ế' * 60}'"
    assert shortened("ế" * 1234, 10) == f"'{'ế' * 10}… (1,234 characters)'"
    assert shortened("a\nb") == "'a\\x0ab'"


@given(mixed_text, mixed_text)
@example("Đường về nhà", unicodedata.normalize("NFD", "ĐƯỜNG  VỀ\u3000NHÀ"))
@example("Đường Straße", "đường STRASSE")
@example("ma", "mà")
@example("", " ")
def test_same_text_means_equal_after_nfc_casefold_and_white_space_collapse(a, b):
    def key(text):
        return same_text_key(canonical(*text.partition(" ")[::2]))

    def reference(text):
        title, _, body = text.partition(" ")
        return " ".join(unicodedata.normalize("NFC", f"{title}\n{body}").casefold().split())

    assert (key(a) == key(b)) is (reference(a) == reference(b))


@given(st.text())
def test_nfc_is_that_of_the_unicode_database(text):
    assert nfc(text) == unicodedata.normalize("NFC", text)


@given(st.text(st.sampled_from(WHITE + "aế")))
def test_collapsing_leaves_single_spaces_between_the_same_words(text):
    assert collapse(text).split(" ") == (text.split() or [""])


def test_letters_of_scripts_without_spaces_are_those_that_unicode_names_so():
    letters = [chr(code) for code in range(sys.maxunicode + 1) if chr(code).isalpha()]
    assert [letter for letter in letters if is_spaceless(letter) != spaceless_by_name(letter)] == []


@given(mixed_text | repetitive_text)
@example("__ 1 ²")
@example("e\u0301 e\u0323")
def test_shingles_are_those_of_a_naive_reference(text):
    expected = reference_shingles(text)
    found = shingles(text)
    assert len(found) == len(expected)
    assert {shingle.startswith("\n") for shingle in found} == {shingle[0] for shingle in expected}
    assert {shingle.strip("\n").replace(" ", "") for shingle in found} == {"".join(e[1:]) for e in expected}


@given(repetitive_text | mixed_text, repetitive_text | mixed_text)
def test_similarity_is_that_of_a_naive_reference_and_symmetric(a, b):
    found = similarity(shingles(a), shingles(b))
    assert found == reference_similarity(reference_shingles(a), reference_shingles(b))
    assert found == similarity(shingles(b), shingles(a))


@given(mixed_text, mixed_text)
@example("一", "a一 一b")
def test_word_shingles_and_character_shingles_never_match(a, b):
    if is_spaceless(a) != is_spaceless(b):
        assert not shingles(a) & shingles(b)


@pytest.mark.parametrize(
    ("text", "count", "by_character"),
    [
        ("", 0, False),
        ("… — !", 0, False),
        ("một", 1, False),
        ("một hai ba bốn", 1, False),
        ("một hai ba bốn năm", 1, False),
        ("một hai ba bốn năm sáu", 2, False),
        ("một hai một hai một hai một hai", 2, False),
        ("ab一二", 1, False),  # exactly half of the letters
        ("ab一二三", 1, True),
        ("一二 2024 三", 3, True),  # digits are no letters, but they are word characters
        ("กินข้าวไหม", 4, True),  # its vowel and tone signs above the line are not matched by \w
    ],
)
def test_how_many_shingles_a_text_has(text, count, by_character):
    assert is_spaceless(text) is by_character
    assert len(shingles(text)) == count


def test_diacritics_and_digits_make_another_word():
    words = ["bà", "ba", "bán", "bún", "ở", "chợ"]
    for other in ("ba", "bá", "2"):
        assert not shingles(" ".join(words[:NGRAM])) & shingles(" ".join([other, *words[1:NGRAM]]))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("giá 25.000 đồng", "giá 9.500 đồng", True),
        ("giá 25 đồng", "giá  7\nđồng", True),
        ("giá 25 đồng", "giá 25 đồng", False),
        ("giá 25 đồng", "giá đồng", False),
        ("giá 25 đồng", "gia 25 đồng", False),
    ],
)
def test_pairs_that_differ_in_nothing_but_digits_are_told_from_others(a, b, expected):
    assert differs_in_numbers_only(a, b) is expected


def test_every_text_that_is_not_in_nfc_has_a_character_that_may_not_be():
    every = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    may_not = dict(zip(every, pl.Series(every).str.contains(MAY_NOT_BE_NFC), strict=True))
    pairs = (parts for parts in (unicodedata.decomposition(one).split() for one in every) if len(parts) == 2)
    composing = {chr(int(second, 16)) for first, second in pairs if not first.startswith("<")}
    jamo = {chr(code) for code in (*range(0x1161, 0x1176), *range(0x11A8, 0x11C3))}
    for one in every:
        suspicious = not is_nfc(one) or unicodedata.combining(one) or one in composing or one in jamo
        assert may_not[one] or not suspicious
    assert not any(may_not[one] for one in "aàạẠđĐươ“”–…  1.,\n")
