"""`build --check`: whether a dataset is what a build would give, and what of it is not."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.cli import app
from dataset_tools.run_report import Compared, RunReport
from tests.conftest import CorpusFolder, article
from tests.verification.damage import SETTINGS, TRAIN, checksums_right, flip, in_manifest, rewritten, value

CONFIG = Path("dataset-tools.toml")


@pytest.fixture
def built(corpus: CorpusFolder) -> CorpusFolder:
    CONFIG.write_text(SETTINGS, "utf-8")
    for number in range(14):
        corpus.add(article(number))
    corpus.add(article(3))
    assert dataset_tools.build(corpus.folder, "dist").ok
    return corpus


def check(corpus: CorpusFolder) -> RunReport:
    report = dataset_tools.build(corpus.folder, "dist", check=True)
    assert (report.dataset, report.exit_code) == (None, int(bool(report.issues)))
    return report


def messages(report: RunReport) -> list[str]:
    assert {one.code for one in report.issues} <= {"P005"}
    return [one.message if one.path == "dist" else f"{one.path}: {one.message}" for one in report.issues]


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in found if "cache" not in str(path)}


def of_other_versions(dist: Path) -> None:
    in_manifest(dist, lambda values: values["versions"].update(pyarrow="1.0"))


def test_what_was_just_built_is_what_a_build_gives_and_nothing_is_written(built: CorpusFolder) -> None:
    before = tree(Path.cwd().parent)
    report = check(built)
    assert report.compared == Compared(out=Path("dist"), documents=14, same=True, versions={})
    assert tree(Path.cwd().parent) == before


def test_documents_that_came_went_and_changed_are_named_by_kind(built: CorpusFolder) -> None:
    for path in sorted(built.folder.iterdir())[:2]:
        path.unlink()
    for number in range(20, 27):
        built.add(article(number))
    old = next(path for path in built.folder.iterdir() if path.name.startswith("005_"))
    old.rename(old.with_name(old.name.replace("005_", "055_")))
    found = messages(check(built))
    (added,) = [message for message in found if message.startswith("a build would add 7 documents: ")]
    assert added.count(".txt") == 5
    assert added.endswith(" and 2 more")
    assert any(message.startswith("a build would leave out 2 documents: 000_") for message in found)
    assert any(message.startswith("a build would write under another path 1 document: 055_") for message in found)
    assert "dist/manifest.json: counts.discovered is '15', and a build gives '20'" in found


def test_other_settings_are_named_with_both_values(built: CorpusFolder) -> None:
    CONFIG.write_text(SETTINGS.replace("0.3", "0.6").replace("cc0-1.0", "mit"), "utf-8")
    found = messages(check(built))
    assert "dist/manifest.json: settings.split.validation is '0.3', and a build gives '0.6'" in found
    assert "dist/manifest.json: settings.card.license is 'cc0-1.0', and a build gives 'mit'" in found
    assert any("put into another split" in message for message in found)


@pytest.mark.parametrize(
    ("path", "change", "message"),
    [
        ("README.md", lambda path: flip(path, 300), "a build gives other bytes"),
        ("audit/pairs.parquet", Path.unlink, "a build would write this file, and it is not there"),
        ("data/more.parquet", Path.touch, "a build does not write this file"),
        ("croissant.json", lambda path: (path.unlink(), path.mkdir(), (path / "x").touch()), "not there"),
    ],
)
def test_files_are_compared_byte_by_byte(built: CorpusFolder, path: str, change: object, message: str) -> None:
    change(Path("dist") / path)
    assert any(found.startswith(f"dist/{path}: ") and message in found for found in messages(check(built)))


def test_with_other_versions_rows_and_counts_are_compared_and_bytes_are_not(built: CorpusFolder) -> None:
    rewritten(Path("dist") / TRAIN, lambda table: table, compression="snappy")
    of_other_versions(Path("dist"))
    checksums_right(Path("dist"))
    report = check(built)
    assert report.ok
    assert report.compared is not None
    assert report.compared.versions == {"pyarrow": ("1.0", pq.core.pa.__version__)}
    rewritten(Path("dist") / TRAIN, value("body", 0, "Thân bài khác hẳn."))
    checksums_right(Path("dist"))
    (found,) = messages(check(built))
    assert found.startswith("a build would write with other values 1 document: ")


def test_texts_that_cannot_be_read_are_a_difference(built: CorpusFolder) -> None:
    path = Path("dist") / TRAIN
    flip(path, pq.read_metadata(path).row_group(0).column(2).data_page_offset + 200)
    assert any("cannot read dist: " in message for message in messages(check(built)))


def test_an_error_of_the_corpus_is_what_it_is_for_a_build(built: CorpusFolder) -> None:
    built.add("", name="020_0123456789abcdef.txt")
    report = dataset_tools.build(built.folder, "dist", check=True)
    assert (report.exit_code, report.compared) == (1, None)
    assert report.stopped is not None
    assert "F007" in {one.code for one in report.issues}


def test_content_that_changed_under_a_published_id_is_an_error_as_for_a_build(corpus: CorpusFolder) -> None:
    CONFIG.write_text('recipe = "external"', "utf-8")
    path = corpus.add(article(1))
    assert dataset_tools.build(corpus.folder, "dist").ok
    path.write_text(article(2), "utf-8")
    report = dataset_tools.build(corpus.folder, "dist", check=True)
    assert "I003" in {one.code for one in report.issues}
    accepted = dataset_tools.build(corpus.folder, "dist", check=True, accept_changed=[path.stem.split("_")[1]])
    assert any("write with other values 1 document" in one.message for one in accepted.issues)


def test_where_there_is_no_dataset_the_call_is_wrong(built: CorpusFolder) -> None:
    shutil.rmtree("dist")
    with pytest.raises(dataset_tools.UserError, match="dist is not a dataset"):
        dataset_tools.build(built.folder, "dist", check=True)


@pytest.mark.parametrize("versions", [None, ["1"], {"pyarrow": {"a": 1}}])
def test_a_manifest_without_sense_is_a_difference_and_no_defect(built: CorpusFolder, versions: object) -> None:
    in_manifest(Path("dist"), lambda values: values.update(versions=versions, counts=7))
    found = messages(check(built))
    assert any("counts" in message for message in found)
    assert json.loads(Path("dist/manifest.json").read_text("utf-8"))["counts"] == 7


def test_the_command_says_it_in_words_and_by_its_exit_code(built: CorpusFolder) -> None:
    call = ["build", str(built.folder), "--out", "dist", "--check"]
    same = CliRunner().invoke(app, call)
    assert same.exit_code == 0
    assert same.stdout.endswith("dist is what a build gives: 14 documents, every byte compared.\n")
    of_other_versions(Path("dist"))
    assert "Bytes were not compared, since it was built with other versions: pyarrow 1.0," in (
        CliRunner().invoke(app, call).stdout
    )
    built.add(article(20))
    stale = CliRunner().invoke(app, call)
    assert stale.exit_code == 1
    assert "P005 error: a build would add 1 document: 015_" in stale.stdout
    assert "next: run dataset-tools build" in stale.stdout
    assert stale.stdout.endswith("dist is not what a build gives.\n")
    values = json.loads(CliRunner().invoke(app, [*call, "--output-format", "json"]).stdout)
    assert values["build"]["check"]["same"] is False
