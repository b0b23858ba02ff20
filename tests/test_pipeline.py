"""`validate` and `build` as the Python API offers them, on small real corpora."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dataset_tools
from dataset_tools import prepare, spool
from dataset_tools.prepare import BATCH_BYTES
from dataset_tools.recipes import Content, digest, parse_recipe
from dataset_tools.text import split_article
from tests.conftest import CorpusFolder, article, new_id


def codes(report: dataset_tools.RunReport) -> list[str]:
    return [issue.code for issue in report.issues if not issue.code.startswith("P")]


def manifest(dist: Path) -> dict:
    return json.loads((dist / "manifest.json").read_text("utf-8"))


def removed(dist: Path) -> list[dict]:
    return pq.read_table(dist / "audit/removed.parquet").to_pylist()


def written(dist: Path) -> list[dict]:
    return [row for path in sorted((dist / "data").iterdir()) for row in pq.read_table(path).to_pylist()]


def test_a_clean_corpus_has_no_issue_and_its_recipe_is_found(corpus: CorpusFolder) -> None:
    for number in range(3):
        corpus.add(article(number))
    report = dataset_tools.validate(corpus.folder)
    assert (report.ok, report.checked, codes(report)) == (True, 3, [])
    assert [(one.recipe, one.explained, one.total) for one in report.ids] == [("sha256(title+body, nfc)[:16]", 3, 3)]


def test_one_changed_byte_is_one_id_error_that_names_the_id_it_should_have(corpus: CorpusFolder) -> None:
    paths = [corpus.add(article(number)) for number in range(5)]
    paths[2].write_text(paths[2].read_text("utf-8").replace("x1 ", "y1 ", 1), "utf-8")
    should = new_id(paths[2].read_text("utf-8"))
    report = dataset_tools.validate(corpus.folder)
    (issue,) = report.issues
    assert (issue.code, Path(issue.path or "").name) == ("I001", paths[2].name)
    assert should in issue.message
    assert f"002_{should}.txt" in issue.hint
    assert report.exit_code == 1


@pytest.mark.parametrize("recipe", ["md5(file)[:16]", "blake3(body, folded)[:16]", "xxh64(title)", "sha1(text)[:16]"])
def test_other_recipes_are_found_too(recipe: str, corpus: CorpusFolder) -> None:
    for number in range(3):
        text = f"\ufeffBài {number}\r\nNội dung SỐ  {number}\r\n"
        title, body = f"Bài {number}", f"Nội dung SỐ  {number}"
        parts = Content(*(part.encode() for part in (text, f"{title}\n{body}\n", title, body, f"{title}\n{body}")))
        corpus.add(text, name_id=parts.id_by(parse_recipe(recipe), 16))
    (decision,) = dataset_tools.validate(corpus.folder).ids
    assert decision.recipe == str(parse_recipe(recipe)).removesuffix("[:16]") + "[:16]"


@pytest.mark.parametrize("recipe", ["auto", "sha256(title+body, nfc)[:16]"])
def test_a_file_that_cannot_be_decoded_is_not_counted_as_explained(recipe: str, corpus: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text(f'recipe = "{recipe}"', "utf-8")
    corpus.add(article(1))
    corpus.add(article(2))
    corpus.add(b"\xff\xfe", name="002_0123456789abcdef.txt")
    (decision,) = dataset_tools.validate(corpus.folder).ids
    assert (decision.explained, decision.total) == (2, 3)


def test_ids_that_nothing_explains_are_external_and_no_error(corpus: CorpusFolder) -> None:
    for number in range(2):
        corpus.add(article(number), name_id=f"{number:016x}")
    report = dataset_tools.validate(corpus.folder)
    assert (report.ok, codes(report)) == (True, [])
    assert [(one.recipe, one.decided_by) for one in report.ids] == [(None, "detected")]


class TestASingleFileThatWasChanged:
    @pytest.fixture
    def changed(self, corpus: CorpusFolder, tmp_path: Path) -> Path:
        for number in range(4):
            corpus.add(article(number))
        path = sorted(corpus.folder.iterdir())[1]
        lone = tmp_path / "incoming" / path.name
        lone.parent.mkdir()
        lone.write_text(path.read_text("utf-8") + "thêm", "utf-8")
        return lone

    def test_is_found_when_the_settings_pin_the_recipe(self, changed: Path) -> None:
        Path("dataset-tools.toml").write_text('recipe = "sha256(title+body, nfc)[:16]"', "utf-8")
        assert codes(dataset_tools.validate(changed)) == ["I001"]

    def test_is_found_when_a_built_dataset_pins_the_recipe(self, changed: Path, corpus: CorpusFolder) -> None:
        assert dataset_tools.build(corpus.folder, "dist").ok
        assert codes(dataset_tools.validate(changed, out="dist")) == ["I001"]

    def test_is_found_when_the_other_files_of_its_folder_show_the_recipe(
        self, changed: Path, corpus: CorpusFolder
    ) -> None:
        in_corpus = corpus.folder / changed.name
        in_corpus.write_bytes(changed.read_bytes())
        report = dataset_tools.validate(in_corpus)
        assert (report.checked, codes(report)) == (1, ["I001"])

    def test_is_a_warning_that_says_what_is_missing_when_nothing_does(self, changed: Path) -> None:
        report = dataset_tools.validate(changed)
        assert (report.exit_code, codes(report)) == (0, ["I004"])
        assert "recipe = " in report.issues[0].hint
        assert "--out" in report.issues[0].hint


def test_the_configured_dataset_says_the_recipe_of_single_files_of_the_configured_corpus() -> None:
    raw = CorpusFolder(Path("raw").absolute())
    lone = raw.add(article(1))
    assert dataset_tools.build().ok
    lone.write_text(article(1) + "thêm", "utf-8")
    assert codes(dataset_tools.validate(lone)) == ["I001"]


def test_an_id_on_two_texts_is_an_error_on_both(corpus: CorpusFolder) -> None:
    for number in (1, 2):
        corpus.add(article(number), name_id="0" * 15 + "1")
    corpus.add(article(3), name_id="0" * 15 + "2")
    assert codes(dataset_tools.validate(corpus.folder)) == ["I002", "I002"]


def test_an_index_that_two_files_of_a_folder_have_is_a_warning(corpus: CorpusFolder) -> None:
    corpus.add(article(1), name=f"007_{new_id(article(1))}.txt")
    corpus.add(article(2), name=f"0007_{new_id(article(2))}.txt")
    corpus.add(article(3), name=f"007_{new_id(article(3))}.txt", below="other")
    report = dataset_tools.validate(corpus.folder)
    assert (report.exit_code, codes(report)) == (0, ["I006"])


def test_an_id_on_copies_is_no_error_and_they_are_removed(corpus: CorpusFolder) -> None:
    for text in (article(1), article(1), article(1).upper()):
        corpus.add(text, name_id="0" * 15 + "1")
    report = dataset_tools.build(corpus.folder, "dist")
    assert report.dataset is not None
    counts = report.dataset.counts
    assert (codes(report), counts.identical, counts.same_text, counts.written) == ([], 1, 1, 1)


def test_identical_and_same_text_documents_are_warnings_and_near_ones_with_near(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(1))
    corpus.add(article(1).replace(" ", "  "))
    corpus.add(article(1) + "thêm\n")
    assert codes(dataset_tools.validate(corpus.folder)) == ["D001", "D002", "T007"]
    report = dataset_tools.validate(corpus.folder, near=True)
    assert (codes(report), report.exit_code) == (["D001", "D002", "D003"], 0)
    assert dataset_tools.validate(corpus.folder, strict=True).exit_code == 1


def test_build_writes_rows_in_document_order_with_exact_contents(corpus: CorpusFolder) -> None:
    corpus.add("  Tiêu đề \n\n  thụt vào\nhết  \n\n", name=f"1000_{'b' * 16}.txt")
    corpus.add("Hai\nhai", name=f"200_{'a' * 16}.txt")
    corpus.add("Ba\nba", name=f"001_{'c' * 16}.txt", below="z")
    report = dataset_tools.build(corpus.folder, "dist")
    assert report.ok, report.issues
    rows = written(Path("dist"))
    assert [row["path"] for row in rows] == [f"200_{'a' * 16}.txt", f"1000_{'b' * 16}.txt", f"z/001_{'c' * 16}.txt"]
    assert (rows[1]["title"], rows[1]["body"]) == ("Tiêu đề", "  thụt vào\nhết  ")
    assert list(rows[0]) == ["id", "title", "body", "path", "sha256"]


def test_rows_get_their_own_texts_however_these_come_in_batches(
    corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "BATCH_BYTES", 1)  # so that each text is in a file of its own
    monkeypatch.setattr(spool, "_FILES_AT_ONCE", 2)
    texts = [article(number) for number in range(7)]
    for text in [*texts[:3], texts[1], *texts[3:]]:
        corpus.add(text)
    assert dataset_tools.build(corpus.folder, out="dist", jobs=1).ok
    rows = written(Path("dist"))
    assert len(rows) == len(texts)
    for row in rows:
        text = (corpus.folder / row["path"]).read_bytes()
        assert (row["title"], row["body"]) == split_article(text.decode())[:2]
        assert row["sha256"] == hashlib.sha256(text).hexdigest()


def test_build_with_an_error_writes_nothing_and_exits_1(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add("chỉ có tiêu đề\n")
    report = dataset_tools.build(corpus.folder, "dist")
    assert (report.exit_code, report.dataset, codes(report)) == (1, None, ["B001"])
    assert not Path("dist").exists()


def test_quarantine_leaves_invalid_files_out_on_record_and_the_counts_add_up(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(1))
    corpus.add("chỉ có tiêu đề\n")
    corpus.add(b"\xff\xfe", name="003_0123456789abcdef.txt")
    corpus.add(article(4), name="tên sai.txt")
    report = dataset_tools.build(corpus.folder, "dist", on_invalid="quarantine")
    assert report.exit_code == 0
    counts = manifest(Path("dist"))["counts"]
    assert counts["discovered"] == sum(counts.values()) - counts["discovered"] == 5
    assert (counts["invalid"], counts["identical"], counts["written"]) == (3, 1, 1)
    reasons = {row["path"]: (row["reason"], row["kept_path"]) for row in removed(Path("dist"))}
    assert reasons["tên sai.txt"] == ("invalid", None)
    assert [reason for reason, _ in reasons.values()].count("identical") == 1
    recorded = pq.read_table("dist/audit/issues.parquet")["code"].to_pylist()
    assert {"B001", "F001", "F004", "P001"} <= set(recorded)


def test_max_invalid_stops_a_quarantine(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    for _ in range(2):
        corpus.add("chỉ có tiêu đề\n")
    Path("dataset-tools.toml").write_text('on_invalid = "quarantine"\nmax_invalid = 1', "utf-8")
    report = dataset_tools.build(corpus.folder, "dist")
    assert (report.exit_code, report.dataset) == (1, None)
    assert "max_invalid" in (report.stopped or "")


def test_no_document_left_is_exit_1_and_no_article_found_an_error_of_the_call(corpus: CorpusFolder) -> None:
    with pytest.raises(dataset_tools.UserError, match="no article found"):
        dataset_tools.build(corpus.folder, "dist")
    corpus.add("chỉ có tiêu đề\n")
    report = dataset_tools.build(corpus.folder, "dist", on_invalid="quarantine")
    assert (report.exit_code, report.stopped) == (1, "no document is left to write")
    assert not Path("dist").exists()


class TestAPublishedId:
    @pytest.fixture
    def published(self, corpus: CorpusFolder) -> Path:
        for number in (1, 2):
            corpus.add(article(number), name_id=f"{number:016x}")
        assert dataset_tools.build(corpus.folder, "dist").ok
        return corpus.folder / f"000_{1:016x}.txt"

    def test_with_other_content_is_an_error(self, published: Path) -> None:
        before = (Path("dist") / "manifest.json").read_bytes()
        published.write_text(article(3), "utf-8")
        report = dataset_tools.build(published.parent, "dist")
        assert (report.exit_code, codes(report)) == (1, ["I003"])
        assert (Path("dist") / "manifest.json").read_bytes() == before
        assert f"--accept-changed {1:016x}" in next(one.hint for one in report.issues if one.code == "I003")

    def test_with_other_content_is_not_laundered_by_quarantine(self, published: Path) -> None:
        published.write_text(article(3), "utf-8")
        for _ in range(2):
            report = dataset_tools.build(published.parent, "dist", on_invalid="quarantine")
            assert (report.exit_code, report.dataset) == (1, None)
        with pytest.raises(dataset_tools.UserError, match="cannot be ignored"):
            dataset_tools.build(published.parent, "dist", ignore=["I003"])

    def test_that_no_document_has_cannot_be_accepted(self, published: Path) -> None:
        with pytest.raises(dataset_tools.UserError, match="no document has the id 'XYZ'"):
            dataset_tools.build(published.parent, "dist", accept_changed=["XYZ"])

    def test_with_other_content_can_be_accepted(self, published: Path) -> None:
        published.write_text(article(3), "utf-8")
        assert dataset_tools.build(published.parent, "dist", accept_changed=[f"{1:016x}"]).ok


class TestAFaultThatChangesEveryFileAtOnce:
    @pytest.fixture
    def published(self, corpus: CorpusFolder) -> Path:
        for number in range(3):
            text = article(number)
            corpus.add(text, name_id=digest("sha256", text.encode())[:16])
        assert dataset_tools.build(corpus.folder, "dist").ok
        return corpus.folder

    def test_is_found_by_the_recipe_of_the_published_dataset(self, published: Path) -> None:
        for path in published.iterdir():
            path.write_text(path.read_text("utf-8") + "thêm\n", "utf-8")
        report = dataset_tools.build(published, "dist")
        assert (report.exit_code, codes(report)) == (1, ["I001"] * 3)

    def test_is_a_warning_where_another_recipe_explains_the_ids_and_leaves_no_trace(self, published: Path) -> None:
        for path in published.iterdir():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        report = dataset_tools.build(published, "dist")
        assert (report.exit_code, codes(report)) == (0, ["I005", "F003", "F003", "F003"])
        assert dataset_tools.build(published, "fresh").ok
        assert Path("dist/SHA256SUMS").read_bytes() == Path("fresh/SHA256SUMS").read_bytes()


def test_another_corpus_may_take_the_place_of_a_dataset(
    corpus: CorpusFolder, make_corpus: Callable[[str], CorpusFolder]
) -> None:
    external = make_corpus("external")
    for number in range(3):
        corpus.add(article(number))
        external.add(article(number), name_id=f"{number:016x}")
    for folder in (corpus.folder, external.folder, corpus.folder):
        assert dataset_tools.build(folder, "dist").ok


def test_the_first_build_prints_the_line_that_pins_the_recipe_and_it_is_true(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(2))
    report = dataset_tools.build(corpus.folder, "dist")
    assert report.dataset is not None
    assert report.dataset.pin == 'recipe = "sha256(title+body, nfc)[:16]"'
    Path("dataset-tools.toml").write_text(report.dataset.pin, "utf-8")
    again = dataset_tools.build(corpus.folder, "dist")
    assert again.dataset is not None
    assert again.dataset.pin is None


def test_splits_are_a_function_of_the_id_and_an_empty_one_is_left_out_with_a_warning(corpus: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text("[split]\nvalidation = 0.3\ntest = 0.000001", "utf-8")
    for number in range(20):
        corpus.add(article(number))
    report = dataset_tools.build(corpus.folder, "dist")
    assert report.dataset is not None
    assert list(report.dataset.splits) == ["train", "validation"]
    assert "P003" in [one.code for one in report.issues]
    first = {row["id"] for row in pq.read_table("dist/data/validation-00000-of-00001.parquet").to_pylist()}
    for number in range(20, 30):
        corpus.add(article(number))
    assert dataset_tools.build(corpus.folder, "dist").ok
    second = {row["id"] for row in pq.read_table("dist/data/validation-00000-of-00001.parquet").to_pylist()}
    old = {path.name[4:20] for path in corpus.folder.iterdir() if int(path.name[:3]) < 20}
    assert second & old == first


def test_splits_without_near_deduplication_are_a_warning(corpus: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text("dedup.near = false\n[split]\nvalidation = 0.3", "utf-8")
    for number in range(20):
        corpus.add(article(number))
    assert "P004" in [one.code for one in dataset_tools.build(corpus.folder, "dist").issues]


def test_a_unique_column_holds_among_the_rows_that_are_written(corpus: CorpusFolder) -> None:
    Path("unique.yaml").write_text("columns: {title: {unique: true}, id: {unique: true}}", "utf-8")
    corpus.add("Một\n" + article(1))
    corpus.add("Một\n" + article(2))
    corpus.add("Một\n" + article(1))  # a copy: it is removed, and takes no part
    report = dataset_tools.build(corpus.folder, "dist", schema="unique.yaml")
    assert (report.exit_code, codes(report)) == (1, ["S001", "T007"])
    report = dataset_tools.build(corpus.folder, "dist", schema="unique.yaml", on_invalid="quarantine")
    assert report.dataset is not None
    assert (report.dataset.counts.invalid, report.dataset.counts.identical, report.dataset.counts.written) == (1, 1, 1)


def test_the_text_column_is_title_blank_line_body(corpus: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text("[package]\ntext_column = true", "utf-8")
    corpus.add("Một\nhai\nba", name_id="0" * 16)
    assert dataset_tools.build(corpus.folder, "dist").ok
    assert written(Path("dist"))[0]["text"] == "Một\n\nhai\nba"


def test_shards_and_row_groups_follow_their_sizes_and_appending_changes_only_the_last_shard(
    corpus: CorpusFolder,
) -> None:
    Path("dataset-tools.toml").write_text("[package]\nshard_size = '4 kB'\nrow_group_size = '2 kB'", "utf-8")
    for number in range(12):
        corpus.add(article(number, words=80))
    assert dataset_tools.build(corpus.folder, "dist").ok
    before = sorted(Path("dist/data").iterdir())
    assert len(before) > 2
    assert pq.read_metadata(before[0]).num_row_groups > 1
    assert [row["path"] for row in written(Path("dist"))] == sorted(path.name for path in corpus.folder.iterdir())
    bytes_before = [path.read_bytes() for path in before]
    corpus.add(article(12, words=80))
    assert dataset_tools.build(corpus.folder, "dist").ok
    after = [path.read_bytes() for path in sorted(Path("dist/data").iterdir())]
    assert after[: len(before) - 1] == bytes_before[:-1]


def test_parquet_has_page_checksums_a_page_index_and_the_features(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    assert dataset_tools.build(corpus.folder, "dist").ok
    (path,) = Path("dist/data").iterdir()
    metadata = pq.read_metadata(path)
    column = metadata.row_group(0).column(0)
    assert (column.compression, column.has_offset_index, column.has_column_index) == ("ZSTD", True, True)
    assert b"huggingface" in metadata.metadata
    assert manifest(Path("dist"))["splits"]["train"]["num_bytes"] == pq.read_table(path).nbytes
    data = bytearray(path.read_bytes())
    data[metadata.row_group(0).column(2).data_page_offset + 100] ^= 1
    path.write_bytes(data)
    with pytest.raises(OSError, match="CRC"):
        pq.ParquetFile(path, page_checksum_verification=True).read()


def test_the_maintainers_text_is_part_of_the_card_and_what_is_not_said_is_not_in_it(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    Path("dataset-tools.toml").write_text('[card]\nlicense = "cc0-1.0"\npretty_name = "Báo <b> & chí"', "utf-8")
    Path("card.md").write_text("## Về tập này\n\nViết *tay*.\n", "utf-8")
    report = dataset_tools.build(corpus.folder, "dist")
    card = Path("dist/README.md").read_text("utf-8")
    assert "## Về tập này\n\nViết *tay*.\n" in card
    assert "license: cc0-1.0" in card
    assert "# Báo &lt;b&gt; &amp; chí" in card
    assert "language" not in card
    assert [one.code for one in report.issues] == ["P002"]
    assert "More Information Needed" not in card


def test_checksums_can_be_checked_with_sha256sum(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    assert dataset_tools.build(corpus.folder, "dist").ok
    subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"], cwd="dist", check=True)


def test_a_build_never_asks_the_folder_that_it_replaces(
    corpus: CorpusFolder, make_corpus: Callable[[str], CorpusFolder]
) -> None:
    for number in range(3):
        corpus.add(article(number))
    assert dataset_tools.build(corpus.folder, "fresh").ok
    other = make_corpus("other")
    for number in range(2, 6):
        other.add(article(number))
    assert dataset_tools.build(other.folder, "dist").ok
    assert dataset_tools.build(corpus.folder, "dist").ok
    names = [path.relative_to("fresh") for path in sorted(Path("fresh").rglob("*")) if path.is_file()]
    assert [name for name in names if (Path("fresh") / name).read_bytes() != (Path("dist") / name).read_bytes()] == []


def test_issues_come_in_document_order_with_paths_that_can_be_opened_from_here(corpus: CorpusFolder) -> None:
    inside = CorpusFolder(Path("mine").absolute())
    for number in range(3):
        inside.add("chỉ có tiêu đề\n", name_id=f"{number:016x}")
        corpus.add("chỉ có tiêu đề\n", name_id=f"{number:016x}")
    report = dataset_tools.validate("mine", corpus.folder)
    paths = [one.path or "" for one in report.issues if one.code == "B001"]
    assert paths[:3] == [f"mine/{number:03}_{number:016x}.txt" for number in range(3)]
    assert all(Path(path).is_file() for path in paths)


def test_a_link_in_a_circle_is_one_error_and_stops_nothing_else(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    for name in ("001_0123456789abcdef.txt", "loop"):
        (corpus.folder / name).symlink_to(name)
    report = dataset_tools.build(corpus.folder, "dist", on_invalid="quarantine")
    assert (report.exit_code, codes(report)) == (0, ["F009"])
    assert codes(dataset_tools.validate(corpus.folder / "loop")) == ["F004", "F009"]


def test_a_dataset_that_is_named_and_is_none_is_refused(corpus: CorpusFolder) -> None:
    path = corpus.add(article(1))
    with pytest.raises(dataset_tools.UserError, match="dits is not a dataset"):
        dataset_tools.validate(path, out="dits")


def test_a_card_changed_by_hand_is_not_overwritten(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    assert dataset_tools.build(corpus.folder, "dist").ok
    card = Path("dist/README.md")
    card.write_text(card.read_text("utf-8") + "của tôi", "utf-8")
    with pytest.raises(dataset_tools.UserError, match="changed by hand"):
        dataset_tools.build(corpus.folder, "dist")
    assert card.read_text("utf-8").endswith("của tôi")
    card.unlink()
    assert dataset_tools.build(corpus.folder, "dist").ok


def test_a_citation_stands_as_it_is_and_front_matter_has_its_place_in_the_settings(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    citation = "@misc{a, title = \"'Báo' ``` & <x>\"}"
    Path("dataset-tools.toml").write_text(f"[card]\ncitation = {json.dumps(citation)}", "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    assert f"````bibtex\n{citation}\n````" in Path("dist/README.md").read_text("utf-8")
    Path("card.md").write_text("---\nlicense: mit\n---\n", "utf-8")
    with pytest.raises(dataset_tools.UserError, match="begins with YAML"):
        dataset_tools.build(corpus.folder, "dist")


def test_a_script_without_a_guard_is_told_so(corpus: CorpusFolder) -> None:
    for letter in "ab":  # two batches, or no worker would be needed
        corpus.add(f"Bài\n{letter * BATCH_BYTES}\n")
    Path("script.py").write_text(
        f"import dataset_tools\ndataset_tools.build({str(corpus.folder)!r}, 'dist', jobs=2)\n", "utf-8"
    )
    done = subprocess.run([sys.executable, "script.py"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("run again with --jobs 1, or with jobs=1 in a script")
    assert "put the call under if __name__ == '__main__':" in done.stderr


def test_the_median_is_the_mean_of_the_two_in_the_middle(corpus: CorpusFolder) -> None:
    corpus.add("a" * 10 + "\nx", name_id="0" * 16)
    corpus.add("b" * 15 + "\ny", name_id="1" * 16)
    assert dataset_tools.build(corpus.folder, "dist").ok
    assert "| title | 10 | 12.5 | 12.5 | 15 |" in Path("dist/README.md").read_text("utf-8")
