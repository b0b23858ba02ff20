"""Reading published datasets: ours, those of others, and what only looks like one."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools import manifest
from dataset_tools.against.documents import BATCH_ROWS, Documents, documents_at
from dataset_tools.against.place import locate
from dataset_tools.model import UserError
from dataset_tools.text import printable
from tests.against.helpers import opened, parquet
from tests.conftest import CorpusFolder, article


def documents(word: str | Path) -> Documents:
    return documents_at(locate(str(word)))


def rows(word: str | Path) -> list[dict[str, object]]:
    return [row for batch in documents(word).batches() for row in batch.to_pylist()]


def refused(word: str | Path) -> str:
    with pytest.raises(UserError) as caught:
        rows(word)
    assert printable(caught.value.message) == caught.value.message
    assert caught.value.hint
    return caught.value.message


@pytest.fixture
def dist(corpus: CorpusFolder) -> Path:
    for number in range(3):
        corpus.add(article(number))
    Path("dataset-tools.toml").write_text("[split]\ntest = 0.4", "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    return Path("dist")


def test_a_dataset_of_ours_is_what_its_manifest_names(dist: Path) -> None:
    found = rows(dist)
    assert len(found) == 3
    assert {row["body"] for row in found} == {article(n).split("\n", 1)[1].rstrip("\n") for n in range(3)}
    assert {type(row["sha256"]) for row in found} == {bytes}


def test_in_a_folder_of_others_every_parquet_file_counts_by_path_but_hidden_ones() -> None:
    parquet("set/b/0.parquet", id=["b"], title=["Hai"], body=["hai"])
    parquet("set/a.parquet", id=["a"], title=["Một"], body=["một"])
    parquet("set/.cache/x.parquet", id=["x"], title=["Ẩn"], body=["ẩn"])
    Path("set/README.md").write_text("# Tập", "utf-8")
    assert [(row["id"], row["file"], row["row"]) for row in rows("set")] == [("a", 0, 0), ("b", 1, 0)]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_strings_may_be_of_any_kind_and_ids_numbers(kind: pa.DataType) -> None:
    parquet("a.parquet", id=[7], title=pa.array(["Một"]).cast(kind), body=pa.array(["hai"]).cast(kind))
    assert [(row["id"], row["title"], row["body"]) for row in rows("a.parquet")] == [("7", "Một", "hai")]


def test_a_text_is_split_as_a_file_would_be() -> None:
    parquet("a.parquet", text=["\ufeffTiêu đề\r\n\r\nThân bài\r\n", None])
    found = rows("a.parquet")
    assert [(row["title"], row["body"]) for row in found] == [("Tiêu đề", "Thân bài"), ("", "")]
    assert [row["id"] for row in found] == ["#0", "#1"]


def test_a_document_without_an_id_is_known_by_file_and_row() -> None:
    parquet("set/x.parquet", id=["a", None], title=["Một", "Hai"], body=["một", None])
    assert [row["id"] for row in rows("set")] == ["a", "x.parquet#1"]


def test_a_digest_that_is_none_is_passed_over() -> None:
    parquet("a.parquet", title=["x"] * 4, body=["y"] * 4, sha256=["ab" * 32, "ab", "không phải", None])
    assert [row["sha256"] for row in rows("a.parquet")] == [b"\xab" * 32, None, None, None]


def test_some_documents_are_read_without_the_rest_of_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 5 * BATCH_ROWS
    parquet("a.parquet", row_group_size=2 * BATCH_ROWS, title=[f"Bài {n}" for n in range(count)], body=["x"] * count)
    read: list[int] = []
    original = pq.ParquetFile.iter_batches

    def watched(self, *args, **options):
        for batch in original(self, *args, **options):
            read.append(batch.num_rows)
            yield batch

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", watched)
    wanted = [3, 2 * BATCH_ROWS, 2 * BATCH_ROWS + 1]
    found = [row for part in documents("a.parquet").some(0, wanted) for row in part.to_pylist()]
    assert [(row["row"], row["title"]) for row in found] == [(row, f"Bài {row}") for row in wanted]
    assert read == [BATCH_ROWS] * 2


class TestWhatIsRefused:
    def test_nothing_there(self) -> None:
        assert "nowhere does not exist" in refused("nowhere")

    def test_a_folder_without_parquet(self) -> None:
        Path("empty").mkdir()
        assert "has no Parquet file" in refused("empty")

    @pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"\xff" * 5000])
    def test_a_file_that_is_no_parquet(self, data: bytes) -> None:
        Path("a.parquet").write_bytes(data)
        assert "cannot read a.parquet" in refused("a.parquet")

    def test_a_file_without_texts(self) -> None:
        parquet("set/a.parquet", id=["a"], title=["một"])
        assert refused("set").endswith(
            "set/a.parquet has no columns title and body, or text, of strings; its columns: id, title"
        )

    def test_texts_that_are_no_strings(self) -> None:
        parquet("a.parquet", title=[1], body=["x"])
        assert "has no columns title and body" in refused("a.parquet")

    def test_two_columns_of_one_name(self) -> None:
        pq.write_table(pa.table([["a"], ["b"], ["c"]], names=["title", "title", "body"]), "a.parquet")
        assert "has no columns title and body" in refused("a.parquet")

    def test_a_column_name_that_is_an_attack_on_terminals(self) -> None:
        parquet("a.parquet", **{"\x1b[31m\n::error": ["x"]})
        assert "\\x1b[31m" in refused("a.parquet")

    def test_strings_that_are_not_utf_8(self) -> None:
        broken = pa.array([b"\xff\xfe"], pa.binary()).view(pa.string())
        parquet("a.parquet", title=broken, body=["x"])
        assert "cannot read a.parquet" in refused("a.parquet")

    def test_a_folder_that_may_not_be_read(self) -> None:
        if os.geteuid() == 0:
            pytest.skip("root may read everything")
        parquet("set/a.parquet", text=["x"])
        Path("set").chmod(0)
        try:
            assert "cannot read set" in refused("set")
        finally:
            Path("set").chmod(0o700)


class TestAManifestThatLies:
    @pytest.fixture
    def rewritten(self, dist: Path) -> Callable[[Callable[[dict], object]], None]:
        def rewrite(change: Callable[[dict], object]) -> None:
            values = json.loads((dist / manifest.NAME).read_text("utf-8"))
            change(values)
            (dist / manifest.NAME).write_text(json.dumps(values), "utf-8")

        return rewrite

    def test_of_a_file_that_is_not_there(self, dist: Path) -> None:
        next((dist / "data").iterdir()).unlink()
        assert "is missing" in refused(dist)

    def test_of_its_size(self, dist: Path) -> None:
        with next((dist / "data").iterdir()).open("ab") as file:
            file.write(b"x")
        assert "has another size" in refused(dist)

    def test_of_its_content(self, dist: Path) -> None:
        path = next((dist / "data").iterdir())
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        assert "is not what its manifest says" in refused(dist)

    def test_of_where_its_files_are(self, dist: Path, rewritten: Callable) -> None:
        parquet("elsewhere.parquet", text=["x"])
        rewritten(
            lambda values: values["files"].append({"path": "data/../../elsewhere.parquet", "bytes": 1, "sha256": ""})
        )
        assert "names files outside of it" in refused(dist)

    def test_of_its_digest(self, dist: Path, rewritten: Callable) -> None:
        rewritten(lambda values: values.update(content_sha256="\x1b[31m"))
        assert "has no SHA-256 of the content" in refused(dist)

    def test_of_having_any(self, dist: Path, rewritten: Callable) -> None:
        rewritten(lambda values: values.update(files=[]))
        assert "has no Parquet file" in refused(dist)

    def test_of_what_is_in_them(self, dist: Path, rewritten: Callable) -> None:
        path = parquet(dist / "data/nulls.parquet", title=["Một", None], body=["x", "y"])

        def name(values: dict) -> None:
            facts = {"path": "data/nulls.parquet", "bytes": path.stat().st_size, "sha256": manifest.sha256_of(path)}
            values["files"] = [facts]

        rewritten(name)
        assert "has nulls" in refused(dist)

    def test_of_what_it_is(self, dist: Path) -> None:
        (dist / manifest.NAME).write_text('{"generator": "dataset-tools"', "utf-8")
        assert "audit/issues.parquet has no columns" in refused(dist)


DAMAGED = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=4)


@settings(max_examples=80)
@given(changes=DAMAGED, at_end=st.booleans(), length=st.floats(0.2, 1))
def test_a_damaged_file_is_an_error_of_the_user_or_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[float, int]], at_end: bool, length: float
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a.parquet"
    table = pa.table({"id": ["a", "b"] * 20, "title": ["Một", None] * 20, "body": [article(n, 20) for n in range(40)]})
    pq.write_table(table, path, row_group_size=15, compression="none")
    data = bytearray(path.read_bytes())
    first = len(data) - 900 if at_end else 0
    for place, change in changes:
        data[first + int(place * (len(data) - first))] ^= change
    path.write_bytes(data[: int(length * len(data))] if length < 0.3 else data)
    with suppress(UserError):
        (reference,) = opened(path)
        assert reference.index.table.num_rows <= 40
