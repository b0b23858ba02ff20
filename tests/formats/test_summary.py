"""The form of the summaries, and what they say to run next."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_tools.formats.call import Call
from dataset_tools.formats.look import Look, columns, titled, wrapped
from dataset_tools.formats.next_steps import next_steps
from dataset_tools.formats.run_summary import funnel, rules
from dataset_tools.formats.summary import BrokenRule, Stage, Summary, Whole, text
from dataset_tools.model import Severity
from dataset_tools.rules import RULES, issue
from dataset_tools.run_report import Compared, Counts, FixedFile, Fixes, Verified
from dataset_tools.text import printable
from tests.formats.reports import BUILT, CLEAN, IDS, REPORT, hostile, reports

SUMMARY = Summary(
    said=["Một câu dài hơn một dòng của màn hình hẹp, nên nó được ngắt ở khoảng trắng.", Whole("recipe = " + "x" * 60)],
    stages=[
        Stage("found", 1200),
        Stage("distinct", 7, "3 identical, 4 with the same text, 5 near-duplicates (>= 0.8)"),
    ],
    rules=[
        BrokenRule("F004", "file-name", Severity.ERROR, 11),
        BrokenRule("V021", "near-duplicates-missed", Severity.WARNING, 1200),
        BrokenRule("B004", "body-short", Severity.WARNING, 1),
        BrokenRule("B005", "x", Severity.WARNING, 1),
        BrokenRule("B006", "x", Severity.WARNING, 1),
    ],
    next=["dataset-tools build"],
)


def test_sentences_stages_rules_and_the_next_command_stand_under_each_other() -> None:
    assert text(SUMMARY, Look(60)).splitlines() == [
        "Một câu dài hơn một dòng của màn hình hẹp, nên nó được ngắt",
        "  ở khoảng trắng.",
        "recipe = " + "x" * 60,
        "  found     1,200",
        "  distinct      7  3 identical, 4 with the same text, 5",
        "                   near-duplicates (>= 0.8)",
        "",
        "  11 errors       dataset-tools rule F004",
        "    file-name",
        "  1,200 warnings  dataset-tools rule V021",
        "    near-duplicates-missed",
        "  1 warning       dataset-tools rule B004",
        "    body-short",
        "  and 2 more rules",
        "    next: dataset-tools build",
    ]
    assert text(SUMMARY, Look(80)).splitlines()[2:] == [
        "  found     1,200",
        "  distinct      7  3 identical, 4 with the same text, 5 near-duplicates (>= 0.8)",
        "",
        "  11 errors       dataset-tools rule F004  file-name",
        "  1,200 warnings  dataset-tools rule V021  near-duplicates-missed",
        "  1 warning       dataset-tools rule B004  body-short",
        "  and 2 more rules",
        "    next: dataset-tools build",
    ]


def test_a_summary_of_nothing_is_nothing() -> None:
    assert text(Summary(), Look()) == ""


def test_paint_changes_no_column() -> None:
    painted = text(SUMMARY, Look(80, lambda kind, words: f"<{kind}>{words}</>"))
    assert "  <error>11 errors     </>  dataset-tools rule F004  file-name\n" in painted
    assert painted.endswith("    next: <command>dataset-tools build</>\n")


words = st.lists(hostile, max_size=8).map(" ".join)
summaries = st.builds(
    Summary,
    said=st.lists(words, max_size=2),
    stages=st.lists(st.builds(Stage, hostile, st.integers(0, 10**9), words), max_size=3),
    next=st.lists(hostile, max_size=1),
)


@settings(deadline=None, max_examples=200)
@given(summaries, st.sampled_from([40, 60, 80]))
def test_whatever_it_says_it_is_printable_and_no_line_could_have_been_cut_shorter(one: Summary, width: int) -> None:
    lines = text(one, Look(width)).split("\n")
    assert [line for line in lines if printable(line) != line] == []
    for line in lines:
        if columns(line) > width and not line.startswith("    next: "):
            assert len(line.split()) <= 4, "a margin, a name, a number, and a single word that is too long"


@settings(deadline=None)
@given(st.text(st.sampled_from("aế世 "), max_size=200), st.integers(10, 80))
def test_wrapping_loses_no_word(line: str, width: int) -> None:
    assert " ".join(wrapped(line, width)).split() == line.split()


def test_titles_are_cut_by_columns() -> None:
    assert titled("Bài số một", 40) == "'Bài số một'"
    assert titled("Bài số một của hai mươi", 20) == "'Bài số một của ha…'"
    assert titled("世" * 30, 20) == "'" + "世" * 8 + "…'"
    assert titled("Bài số một của hai mươi", 3) == "'Bài số một củ…'"


def test_rules_with_errors_come_first_then_the_most_frequent() -> None:
    found = [issue(code, "x", path="a.txt") for code in ("W001", "W001", "B001", "W002", "F004", "F004")]
    assert [(one.code, one.count) for one in rules(replace(REPORT, issues=tuple(found)))] == [
        ("F004", 2),
        ("B001", 1),
        ("W001", 2),
        ("W002", 1),
    ]


def test_only_steps_that_leave_something_out_are_shown() -> None:
    assert funnel(Counts(discovered=3, written=3)) == []
    assert funnel(Counts(discovered=3, near=1, written=2), 0.8) == [
        Stage("found", 3),
        Stage("distinct", 2, "1 near-duplicate (>= 0.8)"),
    ]


WHOLE_CORPUS = replace(CLEAN, counts=Counts(discovered=1, written=1))
RAW = Call(command="validate", places=("raw",), options=(("--near",), ("--ignore", "W"), ("--out", "x")))
FIXABLE = issue("F003", "CR", path="raw/a.txt", row=0)
RESIDUE = issue("W001", "markup", path="raw/a.txt", row=0)
BROKEN = issue("B001", "no body", path="raw/a.txt", row=0)
NFC = replace(IDS, recipe="sha256(title+body, nfc)[:16]")
FIXES = Fixes(written=False, files=(FixedFile(path="raw/a.txt", new_path=None, rules=("F003",)),), held=())
HERE = Call(command="validate")

NEXT = {
    "a clean corpus": (WHOLE_CORPUS, HERE, ["dataset-tools build"]),
    "a clean corpus that settings do not name": (
        WHOLE_CORPUS,
        replace(HERE, places=("a b",)),
        ["dataset-tools build 'a b' --out 'a b-dataset'"],
    ),
    "a clean corpus and its dataset": (WHOLE_CORPUS, RAW, ["dataset-tools build raw --ignore W --out x"]),
    "clean files": (CLEAN, replace(HERE, places=("raw/a.txt",)), []),
    "nothing valid": (replace(WHOLE_CORPUS, counts=Counts(discovered=0)), HERE, []),
    "a safe fix": (replace(REPORT, issues=(FIXABLE,), ids=(NFC,)), HERE, ["dataset-tools validate --diff"]),
    "an unsafe fix": (
        replace(REPORT, issues=(FIXABLE, RESIDUE), ids=(NFC,)),
        RAW,
        ["dataset-tools validate raw --near --ignore W --out x --diff --unsafe-fixes"],
    ),
    "no fix": (
        replace(REPORT, issues=(BROKEN,)),
        replace(HERE, places=("raw",)),
        ["mend these files, then dataset-tools validate raw"],
    ),
    "a name from which none can be guessed": (
        replace(REPORT, issues=(issue("F004", "x", path="raw/a.txt", row=0),)),
        HERE,
        ["mend these files, then dataset-tools validate"],
    ),
    "a name that is nearly right": (
        replace(REPORT, issues=(issue("F004", "x", path="raw/a.txt", row=0, hint="rename the file to b.txt"),)),
        HERE,
        ["dataset-tools validate --diff --unsafe-fixes"],
    ),
    "very many files": (
        replace(REPORT, issues=(RESIDUE,)),
        replace(HERE, places=tuple("abcd")),
        ["the same call with --diff --unsafe-fixes"],
    ),
    "a text that is not saved": (replace(REPORT, issues=(RESIDUE,), contents={"a": b""}), HERE, []),
    "differences": (
        replace(REPORT, fixes=FIXES),
        replace(RAW, options=(("--unsafe-fixes",),)),
        ["dataset-tools validate raw --unsafe-fixes --fix --undo fixes.undo"],
    ),
    "no differences": (replace(REPORT, fixes=replace(FIXES, files=())), HERE, []),
    "what safe fixes have left": (
        replace(REPORT, issues=(RESIDUE,), fixes=replace(FIXES, written=True)),
        HERE,
        ["dataset-tools validate --diff --unsafe-fixes"],
    ),
    "what all fixes have left": (
        replace(REPORT, issues=(RESIDUE,), fixes=replace(FIXES, written=True)),
        replace(HERE, options=(("--unsafe-fixes",),)),
        ["mend these files, then dataset-tools validate --unsafe-fixes"],
    ),
    "a dataset": (replace(CLEAN, command="build", dataset=BUILT), HERE, ["dataset-tools report dist"]),
    "a build that errors stop": (
        replace(REPORT, command="build", issues=(BROKEN,), stopped="errors"),
        Call(command="build", places=("raw",)),
        ["mend these files, then dataset-tools build raw"],
    ),
    "a build that errors with a fix stop": (
        replace(REPORT, command="build", issues=(BROKEN, RESIDUE), stopped="errors"),
        Call(command="build", places=("raw",), options=(("--out", "x"), ("--config", "c.toml"))),
        ["dataset-tools validate raw --config c.toml --diff --unsafe-fixes"],
    ),
    "a build that would remove too much": (
        replace(CLEAN, command="build", stopped="max_removed"),
        Call(command="build", options=(("--threshold", "0.5"), ("--out", "x"))),
        ["dataset-tools dedup --threshold 0.5"],
    ),
    "a dataset that is up to date": (
        replace(CLEAN, command="build", compared=Compared(out=Path("dist"), documents=1, same=True, versions={})),
        Call(command="build"),
        [],
    ),
    "a dataset that is not": (
        replace(CLEAN, command="build", compared=Compared(out=Path("dist"), documents=1, same=False, versions={})),
        Call(command="build"),
        ["dataset-tools build"],
    ),
    "a dataset that is whole": (
        replace(CLEAN, command="verify", verified=Verified(out=Path("my dist"))),
        Call(command="verify"),
        ["dataset-tools push 'my dist' hf://datasets/OWNER/NAME --dry-run"],
    ),
    "a dataset that is not whole": (
        replace(REPORT, command="verify", verified=Verified(out=Path("dist"))),
        Call(command="verify"),
        [],
    ),
}


@pytest.mark.parametrize(("report", "call", "commands"), NEXT.values(), ids=NEXT)
def test_the_next_command_follows_from_what_was_found(report, call, commands) -> None:
    assert next_steps(report, call) == commands


def test_without_what_draws_charts_a_dataset_is_verified_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert next_steps(replace(CLEAN, command="build", dataset=BUILT), HERE) == ["dataset-tools verify dist"]


def test_a_corpus_is_never_built_into_itself() -> None:
    here = Path.cwd()
    for place in (".", "..", "x", str(here), f"../{here.name}"):
        (command,) = next_steps(WHOLE_CORPUS, replace(HERE, places=(place,)))
        out = Path(os.path.realpath(command.rpartition(" ")[2]))
        assert not out.is_relative_to(os.path.realpath(place))


@settings(deadline=None, max_examples=60)
@given(reports, hostile)
def test_no_path_breaks_the_line_of_the_next_command(report, place: str) -> None:
    lines = text(Summary(next=next_steps(report, replace(HERE, places=(place,)))), Look()).splitlines()
    assert len(lines) <= 1
    assert all(printable(line) == line for line in lines)


def test_every_rule_fits_its_line_of_a_summary() -> None:
    broken = [BrokenRule(code, rule.name, rule.severity, 1_000_000) for code, rule in RULES.items()]
    for one in broken:
        assert max(map(len, text(Summary(rules=[one]), Look(60)).splitlines())) <= 60
