"""Lengths, words, vocabulary and frequent lines."""

from pathlib import Path

import polars as pl
import pytest

import dataset_tools
from dataset_tools.html_report import dataset, measures, scan
from tests.conftest import CorpusFolder


@pytest.mark.parametrize(
    ("values", "edges", "grows"),
    [
        ([], (0, 1), False),
        ([5], (5, 6), False),
        ([0, 0], (0, 1), False),
        ([1, 20], tuple(range(1, 22)), False),
        ([100, 199], tuple(range(100, 201, 5)), False),
        ([1, 1, 1, 100], (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150), True),
        ([0, 0, 0, 30], (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50), True),
    ],
)
def test_bins_hold_all_numbers_and_grow_where_few_are_large(
    values: list[int], edges: tuple[int, ...], grows: bool
) -> None:
    assert measures.bin_edges(pl.Series(values, dtype=pl.Int64)) == (edges, grows)


def made(corpus: CorpusFolder, settings: str = "") -> tuple[dataset.BuiltDataset, scan.Scan]:
    Path("dataset-tools.toml").write_text(settings, "utf-8")
    assert dataset_tools.build(corpus.folder, "dist", config_file="dataset-tools.toml", ignore=["W"]).ok
    opened = dataset.opened(Path("dist"))
    return opened, scan.scanned(opened, {path.name for path in corpus.folder.glob("000_*")})


def text(number: int, words: int, *lines: str) -> str:
    return "\n".join([f"Bài {number}", " ".join(f"Chữ{number}x{i}" for i in range(words)), *lines, ""])


def test_lengths_are_of_all_and_of_each_split(corpus: CorpusFolder) -> None:
    corpus.add("Ai\nmột hai\n", below="a")
    corpus.add("Là ai\nba bốn năm\n", below="b")
    _, found = made(corpus, '[split]\nheldout = ["b/**"]\n')
    titles, bodies = measures.lengths(found)
    assert [(one.group, one.documents, one.least, one.most, one.total) for one in titles.spreads] == [
        ("all", 2, 2, 5, 7),
        ("train", 1, 2, 2, 2),
        ("heldout", 1, 5, 5, 5),
    ]
    assert [(one.group, one.median, one.mean) for one in bodies.spreads[:1]] == [("all", 8.5, 8.5)]
    assert [sum(one.counts) for one in bodies.spreads] == [2, 1, 1]
    assert [one.total for one in measures.words(found).spreads] == [8, 3, 5]


def test_one_split_is_not_shown_twice(corpus: CorpusFolder) -> None:
    corpus.add("Ai\nmột hai\n")
    assert [one.group for one in measures.words(made(corpus)[1]).spreads] == ["all"]


def test_the_vocabulary_counts_words_without_regard_to_case(corpus: CorpusFolder) -> None:
    corpus.add("Một hai\nMỘT ba, một!\n")
    corpus.add("Bốn\nhai bốn\n")
    seen = measures.vocabulary(made(corpus)[1])
    assert (seen.words, seen.distinct, seen.once, seen.sampled, seen.documents) == (8, 4, 1, 2, 2)
    assert seen.frequent == (("một", 3), ("bốn", 2), ("hai", 2), ("ba", 1))
    assert seen.points == ((1, 3), (2, 4))


def test_of_a_large_dataset_documents_are_sampled_evenly(corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "SAMPLE", 3)
    for number in range(9):
        corpus.add(text(number, 20))
    seen = measures.vocabulary(made(corpus)[1])
    assert (seen.sampled, seen.documents) == (3, 9)
    assert {word for word, _ in seen.frequent} >= {"0", "3", "6"}


def test_lines_are_counted_once_a_document_and_without_white_space_at_their_ends(corpus: CorpusFolder) -> None:
    corpus.add(text(1, 20, "  Chia sẻ bài viết ", "Chia sẻ bài viết", "***"))
    corpus.add(text(2, 20, "Chia sẻ bài viết", "***", "Theo dõi"))
    corpus.add(text(3, 20, "Chia sẻ bài viết", "***", "Theo dõi", "Một lần"))
    opened, found = made(corpus)
    lines = measures.frequent_lines(found, opened)
    assert [(one.text, one.documents) for one in lines] == [("Chia sẻ bài viết", 3), ("Theo dõi", 2)]


def test_texts_that_are_asked_for_are_found_by_path(corpus: CorpusFolder) -> None:
    path = corpus.add("Ai\nmột hai\n")
    corpus.add("Là ai\nba bốn\n")
    _, found = made(corpus)
    assert found.texts == {path.name: scan.Text(title="Ai", body="một hai")}


def test_a_dataset_without_titles_and_paths_is_shown_as_well(corpus: CorpusFolder) -> None:
    corpus.add("Ai\nmột hai\n")
    opened, found = made(corpus, '[package]\ntext_column = true\ncolumns = ["id", "text", "sha256"]\n')
    (bodies,) = measures.lengths(found)
    assert (bodies.what, bodies.spreads[0].total) == ("bodies", len("Ai\n\nmột hai"))
    assert found.texts == {}
    assert measures.frequent_lines(found, opened) == ()


def test_documents_far_apart_are_read_by_their_numbers(corpus: CorpusFolder) -> None:
    for number in range(20):
        corpus.add(text(number, 300))
    opened, _ = made(corpus, "[package]\nrow_group_size = 10000\nshard_size = 20000\n")
    assert len(opened.description.shards()["train"]) > 2
    assert opened.some([19, 0, 7, 7], "title") == {0: "Bài 0", 7: "Bài 7", 19: "Bài 19"}
    assert [batch.first for batch in opened.batches(["id"])] == list(range(20))
