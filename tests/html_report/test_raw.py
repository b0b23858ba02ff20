"""Texts from the files of the corpus."""

import hashlib
from pathlib import Path

import pytest

from dataset_tools.html_report.raw import Unreadable, raw_text


def put(path: Path, data: bytes) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def reason(root: Path, path: str, sha256: str | None = None) -> str:
    found = raw_text(root, path, sha256)
    assert isinstance(found, Unreadable)
    return found.reason


def test_title_and_body_are_those_of_an_article(tmp_path: Path) -> None:
    digest = put(tmp_path / "a/b.txt", b"\xef\xbb\xbfTi\xc3\xaau \r\n\r\nth\xc3\xa2n\r\n")
    assert raw_text(tmp_path, "a/b.txt", digest) == ("Tiêu", "thân")
    assert raw_text(tmp_path, "a/b.txt", None) == ("Tiêu", "thân")


def test_a_file_that_has_changed_is_not_shown(tmp_path: Path) -> None:
    digest = put(tmp_path / "a.txt", b"one\ntwo")
    put(tmp_path / "a.txt", b"three\nfour")
    assert reason(tmp_path, "a.txt", digest) == "the file has changed since the dataset was built"


def test_what_is_not_there_or_not_text_is_said(tmp_path: Path) -> None:
    put(tmp_path / "a.txt", b"\xff")
    (tmp_path / "folder").mkdir()
    assert reason(tmp_path, "a.txt") == "the file is not UTF-8"
    assert "does not exist" in reason(tmp_path, "b.txt")
    assert "not a regular file but a folder" in reason(tmp_path, "folder")


@pytest.mark.parametrize("path", ["../outside.txt", "link.txt", "folder/outside.txt", "/etc/hostname"])
def test_nothing_outside_the_corpus_is_read(tmp_path: Path, path: str) -> None:
    put(tmp_path / "outside.txt", b"secret\nsecret")
    root = tmp_path / "raw"
    root.mkdir()
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")
    (root / "folder").symlink_to(tmp_path)
    assert "cannot be read" in reason(root, path)
