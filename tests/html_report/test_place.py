"""Where a report is written."""

import os
from pathlib import Path

import pytest

from dataset_tools.html_report.page import MARK
from dataset_tools.html_report.place import check_place, write_page
from dataset_tools.model import UserError

PAGE = f"<!doctype html>\n{MARK}\n"


def refusal(out: Path, *others: Path) -> str:
    with pytest.raises(UserError) as raised:
        check_place(out, others)
    return raised.value.message


def test_a_new_file_and_an_old_report_are_written(tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    for text in (PAGE, f"{PAGE}đ"):
        check_place(out, [tmp_path / "dist"])
        write_page(out, text)
        assert out.read_text("utf-8") == text
    assert sorted(one.name for one in tmp_path.iterdir()) == ["here", "report.html"]


def test_it_can_be_read_by_those_whom_the_umask_lets(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_page(tmp_path / "a.html", PAGE)
    finally:
        os.umask(before)
    assert (tmp_path / "a.html").stat().st_mode & 0o777 == 0o640


def test_what_is_no_report_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes.html").write_text("my notes", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.html").symlink_to(tmp_path / "notes.html")
    assert "no report of dataset-tools" in refusal(tmp_path / "notes.html")
    assert "is a folder" in refusal(tmp_path / "folder")
    assert "is a link" in refusal(tmp_path / "link.html")


def test_a_report_does_not_belong_into_the_dataset_or_the_corpus(tmp_path: Path) -> None:
    (tmp_path / "dist/data").mkdir(parents=True)
    (tmp_path / "other").symlink_to(tmp_path / "dist")
    for out in (tmp_path / "dist/a.html", tmp_path / "dist/data/a.html", tmp_path / "other/a.html"):
        assert "is inside" in refusal(out, tmp_path / "raw", tmp_path / "dist")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "nowhere/a.html")


def test_what_was_there_stays_where_the_new_one_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.html"
    write_page(out, PAGE)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left on device"):
        write_page(out, "new")
    assert out.read_text("utf-8") == PAGE
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.html", "here"]
