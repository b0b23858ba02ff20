"""The title of another text is a warning; copies of one text have theirs by right."""

import unicodedata

import pyarrow as pa

import dataset_tools
from dataset_tools.stages.titles import MOST, shared_titles, title_keys
from tests.conftest import CorpusFolder, article


def found(*documents: tuple[str | None, str]) -> list[tuple[int | None, str]]:
    """Row and message of each issue about documents, each a title and something that stands for its text."""
    rows = pa.table(
        {
            "row": range(len(documents)),
            "path": [f"{row}.txt" for row in range(len(documents))],
            "text_key": pa.array([text.encode() for _, text in documents], pa.binary()),
            "title_key": pa.array(
                title_keys([None if title is None else title.encode() for title, _ in documents]), pa.binary()
            ),
        }
    )
    return [(one.row, one.message) for one in shared_titles(rows)]


def test_each_later_text_with_the_title_is_named_with_the_first() -> None:
    documents = [("Giá vàng", "một"), ("Thời tiết", "hai"), ("Giá vàng", "ba"), ("Giá vàng", "bốn")]
    message = "the title is also that of another text: 0.txt"
    assert found(*documents) == [(2, message), (3, message)]


def test_case_white_space_and_unicode_form_do_not_tell_titles_apart_but_marks_and_digits_do() -> None:
    title = "Giá vàng"
    for other in ("GIÁ  VÀNG", "giá\u00a0vàng", unicodedata.normalize("NFD", title)):
        assert len(found((title, "một"), (other, "hai"))) == 1
    for other in ("Gia vang", "Giá vàng 2", "Giá vàng."):
        assert found((title, "một"), (other, "hai")) == []


def test_documents_without_a_title_and_copies_of_one_text_are_not_named() -> None:
    assert found(("", "một"), ("", "hai"), (None, "ba"), (None, "bốn")) == []
    assert found(("Giá vàng", "một"), ("Giá vàng", "một")) == []
    assert [row for row, _ in found(("A", "một"), ("A", "một"), ("A", "hai"), ("A", "hai"))] == [2]


def test_of_a_title_that_very_many_have_some_are_named_and_the_others_counted() -> None:
    issues = found(*(("Giá vàng", str(number)) for number in range(MOST + 6)))
    assert [row for row, _ in issues] == list(range(1, MOST + 1))
    assert issues[-1][1].endswith("(and of 5 more documents)")


def test_files_that_are_given_are_compared_with_all_and_only_they_are_spoken_of(corpus: CorpusFolder) -> None:
    first, second = (corpus.add("Giá vàng\n" + article(number)) for number in (1, 2))
    corpus.add("Giá vàng\n" + article(1) + "  ")
    issues = dataset_tools.validate(corpus.folder, select=["T007"]).issues
    assert [(one.path or "").rpartition("/")[2] for one in issues] == [second.name]
    third = corpus.add(article(3))
    assert all(dataset_tools.validate(one, select=["T007"]).issues == issues for one in (first, second))
    assert dataset_tools.validate(third, select=["T007"]).issues == ()


def test_a_near_duplicate_is_not_named_where_it_is_known_to_be_one(corpus: CorpusFolder) -> None:
    corpus.add("Giá vàng\n" + article(1))
    near = corpus.add("Giá vàng\n" + article(1) + "thêm")
    corpus.add("Giá bạc\n" + article(2))
    (one,) = dataset_tools.validate(corpus.folder).issues
    assert (one.code, (one.path or "").rpartition("/")[2]) == ("T007", near.name)
    assert [one.code for one in dataset_tools.validate(corpus.folder, near=True).issues] == ["D003"]
    assert dataset_tools.build(corpus.folder, "dist", ignore=["P"]).issues == ()
