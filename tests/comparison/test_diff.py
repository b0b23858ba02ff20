"""`diff`: what becomes of each document, by hand-made datasets and by any that Hypothesis thinks of."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools.diff_report import Change, DiffReport
from tests.conftest import ROOT, CorpusFolder, article
from tests.object_store import folder_objects, object_store

COLUMNS = ("id", "title", "body", "path", "sha256")
TRAIN = "train-00000-of-00001.parquet"
TEST = "test-00000-of-00001.parquet"

Row = tuple[str, ...]


def row(document_id: str, body: str = "thân bài", *, title: str = "Tên", path: str | None = None) -> Row:
    return document_id, title, body, path or f"000_{document_id}.txt", f"sha of {title} {body}"


def write(folder: Path, columns: Sequence[str] = COLUMNS, **splits: Sequence[Row]) -> Path:
    folder.mkdir(parents=True)
    for name, rows in splits.items():
        values = list(zip(*rows, strict=True)) or [()] * len(columns)
        table = pa.table({key: pa.array(value, pa.string()) for key, value in zip(columns, values, strict=True)})
        pq.write_table(table, folder / f"{name}-00000-of-00001.parquet")
    return folder


def diff(tmp_path: Path, old: dict[str, list[Row]], new: dict[str, list[Row]], **options: Any) -> DiffReport:
    return dataset_tools.diff(write(tmp_path / "old", **old), write(tmp_path / "new", **new), **options)


def test_the_same_documents_do_not_differ(tmp_path: Path) -> None:
    report = diff(tmp_path, {"train": [row("a"), row("b")]}, {"train": [row("a"), row("b")]})
    assert (report.differs, report.same, set(report.counts().values())) == (False, 2, {0})


def test_order_makes_no_difference(tmp_path: Path) -> None:
    assert not diff(tmp_path, {"train": [row("a"), row("b")]}, {"train": [row("b"), row("a")]}).differs


def test_ids_of_one_side_only_are_added_and_removed(tmp_path: Path) -> None:
    report = diff(
        tmp_path,
        {"train": [row("a", path="1_a"), row("b", path="2_b")]},
        {"train": [row("b", path="2_b"), row("c", path="3_c"), row("d", path="0_d")]},
    )
    assert [one.id for one in report.added] == ["c", "d"]
    assert [one.id for one in report.removed] == ["a"]
    assert report.same == 1


@pytest.mark.parametrize(
    ("new", "columns"),
    [
        (row("a", "thân bài khác"), ("body", "sha256")),
        (row("a", title="Tên khác"), ("title", "sha256")),
        ((*row("a")[:4], "other line ends"), ("sha256",)),
    ],
)
def test_other_values_under_an_id_are_a_change_of_these_columns(
    tmp_path: Path, new: Row, columns: tuple[str, ...]
) -> None:
    report = diff(tmp_path, {"train": [row("a")]}, {"train": [new]})
    assert [one.columns for one in report.changed] == [columns]
    assert sum(report.counts().values()) == 1


def test_another_id_under_a_path_that_is_the_same_but_for_it_is_a_change(tmp_path: Path) -> None:
    old, new = row("aa", path="x/012_aa.txt"), row("bb", "khác", path="x/012_bb.txt")
    report = diff(tmp_path, {"train": [old]}, {"train": [new]}, words=None)
    assert [(one.old.id, one.new.id, one.columns) for one in report.changed] == [("aa", "bb", ("id",))]
    assert sum(report.counts().values()) == 1
    assert report.words == {"bb": (("same", "Tên"), ("removed", "thân bài"), ("added", "khác"))}


def test_a_path_with_several_documents_tells_nothing(tmp_path: Path) -> None:
    report = diff(
        tmp_path,
        {"train": [row("a", path="1_a"), row("b", path="1_b")]},
        {"train": [row("c", path="1_c")]},
    )
    assert report.counts() == {"added": 1, "removed": 2, "changed": 0, "moved": 0, "renamed": 0}


def test_another_split_is_a_move_and_another_path_a_new_name(tmp_path: Path) -> None:
    report = diff(
        tmp_path,
        {"train": [row("a"), row("b")], "test": [row("c")]},
        {"train": [row("a", path="9_a")], "test": [row("b"), row("c", "khác")]},
    )
    assert [(one.old.split, one.new.split, one.new.id) for one in report.moved] == [("train", "test", "b")]
    assert [(one.old.path, one.new.path) for one in report.renamed] == [("000_a.txt", "9_a")]
    assert [one.new.id for one in report.changed] == ["c"]


def test_a_document_can_be_changed_and_moved(tmp_path: Path) -> None:
    report = diff(tmp_path, {"train": [row("a"), row("x")]}, {"train": [row("x")], "test": [row("a", "khác")]})
    assert [one.new.id for one in report.changed] == [one.new.id for one in report.moved] == ["a"]


def test_words_are_compared_of_so_many_changes_as_asked_for(tmp_path: Path) -> None:
    old, new = [[row(one, f"{one} {word}") for one in "abc"] for word in ("cũ", "mới")]
    report = diff(tmp_path, {"train": old}, {"train": new}, words=2)
    assert list(report.words) == ["a", "b"]
    assert report.words["a"] == (("same", "Tên a"), ("removed", "cũ"), ("added", "mới"))
    assert len(report.changed) == 3


def test_columns_of_one_side_only_are_said_and_not_compared(tmp_path: Path) -> None:
    old = write(tmp_path / "old", train=[row("a")])
    new = write(tmp_path / "new", ("id", "title", "body", "source"), train=[("a", "Tên", "thân bài", "x")])
    report = dataset_tools.diff(old, new)
    assert (report.columns_added, report.columns_removed) == (("source",), ("path", "sha256"))
    assert (report.differs, report.same) == (True, 1)


def test_a_parquet_file_can_be_compared(tmp_path: Path) -> None:
    old, new = write(tmp_path / "old", test=[row("a")]), write(tmp_path / "new", test=[row("b", path="1_b")])
    report = dataset_tools.diff(old / TEST, new / TEST)
    assert (report.counts()["added"], report.counts()["removed"], report.old.splits) == (1, 1, {"test": 1})


def test_a_built_dataset_is_what_its_manifest_names(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    assert dataset_tools.build(corpus.folder, "old").ok
    changed = corpus.add(article(2))
    assert dataset_tools.build(corpus.folder, "new").ok
    pq.write_table(pa.table({"x": [1]}), "new/data/other.parquet")
    report = dataset_tools.diff("old", "new")
    assert [one.path for one in report.added] == [changed.name]
    assert report.same == 1
    assert report.new.content_sha256


def test_the_example_does_not_differ_from_itself() -> None:
    report = dataset_tools.diff(ROOT / "dist", ROOT / "dist")
    assert (report.differs, report.same) == (False, 25)


@pytest.mark.parametrize("side", ["old", "new"])
def test_what_cannot_be_compared_is_a_wrong_call_that_says_why(tmp_path: Path, side: str) -> None:
    good = write(tmp_path / "good", train=[row("a")])
    (tmp_path / "empty").mkdir()
    damaged = write(tmp_path / "damaged", train=[row("a")])
    (damaged / TRAIN).write_bytes(b"PAR1 PAR1")
    bad = {
        "does not exist": tmp_path / "nowhere",
        "has no Parquet file": tmp_path / "empty",
        "cannot read": damaged,
        "has no column body": write(tmp_path / "narrow", ("id", "title"), train=[("a", "b")]),
        "there twice": write(tmp_path / "twice", train=[row("a"), row("a")]),
        "it has no rows": write(tmp_path / "none", train=[]),
    }
    for message, place in bad.items():
        sides = (place, good) if side == "old" else (good, place)
        with pytest.raises(dataset_tools.UserError, match=message) as caught:
            dataset_tools.diff(*sides)
        assert caught.value.hint


ids = st.sampled_from("abcdefgh")
documents = st.dictionaries(
    ids, st.tuples(st.sampled_from(["train", "test"]), st.sampled_from("xy"), st.sampled_from("12")), min_size=1
)


def as_splits(some: dict[str, tuple[str, str, str]]) -> dict[str, list[Row]]:
    splits: dict[str, list[Row]] = {}
    for one, (split, body, index) in some.items():
        splits.setdefault(split, []).append(row(one, body, path=f"{index}{one}_{one}.txt"))
    return splits


def ids_of(changes: tuple[Change, ...]) -> set[str]:
    return {one.new.id for one in changes}


@settings(max_examples=60)
@given(documents, documents)
def test_every_document_is_somewhere_and_nothing_is_said_that_is_not_so(
    old: dict[str, tuple[str, str, str]], new: dict[str, tuple[str, str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = diff(Path(folder), as_splits(old), as_splits(new))
        back = dataset_tools.diff(Path(folder) / "new", Path(folder) / "old")
    both = old.keys() & new.keys()
    assert {one.id for one in report.added} == new.keys() - old.keys()
    assert {one.id for one in report.removed} == old.keys() - new.keys()
    assert ids_of(report.changed) == {one for one in both if old[one][1] != new[one][1]}
    assert ids_of(report.moved) == {one for one in both if old[one][0] != new[one][0]}
    assert ids_of(report.renamed) == {one for one in both if old[one][1] == new[one][1] and old[one][2] != new[one][2]}
    assert report.same == sum(old[one] == new[one] for one in both)
    assert (back.added, back.removed, back.same) == (report.removed, report.added, report.same)


def test_a_dataset_of_ids_and_texts_is_compared_by_its_texts(corpus: CorpusFolder) -> None:
    settings = '[package]\ntext_column = true\ncolumns = ["id", "text", "sha256"]\n'
    Path("dataset-tools.toml").write_text(f'recipe = "external"\n{settings}', "utf-8")
    path = corpus.add(article(1, 3))
    assert dataset_tools.build(corpus.folder, "old").ok
    path.write_text(article(1, 4), "utf-8")
    assert dataset_tools.build(corpus.folder, "new").ok
    (one,) = dataset_tools.diff("old", "new").changed
    assert (one.columns, one.new.title, one.new.path) == (("text", "sha256"), "Bài số 1", None)
    ((_, words),) = dataset_tools.diff("old", "new", words=None).words.items()
    assert [kind for kind, _ in words] == ["same", "added"]


@pytest.mark.parametrize("remote", ["old", "new"])
def test_datasets_behind_urls_are_compared(remote: str, corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus.add(article(1))
    assert dataset_tools.build(corpus.folder, "old").ok
    added = corpus.add(article(2))
    assert dataset_tools.build(corpus.folder, "new").ok
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "bimat")
    with object_store(folder_objects(remote, "kho/set")) as url:
        words = {name: name for name in ("old", "new")}
        words[remote] = f"s3://kho/set?endpoint_override={url}&region=x"
        report = dataset_tools.diff(**words)
    assert [one.path for one in report.added] == [added.name]
    assert (report.same, getattr(report, remote).name) == (1, "s3://kho/set")


def test_a_url_that_leads_nowhere_is_a_wrong_call() -> None:
    with pytest.raises(dataset_tools.UserError, match=r"^memory://nowhere does not exist"):
        dataset_tools.diff("memory://nowhere", ROOT / "dist")
