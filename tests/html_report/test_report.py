"""The report as a whole: what is on the page, that it is the same each time, and what is hostile in it is text."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

import dataset_tools
from dataset_tools import html_report
from dataset_tools.html_report.page import shown
from dataset_tools.model import UserError
from tests.conftest import ROOT, CorpusFolder, article
from tests.html_report.hostile import hostile_dataset


class Elements(HTMLParser):
    """Every element of a page and its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def made(dist: Path, **arguments: object) -> str:
    html_report.report(dist, Path("report.html"), **arguments)  # type: ignore[arg-type]
    return Path("report.html").read_text("utf-8")


def plain(page: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", page).split())


def test_the_same_dataset_gives_the_same_bytes() -> None:
    assert made(ROOT / "dist", raw=ROOT / "raw") == made(ROOT / "dist", raw=ROOT / "raw")


def test_it_says_what_became_of_the_files_and_which_rules_are_broken() -> None:
    seen = html_report.figures(ROOT / "dist")
    assert [(step.name, step.count) for step in seen.funnel] == [
        ("files found", 29),
        ("invalid", 0),
        ("published", 0),
        ("identical", 1),
        ("same text", 1),
        ("near-duplicate", 2),
        ("rows written", 25),
    ]
    assert [(rule.code, rule.count, rule.documents) for rule in seen.rules] == [
        ("W001", 4, 2),
        ("W002", 2, 1),
        ("W003", 2, 2),
        ("T004", 1, 1),
        ("U001", 1, 1),
    ]
    assert (seen.errors, seen.warnings, seen.name, seen.language) == (0, 10, "Vietnamese sample articles", "vi")


def test_texts_that_were_left_out_come_with_the_corpus_only() -> None:
    without, with_raw = html_report.figures(ROOT / "dist"), html_report.figures(ROOT / "dist", raw=ROOT / "raw")
    one, other = without.duplicates.above[0], with_raw.duplicates.above[0]
    assert one.second.missing == "it is not in the dataset; name its corpus with --raw to see its text"
    assert (other.second.missing, other.second.kept) == (None, False)
    assert ("only", "hơn 2.100") in other.second.runs


def test_a_pair_without_a_path_in_the_data_is_read_from_the_corpus(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(1) + " ".join(f"thêm{i}" for i in range(12)))
    Path("dataset-tools.toml").write_text('[package]\ncolumns = ["id", "title", "body", "sha256"]\n', "utf-8")
    assert dataset_tools.build(corpus.folder, "dist", config_file="dataset-tools.toml").ok
    (pair,) = html_report.figures(Path("dist"), raw=corpus.folder).duplicates.above
    assert (pair.first.missing, pair.second.missing) == (None, None)


def test_it_says_what_changed_and_which_words(corpus: CorpusFolder) -> None:
    corpus.add(article(1), name="000_0123456789abcdef.txt")
    Path("dataset-tools.toml").write_text('recipe = "external"\n', "utf-8")
    assert dataset_tools.build(corpus.folder, "old", config_file="dataset-tools.toml").ok
    (corpus.folder / "000_0123456789abcdef.txt").write_text(article(1).replace("x7 ", "x7 nữa "), "utf-8")
    corpus.add(article(2), name="001_1123456789abcdef.txt")
    assert dataset_tools.build(corpus.folder, "new", config_file="dataset-tools.toml").ok
    page = made(Path("new"), old="old")
    assert "<ins>" in page
    assert "[added: nữa ]" in plain(page)
    assert "Added: 1" in plain(page)
    assert "Nothing was compared" in plain(made(Path("new")))


def test_settings_versions_and_checksums_are_on_it() -> None:
    page = plain(made(ROOT / "dist"))
    manifest = json.loads((ROOT / "dist/manifest.json").read_text("utf-8"))
    for text in (manifest["content_sha256"], manifest["files"][0]["sha256"], manifest["versions"]["polars"]):
        assert text in page
    assert "dedup.threshold 0.8" in page
    assert "split.validation 0.1" in page


def test_a_dataset_without_findings_and_duplicates_says_so(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    Path("dataset-tools.toml").write_text("[dedup]\nnear = false\n", "utf-8")
    assert dataset_tools.build(corpus.folder, "dist", config_file="dataset-tools.toml", ignore=["P"]).ok
    page = plain(made(Path("dist")))
    for text in (
        "No issue was found.",
        "No line stands in two documents.",
        "No document was left out as a duplicate.",
        "Near-duplicates were not looked for",
        "No pair is listed.",
    ):
        assert text in page


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("hostile")
    dist, raw = hostile_dataset(folder)
    html_report.report(dist, folder / "report.html", raw=raw)
    return (folder / "report.html").read_text("utf-8")


def test_hostile_texts_are_text(hostile: str) -> None:
    elements = Elements(hostile).found
    assert sum(tag == "script" for tag, _ in elements) == 1
    assert not [tag for tag, _ in elements if tag in ("img", "link", "iframe", "object", "base", "form", "b", "i")]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on") or name == "style"]
    assert "{{ 7 * 7 }}" in hostile
    assert "\u202e" not in hostile
    assert "\\u202e" in hostile
    assert "W" * 500 not in hostile


def test_nothing_is_asked_of_anyone(hostile: str) -> None:
    policy = next(attributes for _, attributes in Elements(hostile).found if "http-equiv" in attributes)["content"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[\w+/=]{44}'; script-src 'sha256-[\w+/=]{44}'; "
        "base-uri 'none'; form-action 'none'",
        policy or "",
    )
    addresses = [
        value
        for _, attributes in Elements(hostile).found
        for key, value in attributes.items()
        if key in ("src", "href")
    ]
    assert all(address and address.startswith("#") for address in addresses)


def test_every_table_has_a_caption_and_heads_with_a_scope(hostile: str) -> None:
    elements = Elements(hostile).found
    assert sum(tag == "table" for tag, _ in elements) == sum(tag == "caption" for tag, _ in elements) > 10
    assert {attributes.get("scope") for tag, attributes in elements if tag == "th"} == {"col", "row"}
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_somebody_elses_text_is_kept_apart_and_cut_with_a_count() -> None:
    assert shown("<b>\u202e", "vi") == '<bdi lang="vi">&lt;b&gt;\\u202e</bdi>'
    assert shown("x" * 401) == f'<bdi>{"x" * 400}…</bdi> <span class="cut">(+1 characters)</span>'
    assert shown("x", '"><script>') == '<bdi lang="&#34;&gt;&lt;script&gt;">x</bdi>'


@pytest.mark.parametrize("language", ['"><script>', "vi\n", "", "x" * 50, 5, None])
def test_a_language_that_is_none_is_not_stated(tmp_path: Path, language: object) -> None:
    shutil.copytree(ROOT / "dist", tmp_path / "dist")
    manifest = tmp_path / "dist/manifest.json"
    values = json.loads(manifest.read_text("utf-8"))
    values["settings"]["card"]["language"] = [language]
    manifest.write_text(json.dumps(values), "utf-8")
    assert html_report.figures(tmp_path / "dist").language is None


def test_a_damaged_dataset_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "dist", tmp_path / "dist")
    pairs = tmp_path / "dist/audit/pairs.parquet"
    data = pairs.read_bytes()
    pairs.write_bytes(bytes(len(data)))
    with pytest.raises(UserError, match=r"cannot read .*audit/pairs\.parquet"):
        html_report.figures(tmp_path / "dist")
    pairs.unlink()
    with pytest.raises(UserError, match=r"pairs\.parquet is missing"):
        html_report.figures(tmp_path / "dist")
    (tmp_path / "dist/manifest.json").write_text("{}", "utf-8")
    with pytest.raises(UserError, match="no manifest"):
        html_report.figures(tmp_path / "dist")
    with pytest.raises(UserError, match="not a folder"):
        html_report.figures(tmp_path / "nowhere")
