"""Whatever `build` writes is verified without an issue."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dataset_tools
from tests.conftest import CorpusFolder, article
from tests.verification.damage import checksums_right, rewritten, value

CARD = '[card]\nlicense = "cc0-1.0"\nlanguage = ["vi"]\n'
SPLITS = "[split]\nvalidation = 0.2\ntest = 0.2\n"
SETTINGS = {
    "nothing said": "",
    "one split": CARD,
    "three splits": SPLITS + CARD,
    "a column text": SPLITS + "[package]\ntext_column = true\n",
    "splits by path": '[split]\ndeep = ["sâu/**", "a/00?_*"]\nvalidation = 0.3\n',
    "ids and texts alone": SPLITS + '[package]\ntext_column = true\ncolumns = ["id", "text", "sha256"]\n',
    "texts and paths": SPLITS + '[package]\ntext_column = true\ncolumns = ["path", "sha256", "text", "id"]\n',
    "bodies without titles": SPLITS + '[package]\ncolumns = ["id", "body", "sha256"]\n',
    "titles beside texts": '[package]\ntext_column = true\ncolumns = ["id", "title", "text", "sha256"]\n',
    "many shards": SPLITS + '[package]\nshard_size = "6 kB"\nrow_group_size = "2 kB"\n',
    "near-duplicates stay": SPLITS + "[dedup]\nnear = false\n",
    "the longest stays": SPLITS + '[dedup]\npolicy = "longest"\n',
    "a low threshold": "[dedup]\nthreshold = 0.3\n",
    "another pattern": "file_name = '^(?P<id>[0-9a-f]{16})\\.txt$'\n" + SPLITS,
    "a file left out": 'on_invalid = "quarantine"\n' + SPLITS,
    "a card with much in it": '[card]\npretty_name = "a: b # c"\ntags = ["no", "1", "x: y"]\n',
}


def fill(corpus: CorpusFolder, name: Callable[[int, str], str | None] = lambda *_: None) -> None:
    texts = [article(number, 50 + number) for number in range(24)]
    texts += [texts[0], texts[1].upper(), texts[2].replace("x30 ", "x30 nữa "), texts[3].replace("x40 ", "x40 2 ")]
    for number, text in enumerate(texts):
        corpus.add(text, name=name(number, text), below=("", "sâu", "a")[number % 3])


def built(corpus: CorpusFolder, settings: str, **more: object) -> Path:
    path = corpus.folder.parent / "dataset-tools.toml"
    path.write_text(settings, "utf-8")
    report = dataset_tools.build(corpus.folder, corpus.folder.parent / "dist", config_file=path, **more)
    assert report.ok, [report.stopped, *(one.message for one in report.issues if one.severity == "error")]
    return corpus.folder.parent / "dist"


def assert_verified(dist: Path) -> None:
    for full in (False, True):
        report = dataset_tools.verify(dist, full=full, strict=True)
        assert [(one.code, one.path, one.message) for one in report.issues] == []
        assert report.verified is not None
        assert report.verified.documents


@pytest.mark.parametrize("said", SETTINGS, ids=lambda said: said.replace(" ", "-"))
def test_a_dataset_of_any_settings(corpus: CorpusFolder, said: str) -> None:
    from tests.conftest import new_id

    fill(corpus, (lambda _, text: f"{new_id(text)}.txt") if said == "another pattern" else lambda *_: None)
    if said == "a file left out":
        corpus.add(article(90), name_id="0123456789abcdef")
    if said == "another pattern":
        for path in sorted(corpus.folder.rglob("*.txt"))[:2]:
            path.unlink()
    assert_verified(built(corpus, SETTINGS[said]))


@pytest.mark.parametrize(
    "recipe",
    [
        "sha256(file)[:16]",
        "md5(file)[:16]",
        "sha1(text)[:16]",
        "blake3(body, folded)[:16]",
        "xxh64(title+body, nfc)[:16]",
        "external",
    ],
)
def test_a_dataset_of_any_recipe(corpus: CorpusFolder, recipe: str) -> None:
    from dataset_tools.recipes import Content, parse_recipe
    from dataset_tools.text import split_article

    def name(number: int, text: str) -> str:
        if recipe == "external":
            return f"{number:03}_{hashlib.sha256(b'url' + str(number).encode()).hexdigest()[:16]}.txt"
        parts = split_article(text)
        data = (text.encode(), text.encode(), parts.title.encode(), parts.body.encode())
        content = Content(*data, f"{parts.title}\n{parts.body}".encode())
        return f"{number:03}_{content.id_by(parse_recipe(recipe), 16)}.txt"

    fill(corpus, name)
    assert_verified(built(corpus, f'recipe = "{recipe}"\n' + SPLITS))


def test_a_dataset_whose_settings_let_other_ids_pass(corpus: CorpusFolder) -> None:
    fill(corpus)
    corpus.add(article(90), name_id="0123456789abcdef")
    assert_verified(built(corpus, 'ignore = ["I001"]\n' + SPLITS))


def test_a_dataset_without_what_another_has_published(
    corpus: CorpusFolder, make_corpus: Callable[[str], CorpusFolder]
) -> None:
    other = make_corpus("other/raw")
    for number in (0, 5, 7):
        other.add(article(number, 50 + number))
    published = built(other, "")
    fill(corpus)
    dist = built(corpus, SPLITS, against=published)
    assert_verified(dist)


def test_a_dataset_with_names_that_are_no_text(corpus: CorpusFolder) -> None:
    fill(corpus)
    strange = [b"\xff", b"x", b"\xc3\xa9", b"z\xfe", "\u202e".encode(), b"\x1b"]
    for number, folder in enumerate(strange):
        text = article(50 + number)
        try:
            corpus.add(text, below=os.fsdecode(folder))
        except OSError:  # macOS takes no name that is not UTF-8
            continue
    assert_verified(built(corpus, SPLITS))


def test_a_dataset_that_holds_no_document_twice_and_nothing_left_out(corpus: CorpusFolder) -> None:
    corpus.add("Một\nhai ba\n")
    assert_verified(built(corpus, CARD))


def test_a_changed_text_is_found_in_a_dataset_of_ids_and_texts(corpus: CorpusFolder) -> None:
    fill(corpus)
    dist = built(corpus, SETTINGS["ids and texts alone"])
    path = next((dist / "data").glob("train-*"))
    rewritten(path, value("text", 0, "Bài số 0\n\nThân bài khác hẳn."))
    checksums_right(dist)
    assert "V013" in {one.code for one in dataset_tools.verify(dist).issues}


def test_a_text_twice_is_found_in_a_dataset_of_ids_and_texts(corpus: CorpusFolder) -> None:
    fill(corpus)
    dist = built(corpus, SETTINGS["ids and texts alone"])
    path = next((dist / "data").glob("train-*"))
    text = pq.read_table(path, partitioning=None)["text"][0].as_py()
    rewritten(path, value("text", 1, text.upper()))
    checksums_right(dist)
    assert "V015" in {one.code for one in dataset_tools.verify(dist).issues}


def test_splits_by_path_and_by_metadata_are_held_to_their_rules(corpus: CorpusFolder) -> None:
    fill(corpus)
    ids = sorted({path.stem.split("_")[1] for path in corpus.folder.rglob("*.txt")})
    lines = [f"{one},{('sông', 'núi', '')[number % 3]},{number % 2}" for number, one in enumerate(ids)]
    (corpus.folder / "metadata.csv").write_text("\n".join(["id,nguồn,năm", *lines]) + "\n", "utf-8")
    dist = built(corpus, '[split]\nmountain = {"nguồn" = ["núi"]}\ndeep = ["sâu/**"]\ntest = 0.2\n')
    assert_verified(dist)
    for split in ("mountain", "deep"):
        moved = Path(shutil.copytree(dist, corpus.folder.parent / split))
        taken = moved / "data" / f"{split}-00000-of-00001.parquet"
        row = pq.read_table(taken, partitioning=None).slice(0, 1)
        rewritten(taken, lambda table: table.slice(1))
        rewritten(
            moved / "data" / "train-00000-of-00001.parquet",
            lambda table, row=row: pa.concat_tables([table, row]).sort_by("path"),
        )
        checksums_right(moved)
        found = [one.message for one in dataset_tools.verify(moved).issues if one.code == "V017"]
        assert found == [f"row {found[0].split()[1][:-1]}: '{row['id'][0]}' belongs to {split}, not to train"]
