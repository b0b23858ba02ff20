import re
from dataclasses import replace
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import example, given

from dataset_tools.formats import RENDERERS
from dataset_tools.formats.lines import location, shown
from dataset_tools.formats.markdown import MAX_ISSUES
from dataset_tools.rules import RULES, issue
from dataset_tools.run_report import RunReport
from tests.formats.reports import ATTACKS, CLEAN, OF_CORPUS, REPORT, WHOLE, reports


class Page(HTMLParser):
    """The tags and attributes of a page, and the text of each cell of its tables."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def page(report: RunReport) -> Page:
    """The report as GitHub's own parser renders it, raw HTML let through."""
    markdown = RENDERERS["markdown"](report)
    return Page(cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE))


def test_it_is_a_heading_the_summary_the_rules_and_the_issues():
    assert RENDERERS["markdown"](REPORT).splitlines() == [
        "## dataset-tools validate: 1 error, 2 warnings",
        "",
        "- Checked 1,200 files (1 other entry ignored): 1 error, 2 warnings.",
        "- Fixable: 2 with --fix --unsafe-fixes; --diff shows what would change.",
        "- Ids: sha256(file)&#91;:16&#93; explains 1 of 2.",
        "",
        "| Rule | Severity | Issues | What is found |",
        "| --- | --- | ---: | --- |",
        f"| F004 file-name | error | 1 | {RULES['F004'].what} |",
        f"| F003 carriage-return | warning | 1 | {RULES['F003'].what} |",
        f"| P001 license-missing | warning | 1 | {RULES['P001'].what} |",
        "",
        "| Where | Rule | Message |",
        "| --- | --- | --- |",
        "| `raw/tin/a b.txt` | F004 | tên tệp không khớp |",
        "| `.` | P001 | chưa có giấy phép |",
        "| `raw/001.txt:2:7` | F003 | 3 dòng kết thúc bằng CR LF |",
    ]


def test_a_clean_run_is_a_heading_and_the_summary():
    assert RENDERERS["markdown"](CLEAN) == (
        "## dataset-tools validate: no issue\n\n- Checked 1 file: no issue.\n"
    )  # fmt: skip


def test_the_table_of_issues_is_capped_errors_first_and_says_what_it_leaves_out():
    warnings = [issue("D001", "a", path=f"{n}.txt") for n in range(MAX_ISSUES)]
    errors = [issue("F001", "b", path=f"{n}.txt") for n in range(3)]
    text = RENDERERS["markdown"](replace(REPORT, issues=(*warnings, *errors)))
    assert text.count("| F001 | b |") == 3
    assert text.count("| D001 | a |") == MAX_ISSUES - 3
    assert "| D001 identical | warning | 100 |" in text
    assert "- Shown: 100 of 103 issues, errors first; left out: 3 warnings." in text.splitlines()
    exactly = RENDERERS["markdown"](replace(REPORT, issues=tuple(warnings)))
    assert "left out" not in exactly


def test_it_stays_below_the_size_that_github_allows_for_a_summary():
    one = replace(WHOLE, path="|" * 5000 + "ế" * 5000, message="<" * 100_000)
    assert len(RENDERERS["markdown"](replace(REPORT, issues=(one,) * 10_000)).encode()) < 1 << 20


def test_of_a_long_path_the_end_is_shown_with_the_line():
    text = RENDERERS["markdown"](replace(REPORT, issues=(replace(WHOLE, path="a/" * 500 + "b.txt", line=7),)))
    assert re.search(r"\| `…[a/]{50,}/b\.txt:7` \|", text)


@given(reports)
@example(replace(REPORT, issues=tuple(replace(WHOLE, path=text, message=text, hint=text) for text in ATTACKS)))
def test_no_cell_breaks_the_table_or_makes_a_link_an_image_or_html(report):
    found = page(report)
    assert found.tags <= {"h2", "ul", "li", "p", "table", "thead", "tbody", "tr", "th", "td", "code"}
    assert found.attributes <= {"align"}
    rules = 1 + len({one.code for one in report.found}) if report.issues else 0
    assert [len(row) for row in found.rows] == [4] * rules + [3] * (1 + len(report.issues) if report.issues else 0)


@pytest.mark.parametrize("text", [text for text in ATTACKS if text.strip()])
def test_a_cell_shows_the_text_as_it_is(text):
    one = replace(OF_CORPUS, path=f"a{text}b", message=f"a{text}b")
    where, _, message = page(replace(REPORT, issues=(one,))).rows[-1]
    assert message == shown(one.message)
    assert where == location(one).replace("|", r"\x7c")


def test_nobody_is_mentioned():
    one = replace(WHOLE, path="@a", message="@b and c@d.ef @@")
    text = RENDERERS["markdown"](replace(REPORT, issues=(one,)))
    assert "| `@a` | F004 | `@`b and c`@`d.ef `@@` |" in text


@pytest.mark.parametrize("path", ["`", "`a`", "``a", "a`", " a ", "  ", " `"])
def test_a_path_that_begins_or_ends_like_a_fence_is_shown_as_it_is(path):
    where, *_ = page(replace(REPORT, issues=(replace(WHOLE, path=path),))).rows[-1]
    assert where == path
