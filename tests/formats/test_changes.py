"""The forms of `diff`: whole, well-formed, and safe whatever titles and paths hold."""

import json
import re

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_tools.diff_report import Change, Dataset, DiffReport, Entry
from dataset_tools.formats.changes import RENDERERS, full, markdown
from tests.formats.reports import hostile
from tests.test_any_input import assert_safe

OLD = Dataset(name="cũ", documents=1200, splits={"train": 1000, "test": 200}, content_sha256="a" * 64)
NEW = Dataset(name="mới", documents=1201, splits={"train": 1201}, content_sha256=None)
A = Entry(id="aa", path="000_aa.txt", title="Một", split="train")
B = Entry(id="bb", path="000_bb.txt", title="Hai", split="test")
REPORT = DiffReport(
    old=OLD,
    new=NEW,
    added=(A, B),
    removed=(B,),
    changed=(Change(old=A, new=B, columns=("id",)), Change(old=A, new=A, columns=("title", "body"))),
    moved=(Change(old=A, new=B, columns=()),),
    renamed=(Change(old=A, new=B, columns=()),),
    same=1197,
    columns_added=("nguồn",),
    columns_removed=(),
    words={"bb": (("same", "một"), ("removed", "hai"), ("added", "ba"))},
)
NOTHING = DiffReport(
    old=OLD,
    new=OLD,
    added=(),
    removed=(),
    changed=(),
    moved=(),
    renamed=(),
    same=1200,
    columns_added=(),
    columns_removed=(),
)


def test_full_has_both_datasets_each_list_and_the_counts() -> None:
    assert full(REPORT, None).splitlines() == [
        "Old: cũ, 1,200 documents (train 1,000, test 200), content aaaaaaaaaaaaaaaa…",
        "New: mới, 1,201 documents (train 1,201)",
        "Columns added: nguồn",
        "",
        "Added: 2",
        "+ 000_aa.txt 'Một' (train)",
        "+ 000_bb.txt 'Hai' (test)",
        "",
        "Removed: 1",
        "- 000_bb.txt 'Hai' (test)",
        "",
        "Changed: 2",
        "~ 000_bb.txt 'Hai': was aa",
        "  | một [-hai-] {+ba+}",
        "~ 000_aa.txt 'Một': title, body",
        "",
        "Moved: 1",
        "> 000_bb.txt 'Hai': train to test",
        "",
        "Renamed: 1",
        "= 000_bb.txt 'Hai': was 000_aa.txt",
        "",
        "2 added, 1 removed, 2 changed, 1 moved, 1 renamed; 1,197 as before.",
    ]


def test_lists_are_cut_and_say_so() -> None:
    text = full(REPORT, 1)
    assert text.count("… and 1 more") == 2
    assert "000_aa.txt 'Một' (train)" in text
    assert "+ 000_bb.txt" not in text
    assert "- … and 1 more" in markdown(REPORT, 1)


@pytest.mark.parametrize("name", ["full", "markdown"])
def test_nothing_that_differs_is_said_in_one_sentence(name: str) -> None:
    assert "The same 1,200 documents." in RENDERERS[name](NOTHING, None)


def test_markdown_has_headings_tables_and_lists() -> None:
    lines = markdown(REPORT, None).splitlines()
    assert lines[0] == "## What changed in the data"
    assert "| added | 2 |" in lines
    assert "| `train` | 1,000 | 1,201 |" in lines
    assert "| `test` | 200 | 0 |" in lines
    assert "- `000_aa.txt` Một" in lines


def test_json_has_everything_however_many_are_shown() -> None:
    values = json.loads(RENDERERS["json"](REPORT, 1))
    assert (values["version"], values["command"]) == (1, "diff")
    assert values["diff"]["counts"] == {"added": 2, "removed": 1, "changed": 2, "moved": 1, "renamed": 1, "same": 1197}
    assert len(values["diff"]["added"]) == 2
    assert values["diff"]["words"]["bb"][1] == {"kind": "removed", "words": "hai"}


entries = st.builds(Entry, id=hostile, path=st.none() | hostile, title=hostile, split=hostile)
changes = st.builds(Change, old=entries, new=entries, columns=st.sampled_from([("id",), ("body",), ()]))
words = st.lists(st.tuples(st.sampled_from(["same", "removed", "added"]), hostile), max_size=4).map(tuple)
lists = st.lists(entries, max_size=2).map(tuple)
changed = st.lists(changes, max_size=2).map(tuple)


@settings(max_examples=50, deadline=None)
@given(added=lists, removed=lists, some=changed, moved=changed, runs=words, name=hostile, column=hostile)
def test_every_form_is_safe_whatever_titles_and_paths_hold(
    added: tuple[Entry, ...],
    removed: tuple[Entry, ...],
    some: tuple[Change, ...],
    moved: tuple[Change, ...],
    runs: tuple[tuple[str, str], ...],
    name: str,
    column: str,
) -> None:
    dataset = Dataset(name=name, documents=1, splits={name: 1}, content_sha256=None)
    report = DiffReport(
        old=dataset, new=dataset, added=added, removed=removed, changed=some, moved=moved, renamed=some, same=0,
        columns_added=(column,), columns_removed=(), words={one.new.id: runs for one in some},
    )  # fmt: skip
    for form, render in RENDERERS.items():
        text = render(report, None)
        assert_safe(text)
        lines = text.split("\n")
        assert not [line for line in lines if line.lstrip().startswith("::")]
        assert form == "json" or not [line for line in lines if "##[" in line or "##vso[" in line]
        if form == "markdown":
            html = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
            assert not re.search(r"<(script|img|a)\b|<!--", html)
