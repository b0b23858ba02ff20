"""`validate --fix`, `--unsafe-fixes`, `--diff`, `--republish` and `--undo`, and `undo`."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import dataset_tools
from dataset_tools import mending
from dataset_tools.cli import app
from dataset_tools.text import printable
from tests.conftest import CorpusFolder, article, new_id
from tests.fixes.patch import patched, paths, split

runner = CliRunner()
MARKED, RESIDUE = f"\ufeff{article(0)}", f"{article(1)}![]() |\n"


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, list(map(str, arguments)))


def validate(*arguments: str | Path) -> Result:
    return call("validate", *arguments)


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def raw(corpus: CorpusFolder) -> Path:
    """A safe fix, one that changes an id, a wrong id, and a file that is right."""
    corpus.add(MARKED, name_id=new_id(article(0)))
    corpus.add(RESIDUE)
    corpus.add(article(2), name_id="0" * 16)
    corpus.add(article(3))
    return corpus.folder


NAMES = {0: f"000_{new_id(article(0))}.txt", 1: f"001_{new_id(article(1))}.txt", 2: f"002_{new_id(article(2))}.txt"}


def test_fix_changes_what_is_safe_and_reports_what_remains(raw: Path) -> None:
    before = state(raw)
    wrong, recipe = f"{raw}/002_{'0' * 16}.txt", "sha256(title+body, nfc)[:16]"
    result = validate(raw, "--fix", "--output-format", "concise")
    assert result.stdout.splitlines() == [
        f"{raw}/001_{new_id(RESIDUE)}.txt:3:1: W001 image markup without an image: '![]() |'",
        f"{wrong}: I001 the id {'0' * 16} does not match the content: {recipe} gives {new_id(article(2))}",
        "Fixed 1 file: F002 byte-order-mark 1.",
        "Checked 4 files: 1 error, 1 warning.",
        "Ids: sha256(title+body, nfc)[:16] explains 3 of 4.",
    ]
    assert result.exit_code == 1
    assert state(raw) == {**before, NAMES[0]: article(0).encode()}


def test_unsafe_fixes_change_ids_and_say_the_new_names_and_a_second_run_changes_nothing(raw: Path) -> None:
    result = validate(raw, "--fix", "--unsafe-fixes")
    assert result.stdout.splitlines() == [
        "Fixed 3 files: F002 byte-order-mark 1, I001 id-mismatch 1, W001 image-markup 1.",
        f"Renamed {raw}/001_{new_id(RESIDUE)}.txt -> {raw}/{NAMES[1]}",
        f"Renamed {raw}/002_{'0' * 16}.txt -> {raw}/{NAMES[2]}",
        "Checked 4 files: no issue.",
        "Ids: sha256(title+body, nfc)[:16] explains 4 of 4.",
        f"    next: dataset-tools build {raw} --out {raw}-dataset",
    ]
    assert result.exit_code == 0
    after = state(raw)
    assert {name: after[name] for name in NAMES.values()} == {NAMES[n]: article(n).encode() for n in NAMES}
    assert validate(raw, "--fix", "--unsafe-fixes").stdout.splitlines()[0] == "Fixed nothing."
    assert state(raw) == after


@pytest.mark.parametrize("unsafe", [[], ["--unsafe-fixes"]])
def test_what_diff_shows_is_what_fix_does_and_nothing_more(raw: Path, unsafe: list[str]) -> None:
    before = state(raw)
    result = validate(raw, "--diff", *unsafe)
    assert result.exit_code == 1
    assert state(raw) == before
    shown, summary = result.stdout.rsplit("\n\n", 1)
    assert summary.startswith("Would fix ")
    expected = dict(before)
    for diff in split(shown.splitlines()):
        old, new = (Path(path).name for path in paths(diff))
        expected[new] = patched(expected.pop(old), diff)
    assert validate(raw, "--fix", *unsafe).exit_code == (0 if unsafe else 1)
    assert state(raw) == expected
    assert expected != before
    again = validate(raw, "--diff", *unsafe)
    assert (again.exit_code, again.stdout) == (0, "Would fix nothing.\n")


def test_diff_wins_over_fix(raw: Path) -> None:
    before = state(raw)
    assert validate(raw, "--fix", "--diff").exit_code == 1
    assert state(raw) == before


def test_json_has_the_differences_the_names_and_what_was_held_back(raw: Path) -> None:
    (raw / NAMES[2]).write_bytes(article(2).encode())
    found = json.loads(validate(raw, "--diff", "--unsafe-fixes", "--output-format", "json").stdout)
    fixes = found["validate"]["fixes"]
    assert found["summary"]["exit_code"] == 1
    assert fixes["written"] is False
    assert fixes["undo"] is None
    first, second = fixes["files"]
    assert first["path"] == f"{raw}/{NAMES[0]}"
    assert (first["new_path"], first["rules"]) == (None, ["F002"])
    assert patched(MARKED.encode(), first["diff"]) == article(0).encode()
    assert second["new_path"] == f"{raw}/{NAMES[1]}"
    assert [(one["path"], one["reason"], one["hint"]) for one in fixes["held"]] == [
        (
            f"{raw}/002_{'0' * 16}.txt",
            f"its new name would be {NAMES[2]}: there is a file of that name already",
            "see which of the two files is the right one, and remove or rename the other",
        ),
    ]


def test_published_documents_keep_their_ids_unless_that_is_asked_for(raw: Path) -> None:
    dataset_tools.build(raw, "dist", on_invalid="quarantine")
    before = state(raw)
    result = validate(raw, "--fix", "--unsafe-fixes", "--out", "dist", "--ignore", "W010")
    name = f"001_{new_id(RESIDUE)}.txt"
    assert (
        f"Not fixed: {raw}/{name}: the id {new_id(RESIDUE)} is published, and its new name would be {NAMES[1]}\n"
        "    next: leave it as it was published, or say --republish\n"
    ) in result.stdout
    assert f"Renamed {raw}/002_{'0' * 16}.txt -> {raw}/{NAMES[2]}\n" in result.stdout
    assert state(raw)[name] == before[name]
    result = validate(raw, "--fix", "--unsafe-fixes", "--out", "dist", "--republish")
    assert f"Renamed {raw}/{name} -> {raw}/{NAMES[1]}\n" in result.stdout


@pytest.mark.parametrize("where", ["settings", "against"])
def test_what_is_published_is_known_from_the_settings_and_from_what_is_compared_with(raw: Path, where: str) -> None:
    dataset_tools.build(raw, "dist", on_invalid="quarantine")
    raw.rename("raw")
    options = ["raw"] if where == "settings" else ["raw/" + f"001_{new_id(RESIDUE)}.txt", "--against", "dist"]
    if where == "against":
        Path("dist").rename("published")
        options[-1] = "published"
    result = validate(*options, "--fix", "--unsafe-fixes")
    assert f"the id {new_id(RESIDUE)} is published" in result.stdout


def test_undo_gives_every_byte_and_name_back(raw: Path) -> None:
    before = state(raw)
    result = validate(raw, "--fix", "--unsafe-fixes", "--undo", "my way.undo")
    assert "To take it back: dataset-tools undo 'my way.undo'\n" in result.stdout
    assert state(raw) != before
    done = call("undo", "my way.undo")
    assert (done.exit_code, done.stdout) == (0, "Restored 3 files.\n")
    assert state(raw) == before
    assert call("undo", "my way.undo").stdout == "Restored 0 files; 3 files had nothing to restore.\n"


def test_undo_names_what_was_changed_since(raw: Path) -> None:
    validate(raw, "--fix", "--undo", "back")
    (raw / NAMES[0]).write_bytes(b"edited\n")
    result = call("undo", "back")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{raw}/{NAMES[0]}: not restored: it was changed since, or is gone",
        "    next: restore it by hand, if it should be: the undo file has its old bytes",
        "Restored 0 files.",
    ]
    assert (raw / NAMES[0]).read_bytes() == b"edited\n"


def test_no_way_back_is_written_where_nothing_changes_and_none_is_overwritten(raw: Path) -> None:
    before = state(raw)
    Path("back").write_text("mine")
    result = validate(raw, "--fix", "--undo", "back")
    assert (result.exit_code, state(raw)) == (2, before)
    assert "back is there already" in result.stderr
    validate(raw, "--fix", "--unsafe-fixes")
    assert validate(raw, "--fix", "--undo", "other").exit_code == 0
    assert not Path("other").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--unsafe-fixes"], "--unsafe-fixes says which fixes"),
        (["--republish"], "--republish says which fixes"),
        (["--undo", "x"], "--undo keeps what --fix changes"),
        (["--diff", "--undo", "x"], "--undo keeps what --fix changes"),
        (["--fix", "-", "--stdin-filename", "x.txt"], "standard input is no file"),
        (["--diff", "--stdin-filename", "x.txt"], "standard input is no file"),
        (["--diff", "--output-format", "sarif"], "--diff has no form in the format sarif"),
        (["--diff", "--statistics"], "--diff shows"),
    ],
)
def test_options_that_do_not_go_together_are_refused_and_nothing_is_changed(
    raw: Path, options: list[str], said: str
) -> None:
    before = state(raw)
    result = validate(raw, *options)
    assert (result.exit_code, state(raw)) == (2, before)
    assert said in result.stderr
    assert "next: " in result.stderr


def test_a_file_that_is_named_and_gets_another_name_is_checked_under_that(raw: Path) -> None:
    (raw.parent / "dataset-tools.toml").write_text('recipe = "sha256(title+body, nfc)[:16]"')
    old = raw / f"002_{'0' * 16}.txt"
    result = validate(old, "--fix", "--unsafe-fixes", "-c", raw.parent / "dataset-tools.toml")
    assert result.exit_code == 0
    assert "Checked 1 file: no issue.\n" in result.stdout


def test_an_id_that_nobody_can_explain_keeps_its_file_from_safe_fixes(corpus: CorpusFolder) -> None:
    path = corpus.add(MARKED, name_id="0123456789abcdef")
    assert "Fixed nothing.\n" in validate(path, "--fix").stdout
    assert path.read_bytes() == MARKED.encode()


def test_what_is_fixed_is_what_is_in_force(raw: Path) -> None:
    assert "Fixed nothing.\n" in validate(raw, "--fix", "--ignore", "F002").stdout
    assert "Fixed 1 file: W001 image-markup 1.\n" in validate(raw, "--fix", "--unsafe-fixes", "--select", "W").stdout


def test_links_stay_links_and_what_is_outside_stays_as_it_is(raw: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text(MARKED)
    (raw / "007_0000000000000007.txt").symlink_to(outside)
    (raw / "008_0000000000000008.txt").symlink_to(raw / NAMES[0])
    validate(raw, "--fix", "--unsafe-fixes")
    assert outside.read_text() == MARKED
    assert (raw / "008_0000000000000008.txt").is_symlink()
    assert (raw / NAMES[0]).read_bytes() == article(0).encode()


@pytest.mark.parametrize("output_format", ["full", "concise", "json", "jsonl"])
def test_names_and_texts_cannot_fool_a_terminal(corpus: CorpusFolder, output_format: str) -> None:
    corpus.add(
        b"\xef\xbb\xbfT\x1b[2J\r\nth\xe1\xba\xadn \xe2\x80\xae##[group]\r\n\xc2\x9bx\n", name="a\x1b[31m\nb\udcff.txt"
    )
    corpus.add(b"\xff\x1b]0;x\x07 \xfe\n", name="::error::x.TXT")
    corpus.add(article(1))
    for mode in ("--diff", "--fix"):
        result = validate(corpus.folder, mode, "--unsafe-fixes", "--output-format", output_format)
        assert result.exit_code == 1
        assert [line for line in result.stdout.split("\n") if printable(line) != line] == []
        if not output_format.startswith("json"):
            assert "##[" not in result.stdout


def test_a_file_that_changes_before_it_is_written_stays_and_is_named(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = mending.plan
    numbers = iter((8, 9))

    def then_edited(*arguments: object, **options: object) -> object:
        found = planned(*arguments, **options)  # type: ignore[arg-type]
        (raw / NAMES[0]).write_bytes(f"\ufeff{article(next(numbers))}".encode())
        return found

    monkeypatch.setattr(mending, "plan", then_edited)
    result = validate(raw, "--fix")
    assert f"Not fixed: {raw}/{NAMES[0]}: it was changed meanwhile\n" in result.stdout
    assert (raw / NAMES[0]).read_bytes() == f"\ufeff{article(8)}".encode()
    assert validate(raw, "--fix", "--undo", "back").exit_code == 2
    assert not Path("back").exists()


def test_a_disk_that_is_full_is_one_clear_line_and_no_file_is_lost(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(raw)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = validate(raw, "--fix", "--no-cache")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: cannot change {NAMES[0]}: no space left on device\n")
    assert state(raw) == before


def test_quiet_says_what_was_fixed_and_nothing_where_nothing_is(corpus: CorpusFolder) -> None:
    corpus.add(MARKED, name_id=new_id(article(0)))
    corpus.add(article(1))
    assert validate(corpus.folder, "--fix", "-q").stdout.startswith("Fixed 1 file")
    assert validate(corpus.folder, "--fix", "-q").stdout == ""


def test_the_differences_are_in_colour_where_that_is_asked_for(raw: Path) -> None:
    result = validate(raw, "--diff", "--color", "always")
    assert "\x1b[31m-\\ufeffBài số 0\x1b[0m\n" in result.stdout
    assert "\x1b[32m+Bài số 0\x1b[0m\n" in result.stdout


def test_the_real_command_fixes_and_takes_back(raw: Path) -> None:
    before = state(raw)
    tool = [sys.executable, "-m", "dataset_tools"]
    done = subprocess.run(
        [*tool, "validate", raw, "--fix", "--unsafe-fixes", "--undo", "back"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        subprocess.run(
            [*tool, "validate", raw, "--diff", "--unsafe-fixes"], check=False, capture_output=True
        ).returncode
        == 0
    )
    assert (
        subprocess.run([*tool, "undo", "back"], check=False, capture_output=True, text=True).stdout
        == "Restored 3 files.\n"
    )
    assert state(raw) == before


def test_only_what_has_changed_since_a_commit_is_fixed(raw: Path) -> None:
    author = ("-c", "user.name=An", "-c", "user.email=an@example.org")
    for call_of_git in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "Corpus"]):
        subprocess.run(["git", *call_of_git], cwd=raw, check=True)
    before = state(raw)
    new = raw / f"004_{new_id(article(4))}.txt"
    new.write_text(f"\ufeff{article(4)}", "utf-8", newline="")
    result = validate(raw, "--fix", "--changed-since", "HEAD")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "Fixed 1 file: F002 byte-order-mark 1.")
    assert state(raw) == {**before, new.name: article(4).encode()}
