"""Adding files to a corpus: names, refusals, and that all are added or none."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dataset_tools
from dataset_tools import config
from dataset_tools.add_report import AddReport
from dataset_tools.incoming import add as add_to
from dataset_tools.model import UserError
from tests.conftest import CorpusFolder, article, new_id


@pytest.fixture
def raw() -> CorpusFolder:
    """A project in the current folder, with three articles."""
    Path("dataset-tools.toml").write_text("[dedup]\nthreshold = 0.8\n", "utf-8")
    folder = CorpusFolder(Path("raw"))
    for number in range(3):
        folder.add(article(number))
    return folder


def given(name: str, text: str | bytes) -> Path:
    path = Path("new", name)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def add(*paths: Path, dry_run: bool = False, strict: bool = False, **overrides: object) -> AddReport:
    return add_to(config.load(**overrides), paths or [Path("new")], dry_run=dry_run, strict=strict)


def names() -> list[str]:
    return sorted(os.listdir("raw"))


def setting(text: str) -> None:
    Path("dataset-tools.toml").write_text(text, "utf-8")


def found(report: AddReport) -> list[tuple[str, str]]:
    return [(one.path or "", one.code) for one in report.checked.issues if one.severity == "error"]


def test_files_get_the_next_index_and_the_id_of_their_content_and_stay_where_they_were(raw: CorpusFolder) -> None:
    given("b.txt", article(11))
    given("a.txt", article(10))
    before = names()
    report = add()
    assert [(one.source, one.path) for one in report.additions] == [
        ("new/a.txt", f"raw/003_{new_id(article(10))}.txt"),
        ("new/b.txt", f"raw/004_{new_id(article(11))}.txt"),
    ]
    assert names() == [*before, *(Path(one.path).name for one in report.additions)]
    for one in report.additions:
        assert Path(one.source).read_bytes() == Path(one.path).read_bytes()
    assert dataset_tools.validate().exit_code == 0
    assert report.recipe == "sha256(title+body, nfc)[:16]"


def test_an_index_in_the_name_gives_way_and_the_width_is_that_of_the_corpus(raw: CorpusFolder) -> None:
    raw.add(article(5), name=f"000998_{new_id(article(5))}.txt")
    given(f"007_{new_id(article(6))}.txt", article(6))
    given(f"008_{new_id(article(7))}.txt", article(7))
    assert [Path(one.path).name[:7] for one in add().additions] == ["000999_", "001000_"]


def test_a_dry_run_says_the_same_and_changes_nothing(raw: CorpusFolder) -> None:
    given("a.txt", article(10))
    before = names()
    report = add(dry_run=True)
    assert names() == before
    assert report.additions == add().additions


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"B\xe0i b\xe1o\nth\xe2n b\xe0i\n", "F001"),
        (b"", "F007"),
        ("chỉ có tiêu đề\n".encode(), "B001"),
        (article(1).encode(), "D001"),
        (article(1).upper().encode(), "D002"),
        ((article(1) + "thêm\n").encode(), "D003"),
    ],
)
def test_one_bad_file_keeps_all_out(raw: CorpusFolder, content: bytes, code: str) -> None:
    given("good.txt", article(10))
    given("bad.txt", content)
    before = names()
    report = add()
    assert names() == before
    assert found(report) == [("new/bad.txt", code)]
    assert (report.refused, report.exit_code) == (("new/bad.txt",), 1)
    assert [one.source for one in report.additions] == ["new/good.txt"]


def test_a_file_whose_id_is_that_of_other_content_is_refused(raw: CorpusFolder) -> None:
    given(f"000_{new_id(article(10))}.txt", article(10).replace("x3 ", "x4 "))
    report = add()
    assert found(report) == [(f"new/000_{new_id(article(10))}.txt", "I001")]
    assert "rename the file to 000_" in report.checked.issues[0].hint


def test_copies_among_the_files_are_refused_with_the_one_that_they_are_of(raw: CorpusFolder) -> None:
    given("a.txt", article(10))
    given("b.txt", article(10))
    given("c.txt", article(10) + "thêm\n")
    report = add()
    assert found(report) == [("new/b.txt", "D001"), ("new/c.txt", "D003")]
    assert all("new/a.txt" in one.message for one in report.checked.issues)


def test_what_is_there_stays_whatever_builds_prefer(raw: CorpusFolder) -> None:
    setting('[dedup]\npolicy = "longest"\n')
    given("longer.txt", article(1) + "dài hơn\n")
    assert found(add()) == [("new/longer.txt", "D003")]


def test_copies_are_refused_even_where_their_rules_are_switched_off(raw: CorpusFolder) -> None:
    setting('ignore = ["D"]\n')
    given("a.txt", article(1))
    assert found(add()) == [("new/a.txt", "D001")]


def test_what_is_published_elsewhere_is_refused_with_its_id(
    raw: CorpusFolder, make_corpus: Callable[[str], CorpusFolder]
) -> None:
    other = make_corpus("other")
    other.add(article(20))
    assert dataset_tools.build(other.folder, "other-dist", config_file=None).ok
    given("a.txt", article(20) + "thêm\n")
    report = add(against=["other-dist"])
    assert found(report) == [("new/a.txt", "D004")]
    assert new_id(article(20)) in report.checked.issues[0].message
    assert add().ok


def test_the_threshold_of_the_settings_decides_what_is_near(raw: CorpusFolder) -> None:
    given("a.txt", article(1) + "thêm\n")
    assert not add(dry_run=True).ok
    setting("[dedup]\nthreshold = 0.999\n")
    assert add().ok


def test_warnings_are_shown_and_refuse_only_when_strict(raw: CorpusFolder) -> None:
    given("a.txt", article(10) + "![]() |\n")
    assert add(strict=True).refused == ("new/a.txt",)
    report = add()
    assert report.ok
    assert "W001" in {one.code for one in report.checked.issues}


def test_an_empty_folder_begins_with_index_zero_and_the_recipe_for_new_corpora() -> None:
    setting("")
    Path("raw").mkdir()
    given("a.txt", article(1))
    report = add()
    assert names() == [f"000_{new_id(article(1))}.txt"]
    assert dataset_tools.validate().exit_code == 0
    given("b.txt", article(2))
    assert add(Path("new/b.txt")).ok
    assert report.recipe == "sha256(title+body, nfc)[:16]"


def test_without_a_corpus_folder_the_next_command_is_named() -> None:
    setting("")
    given("a.txt", article(1))
    with pytest.raises(UserError, match="dataset-tools init"):
        add()


def test_the_recipe_is_that_of_the_corpus(raw: CorpusFolder) -> None:
    for path in raw.folder.iterdir():
        digest = hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()[:16]
        path.rename(path.with_name(f"{path.name[:3]}_{digest}.txt"))
    given("a.txt", article(10))
    assert add().additions[0].id == hashlib.sha1(article(10).encode(), usedforsecurity=False).hexdigest()[:16]


def test_external_ids_come_from_the_name_or_the_file_is_refused(raw: CorpusFolder) -> None:
    setting('recipe = "external"\n')
    given("077_00000000000000aa.txt", article(10))
    given("nháp.txt", article(11))
    assert found(add()) == [("new/nháp.txt", "F004")]
    assert add(Path("new/077_00000000000000aa.txt")).additions[0].path == "raw/003_00000000000000aa.txt"
    given("078_00000000000000aa.txt", article(12))
    assert found(add(Path("new/078_00000000000000aa.txt"))) == [("new/078_00000000000000aa.txt", "I002")]


def test_among_files_named_by_their_content_one_that_is_not_is_refused_even_with_external_ids(
    raw: CorpusFolder,
) -> None:
    setting('recipe = "external"\n')
    for number in (10, 11):
        given(f"{number:03}_{hashlib.sha256(article(number).encode()).hexdigest()[:16]}.txt", article(number))
    wrong = given("012_00000000000000aa.txt", article(12))
    assert found(add()) == [(str(wrong), "I001")]
    assert add(wrong).ok


def test_files_must_not_change_what_the_ids_of_the_corpus_are() -> None:
    setting("")
    raw = CorpusFolder(Path("raw"))
    for number in range(2):
        raw.add(article(number), name_id=f"{number + 10:016x}")
    given(f"010_{new_id(article(10))}.txt", article(10))
    with pytest.raises(UserError, match='put recipe = "external" into the settings'):
        add()
    setting('recipe = "external"\n')
    assert add().ok


def test_one_id_that_nothing_explains_does_not_tell_what_new_ones_are() -> None:
    setting("")
    CorpusFolder(Path("raw")).add(article(0), name_id="00000000000000aa")
    given("a.txt", article(10))
    with pytest.raises(UserError, match="not known"):
        add()


def test_names_follow_those_of_the_corpus() -> None:
    setting('file_name = "(?P<kind>[a-z]+)-(?P<id>[0-9a-f]{16})\\\\.(?P<index>\\\\d+)\\\\.txt"\n')
    raw = CorpusFolder(Path("raw"))
    for number in range(2):
        raw.add(article(number), name=f"tin-{new_id(article(number))}.{number:02}.txt")
    given("a.txt", article(10))
    assert add().additions[0].path == f"raw/tin-{new_id(article(10))}.02.txt"


def test_files_of_the_corpus_and_folders_around_it_are_refused(raw: CorpusFolder) -> None:
    for path in (sorted(raw.folder.iterdir())[0], raw.folder, Path()):
        with pytest.raises(UserError, match=r"already|in it"):
            add(path)


def test_a_folder_without_articles_is_said_to_be_so(raw: CorpusFolder) -> None:
    given("notes.md", "x")
    with pytest.raises(UserError, match=r"no article found in new: no file matches \*\*/\*\.txt"):
        add()


def test_links_out_of_their_folder_pipes_and_missing_files_are_refused(raw: CorpusFolder, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(article(10), "utf-8")
    given("a.txt", article(11))
    Path("new/link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo("new/pipe.txt")
    assert found(add(Path("new/a.txt"), Path("new/link.txt"))) == [("new/link.txt", "F008")]
    assert found(add(Path("new/pipe.txt"))) == [("new/pipe.txt", "F010")]
    with pytest.raises(UserError, match="no such file"):
        add(Path("new/nowhere.txt"))


def test_a_file_that_is_too_large_is_not_read(raw: CorpusFolder) -> None:
    setting("max_file_size = 1000\n")
    given("a.txt", article(10))
    report = add()
    assert found(report) == [("new/a.txt", "F006")]
    assert report.checked.issues[0].message.startswith(f"{len(article(10).encode()):,} bytes; ")  # its size was enough


def test_a_second_call_opens_no_file_of_the_corpus(raw: CorpusFolder) -> None:
    old = 1_700_000_000_000_000_000
    for path in raw.folder.iterdir():
        os.utime(path, ns=(old, old))
    given("a.txt", article(10))
    code = (
        "import sys, pathlib\n"
        "from dataset_tools import config, incoming\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, a: opened.append(str(a[0])) if event == 'open' else None)\n"
        "assert incoming.add(config.load(), [pathlib.Path('new')], dry_run=True).ok\n"
        "print(sum('/raw/0' in one for one in opened))"
    )
    import time

    time.sleep(2.1)  # a file that has just been written may change within the same tick, and is read again
    counts = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    assert int(counts[0]) >= 3
    assert counts[1] == "0"


def test_two_calls_at_once_never_give_one_index_twice(raw: CorpusFolder) -> None:
    code = (
        "import sys, pathlib\n"
        "from dataset_tools import config, incoming, model\n"
        "while True:\n"
        "    try:\n"
        "        incoming.add(config.load(), [pathlib.Path(sys.argv[1])])\n"
        "        break\n"
        "    except model.UserError as error:\n"
        "        assert 'another call' in error.message, error\n"
    )
    paths = [given(f"{number}.txt", article(number)) for number in (10, 11, 12)]
    running = [subprocess.Popen([sys.executable, "-c", code, str(path)]) for path in paths]
    assert [one.wait(120) for one in running] == [0, 0, 0]
    assert [name[:3] for name in names()] == ["000", "001", "002", "003", "004", "005"]
