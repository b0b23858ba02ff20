import hashlib
import unicodedata

import blake3
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.model import UserError
from dataset_tools.recipes import ALGORITHMS, DEFAULT, PARTS, Content, Recipe, catalogue, digest, parse_recipe
from dataset_tools.text import canonical, printable, split_article

TITLE, BODY = unicodedata.normalize("NFD", "Chợ  NỔI"), "Nước\tLÊN, đò đầy.\n\nPhố Straße vội."
TEXT = f" {TITLE}\n\n{BODY}\n"
DATA = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()

HEX_LENGTHS = {name: len(digest(name, b"")) for name in ALGORITHMS}
forms = st.sampled_from([None, "nfc", "folded"])
recipes = st.sampled_from(ALGORITHMS).flatmap(
    lambda algorithm: st.builds(
        Recipe,
        st.just(algorithm),
        st.sampled_from(PARTS),
        forms,
        st.none() | st.integers(8, HEX_LENGTHS[algorithm]),
    ).filter(lambda recipe: recipe.part != "file" or recipe.form is None)
)


@given(recipes)
def test_a_recipe_reads_back_as_it_is_written(recipe):
    assert parse_recipe(str(recipe)) == recipe


@given(recipes, st.sampled_from(["", " ", "\t ", "\n"]))
def test_white_space_between_the_parts_of_a_recipe_does_not_matter(recipe, space):
    written = str(recipe)
    for sign in "(+,)[:]":
        written = written.replace(sign, f"{space}{sign}{space}")
    assert parse_recipe(written.replace(": ", ":")) == recipe


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_gives_what_its_library_gives(algorithm):
    if algorithm == "blake3":
        expected = blake3.blake3(DATA).hexdigest()
    elif algorithm.startswith("xxh"):
        expected = getattr(xxhash, algorithm)(DATA).hexdigest()
    else:
        expected = getattr(hashlib, algorithm)(DATA).hexdigest()
    content = Content(DATA, *(part.encode() for part in (TEXT, TITLE, BODY, f"{TITLE}\n{BODY}")))
    length = min(16, len(expected))
    assert content.id_by(parse_recipe(f"{algorithm}(file)[:{length}]"), 999) == expected[:length]
    assert content.id_by(parse_recipe(f"{algorithm}(file)"), 12) == expected[:12]


@pytest.mark.parametrize(
    ("part", "hashed"),
    [
        ("file", DATA),
        ("text", TEXT.encode()),
        ("text, nfc", unicodedata.normalize("NFC", TEXT).encode()),
        ("text, folded", "chợ nổi nước lên, đò đầy. phố strasse vội.".encode()),
        ("title", TITLE.encode()),
        ("title, nfc", "Chợ  NỔI".encode()),
        ("title, folded", "chợ nổi".encode()),
        ("body", BODY.encode()),
        ("body, folded", "nước lên, đò đầy. phố strasse vội.".encode()),
        ("title+body", f"{TITLE}\n{BODY}".encode()),
        ("title+body, nfc", f"Chợ  NỔI\n{BODY}".encode()),
        ("title+body, folded", "chợ nổi nước lên, đò đầy. phố strasse vội.".encode()),
    ],
)
def test_each_part_and_form_hashes_the_bytes_that_the_definition_names(part, hashed):
    content = Content(DATA, *(part.encode() for part in (TEXT, TITLE, BODY, f"{TITLE}\n{BODY}")))
    assert content.id_by(parse_recipe(f"sha256({part})"), 64) == hashlib.sha256(hashed).hexdigest()


@given(
    st.text(
        alphabet=st.sampled_from("aà\u0300\u0301ạẬ\u1161\u1100\uac00\u212bß \n") | st.characters(codec="utf-8"),
        max_size=12,
    )
)
def test_the_canonical_text_is_that_of_the_definition(text):
    title, body, _ = split_article(text)
    content = Content(*(part.encode() for part in (text, text, title, body, f"{title}\n{body}")))
    assert content.normal.casefold() == canonical(title, body)


def test_a_file_without_text_has_an_id_of_its_bytes_only():
    content = Content(b"\xff", None, None, None, None)
    assert content.id_by(parse_recipe("md5(file)"), 16) == hashlib.md5(b"\xff").hexdigest()[:16]
    for part in PARTS[1:]:
        assert content.id_by(parse_recipe(f"md5({part}, nfc)"), 16) is None


@pytest.mark.parametrize(
    ("written", "said", "hint"),
    [
        ("sha265(file)", "'sha265' is not a known algorithm", "did you mean sha256?"),
        ("blake2(file)", "'blake2' is not a known algorithm", "did you mean blake2"),
        ("shake_128(file)", "'shake_128' is not a known algorithm", "known: blake2b"),
        ("sha256(fiel)", "'fiel' is not a known part", "did you mean file?"),
        ("sha256(title + bdy)", "'title+bdy' is not a known part", "did you mean title+body?"),
        ("sha256(text, nfd)", "'nfd' is not a known form", "did you mean nfc?"),
        ("sha256(text, fold)", "'fold' is not a known form", "did you mean folded?"),
        ("sha256(file, nfc)", "the bytes of a file have no form", '"sha256(file)"'),
        ("sha256(file)[:7]", "8 to 64 digits, not 7", "write a recipe such as"),
        ("sha256(file)[:65]", "8 to 64 digits, not 65", "write a recipe such as"),
        ("xxh32(file)[:16]", "8 to 8 digits, not 16", "write a recipe such as"),
        ("sha256", "expected ALGORITHM(PART[, FORM])[:DIGITS]", DEFAULT),
        ("sha256(file)[16]", "expected ALGORITHM(PART[, FORM])[:DIGITS]", DEFAULT),
        ("sha256(file)[:-1]", "expected ALGORITHM(PART[, FORM])[:DIGITS]", DEFAULT),
        ("sha256(file) und mehr", "expected ALGORITHM(PART[, FORM])[:DIGITS]", DEFAULT),
        ("", "expected ALGORITHM(PART[, FORM])[:DIGITS]", DEFAULT),
        ("auto", "expected ALGORITHM(PART[, FORM])[:DIGITS]", '"auto"'),
    ],
)
def test_a_wrong_recipe_says_what_is_wrong_and_what_is_nearest(written, said, hint):
    with pytest.raises(UserError) as caught:
        parse_recipe(written)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_a_number_of_digits_that_is_too_long_for_python_is_a_user_error():
    with pytest.raises(UserError):
        parse_recipe(f"sha256(file)[:{'9' * 5000}]")


def what_is_said_of(written):
    try:
        return str(parse_recipe(written))
    except UserError as error:
        return error.message + error.hint


@given(st.text() | st.from_regex(r"\w{1,6}\(\w+(\+\w+)?(, \w+)?\)(\[:\d+\])?", fullmatch=True))
def test_any_other_text_is_a_user_error_of_one_printable_line(written):
    said = what_is_said_of(written)
    assert printable(said) == said


def test_control_characters_of_a_wrong_recipe_are_escaped_in_the_message():
    with pytest.raises(UserError) as caught:
        parse_recipe("\x1b[31m\nsha256")
    assert printable(caught.value.message) == caught.value.message


def test_the_catalogue_holds_every_combination_once_in_the_order_of_ties():
    found = catalogue()
    assert len(set(found)) == len(found) == 8 * (1 + 4 * 3)
    assert [parse_recipe(str(recipe)) for recipe in found] == list(found)
    assert [str(recipe) for recipe in found[:5]] == [
        "sha256(title+body, nfc)",  # the recipe for new corpora wins every tie
        "sha256(file)",
        "sha256(text)",
        "sha256(text, nfc)",
        "sha256(text, folded)",
    ]
    assert {(recipe.part, recipe.form) for recipe in found} >= {
        ("title+body", "nfc"),
        ("body", None),
        ("title", "folded"),
    }


@pytest.mark.parametrize(
    ("recipe", "binds"),
    [
        ("sha256(file)", True),
        ("sha256(text)", True),
        (DEFAULT, True),
        ("sha256(title)", False),
        ("sha256(body)", False),
        ("sha256(title+body, folded)", False),
    ],
)
def test_recipes_that_leave_part_of_the_content_out_do_not_bind_it(recipe, binds):
    assert parse_recipe(recipe).binds_content is binds
