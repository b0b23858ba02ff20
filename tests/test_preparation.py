"""Results are the same with a cold, warm, half or damaged cache, and a warm run opens no file that has not changed."""

import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataset_tools
from tests.conftest import CorpusFolder, article

_opened: list[str] | None = None


def _listen(event: str, arguments: tuple) -> None:
    if event == "open" and _opened is not None:
        _opened.append(os.fsdecode(arguments[0]) if isinstance(arguments[0], str | bytes) else str(arguments[0]))


sys.addaudithook(_listen)  # sees every way in which Python opens a file


class Opened:
    """The names of the files of a folder that were opened since."""

    def __init__(self, folder: Path) -> None:
        global _opened
        self._folder = os.path.realpath(folder) + os.sep
        _opened = []

    def names(self) -> list[str]:
        assert _opened is not None
        found = sorted(Path(name).name for name in _opened if os.path.realpath(name).startswith(self._folder))
        _opened.clear()
        return found


@pytest.fixture(autouse=True)
def _deaf() -> Iterator[None]:
    yield
    global _opened
    _opened = None


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all files were written long ago; their inode times cannot be set."""
    monkeypatch.setattr("dataset_tools.stamps.SETTLED", 0)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataset_tools.prepare.BATCH_ROWS", 8)


@pytest.fixture
def filled(corpus: CorpusFolder) -> CorpusFolder:
    """A corpus with copies, near copies, an id error, issues of texts, and a line in many documents."""
    foot = "Theo dõi chúng tôi để đọc tin mỗi sáng\n"
    for number in range(20):
        corpus.add(article(number) + foot)
    corpus.add(article(3) + foot)
    corpus.add(article(4).upper() + foot)
    corpus.add(article(5).replace("5x70", "sáu") + foot)
    corpus.add("Chợ nổi\nDòng một\n![]() |\n")
    corpus.add(article(30), name_id="0123456789abcdef")
    corpus.add(b"\xff\xfe khong phai UTF-8")
    return corpus


def cache_files() -> list[Path]:
    return sorted(Path(os.environ["XDG_CACHE_HOME"], "dataset-tools").glob("*.arrow"))


def files_of(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def built(corpus: CorpusFolder, *, cache: bool = True) -> tuple[dataset_tools.RunReport, dict[str, str]]:
    shutil.rmtree("dist", ignore_errors=True)
    report = dataset_tools.build(corpus.folder, "dist", on_invalid="quarantine", cache=cache)
    return report, files_of(Path("dist"))


class TestASecondRun:
    @pytest.mark.parametrize("near", [False, True])
    def test_of_validate_opens_no_file_and_says_the_same(self, near: bool, filled: CorpusFolder) -> None:
        first = dataset_tools.validate(filled.folder, near=near)
        opened = Opened(filled.folder)
        second = dataset_tools.validate(filled.folder, near=near)
        assert opened.names() == []
        assert second == first == dataset_tools.validate(filled.folder, near=near, cache=False)
        assert {"D001", "D002", "F001", "I001", "W001", "W010"} <= {one.code for one in second.issues}

    def test_of_build_opens_no_file_and_writes_the_same(self, filled: CorpusFolder) -> None:
        first = built(filled)
        opened = Opened(filled.folder)
        second = built(filled)
        assert opened.names() == []
        assert second == first == built(filled, cache=False)

    def test_of_dedup_opens_no_file_after_a_build(self, filled: CorpusFolder) -> None:
        built(filled)
        opened = Opened(filled.folder)
        assert len(dataset_tools.dedup(filled.folder).clusters) == 3
        assert opened.names() == []

    def test_of_one_file_opens_that_file_alone_to_find_the_recipe(self, corpus: CorpusFolder) -> None:
        paths = [corpus.add(article(number)) for number in range(40)]
        dataset_tools.validate(paths[7])
        opened = Opened(corpus.folder)
        paths[7].write_text(article(7) + "thêm\n", "utf-8")
        assert [one.code for one in dataset_tools.validate(paths[7]).issues] == ["I001"]
        assert set(opened.names()) == {paths[7].name}

    @pytest.mark.parametrize("near", [False, True])
    def test_of_given_files_opens_no_file_after_one_of_their_folder(self, near: bool, filled: CorpusFolder) -> None:
        dataset_tools.validate(filled.folder, near=near)
        opened = Opened(filled.folder)
        copy = next(filled.folder.glob("020_*"))
        assert "D001" in [one.code for one in dataset_tools.validate(copy, near=near).issues]
        assert opened.names() == []

    def test_of_a_text_that_is_not_saved_opens_no_file_after_one_of_its_folder(self, filled: CorpusFolder) -> None:
        copied = dataset_tools.validate(contents={filled.folder / "new.txt": article(7).encode()})
        assert copied.checked == 1
        opened = Opened(filled.folder)
        again = dataset_tools.validate(contents={filled.folder / "new.txt": article(7).encode()})
        assert opened.names() == []
        assert again == copied

    def test_opens_every_file_if_there_is_no_cache_or_nobody_trusts_stamps(self, filled: CorpusFolder) -> None:
        first = dataset_tools.validate(filled.folder)
        names = {path.name for path in filled.folder.iterdir()}
        opened = Opened(filled.folder)
        assert dataset_tools.validate(filled.folder, cache=False) == first
        assert set(opened.names()) == names
        before = cache_files()
        assert dataset_tools.validate(filled.folder, rehash=True) == first
        assert set(opened.names()) == names
        assert [path for path in cache_files() if path not in before and "stamps-" not in path.name] == []


class TestAChange:
    def test_of_one_file_opens_that_file_alone(self, filled: CorpusFolder) -> None:
        built(filled)
        path = sorted(filled.folder.iterdir())[5]
        opened = Opened(filled.folder)
        path.write_text(path.read_text("utf-8").replace("Bài", "Bản"), "utf-8")
        opened.names()
        warm = built(filled)
        assert set(opened.names()) == {path.name}
        assert warm == built(filled, cache=False)

    def test_of_bytes_is_seen_though_size_and_time_are_as_before(self, filled: CorpusFolder) -> None:
        dataset_tools.validate(filled.folder)
        path = sorted(filled.folder.iterdir())[5]
        before = path.stat()
        path.write_text(path.read_text("utf-8").replace("x10 ", "x99 "), "utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        assert "I001" in {
            one.code for one in dataset_tools.validate(filled.folder).issues if path.name in str(one.path)
        }

    def test_of_all_stamps_reads_the_files_once_and_makes_nothing_anew(self, filled: CorpusFolder) -> None:
        first = built(filled)
        before = cache_files()
        aside = filled.folder.with_name("aside")
        filled.folder.rename(aside)
        shutil.copytree(aside, filled.folder)
        assert built(filled) == first
        (new,) = [path for path in cache_files() if path not in before]
        assert new.name.startswith("stamps-")
        opened = Opened(filled.folder)
        assert built(filled) == first
        assert opened.names() == []

    def test_of_the_order_moves_issues_with_their_files(self, filled: CorpusFolder) -> None:
        dataset_tools.validate(filled.folder)
        (filled.folder / "000_ffffffffffffffff.txt").write_text("Một bài\nmới.\n", "utf-8")
        sorted(filled.folder.iterdir())[3].unlink()
        assert dataset_tools.validate(filled.folder) == dataset_tools.validate(filled.folder, cache=False)

    def test_of_the_settings_or_the_schema_is_heeded(self, filled: CorpusFolder) -> None:
        first = dataset_tools.validate(filled.folder)
        assert dataset_tools.validate(filled.folder, ignore=["W"]) == dataset_tools.validate(
            filled.folder, ignore=["W"], cache=False
        )
        schema = Path("article.yaml")
        text = (Path(dataset_tools.__file__).parent / "schemas" / "article.yaml").read_text("utf-8")
        schema.write_text(text.replace("max_value: 500", "max_value: 3"), "utf-8")
        strict = dataset_tools.validate(filled.folder, schema=schema)
        assert strict.errors > first.errors
        assert dataset_tools.validate(filled.folder) == first

    def test_of_the_code_is_heeded(self, filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
        dataset_tools.validate(filled.folder)
        for module in ("prepare", "remembered"):
            monkeypatch.setattr(f"dataset_tools.{module}.of_everything", lambda: "another version")
        opened = Opened(filled.folder)
        dataset_tools.validate(filled.folder)
        assert set(opened.names()) == {path.name for path in filled.folder.iterdir()}


def test_a_file_that_was_just_written_is_read_again(filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataset_tools.stamps.SETTLED", 3600 * 10**9)
    first = dataset_tools.validate(filled.folder)
    opened = Opened(filled.folder)
    assert dataset_tools.validate(filled.folder) == first
    assert set(opened.names()) == {path.name for path in filled.folder.iterdir()}


def test_a_file_that_cannot_be_read_is_tried_again(corpus: CorpusFolder) -> None:
    for number in range(3):
        corpus.add(article(number))
    link = corpus.folder / "003_0123456789abcdef.txt"
    link.symlink_to("nowhere.txt")
    assert [one.code for one in dataset_tools.validate(corpus.folder).issues] == ["F009"]
    (corpus.folder / "nowhere.txt").write_text(article(9), "utf-8")
    found = [one.code for one in dataset_tools.validate(corpus.folder).issues if one.path.endswith(link.name)]
    assert "F009" not in found
    assert "I001" in found


def test_a_schema_in_python_may_look_at_anything_so_nothing_is_kept(filled: CorpusFolder) -> None:
    schema = Path("article.py")
    schema.write_text(
        "import pandera.polars as pa\n\n\nclass Article(pa.DataFrameModel):\n"
        + "".join(
            f"    {name}: str = pa.Field(nullable=False)\n" for name in ("id", "title", "body", "path", "sha256")
        ),
        "utf-8",
    )
    dataset_tools.validate(filled.folder, schema=schema)
    opened = Opened(filled.folder)
    dataset_tools.validate(filled.folder, schema=schema)
    assert set(opened.names()) == {path.name for path in filled.folder.iterdir()}


def test_texts_that_are_not_saved_are_not_kept(corpus: CorpusFolder) -> None:
    path = corpus.add(article(1))
    dataset_tools.validate(path)
    before = cache_files()
    dataset_tools.validate(contents={path: article(2).encode()})
    assert cache_files() == before


def harm(rng: random.Random, files: list[Path]) -> None:
    """Remove, cut, overwrite or swap some files of the cache."""
    contents = [path.read_bytes() for path in files]
    for path, content in zip(files, contents, strict=True):
        place = rng.randrange(len(content))
        what = rng.choice(["keep", "keep", "remove", "cut", "flip", "swap", "folder"])
        if what == "cut":
            path.write_bytes(content[:place])
        elif what == "flip":
            path.write_bytes(content[:place] + bytes([content[place] ^ rng.randrange(1, 256)]) + content[place + 1 :])
        elif what == "swap":
            path.write_bytes(rng.choice(contents))
        elif what != "keep":
            path.unlink()
        if what == "folder":
            path.mkdir()


@settings(max_examples=12)
@given(count=st.integers(3, 24), seed=st.integers(0, 2**32))
def test_a_cache_in_any_state_changes_no_result(
    count: int, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    rng = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("state")
        patch.chdir(place)
        patch.setenv("XDG_CACHE_HOME", str(place / "cache"))
        corpus = CorpusFolder(place / "raw")
        for number in range(count):
            corpus.add(article(number if number % 5 else 0, words=12) + ("dòng chung\n" if number % 2 else ""))
        for _ in range(3):
            assert built(corpus) == built(corpus, cache=False)
            found = dataset_tools.validate(corpus.folder, near=True)
            assert found == dataset_tools.validate(corpus.folder, near=True, cache=False)
            harm(rng, [path for path in cache_files() if path.is_file()])
            for path in rng.sample(sorted(corpus.folder.iterdir()), rng.randrange(3)):
                path.write_text(article(rng.randrange(40), words=12), "utf-8")


KILLED = """
import os, signal, sys
import dataset_tools, dataset_tools.prepare, dataset_tools.stamps

dataset_tools.prepare.BATCH_ROWS = 8
dataset_tools.stamps.SETTLED = 0

class Progress:
    done = 0
    def stage(self, name, total):
        pass
    def advance(self, documents, problems=0):
        self.done += documents
        if self.done >= 16:
            os.kill(os.getpid(), signal.SIGKILL)

dataset_tools.build(sys.argv[1], "dist", on_invalid="quarantine", progress=Progress())
"""


def test_a_build_that_was_killed_goes_on_where_it_was(corpus: CorpusFolder) -> None:
    names = [corpus.add(article(number)).name for number in range(40)]
    killed = subprocess.run([sys.executable, "-c", KILLED, corpus.folder], check=False, capture_output=True)
    assert killed.returncode == -9, killed.stderr
    assert not Path("dist").exists()
    opened = Opened(corpus.folder)
    resumed = built(corpus)
    assert set(opened.names()) == set(names[16:])
    assert resumed == built(corpus, cache=False)


def test_two_builds_at_once_share_a_cache(filled: CorpusFolder) -> None:
    expected = built(filled, cache=False)[1]
    code = "import sys, dataset_tools; dataset_tools.build(sys.argv[1], sys.argv[2], on_invalid='quarantine')"
    running = [subprocess.Popen([sys.executable, "-c", code, filled.folder, out]) for out in ("one", "two")]
    assert [one.wait() for one in running] == [0, 0]
    assert files_of(Path("one")) == files_of(Path("two")) == expected
    assert built(filled)[1] == expected


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_texts_that_are_gone_or_damaged_are_made_once_more_and_then_known(
    harm: Callable[[Path], object], filled: CorpusFolder
) -> None:
    first = built(filled)
    (filled.folder / "100_ffffffffffffffff.txt").write_text("Một bài\nmới.\n", "utf-8")
    built(filled)
    for path in cache_files():
        if path.name.startswith("texts-"):
            harm(path)
    (filled.folder / "100_ffffffffffffffff.txt").unlink()
    assert built(filled) == first
    opened = Opened(filled.folder)
    assert built(filled) == first
    assert opened.names() == []


def test_many_small_changes_leave_few_files(corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataset_tools.known._MANY", 4)
    rng = random.Random(7)
    for number in range(12):
        corpus.add(article(number))
    for number in range(30):
        path = sorted(corpus.folder.iterdir())[rng.randrange(12)]
        path.write_text(article(100 + number), "utf-8")
        warm = built(corpus)
    assert len(cache_files()) < 40
    assert warm == built(corpus, cache=False)
    opened = Opened(corpus.folder)
    assert built(corpus) == warm
    assert opened.names() == []


def test_where_the_cache_cannot_be_written_a_run_does_without(
    filled: CorpusFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert built(filled) == built(filled, cache=False)
