import hashlib
import re
import unicodedata
from dataclasses import replace

import blake3
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.model import Files
from dataset_tools.recipes import catalogue, parse_recipe
from dataset_tools.stages.identify import (
    Contents,
    conflicts,
    explain,
    explaining_any,
    mismatches,
    most_explaining,
    published_changes,
    sample,
)
from dataset_tools.stages.parse import parse
from dataset_tools.text import canonical, same_text_key

PATTERN = re.compile(r"(?P<index>\d+)_(?P<id>[0-9a-f]+)\.txt")

# Every part and form of these gives other bytes: BOM, CR LF, blank lines, runs of white space, capitals, NFD.
TRICKY = [
    b"\xef\xbb\xbf" + unicodedata.normalize("NFD", f" Chợ  NỔI {i}\r\n\r\nNước\tLÊN lần {i}.\r\n\r\n").encode()
    for i in range(4)
]
# File, text and title+body of these are the same bytes, and forms change nothing but the line end.
PLAIN = [f"chợ nổi {i}\nnước lên.".encode() for i in range(3)]


def reference_id(recipe, data, digits=16):
    """What DESIGN says an id is, without any code of the tool."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    title, _, body = text.partition("\n")
    lines = body.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    title, body = title.strip(), "\n".join(lines)
    hashed = {"file": "", "text": text, "title": title, "body": body, "title+body": f"{title}\n{body}"}[recipe.part]
    if recipe.form is not None:
        hashed = unicodedata.normalize("NFC", hashed)
    if recipe.form == "folded":
        hashed = " ".join(hashed.casefold().split())
    content = data if recipe.part == "file" else hashed.encode()
    if recipe.algorithm == "blake3":
        return blake3.blake3(content).hexdigest()[:digits]
    library = xxhash if recipe.algorithm.startswith("xxh") else hashlib
    return getattr(library, recipe.algorithm)(content).hexdigest()[:digits]


def contents_of(*documents):
    """Documents are pairs of id and bytes."""
    paths = [f"tin/{i:03}_{name_id}.txt" for i, (name_id, _) in enumerate(documents)]
    files = Files(rows=list(range(len(paths))), paths=paths, data=[data for _, data in documents], issues=[])
    return Contents(files, parse(files, file_name=PATTERN))


def shortlist(contents):
    return explaining_any(pa.chunked_array([explain(contents, ())]))


def decide(*documents, first=None):
    contents = contents_of(*documents)
    masks = explain(contents, shortlist(contents) if first is None else first)
    ids = pa.chunked_array([[None if pair is None else pair[0] for pair in contents.pairs]], pa.string())
    return most_explaining(pa.chunked_array([masks]), ids)


def named_by(recipe, texts, digits=16):
    recipe = parse_recipe(recipe) if isinstance(recipe, str) else recipe
    return [(reference_id(recipe, data, digits), data) for data in texts]


@pytest.mark.parametrize("recipe", catalogue(), ids=str)
def test_each_recipe_of_the_catalogue_is_found(recipe):
    documents = named_by(recipe, TRICKY)
    found = [decide(*documents, first=first) for first in (None, (), catalogue())]
    # Folded, a text is its title and its body, so of these two the first in the catalogue is found.
    same = {replace(recipe, part="text"), replace(recipe, part="title+body")}
    fitting = same if recipe.form == "folded" and recipe in same else {recipe}
    assert set(shortlist(contents_of(*documents))) == fitting
    first = min(fitting, key=catalogue().index)
    for one in found:
        assert str(one.recipe) == f"{first}[:16]"
        assert one.fitting.tolist() == one.tried.tolist() == [True] * 4


@pytest.mark.parametrize("recipe", catalogue(), ids=str)
def test_one_changed_document_is_one_mismatch_that_names_the_id_it_should_have(recipe):
    documents = named_by(recipe, TRICKY)
    name_id, data = documents[2]
    changed = data.replace(b"\xef\xbb\xbf ", b"\xef\xbb\xbf Xuan ").replace("LÊN lần".encode(), b"xuong roi, lan")
    changed = changed.replace(unicodedata.normalize("NFD", "LÊN lần").encode(), b"xuong roi, lan")
    documents[2] = (name_id, changed)
    assert decide(*documents).fitting.tolist() == [True, True, False, True]
    (issue,) = mismatches(contents_of(*documents), recipe)
    should = reference_id(recipe, changed)
    assert (issue.code, issue.path, issue.row) == ("I001", f"tin/002_{name_id}.txt", 2)
    assert name_id in issue.message
    assert f"gives {should}" in issue.message
    assert issue.hint.endswith(f"rename the file to 002_{should}.txt")


@pytest.mark.parametrize(
    ("recipe", "tied"),
    [
        ("sha256(file)", "sha256(title+body, nfc)"),
        ("sha1(title+body, folded)", "sha1(text, folded)"),
        ("md5(text, nfc)", "md5(file)"),
        ("xxh64(body, nfc)", "xxh64(body)"),
        ("blake3(title, folded)", "blake3(title)"),
    ],
)
def test_recipes_that_explain_as_much_are_decided_by_catalogue_order(recipe, tied):
    assert str(decide(*named_by(recipe, PLAIN)).recipe) == f"{tied}[:16]"


def test_the_recipe_that_explains_most_wins_and_catalogue_order_decides_ties():
    md5, sha256 = named_by("md5(title)", TRICKY), named_by("sha256(body)", TRICKY)
    most = decide(*md5[:3], *sha256[3:])
    assert (str(most.recipe), most.fitting.tolist()) == ("md5(title)[:16]", [True, True, True, False])
    assert str(decide(*md5[:2], *sha256[2:]).recipe) == "sha256(body)[:16]"


def test_one_match_is_proof_enough_among_files_that_do_not_match():
    documents = [("0" * 16, data) for data in TRICKY[:3]] + named_by("sha1(text)", TRICKY[3:])
    found = decide(*documents)
    assert (str(found.recipe), int(found.fitting.sum())) == ("sha1(text)[:16]", 1)
    assert [issue.row for issue in mismatches(contents_of(*documents), found.recipe)] == [0, 1, 2]


def test_ids_that_no_recipe_explains_are_external():
    found = decide(
        *[(hashlib.sha256(f"https://example.org/{i}".encode()).hexdigest()[:16], data) for i, data in enumerate(TRICKY)]
    )
    assert (found.recipe, found.fitting.any(), found.tried.tolist()) == (None, False, [True] * 4)


@pytest.mark.parametrize(
    ("digits", "found"),
    [([64] * 4, "sha256(text)[:64]"), ([12] * 4, "sha256(text)[:12]"), ([12, 16, 16, 16], "sha256(text)")],
)
def test_the_digits_of_the_recipe_are_those_that_all_ids_have(digits, found):
    documents = [named_by("sha256(text)", [data], count)[0] for data, count in zip(TRICKY, digits, strict=True)]
    assert str(decide(*documents).recipe) == found


def test_short_ids_could_match_by_chance_so_they_prove_nothing_but_a_pinned_recipe_is_held_to():
    documents = named_by("sha256(file)", TRICKY, 11)
    assert decide(*documents).recipe is None
    assert mismatches(contents_of(*documents), parse_recipe("sha256(file)[:11]")) == []
    assert len(mismatches(contents_of(*documents), parse_recipe("md5(file)[:11]"))) == 4


def test_an_id_of_another_length_than_the_pinned_recipe_gives_is_a_mismatch():
    documents = named_by("sha256(file)", TRICKY[:1], 16)
    (issue,) = mismatches(contents_of(*documents), parse_recipe("sha256(file)[:12]"))
    assert f"gives {documents[0][0][:12]}" in issue.message


def test_files_without_bytes_or_text_take_part_as_far_as_they_can():
    broken = b"Ch\xff\n"
    documents = [("a" * 16, None), (hashlib.sha256(broken).hexdigest()[:16], broken), *named_by("sha256(file)", TRICKY)]
    found = decide(*documents)
    assert found.tried.tolist() == [False, True, True, True, True, True]
    assert (str(found.recipe), found.fitting.tolist()) == ("sha256(file)[:16]", found.tried.tolist())
    by_text = parse_recipe("sha256(title+body)")
    assert [issue.row for issue in mismatches(contents_of(*documents), by_text)] == [2, 3, 4, 5]


def test_a_corpus_without_files_has_no_recipe():
    found = decide()
    assert (found.recipe, len(found.fitting), len(found.tried)) == (None, 0, 0)


@given(st.integers(1, 10**7))
def test_the_sample_is_spread_evenly_over_the_whole_corpus(count):
    chosen = sample(count)
    assert len(chosen) == min(count, 32)
    assert chosen == sorted(set(chosen))
    gaps = [b - a for a, b in zip(chosen, [*chosen[1:], count], strict=True)]
    assert max(gaps) - min(gaps) <= 1
    assert chosen[0] == 0
    assert sample(0) == []


def rows_of(*documents):
    """Documents are pairs of id and text, either of which may be None."""
    return pa.table(
        {
            "row": range(len(documents)),
            "path": [f"{i}.txt" for i in range(len(documents))],
            "id": pa.array([name_id for name_id, _ in documents], pa.string()),
            "text_key": pa.array(
                [None if text is None else same_text_key(canonical("t", text)) for _, text in documents], pa.binary()
            ),
        }
    )


def test_one_id_on_two_texts_is_an_issue_of_both():
    found = conflicts(rows_of(("a", "nước lên"), ("b", "nước"), ("a", "nước xuống")))
    assert [(issue.code, issue.row, issue.path) for issue in found] == [("I002", 0, "0.txt"), ("I002", 2, "2.txt")]
    assert [issue.message.rpartition(": ")[2] for issue in found] == ["2.txt", "0.txt"]


def test_one_id_on_copies_is_no_conflict():
    assert (
        conflicts(rows_of(("a", "Nước lên"), ("a", "nước  LÊN"), (None, "x"), (None, "y"), ("b", None), ("b", "z")))
        == []
    )


def test_a_conflict_names_a_document_with_another_text_not_a_copy():
    found = conflicts(rows_of(("a", "nước lên"), ("a", "Nước Lên"), ("a", "nước xuống")))
    others = {issue.row: re.findall(r"\d\.txt", issue.message) for issue in found}
    assert others[0] == others[1] == ["2.txt"]
    assert others[2][0] == "0.txt"


def changes(*rows, accepted=()):
    columns = {"row": [row[0] for row in rows], "path": [f"{row[0]}.txt" for row in rows]}
    ids, digests = [row[1] for row in rows], [row[2] for row in rows]
    table = pa.table({**columns, "id": pa.array(ids, pa.string()), "sha256": pa.array(digests, pa.string())})
    published = pa.table({"id": ["a", "b"], "sha256": ["1" * 64, "2" * 64]})
    return published_changes(table, published, frozenset(accepted))


def test_other_bytes_under_a_published_id_are_an_error_that_says_how_to_accept_them():
    (issue,) = changes((4, "a", "9" * 64), (5, "b", "2" * 64), (6, "c", "3" * 64), (7, None, "9" * 64), (8, "a", None))
    assert (issue.code, issue.row, issue.path) == ("I003", 4, "4.txt")
    assert "--accept-changed a" in issue.hint


def test_an_accepted_change_is_no_issue():
    assert changes((0, "a", "9" * 64), accepted=["a"]) == []
    assert [issue.row for issue in changes((0, "a", "9" * 64), (1, "b", "9" * 64), accepted=["a"])] == [1]
