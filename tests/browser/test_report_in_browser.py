"""The report in a real browser: nothing runs that is not ours, nothing is asked for, everyone can read it."""

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dataset_tools import html_report
from tests.conftest import ROOT
from tests.html_report.hostile import hostile_dataset

if TYPE_CHECKING:
    from tests.browser.driver import Browser

WIDTHS = (360, 800, 1280)
SECTIONS = ("funnel", "issues", "lengths", "words", "lines", "duplicates", "pairs", "changes", "origin")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of raw/, compared with a dataset of another corpus, and that of the hostile corpus."""
    folder = tmp_path_factory.mktemp("reports")
    dist, raw = hostile_dataset(folder)
    made = {"own": folder / "own.html", "hostile": folder / "hostile.html"}
    html_report.report(ROOT / "dist", made["own"], raw=ROOT / "raw", old=str(dist))
    html_report.report(dist, made["hostile"], raw=raw, old=str(ROOT / "dist"))
    return made


@pytest.fixture(params=["own", "hostile"])
def page(request: pytest.FixtureRequest, pages: dict[str, Path]) -> Path:
    return pages[request.param]


def open_all(browser: "Browser") -> None:
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def test_nothing_runs_and_nothing_is_asked_for(browser: "Browser", page: Path) -> None:
    browser.open(page)
    open_all(browser)
    assert browser.run("return window.ran ?? null") is None
    assert browser.run("return [document.scripts.length, document.images.length]") == [1, 0]
    assert browser.run("return document.querySelectorAll('link, iframe, object, embed, base, form').length") == 0
    assert browser.requests() == {page.absolute().as_uri(): ""}
    assert browser.said() == []


def test_the_policy_keeps_out_what_would_get_in(browser: "Browser", pages: dict[str, Path], tmp_path: Path) -> None:
    """Were one text not escaped, the policy would still hold."""
    holed = tmp_path / "holed.html"
    bad = (
        "<script>window.ran=1</script><img src='http://127.0.0.1:9/a.png' onerror='window.ran=2'><p style='color:red'>"
    )
    holed.write_text(pages["own"].read_text("utf-8").replace("<main", f"{bad}<main"), "utf-8")
    browser.open(holed)
    assert browser.run("return window.ran ?? null") is None
    assert browser.requests() == {holed.absolute().as_uri(): "", "http://127.0.0.1:9/a.png": "csp"}
    assert [line for line in browser.said() if "Content Security Policy" in line] != []


def test_all_sections_are_there_in_the_order_of_their_headings(browser: "Browser", page: Path) -> None:
    browser.open(page)
    assert tuple(browser.run("return [...document.querySelectorAll('nav a')].map((a) => a.hash.slice(1))")) == SECTIONS
    assert all(browser.run("return document.getElementById(arguments[0]) !== null", one) for one in SECTIONS)
    levels = browser.run("return [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_it_can_be_read_without_its_script(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"], script=False)
    shown = browser.driver.find_element("id", "content").text
    assert "Thầy cô vùng cao" in shown
    assert browser.driver.find_elements("css selector", "details") != []
    assert browser.driver.find_elements("css selector", "button, input") == []
    summary = browser.driver.find_element("css selector", "details.pair:not([open]) summary")
    summary.click()
    assert summary.find_element("xpath", "..").get_attribute("open") is not None


def test_pairs_stand_side_by_side_with_their_words_marked(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"])
    pairs = browser.driver.find_elements("css selector", "details.pair")
    assert len(pairs) == 2
    left, right = pairs[0].find_elements("css selector", ".side")
    assert left.location["y"] == right.location["y"]
    assert left.location["x"] < right.location["x"]
    marked = [one.text for one in right.find_elements("css selector", "mark bdi")]
    assert "hơn 2.100" in marked
    browser.open(pages["own"], width=360)
    left, right = browser.driver.find_elements("css selector", "details.pair")[0].find_elements("css selector", ".side")
    assert left.location["y"] < right.location["y"]


def column(browser: "Browser", table: str, number: int) -> list[str]:
    script = "return [...document.querySelector(arguments[0]).tBodies[0].rows].filter((r) => !r.hidden)"
    return browser.run(f"{script}.map((row) => row.cells[arguments[1]].textContent.trim())", table, number)


RULES = "section[aria-labelledby=issues] table"


def test_a_table_is_sorted_by_any_column_with_the_keyboard(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"])
    before = [column(browser, RULES, 0), column(browser, RULES, 1)]
    head = browser.driver.find_elements("css selector", f"{RULES} th[aria-sort]")[1]
    head.find_element("css selector", "button").send_keys("\n")
    assert head.get_attribute("aria-sort") == "descending"
    assert column(browser, RULES, 1) == sorted(before[1], key=int, reverse=True)
    head.find_element("css selector", "button").send_keys(" ")
    assert head.get_attribute("aria-sort") == "ascending"
    assert column(browser, RULES, 1) == sorted(before[1], key=int)
    assert column(browser, RULES, 1) != before[1]
    first = browser.driver.find_elements("css selector", f"{RULES} th[aria-sort]")[0]
    first.find_element("css selector", "button").click()
    assert column(browser, RULES, 0) == sorted(before[0])
    assert (first.get_attribute("aria-sort"), head.get_attribute("aria-sort")) == ("ascending", "none")


def test_a_filter_leaves_the_rows_that_have_the_word(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"])
    everything = column(browser, RULES, 0)
    field = browser.driver.find_element("css selector", "section[aria-labelledby=issues] input[type=search]")
    label = browser.driver.find_element("css selector", f"label[for={field.get_attribute('id')}]")
    assert label.text.startswith("Filter")
    field.send_keys("TABLE-row")
    assert [one.split()[0] for one in column(browser, RULES, 0)] == ["W002"]
    said = browser.driver.find_element("css selector", "section[aria-labelledby=issues] output")
    assert said.text == f"1 of {len(everything)}"
    field.clear()
    field.send_keys("x", "\b")
    assert column(browser, RULES, 0) == everything


def test_pairs_are_filtered_opened_and_folded(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"])
    opened = "return document.querySelectorAll('details.pair[open]').length"
    assert browser.run(opened) == 1
    open_button, fold_button = browser.driver.find_elements(
        "css selector", ".foldable button, .tools:has(+ .foldable) button"
    )[:2]
    assert (open_button.text, fold_button.text) == ("Open all", "Fold all")
    open_button.click()
    assert browser.run(opened) == 2
    fold_button.click()
    assert browser.run(opened) == 0
    field = open_button.find_element("xpath", "..").find_element("css selector", "input")
    field.send_keys("xe buýt đêm")
    assert browser.run("return document.querySelectorAll('details.pair:not([hidden])').length") == 1


def test_a_link_to_a_rule_opens_its_examples(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"])
    browser.driver.find_element("css selector", f"{RULES} tbody a").click()
    assert browser.run("return document.querySelector('#rule-1').open")


def test_the_skip_link_comes_first_and_leads_to_the_content(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"])
    browser.driver.find_element("css selector", "body").send_keys("\t")
    assert browser.run("return document.activeElement.className") == "skip"
    browser.driver.switch_to.active_element.send_keys("\n")
    assert browser.run("return document.activeElement.id") == "content"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_folded_or_open(browser: "Browser", page: Path, width: int, scheme: str) -> None:
    browser.open(page, width=width, scheme=scheme)
    assert browser.violations() == []
    open_all(browser)
    assert browser.violations() == []


OUTSIDE = """
    return [...document.querySelectorAll('body *')]
      .filter((one) => !one.closest('.scroll, svg, .hidden, .skip'))
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
      .map((one) => one.outerHTML.slice(0, 200));
"""


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(browser: "Browser", page: Path, width: int) -> None:
    browser.open(page, width=width)
    open_all(browser)
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(OUTSIDE) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_tables_of_an_ordinary_corpus_fit(browser: "Browser", pages: dict[str, Path], width: int) -> None:
    browser.open(pages["own"], width=width)
    script = """
        return [...document.querySelectorAll('.scroll')].filter((one) => one.scrollWidth > one.clientWidth)
          .map((one) => one.getAttribute('aria-label'));
    """
    assert browser.run(script) == []


FAULTS = """
    const faults = [];
    for (const chart of document.querySelectorAll('svg.chart')) {
      const frame = chart.getBoundingClientRect();
      const labels = [...chart.querySelectorAll('text')]
        .map((one) => ({ text: one.textContent, box: one.getBoundingClientRect() }))
        .filter(({ text, box }) => text.trim() && box.width);
      labels.forEach(({ text, box }, i) => {
        const cut = box.left < frame.left - 1 || box.right > frame.right + 1 || text.includes('…');
        if (cut) faults.push(`cut: ${text}`);
        for (const { text: other, box: beside } of labels.slice(i + 1)) {
          const across = box.left < beside.right - 1 && beside.left < box.right - 1;
          const down = box.top < beside.bottom - 2 && beside.top < box.bottom - 2;
          if (across && down) faults.push(`${chart.querySelector('title').textContent}: ${text} covers ${other}`);
        }
      });
    }
    return faults;
"""


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_of_a_chart_is_cut_or_covers_another(browser: "Browser", page: Path, width: int) -> None:
    browser.open(page, width=width)
    open_all(browser)
    assert browser.run(FAULTS) == []


def test_long_words_are_cut_and_say_how_much_is_missing(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"])
    open_all(browser)
    shown = browser.driver.find_element("id", "content").text
    assert "(+999,920 characters)" in shown
    assert pages["hostile"].stat().st_size < 500_000


def test_what_reorders_text_is_shown_as_an_escape(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["hostile"])
    open_all(browser)
    assert "abc\\u202egnp.exe\\u2066 \\u200bhidden\\u2069" in browser.driver.find_element("id", "content").text
    assert browser.run(r"return /[\u202a-\u202e\u2066-\u2069\u200b]/.test(document.body.textContent)") is False


def test_vietnamese_has_a_glyph_for_each_letter(browser: "Browser", pages: dict[str, Path]) -> None:
    """Each letter as wide as in a font that has it: no box stands for one that is missing."""
    browser.open(pages["own"])
    script = """
        const pen = document.createElement('canvas').getContext('2d');
        pen.font = `40px ${getComputedStyle(document.body).fontFamily}`;
        const picture = (text) => {
          const canvas = pen.canvas; pen.clearRect(0, 0, canvas.width, canvas.height); pen.fillText(text, 20, 80);
          return pen.getImageData(0, 0, canvas.width, canvas.height).data.join();
        };
        const box = picture('\\u{10ffff}');
        return [...arguments[0]].filter((letter) => picture(letter) === box || picture(letter) === picture(' '));
    """
    letters = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĐỚỬ"
    assert browser.run(script, letters) == []


def test_it_prints_all_that_is_folded_without_its_tools(browser: "Browser", pages: dict[str, Path]) -> None:
    browser.open(pages["own"])
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("return document.querySelectorAll('details:not([open])').length") == 0
    browser._tell("Emulation.setEmulatedMedia", media="print")
    hidden = (
        "return [...document.querySelectorAll('.tools, nav')].every((one) => getComputedStyle(one).display === 'none')"
    )
    assert browser.run(hidden)
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    browser._tell("Emulation.setEmulatedMedia", media="")
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run("return document.querySelectorAll('details[open]').length") == 1
