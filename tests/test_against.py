"""`--against`: validate and build compared with what is published, on real small datasets."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.cli import app
from dataset_tools.text import canonical, shingles, similarity
from tests.against.helpers import edited, parquet, words_of
from tests.conftest import CorpusFolder, article
from tests.object_store import folder_objects, object_store

Make = Callable[[str], CorpusFolder]


def codes(report: dataset_tools.RunReport) -> list[str]:
    return [one.code for one in report.issues if not one.code.startswith("P")]


def removed(dist: str) -> list[dict]:
    return pq.read_table(f"{dist}/audit/removed.parquet").to_pylist()


def manifest(dist: str) -> dict:
    return json.loads(Path(dist, "manifest.json").read_text("utf-8"))


def files(dist: str) -> dict[str, bytes]:
    return {str(path.relative_to(dist)): path.read_bytes() for path in Path(dist).rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def published(make_corpus: Make) -> str:
    """A built dataset of the articles 0 to 4."""
    old = make_corpus("old")
    for number in range(5):
        old.add(article(number))
    assert dataset_tools.build(old.folder, "published").ok
    return "published"


@pytest.fixture
def incoming(corpus: CorpusFolder) -> CorpusFolder:
    """Three documents that are published, one with a published text in capitals, one new, and a copy of that."""
    corpus.add(article(0))
    corpus.add(article(1).upper())
    corpus.add(article(2) + "thêm một câu\n")
    corpus.add(article(9))
    corpus.add(article(9) + "và một câu\n")
    return corpus


class TestBuild:
    def test_leaves_out_what_is_published_and_records_where(self, incoming: CorpusFolder, published: str) -> None:
        report = dataset_tools.build(incoming.folder, "dist", against=published)
        assert report.dataset is not None
        counts = report.dataset.counts
        assert (counts.discovered, counts.published, counts.near, counts.written) == (5, 3, 1, 1)
        content = manifest(published)["content_sha256"]
        old = {row["path"]: row["id"] for row in pq.read_table(f"{published}/data").to_pylist()}
        there = sorted(old)
        found = [
            (row["reason"], row["kept_id"], row["kept_path"], row["kept_in"], row["similarity"] == 1.0)
            for row in removed("dist")
        ]
        assert found[:3] == [
            ("published", old[path], path, content, exact)
            for path, exact in zip(there, (True, True, False), strict=False)
        ]
        assert (found[3][0], found[3][3]) == ("near", "this")

    def test_says_so_in_manifest_card_and_summary(self, incoming: CorpusFolder, published: str) -> None:
        assert dataset_tools.build(incoming.folder, "dist", against=published).ok
        content = manifest(published)["content_sha256"]
        facts = {"name": "published", "documents": 5, "content_sha256": content}
        assert manifest("dist")["against"] == [facts]
        assert (
            f"in `published` (5 documents, content SHA-256 `{content[:16]}…`): 3." in Path("dist/README.md").read_text()
        )
        result = CliRunner().invoke(app, ["build", str(incoming.folder), "-o", "dist", "--against", published])
        assert "  new       2  3 published\n  distinct  1  1 near-duplicate (>= 0.8)\n" in result.stdout

    def test_is_the_same_whatever_the_cache_the_workers_and_the_place_are(
        self, incoming: CorpusFolder, published: str, tmp_path: Path
    ) -> None:
        assert dataset_tools.build(incoming.folder, "first", against=published).ok
        shutil.copytree(published, tmp_path / "elsewhere" / "published")
        script = f"""
import dataset_tools
if __name__ == "__main__":
    dataset_tools.build({str(incoming.folder)!r}, "second", against={str(tmp_path / "elsewhere/published")!r}, jobs=2)
"""
        Path("script.py").write_text(script, "utf-8")
        subprocess.run([sys.executable, "script.py"], check=True)
        assert dataset_tools.build(incoming.folder, "third", against=published).ok
        assert files("first") == files("second") == files("third")

    def test_without_near_takes_only_the_same_texts(self, incoming: CorpusFolder, published: str) -> None:
        Path("dataset-tools.toml").write_text("dedup.near = false", "utf-8")
        report = dataset_tools.build(incoming.folder, "dist", against=published)
        assert report.dataset is not None
        assert (report.dataset.counts.published, report.dataset.counts.written) == (2, 3)

    def test_with_nothing_new_writes_nothing(self, corpus: CorpusFolder, published: str) -> None:
        corpus.add(article(1))
        report = dataset_tools.build(corpus.folder, "dist", against=published)
        assert (report.exit_code, report.stopped) == (1, "no document is left to write")

    def test_compares_with_several_datasets(self, incoming: CorpusFolder, published: str) -> None:
        other = parquet("other.parquet", id=["ngoài"], text=[article(9)])
        report = dataset_tools.build(incoming.folder, "dist", against=[published, other], on_invalid="quarantine")
        assert [(one.kept_id, one.relation) for one in report.published][3:] == [
            ("ngoài", "same_text"),
            ("ngoài", "near"),
        ]
        assert [one.name for one in report.against] == ["published", "other.parquet"]

    @pytest.mark.parametrize("word", ["dist", "dist/", "./dist", "dist/data", "link", "."])
    def test_never_asks_the_dataset_that_it_replaces(self, word: str, incoming: CorpusFolder) -> None:
        assert dataset_tools.build(incoming.folder, "dist").ok
        before = files("dist")
        Path("link").symlink_to("dist")
        for place in (word, f"file://{Path(word).absolute()}"):
            with pytest.raises(dataset_tools.UserError, match="is the dataset of this corpus itself"):
                dataset_tools.build(incoming.folder, "dist", against=place)
        assert files("dist") == before

    def test_reads_the_datasets_of_the_settings_from_their_folder(
        self, incoming: CorpusFolder, published: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Path("dataset-tools.toml").write_text(f'against = ["{published}"]', "utf-8")
        Path("below").mkdir()
        monkeypatch.chdir("below")
        report = dataset_tools.build(incoming.folder, "dist")
        assert len(report.published) == 3
        assert sorted(path.name for path in Path("../.dataset-tools-cache").iterdir())[0] == ".gitignore"
        assert dataset_tools.build(incoming.folder, "dist", against=[]).published == ()


class TestValidate:
    def test_warns_of_each_document_that_is_published_with_the_id(self, incoming: CorpusFolder, published: str) -> None:
        report = dataset_tools.validate(incoming.folder, against=published, select=["D"])
        assert (report.exit_code, codes(report)) == (0, ["D004"] * 3)
        ids = [row["id"] for row in sorted(pq.read_table(f"{published}/data").to_pylist(), key=lambda row: row["path"])]
        said = ["the same bytes", "the same text but for case, white space or Unicode form"]
        messages = [one.message for one in report.issues]
        assert messages[:2] == [f"published in published as {ids[n]}: {said[n]}" for n in range(2)]
        assert messages[2].startswith(f"published in published as {ids[2]}: nearly the same text: similarity 0.9")
        report = dataset_tools.validate(incoming.folder, against=published, near=True, select=["D"])
        assert codes(report) == [*["D004"] * 3, "D003"]

    def test_tells_programs_the_match(self, incoming: CorpusFolder, published: str) -> None:
        call = ["validate", str(incoming.folder), "--against", published, "--output-format", "json"]
        values = json.loads(CliRunner().invoke(app, call).stdout)["validate"]
        assert [one["name"] for one in values["against"]] == ["published"]
        one = values["published"][0]
        assert Path(one["path"]).name == one["kept_path"]
        assert (one["relation"], one["similarity"]) == ("identical", 1.0)
        assert one["kept_in"] == values["against"][0]["content_sha256"]

    def test_can_be_told_to_make_it_an_error_or_to_pass_over_it(self, incoming: CorpusFolder, published: str) -> None:
        Path("dataset-tools.toml").write_text('severity.D004 = "error"', "utf-8")
        assert dataset_tools.validate(incoming.folder, against=published).exit_code == 1
        assert codes(dataset_tools.validate(incoming.folder, against=published, ignore=["D004", "T007"])) == []

    def test_compares_what_is_not_saved_yet(self, published: str) -> None:
        Path("new").mkdir()
        report = dataset_tools.validate(
            contents={"new/000_0123456789abcdef.txt": article(3).encode()}, against=published
        )
        assert codes(report) == ["I001"]
        unsaved = {"new/000_0123456789abcdef.txt": (article(3) + "thêm\n").encode()}
        Path("dataset-tools.toml").write_text('recipe = "external"', "utf-8")
        assert codes(dataset_tools.validate(contents=unsaved, against=published)) == ["D004"]

    def test_of_the_dataset_that_was_built_from_the_files_is_refused(self, published: str, tmp_path: Path) -> None:
        with pytest.raises(dataset_tools.UserError, match="is the dataset of this corpus itself"):
            dataset_tools.validate(tmp_path / "old", out=published, against=published)


class TestTheRecipe:
    @pytest.fixture
    def changed(self, published: str, tmp_path: Path) -> Path:
        path = tmp_path / "incoming" / f"000_{'1' * 16}.txt"
        path.parent.mkdir()
        path.write_text(article(7), "utf-8")
        return path

    def test_of_single_files_is_that_of_the_published_dataset(self, changed: Path, published: str) -> None:
        report = dataset_tools.validate(changed, against=published)
        assert codes(report) == ["I001"]
        assert [(one.recipe, one.decided_by) for one in report.ids] == [("sha256(title+body, nfc)[:16]", "published")]

    def test_of_a_folder_that_tells_nothing_is_that_of_the_published_dataset(
        self, changed: Path, published: str
    ) -> None:
        assert codes(dataset_tools.validate(changed.parent, against=published)) == ["I001"]

    def test_of_a_folder_with_its_own_ids_is_its_own(self, changed: Path, published: str) -> None:
        (changed.parent / f"001_{'2' * 16}.txt").write_text(article(8), "utf-8")
        report = dataset_tools.validate(changed.parent, against=published)
        assert (codes(report), report.ids[0].recipe) == ([], None)

    def test_of_a_folder_that_shares_an_id_with_it_is_that_of_the_published_dataset(
        self, changed: Path, published: str
    ) -> None:
        known = pq.read_table(f"{published}/data")["id"][0].as_py()
        (changed.parent / f"001_{known}.txt").write_text(article(8), "utf-8")
        assert codes(dataset_tools.validate(changed.parent, against=published)) == ["I001", "I001"]


class TestAnIdThatIsPublishedWithOtherContent:
    @pytest.fixture
    def external(self, make_corpus: Make) -> str:
        old = make_corpus("old")
        for number in range(3):
            old.add(article(number), name_id=f"{number:016x}")
        assert dataset_tools.build(old.folder, "external").ok
        return "external"

    def test_is_an_error_that_stops_a_build_even_in_quarantine(self, corpus: CorpusFolder, external: str) -> None:
        corpus.add(article(5), name_id=f"{1:016x}")
        corpus.add(article(6), name_id=f"{8:016x}")
        assert codes(dataset_tools.validate(corpus.folder, against=external)) == ["I003"]
        report = dataset_tools.build(corpus.folder, "dist", against=external, on_invalid="quarantine")
        assert (report.exit_code, report.dataset) == (1, None)
        assert "in external" in next(one.message for one in report.issues if one.code == "I003")
        report = dataset_tools.build(corpus.folder, "dist", against=external, accept_changed=[f"{1:016x}"])
        assert report.dataset is not None
        assert report.dataset.counts.written == 2

    def test_is_found_by_its_text_where_there_are_no_digests(self, corpus: CorpusFolder) -> None:
        corpus.add(article(1).upper(), name_id=f"{1:016x}")
        corpus.add(article(5), name_id=f"{2:016x}")
        parquet("other.parquet", id=[f"{number:016x}" for number in (1, 2)], text=[article(1), article(2)])
        assert codes(dataset_tools.validate(corpus.folder, against="other.parquet")) == ["D004", "I003"]


class TestARemotePlace:
    @pytest.fixture
    def memory(self) -> Iterator[fsspec.AbstractFileSystem]:
        files = fsspec.filesystem("memory")
        files.store.clear()
        yield files
        files.store.clear()

    def test_with_a_dataset_of_ours(
        self, memory: fsspec.AbstractFileSystem, incoming: CorpusFolder, published: str
    ) -> None:
        memory.put(published, "/bucket/set", recursive=True)
        report = dataset_tools.build(incoming.folder, "dist", against="memory://bucket/set")
        assert len(report.published) == 3
        assert manifest("dist")["against"] == [
            {"name": "memory://bucket/set", "documents": 5, "content_sha256": manifest(published)["content_sha256"]}
        ]

    def test_with_files_of_others_whose_index_is_kept_until_they_change(
        self, memory: fsspec.AbstractFileSystem, incoming: CorpusFolder, tmp_path: Path
    ) -> None:
        for number, path in ((0, "/bucket/a.parquet"), (1, "/bucket/deep/b.parquet")):
            memory.pipe(path, parquet("a.parquet", text=[article(number)]).read_bytes())
        found = [
            [one.kept_id for one in dataset_tools.validate(incoming.folder, against="memory://bucket").published]
            for _ in range(2)
        ]
        assert found == [["a.parquet#0", "deep/b.parquet#0"]] * 2
        assert len(list((tmp_path / "cache/dataset-tools").glob("against-*.arrow"))) == 1
        memory.pipe("/bucket/a.parquet", parquet("a.parquet", text=[article(9)]).read_bytes())
        again = dataset_tools.validate(incoming.folder, against="memory://bucket").published
        assert [(Path(one.path).name[:3], one.kept_id) for one in again] == [
            ("001", "deep/b.parquet#0"),
            ("003", "a.parquet#0"),
            ("004", "a.parquet#0"),
        ]

    def test_that_is_not_there(self, memory: fsspec.AbstractFileSystem, incoming: CorpusFolder) -> None:
        with pytest.raises(dataset_tools.UserError, match="memory://bucket/nothing does not exist"):
            dataset_tools.validate(incoming.folder, against="memory://bucket/nothing")


class TestAnObjectStore:
    @pytest.fixture(autouse=True)
    def _credentials(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "y"), ("DEFAULT_REGION", "us-east-1")):
            monkeypatch.setenv(f"AWS_{name}", value)

    def test_is_read_by_the_client_of_arrow_which_finds_it_in_the_environment(
        self, incoming: CorpusFolder, published: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with object_store(folder_objects(published, "bucket/set")) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            report = dataset_tools.build(incoming.folder, "dist", against="s3://bucket/set")
        assert len(report.published) == 3
        assert manifest("dist")["against"][0]["name"] == "s3://bucket/set"

    def test_may_hold_files_of_others(self, incoming: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
        data = parquet("a.parquet", row_group_size=1, text=[article(0), article(2)]).read_bytes()
        with object_store({"bucket/set/a b.parquet": data, "bucket/set/README.md": b"x"}) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL", url)
            found = dataset_tools.validate(incoming.folder, against="s3://bucket/set").published
        assert [(one.kept_id, one.relation) for one in found] == [
            ("a b.parquet#0", "same_text"),
            ("a b.parquet#1", "near"),
        ]

    def test_with_a_setting_that_it_does_not_know_is_an_error_of_the_user(self, incoming: CorpusFolder) -> None:
        with pytest.raises(dataset_tools.UserError, match="cannot reach s3://bucket/set: "):
            dataset_tools.validate(incoming.folder, against="s3://bucket/set?region=us-east-1&zzz=1")


@pytest.mark.parametrize("word", ["nowhere", "foo://x", "s3://user:password@bucket/x", "a.txt"])
@pytest.mark.parametrize("command", ["validate", "build"])
def test_a_place_that_cannot_be_read_is_one_clear_line_and_exit_2(
    command: str, word: str, incoming: CorpusFolder
) -> None:
    Path("a.txt").write_text("không phải Parquet", "utf-8")
    result = CliRunner().invoke(app, [command, str(incoming.folder), "--against", word])
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith("error: --against: ")
    assert second.startswith("    next: ")
    assert "password" not in first


changes = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=6)


@settings(max_examples=15, deadline=None)
@given(old=changes, new=changes)
def test_every_document_that_is_removed_has_one_that_is_kept_or_published(
    tmp_path_factory: pytest.TempPathFactory, old: list[tuple[int, int, int]], new: list[tuple[int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("promise")
    for name, plan in (("old", old), ("new", [*new, (9, 0, 0)])):
        texts = CorpusFolder(folder / name)
        for number, count, seed in plan:
            texts.add("Bài\n" + " ".join(edited(words_of(number), count, seed)) + "\n")
    assert dataset_tools.build(folder / "old", folder / "published").ok
    report = dataset_tools.build(folder / "new", folder / "dist", against=folder / "published")
    assert report.dataset is not None
    published, kept = (
        {row["id"]: row for row in pq.read_table(folder / name / "data").to_pylist()} for name in ("published", "dist")
    )
    gone = removed(str(folder / "dist"))
    assert len(gone) + len(kept) == len(new) + 1
    for row in gone:
        text = (folder / "new" / row["path"]).read_text("utf-8").rstrip("\n").split("\n", 1)
        other = (kept if row["kept_in"] == "this" else published)[row["kept_id"]]
        exact = similarity(shingles(canonical(*text)), shingles(canonical(other["title"], other["body"])))
        assert row["similarity"] == exact >= 0.8
