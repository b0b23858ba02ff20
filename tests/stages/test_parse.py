import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools.model import Files
from dataset_tools.rules import RULES
from dataset_tools.settings import FILE_NAME
from dataset_tools.stages.parse import parse
from dataset_tools.text import split_article
from tests.transcoder import windows_1258

NAME = "001_0123456789abcdef.txt"


def parse_all(*data, paths=None, file_name=FILE_NAME):
    paths = paths or [NAME] * len(data)
    files = Files(rows=list(range(len(data))), paths=list(paths), data=list(data), issues=[])
    return parse(files, file_name=re.compile(file_name))


def decoded(column):
    return [None if part is None else part.decode() for part in column]


def findings(articles):
    return [(issue.code, issue.line, issue.column) for issue in articles.issues]


@pytest.mark.parametrize(
    ("data", "text", "found"),
    [
        ("Chợ\nNước".encode(), "Chợ\nNước", []),
        ("\ufeffChợ\nNước".encode(), "Chợ\nNước", [("F002", 1, 1)]),
        ("\ufeff\ufeffChợ".encode(), "\ufeffChợ", [("F002", 1, 1)]),
        ("a\ufeffb".encode(), "a\ufeffb", []),
        ("Chợ\r\nNước\r\n".encode(), "Chợ\nNước\n", [("F003", 1, 4)]),
        ("Chợ\nNước\r\n\r\n".encode(), "Chợ\nNước\n\n", [("F003", 2, 5)]),
        ("\ufeffChợ\r\n".encode(), "Chợ\n", [("F002", 1, 1), ("F003", 1, 4)]),
        ("Chợ\rNước\r".encode(), "Chợ\rNước\r", [("F015", 1, 4)]),
        ("Chợ\r\r\nNước\r".encode(), "Chợ\r\nNước\r", [("F003", 1, 5), ("F015", 1, 4)]),
        ("Chợ\n\nNước\rlên".encode(), "Chợ\n\nNước\rlên", [("F015", 3, 5)]),
        (b"", None, [("F007", None, None)]),
        ("\ufeff".encode(), None, [("F002", 1, 1), ("F007", None, None)]),
        (" \n\t\u3000\r\n".encode(), None, [("F003", 2, 3), ("F007", None, None)]),
        ("Chợ\nNước l".encode() + b"\xff\xfe", None, [("F001", 2, 7)]),
        ("Chợ".encode()[:-1], None, [("F001", 1, 3)]),
        (b"\xed\xa0\x80", None, [("F001", 1, 1)]),
        (b"\xc0\xaf", None, [("F001", 1, 1)]),
        ("Chợ".encode("utf-16"), None, [("F001", 1, 1)]),
        ("Chợ".encode("cp1258", "replace") + b"\xfe", None, [("F001", 1, 4)]),
        (None, None, []),
    ],
)
def test_bytes_are_decoded_strictly_and_what_is_unusual_is_said_with_its_place(data, text, found):
    articles = parse_all(data)
    assert decoded(articles.texts) == [text]
    assert findings(articles) == found


def test_bytes_that_are_not_utf_8_are_named_with_their_place_the_encoding_and_what_to_do():
    (issue,) = parse_all(windows_1258("Chợ nổi họp lại\nNước lên, ghe xuồng về đông.\n")).issues
    assert issue.message == "not UTF-8: byte 0xf5 at offset 2 (invalid start byte), probably WINDOWS-1258"
    assert issue.hint == "convert it with: iconv -f WINDOWS-1258 -t UTF-8 FILE"
    assert (issue.line, issue.column) == (1, 3)


def test_where_no_encoding_is_likely_the_hint_is_that_of_the_rule():
    (issue,) = parse_all("Chợ\n".encode() + b"\x80").issues
    assert issue.message == "not UTF-8: byte 0x80 at offset 6 (invalid start byte)"
    assert issue.hint == RULES["F001"].fix


def test_ascii_text_in_utf_16_is_no_text_though_its_bytes_are_utf_8():
    articles = parse_all("Tin\n1 2 3\n".encode("utf-16-be"), b"Tin\n1\0 2\0 3")
    (issue,) = articles.issues
    assert (issue.code, issue.row, issue.line, issue.column) == ("F016", 0, 1, 1)
    assert issue.message == "NULs beside all letters: probably UTF-16BE"
    assert issue.hint == "convert it with: iconv -f UTF-16BE -t UTF-8 FILE"
    assert [text is None for text in articles.texts] == [True, False]


def test_line_ends_are_counted_by_their_kind():
    issues = parse_all(b"a\r\nb\r\r\nc\r").issues
    assert [one.message for one in issues] == [
        "2 lines end with CR LF",
        "2 CR without LF, which end no line here",
    ]
    assert "perl -pi -e 's/\\r\\n?/\\n/g'" in issues[1].hint


def test_title_and_body_are_split_and_the_line_of_the_body_is_known():
    articles = parse_all("\ufeff Chợ nổi \r\n\r\n \r\n  Nước\rlên. \r\n\r\n".encode())
    assert (decoded(articles.titles), decoded(articles.bodies)) == (["Chợ nổi"], ["  Nước\rlên. "])
    assert articles.body_lines == [4]


@pytest.mark.parametrize(
    ("path", "name_id"),
    [
        (NAME, "0123456789abcdef"),
        ("tin/001.d/12345_0123456789abcdef.txt", "0123456789abcdef"),
        ("01_0123456789abcdef.txt", None),
        ("001_0123456789ABCDEF.txt", None),
        ("001_0123456789abcde.txt", None),
        ("001_0123456789abcdef0.txt", None),
        ("001_0123456789abcdef.txt\\x0a", None),
        ("x001_0123456789abcdef.txt", None),
        ("001_0123456789abcdef.txt/notes.txt", None),
    ],
)
def test_the_id_is_taken_from_a_name_that_matches_as_a_whole(path, name_id):
    articles = parse_all(b"a\nb", paths=[path])
    assert articles.ids == [name_id]
    assert [(issue.code, issue.path) for issue in articles.issues] == ([] if name_id else [("F004", path)])


def test_a_wrong_name_is_explained_and_the_right_one_is_in_the_hint_where_it_is_certain():
    short, capital = parse_all(b"a\nb", b"a\nb", paths=["001_12345.txt", f"tin/{NAME.upper()}"]).issues
    assert short.message == "the file name '001_12345.txt' is wrong: 5 hex digits after _ where 16 are expected"
    assert short.hint == RULES["F004"].fix
    assert capital.message == "the file name '001_0123456789ABCDEF.TXT' is wrong: capital letters"
    assert capital.hint == f"rename the file to {NAME}, unless there is one of that name already"


def test_a_pattern_without_anchors_must_match_the_whole_name_too():
    for path in ("0123456789abcdef.txt.bak", "x-0123456789abcdef.txt"):
        assert parse_all(b"a\nb", paths=[path], file_name=r"(?P<id>[0-9a-f]{16})\.txt").ids == [None]


def test_a_name_that_matches_without_an_id_is_an_issue_too():
    articles = parse_all(b"a\nb", paths=["001.txt"], file_name=r"\d+(_(?P<id>[0-9a-f]{16}))?\.txt")
    assert articles.ids == [None]
    assert [issue.code for issue in articles.issues] == ["F004"]


def test_a_file_with_a_wrong_name_is_parsed_all_the_same():
    articles = parse_all(b"\xef\xbb\xbfa\nb", paths=["a.txt"])
    assert (articles.titles, findings(articles)) == ([b"a"], [("F004", None, None), ("F002", 1, 1)])


pieces = st.sampled_from(
    [b"\xef\xbb\xbf", b"\r\n", b"\n", b"\r", b" ", "ế".encode(), b"a", b"\xff", b"\xe1\xbb", b"\0"]
)


@given(st.lists(st.none() | st.binary(max_size=12) | st.lists(pieces, max_size=8).map(b"".join), max_size=6))
@example([b"\xef\xbb\xbf\xff", None, b"", b"\r\r\n", b"\t\0\r\0", b" a\nb", b"a\n\tb"])
def test_each_file_is_one_row_with_a_text_or_an_issue_that_says_why_not(data):
    articles = parse_all(*data)
    columns = (articles.texts, articles.titles, articles.bodies, articles.body_lines, articles.ids)
    assert {len(column) for column in columns} == {len(data)}
    for row, (content, text) in enumerate(zip(data, articles.texts, strict=True)):
        codes = {issue.code for issue in articles.issues if issue.row == row}
        assert (text is None) == (content is None or bool(codes & {"F001", "F007", "F016"}))
        if text is not None:
            assert content.decode().removeprefix("\ufeff").replace("\r\n", "\n") == text.decode()
            title, body, line = split_article(text.decode())
            parts = (articles.titles[row], articles.bodies[row], articles.joined[row], articles.body_lines[row])
            assert parts == (title.encode(), body.encode(), f"{title}\n{body}".encode(), line)
        if content is not None and not codes & {"F001", "F016"}:
            assert ("F003" in codes) == (b"\r\n" in content)
            assert ("F015" in codes) == (b"\r" in content.replace(b"\r\n", b""))
    for issue in articles.issues:
        assert issue.line is None or (issue.line >= 1 and issue.column >= 1)
