"""The card: what people, the Hub and `datasets` read in it, and that no text of a document can break it."""

import json
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import datasets
import numpy as np
import pytest
import yaml
from huggingface_hub import DatasetCard

import dataset_tools
from dataset_tools.stages.package.card import _SIZES, _cell, _code, size_category
from dataset_tools.stages.package.histogram import histogram
from tests.conftest import CorpusFolder, article

FULL = """
[split]
test = 0.5
[card]
pretty_name = "Báo làng"
description = "Bài báo của một | làng."
license = "cc-by-4.0"
language = ["vi", "zh-Hant"]
task_categories = ["text-generation", "summarization"]
tags = ["news"]
creators = ["Nguyễn Văn A"]
version = "1.2.0"
date = "2026-11-25"
homepage = "https://example.org/bao"
"""


def page(dist: Path | str = "dist") -> str:
    return Path(dist, "README.md").read_text("utf-8")


class Structure(HTMLParser):
    """The elements of a page and the texts of its headings and cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: dict[str, list[str]] = {"h1": [], "h2": [], "th": [], "td": [], "code": []}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag in self.texts:
            self.texts[tag].append("")

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] in self.texts and data.strip():
            self.texts[self.tags[-1]][-1] += data.strip("\n")


def shown(dist: Path | str = "dist") -> Structure:
    return Structure(cmarkgfm.github_flavored_markdown_to_html(page(dist).partition("\n---\n")[2]))


@pytest.fixture
def full(corpus: CorpusFolder) -> Path:
    for number in range(12):
        corpus.add(article(number, words=40 + 30 * number))
    corpus.add(article(3, words=130))
    Path("dataset-tools.toml").write_text(FULL, "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    return corpus.folder


def test_the_page_has_a_section_for_each_question_and_says_what_is_known(full: Path) -> None:
    found = shown()
    assert found.texts["h1"] == ["Báo làng"]
    asked = ["Load it", "Splits", "Lengths", "Columns", "How it was made", "License", "Citation"]
    assert found.texts["h2"] == asked
    assert "Bài báo của một | làng." in cmarkgfm.github_flavored_markdown_to_html(page())
    cells = dict(zip(found.texts["td"][::2], found.texts["td"][1::2], strict=False))
    assert cells["language"] == "Vietnamese (vi), Chinese (zh-Hant)"
    assert (cells["version"], cells["published"], cells["made by"]) == ("1.2.0", "2026-11-25", "Nguyễn Văn A")
    assert "| left out: identical to a kept document | 1 |" in page()
    assert "author = {Nguyễn Văn A}" in page()
    assert "50% of the ids, by their hash" in page()


@pytest.mark.parametrize(
    ("homepage", "place"),
    [
        ("https://huggingface.co/datasets/lang/bao-2026", "lang/bao-2026"),
        ("https://huggingface.co/datasets/lang", "path/to/this/folder"),
        ("https://example.org/datasets/a/b", "path/to/this/folder"),
    ],
)
def test_a_homepage_on_the_hub_is_what_is_loaded(homepage: str, place: str, corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    Path("dataset-tools.toml").write_text(f'[card]\nhomepage = "{homepage}"\n', "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    assert f'load_dataset("{place}", split="train")' in page()


def test_the_hub_is_told_codes_of_languages_and_their_full_tags_beside(full: Path) -> None:
    data = DatasetCard(page()).data.to_dict()
    assert data["language"] == ["vi", "zh"]
    assert data["language_details"] == ["vi", "zh-Hant"]
    assert data["task_categories"] == ["text-generation", "summarization"]
    assert (data["license"], data["size_categories"]) == ("cc-by-4.0", ["n<1K"])


def test_datasets_reads_what_the_card_states(full: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    stated = yaml.safe_load(page().split("---\n")[1])["dataset_info"]
    loaded = dataset_tools.load("dist", verify="full")
    assert {split: len(rows) for split, rows in loaded.items()} == {
        one["name"]: one["num_examples"] for one in stated["splits"]
    }
    assert list(loaded["train"].features) == [one["name"] for one in stated["features"]]


def test_size_categories_are_those_that_datasets_ships() -> None:
    listed = Path(datasets.__file__).parent / "utils" / "resources" / "size_categories.json"
    known = json.loads(listed.read_text("utf-8"))
    assert [name for _, name in _SIZES] + ["n>1T"] == [name for name in known if name != "unknown"]
    assert (size_category(999), size_category(1000), size_category(10**12)) == ("n<1K", "1K<n<10K", "n>1T")


HOSTILE = [
    "<script>alert(1)</script>",
    "](javascript:alert(1))",
    "---\nlicense: mit\n---",
    "!!python/object/apply:os.system [ls]",
    "=cmd|'/c calc'!A0",
    "\u202etxt.exe",
    "\x1b]8;;http://x\x07",
    "{{ 7 * 7 }} {% raw %}",
    "::error file=x::y%0A",
    "# tiêu đề\n## khác\n```\n| a | b |\n|---|---|\n",
]


def test_no_text_of_a_document_is_in_the_card(corpus: CorpusFolder) -> None:
    for number, hostile in enumerate(HOSTILE):
        corpus.add(f"{hostile}\n{hostile} {article(number)}")
    assert dataset_tools.build(corpus.folder, "dist").ok
    for needle in ("script", "python/object", "cmd|", "\u202e", "\x1b", "]8;;", "49", "::error", "tiêu đề", "{{"):
        assert needle not in page()
    assert shown().texts["h2"] == ["Load it", "Splits", "Lengths", "Columns", "How it was made"]
    assert "license" not in DatasetCard(page()).data.to_dict()


@pytest.mark.parametrize("text", ["a | b", "a `x|y` b", "dòng\nkhác", "<b>`<i>`</b>", "a ` b", "``<b>``", "\\`<b>`"])
def test_a_cell_stays_a_cell_and_only_code_may_look_like_markup(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {_cell(text)} | {_code(text)} |\n| x | y |\n"
    found = Structure(cmarkgfm.github_flavored_markdown_to_html(table))
    assert (found.tags.count("tr"), found.tags.count("td")) == (3, 4)
    assert not {"b", "i"} & set(found.tags)


def test_the_picture_counts_every_document_in_a_range_of_its_length() -> None:
    lengths = np.random.default_rng(1).lognormal(7, 1, 5000).astype(np.int64)
    lines = histogram(lengths).splitlines()
    assert sum(int(line.split()[-1].replace(",", "")) for line in lines) == 5000
    assert 6 <= len(lines) <= 30
    assert max(map(len, lines)) <= 80
    assert max(line.count("█") for line in lines) == 40
    for line in lines:
        low, high = (int(number.replace(",", "")) for number in (line.split()[0], line.split()[2]))
        assert int(line.split()[-1].replace(",", "")) == int(((lengths >= low) & (lengths <= high)).sum())


@pytest.mark.parametrize("lengths", [[1], [0], [5, 5, 5], [10**6, 10**6 + 1], [1, 10**7], [999, 1000, 1001]])
def test_a_picture_of_few_lengths_is_a_picture(lengths: list[int]) -> None:
    lines = histogram(np.array(lengths)).splitlines()
    assert sum(int(line.split()[-1].replace(",", "")) for line in lines) == len(lengths)
    assert lines[0].split()[-1] != "0"
    assert lines[-1].split()[-1] != "0"
