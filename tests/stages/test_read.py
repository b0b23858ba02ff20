import os
import socket
import tracemalloc

import pytest

from dataset_tools.model import Source
from dataset_tools.stages.read import read

DATA = "Chợ nổi\nNước lên.\n".encode()


def read_one(root, path, *, is_link=False, limit=1000):
    files = read([Source(path, 0, is_link=is_link)], [7], root=root, max_file_size=limit)
    assert (files.rows, files.paths) == ([7], [path])
    return files.data[0], [(issue.code, issue.path, issue.row, issue.message) for issue in files.issues]


@pytest.fixture
def raw(tmp_path):
    (tmp_path / "raw" / "sub").mkdir(parents=True)
    (tmp_path / "raw" / "a.txt").write_bytes(DATA)
    (tmp_path / "outside.txt").write_bytes(b"secret")
    return tmp_path / "raw"


def refused(root, path, code, said, **options):
    data, issues = read_one(root, path, **options)
    assert data is None
    ((found, shown, row, message),) = issues
    assert (found, shown, row) == (code, path, 7)
    assert said in message


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf\r\n\0\xff", DATA, b"x" * 1000])
def test_a_file_is_read_as_the_bytes_that_it_has(raw, data):
    (raw / "sub" / "b.txt").write_bytes(data)
    assert read_one(raw, "sub/b.txt") == (data, [])


def test_a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_too_large(raw):
    assert read_one(raw, "a.txt", limit=len(DATA)) == (DATA, [])
    refused(raw, "a.txt", "F006", f"{len(DATA)} bytes; max_file_size allows {len(DATA) - 1}", limit=len(DATA) - 1)


def test_a_file_that_vanished_is_an_issue(raw):
    refused(raw, "gone.txt", "F005", "vanished")
    refused(raw, "a.txt/gone.txt", "F005", "cannot be opened")


def test_a_link_to_a_file_of_the_corpus_is_read(raw):
    (raw / "sub" / "b.txt").symlink_to("../a.txt")
    assert read_one(raw, "sub/b.txt", is_link=True) == (DATA, [])


def test_a_link_is_judged_by_where_it_ends(raw):
    (raw / "in.txt").symlink_to(raw / "out.txt")
    (raw / "out.txt").symlink_to(raw.parent / "outside.txt")
    (raw.parent / "back.txt").symlink_to(raw / "a.txt")
    (raw / "there-and-back.txt").symlink_to(raw.parent / "back.txt")
    refused(raw, "in.txt", "F008", "outside the corpus", is_link=True)
    assert read_one(raw, "there-and-back.txt", is_link=True) == (DATA, [])


def test_a_folder_whose_name_begins_like_the_root_is_outside(raw):
    (raw.parent / "raw-2").mkdir()
    (raw.parent / "raw-2" / "b.txt").write_bytes(DATA)
    (raw / "b.txt").symlink_to(raw.parent / "raw-2" / "b.txt")
    refused(raw, "b.txt", "F008", "outside the corpus", is_link=True)


@pytest.mark.parametrize("target", ["nowhere", "loop.txt", "/dev/null/x"])
def test_a_link_that_leads_nowhere_is_an_issue(raw, target):
    (raw / "loop.txt").symlink_to(target)
    refused(raw, "loop.txt", "F009", "does not exist", is_link=True)


def test_the_root_itself_may_be_a_link(raw):
    (raw.parent / "corpus").symlink_to(raw)
    (raw / "b.txt").symlink_to("a.txt")
    assert read_one(raw.parent / "corpus", "a.txt") == (DATA, [])
    assert read_one(raw.parent / "corpus", "b.txt", is_link=True) == (DATA, [])


def test_a_file_that_a_link_has_replaced_is_not_followed(raw):
    (raw / "b.txt").symlink_to(raw.parent / "outside.txt")
    refused(raw, "b.txt", "F005", "a link took the place of the file")


def test_a_pipe_does_not_hold_the_tool_up(raw):
    os.mkfifo(raw / "pipe.txt")
    (raw / "link.txt").symlink_to("pipe.txt")
    refused(raw, "pipe.txt", "F010", "not a regular file but a pipe")
    refused(raw, "link.txt", "F010", "not a regular file but a pipe", is_link=True)


def test_a_socket_is_an_issue(raw, monkeypatch):
    monkeypatch.chdir(raw)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.txt")
        refused(raw, "s.txt", "F010", "not a regular file but a socket")


def test_a_folder_in_the_place_of_a_file_is_an_issue(raw):
    (raw / "link.txt").symlink_to("sub")
    refused(raw, "sub", "F010", "not a regular file but a folder")
    refused(raw, "link.txt", "F010", "not a regular file but a folder", is_link=True)


def test_a_file_that_shrinks_while_it_is_read_is_an_issue_that_says_to_run_again(raw, monkeypatch):
    real_read = os.read

    def shrinking_read(descriptor, count):
        os.truncate(raw / "a.txt", 4)
        return real_read(descriptor, count)

    monkeypatch.setattr(os, "read", shrinking_read)
    (issue,) = read([Source("a.txt", 0)], [7], root=raw, max_file_size=1000).issues
    assert issue.message == f"the file changed while it was read: it had {len(DATA)} bytes when it was opened"
    assert issue.hint == "run it again once nothing writes to the corpus any more"


def test_nothing_stays_open_when_a_file_is_refused(raw):
    os.mkfifo(raw / "pipe.txt")
    before = os.listdir("/dev/fd")
    for path, limit in (("pipe.txt", 10), ("sub", 10), ("a.txt", 1), ("gone.txt", 10), ("a.txt", 100)):
        read([Source(path, 0)], [0], root=raw, max_file_size=limit)
    assert os.listdir("/dev/fd") == before


def test_every_source_is_one_row_whether_it_can_be_read_or_not(raw):
    name = os.fsdecode(b"\xff.txt")
    (raw / name).write_bytes(b"x")
    sources = [Source("gone.txt", 1), Source("a.txt", 1), Source(name, 1)]
    files = read(sources, [5, 3, 9], root=raw, max_file_size=100)
    assert (files.rows, files.data) == ([5, 3, 9], [None, DATA, b"x"])
    assert files.paths == ["gone.txt", "a.txt", "\\xff.txt"]
    assert [issue.row for issue in files.issues] == [5]


def test_a_content_is_taken_in_place_of_the_file_up_to_the_size_that_is_allowed(raw):
    sources = [Source("a.txt", 4, content=b"new\n"), Source("no/such.txt", 0, content=b""), Source("a.txt", len(DATA))]
    files = read(sources, [0, 1, 2], root=raw, max_file_size=len(DATA))
    assert (files.data, files.issues) == ([b"new\n", b"", DATA], [])
    files = read([Source("a.txt", 4, content=b"new\n")], [0], root=raw, max_file_size=3)
    assert (files.data, [one.code for one in files.issues]) == ([None], ["F006"])


def test_a_text_of_a_gigabyte_is_refused_by_its_size_and_not_read(raw):
    with open(raw / "big.txt", "wb") as file:
        file.truncate(10**9)  # takes no room on the disk
    tracemalloc.start()
    try:
        refused(raw, "big.txt", "F006", "1,000,000,000 bytes; max_file_size allows 33,554,432", limit=32 << 20)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()
