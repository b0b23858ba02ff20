import os
import random
import re
from pathlib import Path

import pytest

from dataset_tools.model import UserError
from dataset_tools.settings import FILE_NAME
from dataset_tools.stages.discover import discover, document_order
from tests.conftest import CorpusFolder, article

NAME = re.compile(FILE_NAME)
ID = "0123456789abcdef"


def found(*paths, raw=Path("no-raw"), include=("**/*.txt",)):
    (corpus,) = discover(paths, raw=raw, include=include, file_name=NAME)
    return corpus


def names(corpus):
    return [source.path for source in corpus.named]


def put(folder, *files):
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Tựa\nThân bài.\n", "utf-8")


def test_articles_are_the_files_that_match_and_are_not_hidden_and_the_rest_is_counted(tmp_path):
    put(tmp_path, "a.txt", "sâu/hơn/b.txt", "notes.md", "sâu/c.TXT", ".hidden.txt", ".git/d.txt", ".git/e.txt")
    put(tmp_path, ".gitkeep", "sâu/.gitkeep")
    (tmp_path / "empty.txt").mkdir()
    os.mkfifo(tmp_path / "pipe.txt")
    corpus = found(tmp_path)
    assert names(corpus) == ["a.txt", "sâu/hơn/b.txt"]
    assert corpus.ignored == 5  # notes.md, c.TXT, .hidden.txt, .git, pipe.txt
    assert (corpus.issues, corpus.whole, corpus.root) == ((), True, tmp_path)
    assert [source.size for source in corpus.sources] == [(tmp_path / "a.txt").stat().st_size] * 2


def test_documents_are_ordered_by_folder_then_index_as_a_number_then_name(tmp_path):
    ordered = [
        f"002_{ID}.txt",
        f"0010_{ID}.txt",
        f"010_{ID}.txt",
        f"010_{ID[::-1]}.txt",
        f"1000_{ID}.txt",
        f"{'9' * 200}_{ID}.txt",
        "Readme.txt",
        "a.txt",
        "ă.txt",
        f"B/999_{ID}.txt",
        f"a/001_{ID}.txt",
        f"a-b/001_{ID}.txt",
        f"a/b/000_{ID}.txt",
        f"đ/000_{ID}.txt",
    ]
    shuffled = random.Random(7).sample(ordered, len(ordered))
    put(tmp_path, *shuffled)
    assert names(found(tmp_path)) == ordered
    assert sorted(shuffled, key=document_order(NAME)) == ordered


def test_order_is_bytewise_for_names_that_are_not_utf_8(tmp_path):
    for name in (b"\xff.txt", b"\xe1\xbb\x87.txt", b"z.txt", b"\xf0\x9f\x98\x80.txt"):
        put(tmp_path, os.fsdecode(name))
    corpus = found(tmp_path)
    expected = [b"z.txt", b"\xe1\xbb\x87.txt", b"\xf0\x9f\x98\x80.txt", b"\xff.txt"]
    assert [os.fsencode(source.path) for source in corpus.sources] == expected
    assert [source.shown for source in corpus.sources] == ["z.txt", "ệ.txt", "😀.txt", "\\xff.txt"]


def test_a_pattern_without_index_group_orders_by_name(tmp_path):
    put(tmp_path, "10.txt", "9.txt")
    (corpus,) = discover([tmp_path], raw=tmp_path, include=["*.txt"], file_name=re.compile(r"(?P<id>\d+)\.txt"))
    assert names(corpus) == ["10.txt", "9.txt"]


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        (["**/*.txt"], ["a.txt", "x/b.txt", "x/y/c.txt"]),
        (["*.txt"], ["a.txt"]),
        (["x/**/*.txt"], ["x/b.txt", "x/y/c.txt"]),
        (["x/*.txt"], ["x/b.txt"]),
        (["**/?.md", "a.*"], ["a.txt", "x/d.md"]),
        (["x/**"], ["x/b.txt", "x/d.md", "x/y/c.txt"]),
        (["[[]a].txt"], ["[a].txt"]),
        (["a+txt", "atxt"], []),
    ],
)
def test_include_patterns_speak_of_whole_paths_below_the_root(tmp_path, include, expected):
    put(tmp_path, "a.txt", "x/b.txt", "x/y/c.txt", "x/d.md")
    if expected == ["[a].txt"]:
        put(tmp_path, "[a].txt")
    corpus = found(tmp_path, include=include)
    assert names(corpus) == expected
    assert corpus.ignored == len(list(tmp_path.rglob("*.*"))) - len(expected)


def test_a_folder_without_articles_is_warned_of(tmp_path):
    put(tmp_path, "notes.md")
    (issue,) = found(tmp_path).issues
    assert (issue.code, issue.path, issue.row) == ("F012", None, None)
    assert "1 other" in issue.message


def test_a_linked_folder_is_not_followed_and_warned_of(tmp_path):
    put(tmp_path, "raw/a.txt", "elsewhere/b.txt")
    (tmp_path / "raw" / "link\x1b").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "raw" / "circle").symlink_to(tmp_path / "raw")
    corpus = found(tmp_path / "raw")
    assert names(corpus) == ["a.txt"]
    assert corpus.ignored == 2
    assert sorted((issue.code, issue.path) for issue in corpus.issues) == [("F011", "circle"), ("F011", "link\\x1b")]


def test_links_to_files_are_articles_whatever_they_lead_to(tmp_path):
    put(tmp_path, "a.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    (tmp_path / "c.txt").symlink_to("nowhere")
    assert [(source.path, source.is_link) for source in found(tmp_path).sources] == [
        ("a.txt", False),
        ("b.txt", True),
        ("c.txt", True),
    ]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(tmp_path):
    put(tmp_path, "notes.md", ".hidden.txt", "a.txt")
    corpus = found(tmp_path / "notes.md", tmp_path / ".hidden.txt", tmp_path / "notes.md")
    assert sorted(names(corpus)) == [".hidden.txt", "notes.md"]
    assert (corpus.whole, corpus.ignored) == (False, 0)


def test_a_pipe_that_is_named_is_an_issue_of_its_own(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    corpus = found(tmp_path / "pipe.txt")
    assert corpus.sources == ()
    assert [(issue.code, issue.path) for issue in corpus.issues] == [("F010", "pipe.txt")]


def said(corpus):
    return [(one.code, one.row, one.path, one.message) for one in corpus.issues]


def test_paths_that_are_one_where_case_and_unicode_form_do_not_count_name_each_other(tmp_path):
    put(tmp_path, "a.txt", "A.txt", "b.txt", "tin/ế.txt", "tin/\u1ebe.txt", "Tin/e\u0302\u0301.txt", "ế.txt")
    said_of = {path: message for code, row, path, message in said(found(tmp_path)) if code == "F013"}
    other = "the same name as {} where case or Unicode form does not count (macOS, Windows)"
    assert said_of == {
        "A.txt": other.format("a.txt"),
        "a.txt": other.format("A.txt"),
        "Tin/e\u0302\u0301.txt": other.format("tin/\u1ebe.txt, tin/ế.txt"),
        "tin/\u1ebe.txt": other.format("Tin/e\u0302\u0301.txt, tin/ế.txt"),
        "tin/ế.txt": other.format("Tin/e\u0302\u0301.txt, tin/\u1ebe.txt"),
    }
    sources = names(found(tmp_path))
    assert all(sources[row] == path for _, row, path, _ in said(found(tmp_path)))


def test_the_second_name_of_a_file_is_an_issue_and_a_link_or_a_name_outside_is_none(tmp_path):
    put(tmp_path, "raw/b.txt", "raw/c.txt", "raw/d.txt")
    (tmp_path / "raw" / "tin").mkdir()
    (tmp_path / "raw" / "a.txt").hardlink_to(tmp_path / "raw" / "b.txt")
    (tmp_path / "raw" / "tin" / "b.txt").hardlink_to(tmp_path / "raw" / "b.txt")
    (tmp_path / "outside.txt").hardlink_to(tmp_path / "raw" / "c.txt")
    (tmp_path / "raw" / "link.txt").symlink_to("d.txt")
    (tmp_path / "raw" / "same-link.txt").hardlink_to(tmp_path / "raw" / "link.txt")
    expected = [
        ("F014", 1, "b.txt", "another name of a.txt: the two are one file (a hard link)"),
        ("F014", 6, "tin/b.txt", "another name of a.txt: the two are one file (a hard link)"),
    ]
    assert said(found(tmp_path / "raw")) == expected
    two = found(tmp_path / "raw" / "a.txt", tmp_path / "raw" / "b.txt", tmp_path / "raw" / "b.txt")
    assert said(two) == expected
    assert said(found(tmp_path / "raw" / "b.txt")) == expected[:1]
    assert said(found(tmp_path / "raw" / "c.txt")) == []


@pytest.mark.parametrize("name", ["none", "none/at/all.txt", "x" * 5000, "a\0b", "\x1b[31m"])
def test_a_path_that_does_not_exist_is_a_user_error(tmp_path, name):
    with pytest.raises(UserError, match="no such file or folder") as caught:
        found(tmp_path, tmp_path / name)
    assert caught.value.message.isprintable()


def test_the_root_is_the_configured_raw_folder_where_that_contains_the_path(tmp_path, monkeypatch):
    put(tmp_path, "raw/tin/a.txt", "raw/b.txt", "raw-2/c.txt")
    monkeypatch.chdir(tmp_path / "raw" / "tin")
    raw = tmp_path / "raw"
    for path in (raw / "tin" / "a.txt", Path("a.txt"), Path("."), raw / "tin" / ".." / "tin"):
        corpus = found(path, raw=raw)
        assert (corpus.root, names(corpus), corpus.whole) == (raw, ["tin/a.txt"], False)
    assert found(raw, raw=raw).whole
    assert found(raw / "tin", raw / "b.txt", raw=raw).root == raw
    assert found(tmp_path / "raw-2", raw=raw).root == tmp_path / "raw-2"
    assert found(tmp_path / "raw-2" / "c.txt", raw=raw).root == tmp_path / "raw-2"


def test_paths_with_several_roots_are_several_corpora_in_the_order_named(tmp_path):
    put(tmp_path, "b/1.txt", "a/2.txt", "a/3.txt")
    corpora = discover(
        [tmp_path / "b", tmp_path / "a" / "3.txt", tmp_path / "a" / "2.txt"],
        raw=tmp_path / "raw",
        include=["**/*.txt"],
        file_name=NAME,
    )
    assert [(corpus.root, names(corpus), corpus.whole) for corpus in corpora] == [
        (tmp_path / "b", ["1.txt"], True),
        (tmp_path / "a", ["2.txt", "3.txt"], False),
    ]


def test_a_named_file_behind_a_linked_folder_has_that_folder_as_its_root(tmp_path):
    put(tmp_path, "outside/a.txt", "raw/b.txt")
    (tmp_path / "raw" / "link").symlink_to(tmp_path / "outside")
    corpus = found(tmp_path / "raw" / "link" / "a.txt", raw=tmp_path / "raw")
    assert (corpus.root, names(corpus)) == (tmp_path / "raw" / "link", ["a.txt"])


def test_naming_a_place_twice_counts_nothing_twice(tmp_path):
    put(tmp_path, "raw/a.txt", "raw/notes.md", "raw/sub/b.txt", "raw/sub/more.md", "elsewhere/c.txt")
    raw = tmp_path / "raw"
    (raw / "sub" / "link").symlink_to(tmp_path / "elsewhere")
    once = found(raw, raw=raw)
    assert (names(once), once.ignored) == (["a.txt", "sub/b.txt"], 3)
    for paths in ([raw, raw], [raw, raw / "sub"], [raw / "sub", raw], [raw, raw / "a.txt"]):
        assert found(*paths, raw=raw) == once


def test_a_file_that_is_named_is_not_counted_as_ignored_as_well(tmp_path):
    put(tmp_path, "a.txt", "notes.md")
    corpus = found(tmp_path, tmp_path / "notes.md")
    assert (names(corpus), corpus.ignored) == (["a.txt", "notes.md"], 0)


def test_a_corpus_of_many_folders_is_found_whole(tmp_path):
    folder = CorpusFolder(tmp_path / "raw")
    written = {folder.add(article(i), below=f"{i % 7}/{i % 3}") for i in range(60)}
    corpus = found(folder.folder)
    assert {folder.folder / source.path for source in corpus.sources} == written


def test_contents_are_named_files_that_need_not_exist_and_take_the_place_of_those_that_do(tmp_path):
    put(tmp_path, "a.txt", "b.txt")
    os.mkfifo(tmp_path / "pipe")
    contents = {tmp_path / name: name.encode() for name in ("a.txt", "c.md", "pipe")}

    def all_of(*paths):
        return discover(paths, raw=Path("no-raw"), include=["*.txt"], file_name=NAME, contents=contents)

    (alone,) = all_of()
    assert [(one.path, one.content) for one in alone.named] == [
        ("a.txt", b"a.txt"),
        ("c.md", b"c.md"),
        ("pipe", b"pipe"),
    ]
    assert [one.path for one in alone.sources] == ["a.txt", "b.txt", "c.md", "pipe"]
    assert (alone.root, alone.whole, alone.issues) == (tmp_path, False, ())
    (among,) = all_of(Path(os.path.relpath(tmp_path)), tmp_path / "a.txt", tmp_path / "c.md")
    assert [one.path for one in among.sources] == ["a.txt", "b.txt", "c.md", "pipe"]
    assert [one.content is None for one in among.sources] == [False, True, False, False]
    assert (among.whole, among.ignored, among.issues) == (True, 0, ())


def test_the_root_of_a_content_is_found_as_that_of_a_file(tmp_path):
    put(tmp_path / "raw", "x/a.txt")
    new = {tmp_path / "raw" / "x" / "new.txt": b"", tmp_path / "new.txt": b""}
    inside, outside = discover([], raw=tmp_path / "raw", include=["*.txt"], file_name=NAME, contents=new)
    assert (inside.root, names(inside)) == (tmp_path / "raw", ["x/new.txt"])
    assert (outside.root, names(outside)) == (tmp_path, ["new.txt"])


@pytest.mark.parametrize("path", [".", "..", "sub", "none/a.txt", "a.txt/b.txt"])
def test_a_content_for_what_can_be_no_file_is_refused(tmp_path, path):
    put(tmp_path, "a.txt", "sub/b.txt")
    with pytest.raises(UserError, match=r"is a folder|there is no folder"):
        discover([], raw=Path("no-raw"), include=["*.txt"], file_name=NAME, contents={tmp_path / path: b""})
