"""How two documents are shown side by side."""

import json
from dataclasses import replace

import pytest

from dataset_tools.dedup_report import Candidates, Difference, Document
from dataset_tools.formats.difference import as_json, full
from dataset_tools.formats.look import Look

ONE = Difference(
    first=Document(path="raw/000.txt", id="a" * 16, title="Giá vàng"),
    second=Document(path="raw/001.txt", id="b" * 16, title="Giá vàng"),
    relation="near",
    similarity=0.9023,
    threshold=0.8,
    numbers_only=True,
    shingles=(100, 101),
    shared=90,
    bands=(2, 5),
    candidates=Candidates(bands=18, rows_per_band=6, expected_recall=0.9958),
    expected=0.99999,
    words=(("same", "Giá vàng sáng nay là"), ("removed", "58"), ("added", "61"), ("same", "triệu đồng")),
)


def test_words_that_differ_are_marked_and_the_numbers_follow() -> None:
    assert full(ONE) == (
        "[-1-] raw/000.txt 'Giá vàng'\n"
        "{+2+} raw/001.txt 'Giá vàng'\n"
        "\n"
        "Giá vàng sáng nay là [-58-] {+61+} triệu đồng\n"
        "\n"
        "The two are near-duplicates: similarity 0.9023, threshold 0.8, and differ in\n"
        "  numbers only.\n"
        "Shingles: 100 and 101; 90 of 111 are in both.\n"
        "Of 18 bands they share 2 (2, 5), so they are a candidate pair. Expected of such\n"
        "  pairs: 100.0%.\n"
    )


def test_colour_takes_the_place_of_marks() -> None:
    text = full(ONE, Look(paint=lambda kind, words: f"<{kind}>{words}</>" if kind != "same" else words))
    assert "nay là <removed>58</> <added>61</> triệu" in text
    assert "[-" not in text


def test_pairs_that_share_no_band_are_said_to_be_no_candidates() -> None:
    said = full(replace(ONE, bands=(), relation="different", numbers_only=False, similarity=0.1, expected=0.0))
    assert "The two are no duplicates: similarity 0.1000, threshold 0.8.\n" in said
    assert "Of 18 bands they share none: no candidate pair. Expected of such pairs: 0.0%.\n" in said


def test_what_lies_far_from_a_difference_is_left_out_and_lines_fit() -> None:
    run = " ".join(f"từ{i}" for i in range(200))
    words = (("same", run), ("removed", run), ("same", run), ("added", "mới"), ("same", run))
    lines = full(replace(ONE, words=words)).split("\n")
    text = "\n".join(lines)
    assert lines[3].startswith("… 192 words … từ192 từ193")
    assert "… 184 words …" in text
    assert text.count("… 192 words …") == 2
    assert max(map(len, lines[3:-5])) <= 80
    marked = [line for line in lines if "[-" in line and not line.startswith("[-1-]")]
    assert len(marked) > 10
    assert all(line.count("[-") == line.count("-]") == 1 for line in marked)


@pytest.mark.parametrize("render", [full, as_json])
def test_texts_cannot_drive_the_terminal(render) -> None:
    text = render(replace(ONE, words=(("removed", "a\x1b[2Jb"), ("added", "\u202ec"))))
    assert not {"\x1b", "\u202e"} & set(text)


def test_json_has_the_same() -> None:
    values = json.loads(as_json(ONE))
    assert (values["version"], values["command"]) == (1, "dedup")
    found = values["difference"]
    assert (found["first"]["path"], found["shared"], found["bands"]) == ("raw/000.txt", 90, [2, 5])
    assert found["words"][1] == {"kind": "removed", "words": "58"}
