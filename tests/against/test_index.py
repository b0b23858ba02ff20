"""The index of a published dataset: what it finds, when it is used again, and when it is not trusted."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools.against import Reference, index
from dataset_tools.against.documents import Documents
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.stages.same_text import outlines
from dataset_tools.text import canonical, same_text_key
from tests.against.helpers import CUT, opened, parquet
from tests.conftest import ROOT, CorpusFolder, article

CACHE = Path("cache")


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The datasets whose texts were all read, in order."""
    read: list[str] = []
    original = Documents.batches

    def watched(self: Documents):
        read.append(self.place.name)
        return original(self)

    monkeypatch.setattr(Documents, "batches", watched)
    return read


@pytest.fixture
def dataset() -> Path:
    texts = [article(number).split("\n", 1) for number in range(5)]
    return parquet("set.parquet", title=[title for title, _ in texts], body=[body for _, body in texts])


def only(reference: list[Reference]) -> pa.Table:
    (one,) = reference
    return one.index.table


def test_it_has_for_each_document_what_tells_same_texts_and_near_ones(dataset: Path) -> None:
    (reference,) = opened(dataset)
    table = reference.index.table
    texts = [canonical(*article(number).split("\n", 1)) for number in range(5)]
    assert table["text_key"].to_pylist() == [same_text_key(text) for text in texts]
    assert table["outline"].to_pylist() == outlines([text.encode() for text in texts])
    keys = np.stack([np.frombuffer(bands or b"", "<u8") for bands in fingerprint(texts, CUT)])
    found = reference.index.bucket_mates(keys[[3, 1]], limit=10)
    assert [part.tolist() for part in found] == [[0, 1], [3, 1], [0, 0]]


def test_documents_without_words_or_without_a_text_are_in_no_bucket() -> None:
    parquet("set.parquet", title=["!!!", "", "một hai"], body=["???", " \n", "ba bốn"])
    (reference,) = opened("set.parquet")
    assert reference.index.with_words == 1
    assert [key is None for key in reference.index.table["text_key"].to_pylist()] == [False, True, False]


@settings(max_examples=40)
@given(
    published=st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), max_size=12),
    asked=st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=2), max_size=6),
    limit=st.integers(1, 4),
)
def test_buckets_are_found_as_a_search_through_all_finds_them(
    published: list[list[int]], asked: list[list[int]], limit: int
) -> None:
    matrix = np.array(published, np.uint64).reshape(-1, 2)
    bands = pa.array([row.astype("<u8").tobytes() for row in matrix], pa.binary(16))
    columns, with_words = index._sorted_bands(bands, index.Banding(2, 1))
    found = index.Index(pa.table(columns), "", with_words, 2)
    wanted = np.array(asked, np.uint64).reshape(-1, 2)
    texts, mates, skipped = found.bucket_mates(wanted, limit)
    expected = set()
    beyond = []
    for number, keys in enumerate(asked):
        buckets = [[n for n, row in enumerate(published) if row[band] == keys[band]] for band in range(2)]
        expected |= {(number, mate) for bucket in buckets for mate in bucket[:limit]}
        beyond.append(sum(len(bucket[limit:]) for bucket in buckets))
    assert list(zip(texts.tolist(), mates.tolist(), strict=True)) == sorted(expected)
    assert skipped.tolist() == beyond


class TestItIsKept:
    def test_and_used_again_without_reading_a_text(self, dataset: Path, readings: list[str]) -> None:
        first, second = (only(opened(dataset, cache=CACHE)) for _ in range(2))
        assert first.equals(second)
        assert readings == ["set.parquet"]

    def test_where_git_leaves_it_alone(self, dataset: Path) -> None:
        opened(dataset, cache=CACHE)
        assert (CACHE / ".gitignore").read_text("utf-8") == "*\n"
        assert [path.suffix for path in sorted(CACHE.iterdir())] == ["", ".arrow"]

    def test_for_each_banding(self, dataset: Path, readings: list[str]) -> None:
        for threshold in (0.8, 0.7, 0.8, 0.7):
            opened(dataset, cut=banding(threshold), cache=CACHE)
        assert len(readings) == 2

    def test_until_the_dataset_changes_and_then_the_old_one_is_removed(
        self, dataset: Path, readings: list[str]
    ) -> None:
        opened(dataset, cache=CACHE)
        parquet(dataset, title=["Khác"], body=["khác"])
        assert only(opened(dataset, cache=CACHE)).num_rows == 1
        assert len(readings) == 2
        assert len(list(CACHE.glob("*.arrow"))) == 1

    def test_for_a_dataset_of_ours_by_its_manifest_whatever_the_clock_said(
        self, corpus: CorpusFolder, readings: list[str]
    ) -> None:
        corpus.add(article(1))
        assert dataset_tools.build(corpus.folder, "dist").ok
        opened("dist", cache=CACHE)
        for path in Path("dist/data").iterdir():
            path.write_bytes(path.read_bytes())
        opened("dist", cache=CACHE)
        assert readings == ["dist"]

    def test_until_fingerprints_are_made_in_another_way(
        self, dataset: Path, readings: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        opened(dataset, cache=CACHE)
        monkeypatch.setattr(index, "fingerprint", lambda texts, cut: fingerprint([f"x {t}" for t in texts], cut))
        opened(dataset, cache=CACHE)
        assert len(readings) == 2


def flipped(data: bytes) -> bytes:
    return data[:1000] + bytes([data[1000] ^ 1]) + data[1001:]


def with_checksum(data: bytes) -> bytes:
    return data + xxhash.xxh3_128_hexdigest(data).encode()


class TestItIsNotTrusted:
    @pytest.mark.parametrize(
        "damage",
        [
            flipped,
            lambda data: data[:-1],
            lambda data: data[: len(data) // 2],
            lambda data: b"",
            lambda data: b"\0" * len(data),
            lambda data: with_checksum(b"no Arrow at all"),
            lambda data: with_checksum(b""),
        ],
    )
    def test_when_it_is_damaged(self, damage: Callable[[bytes], bytes], dataset: Path, readings: list[str]) -> None:
        good = only(opened(dataset, cache=CACHE))
        (path,) = CACHE.glob("*.arrow")
        whole = path.read_bytes()
        path.write_bytes(damage(whole))
        assert only(opened(dataset, cache=CACHE)).equals(good)
        assert len(readings) == 2
        assert path.read_bytes() == whole

    def test_when_it_is_that_of_another_dataset(self, dataset: Path, readings: list[str]) -> None:
        opened(dataset, cache=CACHE)
        (mine,) = CACHE.glob("*.arrow")
        parquet("other.parquet", title=["Khác"], body=["khác"])
        opened("other.parquet", cache=CACHE)
        (other,) = set(CACHE.glob("*.arrow")) - {mine}
        mine.write_bytes(other.read_bytes())
        assert only(opened(dataset, cache=CACHE)).num_rows == 5
        assert readings == ["set.parquet", "other.parquet", "set.parquet"]


@pytest.mark.parametrize("cache", [None, Path("file/below")])
def test_without_a_place_for_it_it_is_made_each_time(cache: Path | None, dataset: Path) -> None:
    Path("file").write_text("không phải thư mục", "utf-8")
    assert only(opened(dataset, cache=cache)).num_rows == 5


def test_a_dataset_without_documents_has_an_empty_index() -> None:
    parquet("set.parquet", title=pa.array([], pa.string()), body=pa.array([], pa.string()))
    for _ in range(2):
        assert only(opened("set.parquet", cache=CACHE)).num_rows == 0


def test_workers_make_the_same_index() -> None:
    texts = [article(number).split("\n", 1) for number in range(600)]
    parquet("many.parquet", title=[title for title, _ in texts], body=[body for _, body in texts])
    assert only(opened("many.parquet", jobs=2)).equals(only(opened("many.parquet")))


def test_two_processes_may_make_it_at_once(dataset: Path) -> None:
    script = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from tests.against.helpers import opened
print(opened("set.parquet", cache=Path("cache"))[0].index.table.num_rows)
"""
    running = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [one.communicate()[0] for one in running] == ["5\n"] * 3
    assert len(list(CACHE.iterdir())) == 2
