"""`validate -`: standard input in place of a file."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

import dataset_tools
from dataset_tools.cli import app
from dataset_tools.formats import RENDERERS, full, statistics
from dataset_tools.report import SourceLines
from dataset_tools.text import printable
from tests.conftest import CorpusFolder, article, new_id

runner = CliRunner()
COMMAND = [sys.executable, "-m", "dataset_tools", "validate", "-", "--stdin-filename", "x.txt"]


def check(text: str | bytes, *arguments: str | Path) -> Result:
    return runner.invoke(app, ["validate", *map(str, arguments)], input=text)


def concise(text: str | bytes, file: Path, *arguments: str) -> list[str]:
    result = check(text, "-", "--stdin-filename", file, "--output-format", "concise", *arguments)
    assert result.stderr == ""
    return result.stdout.splitlines()


def test_the_text_given_is_checked_and_shown_and_not_that_of_the_file(corpus: CorpusFolder) -> None:
    text = article(1) + "![]() |\n"
    path = corpus.add(article(2), name=f"000_{new_id(text)}.txt")
    before = path.read_bytes()
    lines = check(text, "-", "--stdin-filename", path).stdout.splitlines()
    assert lines == [
        f"{path}:3:1: W001 warning: image markup without an image: '![]() |'",
        "  | ![]() |",
        "  | ^",
        "    next: delete the line",
        "",
        "Checked 1 file: 1 warning.",
        "Fixable: 1 with --fix --unsafe-fixes.",
        "Ids: sha256(title+body, nfc)[:16] explains 1 of 1.",
        "  1 warning  dataset-tools rule W001  image-markup",
    ]
    assert path.read_bytes() == before


def test_the_line_shown_is_that_of_the_text_given_whatever_its_bytes_and_its_name(corpus: CorpusFolder) -> None:
    name = "x\udcff\x1b[2J.txt"
    lines = check(b"T\xc3\xaan\nth\xc3\xa2n \xff\n", "-", "--stdin-filename", corpus.folder / name).stdout.splitlines()
    shown = rf"{corpus.folder}/x\xff\x1b[2J.txt"
    assert lines[2] == f"{shown}:2:6: F001 error: not UTF-8: byte 0xff at offset 11 (invalid start byte)"
    assert lines[0].startswith(rf"{shown}: F004 error: the file name 'x\xff\x1b[2J.txt' is wrong: ")
    assert lines[3:5] == [r"  | thân \xff", "  |      ^"]


def test_a_file_that_is_not_there_yet_is_checked_as_one_of_its_corpus(corpus: CorpusFolder) -> None:
    for number in range(3):
        corpus.add(article(number))
    text = article(7)
    lines = concise(text, corpus.folder / f"007_{new_id(text)}.txt")
    assert lines == ["Checked 1 file: no issue.", "Ids: sha256(title+body, nfc)[:16] explains 1 of 1."]
    lines = concise(text, corpus.folder / f"007_{'0' * 16}.txt")
    assert f"I001 the id {'0' * 16} does not match the content: sha256(title+body, nfc)[:16]" in lines[0]
    assert sorted(path.name[:3] for path in corpus.folder.iterdir()) == ["000", "001", "002"]


def test_the_file_on_disk_does_not_speak_for_the_recipe_of_the_text_that_takes_its_place(corpus: CorpusFolder) -> None:
    saved = corpus.add(article(1))
    assert any("I004" in line for line in concise(article(2), saved))


def test_the_root_is_the_configured_corpus_where_that_contains_the_file(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    (corpus.folder / "new").mkdir()
    Path("dataset-tools.toml").write_text(f"raw = '{corpus.folder}'\n[per_path_ignore]\n'new/*' = ['W']", "utf-8")
    text = article(2) + "![]() |\n"
    lines = concise(text, corpus.folder / "new" / f"002_{new_id(text)}.txt")
    assert lines == ["Checked 1 file: no issue.", "Ids: sha256(title+body, nfc)[:16] explains 1 of 1."]


def test_the_name_alone_is_enough() -> None:
    result = check("Tựa\n", "--stdin-filename", f"000_{'0' * 16}.txt", "--output-format", "json")
    assert [(one["code"], one["path"]) for one in json.loads(result.stdout)["issues"]][1:] == [
        ("B001", f"000_{'0' * 16}.txt")
    ]


@pytest.mark.parametrize("kind", ["file", "link", "pipe", "nothing"])
def test_what_lies_in_the_place_of_the_file_is_not_looked_at(kind: str, corpus: CorpusFolder) -> None:
    text = article(1)
    path = corpus.folder / f"001_{new_id(text)}.txt"
    if kind == "file":
        path.write_bytes(b"\xff")
    elif kind == "link":
        path.symlink_to("/etc/hostname")
    elif kind == "pipe":
        os.mkfifo(path)
    assert concise(text, path)[0] == "Checked 1 file: no issue."


def test_too_much_is_an_issue_and_is_not_read_to_its_end() -> None:
    Path("dataset-tools.toml").write_text("max_file_size = 1000", "utf-8")
    assert concise("a" * 1001, Path("x.txt"))[1] == "x.txt: F006 more than the 1,000 bytes that max_file_size allows"
    assert "F006" not in "".join(concise("a" * 1000, Path("x.txt")))
    endless = f"yes | {' '.join(COMMAND)} --output-format concise"
    done = subprocess.run(["bash", "-c", endless], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "x.txt: F006 more than" in done.stdout) == (1, True)


def test_nothing_is_an_empty_file() -> None:
    assert concise("", Path("x.txt"))[1] == "x.txt: F007 the file is empty: 0 bytes"


WRONG_CALLS = {
    "no name": (["-"], "- is standard input, and nothing says which file it stands for"),
    "no name, twice": (["-", "-"], "- is standard input, and nothing says which file it stands for"),
    "no name, and a path": ([".", "-"], "- is standard input, and nothing says which file it stands for"),
    "twice": (["-", "-", "--stdin-filename", "x.txt"], "standard input is checked alone"),
    "and a path": (["-", ".", "--stdin-filename", "x.txt"], "standard input is checked alone"),
    "a path, and a name": ([".", "--stdin-filename", "x.txt"], "standard input is checked alone"),
    "the name of a folder": (["-", "--stdin-filename", "."], ". is a folder"),
    "the name of the folder above": (["-", "--stdin-filename", ".."], ".. is a folder"),
    "an empty name": (["-", "--stdin-filename", ""], ". is a folder"),
    "in no folder": (["-", "--stdin-filename", "no\x1b[2J/x.txt"], r"there is no folder no\x1b[2J"),
    "below a file": (["-", "--stdin-filename", "file/x.txt"], "there is no folder file"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_is_exit_2_and_says_what_is_wrong(arguments: list[str], said: str) -> None:
    Path("file").touch()
    result = check("Tựa\nBài\n", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {said}")
    assert "\n    next: " in result.stderr


def test_a_terminal_and_a_closed_stream_are_said_so() -> None:
    ours, theirs = pty.openpty()
    done = subprocess.run(COMMAND, stdin=theirs, capture_output=True, text=True, check=False, timeout=60)
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        2,
        "error: standard input is a terminal, and no text comes from it",
    )
    closed = subprocess.run(["bash", "-c", f"{' '.join(COMMAND)} <&-"], capture_output=True, text=True, check=False)
    assert (closed.returncode, closed.stderr.splitlines()[0]) == (2, "error: standard input is closed")


@pytest.mark.parametrize("name", RENDERERS)
def test_no_format_passes_on_what_the_name_could_do_to_a_terminal(name: str) -> None:
    result = check("\x1b[2J\n", "-", "--stdin-filename", "a\x1b]0;x\x07\n\x9b\u202e.txt", "--output-format", name)
    assert result.exit_code == 1
    assert not set(result.output) & set("\x1b\x07\x9b\u202e")


letters = st.characters(exclude_characters="/", exclude_categories=["Cs"]) | st.characters(
    min_codepoint=0xDC80, max_codepoint=0xDCFF, categories=["Cs"]
)
names = st.text(letters, min_size=1, max_size=20).filter(lambda name: name not in (".", ".."))
texts = st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass"))


@settings(deadline=None, max_examples=150)
@given(names, texts, st.sampled_from([None, 1]))
@example("\udcff\x9b\n::error::.txt", b"![]() |\n\x1b[2J\x9b\n| a | b |\n", 1)
def test_any_bytes_under_any_name_end_with_0_or_1_and_well_formed_reports(
    name: str, data: bytes, most: int | None
) -> None:
    report = dataset_tools.validate(contents={name: data})
    assert (report.exit_code, report.checked) in ((0, 1), (1, 1))
    shown = report if most is None else report.limited(most)
    written = {form: render(shown) for form, render in [*RENDERERS.items(), ("statistics", statistics.full)]}
    written["full"] = full.render(shown, SourceLines(shown.contents))
    for form, text in written.items():
        assert [line for line in text.split("\n") if printable(line) != line] == [], form
    for form in ("json", "gitlab", "sarif"):
        json.loads(written[form])
    assert [json.loads(line)["type"] for line in written["jsonl"].splitlines()][-1] == "summary"
    ET.fromstring(written["junit"].encode())


def test_python_checks_contents_too_alone_or_in_their_corpus(corpus: CorpusFolder) -> None:
    first, second = corpus.add(article(1)), corpus.add(article(2))
    changed = {first: article(2).encode()}
    alone = dataset_tools.validate(contents=changed)
    assert (alone.checked, [one.code for one in alone.issues]) == (1, ["I001"])
    among = dataset_tools.validate(corpus.folder, contents=changed)
    assert (among.checked, [one.code for one in among.issues]) == (2, ["I001"])
    new = corpus.folder / f"002_{new_id(article(2))}.txt"
    copied = dataset_tools.validate(corpus.folder, contents={new: article(2).encode()})
    assert (copied.checked, [(one.code, one.message) for one in copied.issues]) == (
        3,
        [("D001", f"the same bytes as {second.name}")],
    )
    both = dataset_tools.validate(new, contents={new: article(2).encode()})
    assert (both.checked, both.issues) == (1, copied.issues)
    with pytest.raises(dataset_tools.UserError, match="there is no folder"):
        dataset_tools.validate(contents={"a\0b/c.txt": b""})
    with pytest.raises(dataset_tools.UserError, match=r"\\ud800\.txt cannot be the name of a file"):
        dataset_tools.validate(contents={"\ud800.txt": b""})
    assert dataset_tools.validate(contents={"a\0b.txt": b"a\nb"}).issues[0].path == r"a\x00b.txt"
