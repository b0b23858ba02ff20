"""Charts: SVG that scales, is one image to a screen reader, and has the colours of the page."""

import sys
import xml.etree.ElementTree as ET

import pytest

from dataset_tools.html_report import charts
from dataset_tools.html_report.figures import Distribution, Duplicates, Similarities, Spread, Step, Vocabulary
from dataset_tools.model import UserError

SPREAD = Spread(group="<b>\u202e", documents=3, least=1, median=2.0, mean=2.0, most=3, total=6, counts=(1, 2))
LENGTHS = Distribution(what="bodies", unit="characters", edges=(0, 2, 4), grows=False, spreads=(SPREAD,))
DUPLICATES = Duplicates(
    threshold=0.8,
    skipped=0,
    clusters=2,
    sizes=tuple((size, 1) for size in range(2, 20)),
    largest=(),
    similarities=Similarities(first=65, counts=tuple(range(30)), below=105, above=330, found=435, listed=435),
    above=(),
    below=(),
    with_raw=False,
)
WORDS = Vocabulary(documents=9, sampled=9, words=99, distinct=50, once=5, points=((3, 20), (9, 50)), frequent=())
DRAWN = {
    "funnel": lambda: charts.funnel([Step("files found", "", 5), Step("rows written", "", 0)]),
    "clusters": lambda: charts.clusters(DUPLICATES),
    "lengths": lambda: charts.distribution(LENGTHS, SPREAD),
    "growth": lambda: charts.growth(WORDS),
    "similarities": lambda: charts.similarities(DUPLICATES),
}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=DRAWN)
def chart(request: pytest.FixtureRequest) -> ET.Element:
    return ET.fromstring(DRAWN[request.param]())


def test_it_has_a_title_and_a_description(chart: ET.Element) -> None:
    title, about = chart[0], chart[1]
    assert (title.tag, about.tag, chart.get("role")) == (f"{SVG}title", f"{SVG}desc", "img")
    assert title.text
    assert about.text
    assert (chart.get("aria-labelledby"), chart.get("aria-describedby")) == (title.get("id"), about.get("id"))


def test_it_scales_and_has_the_colours_and_the_font_of_the_page(chart: ET.Element) -> None:
    assert set(chart.attrib) == {"viewBox", "role", "class", "aria-labelledby", "aria-describedby"}
    every = [one.attrib for one in chart.iter()]
    assert not [one for one in every if {"style", "font-family", "href"} & set(one)]
    colours = {one[name] for one in every for name in ("fill", "stroke") if name in one}
    assert colours <= {"none", "currentColor", "transparent", "var(--bar)", "var(--grid)", "var(--mark)"}


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_the_same_each_time(name: str) -> None:
    assert DRAWN[name]() == DRAWN[name]()


def texts(name: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(DRAWN[name]()).iter(f"{SVG}text")]


def test_bars_have_their_counts_and_many_sizes_become_one() -> None:
    assert texts("funnel") == ["files found", "rows written", "5", "0"]
    assert texts("clusters")[:11] == [*(f"{size} documents" for size in range(2, 12)), "larger"]
    assert texts("clusters")[-1] == "8"


def test_counts_are_marked_at_whole_numbers() -> None:
    assert texts("lengths") == ["0", "1", "2", "3", "4", "characters", "0", "1", "2", "documents"]


def test_what_is_below_the_threshold_is_told_from_what_is_not() -> None:
    about = ET.fromstring(DRAWN["similarities"]())[1].text
    assert about == "105 pairs below the threshold 0.8, which is marked by a line, and 330 from there on."


def test_a_name_of_somebody_else_is_text_in_it() -> None:
    drawn = DRAWN["lengths"]()
    assert "&lt;b&gt;\\u202e" in drawn
    assert "\u202e" not in drawn


@pytest.mark.parametrize(
    ("low", "high", "most", "marks"),
    [
        (0, 1, 5, [0, 1]),
        (0, 0, 5, [0, 1]),
        (45, 83, 5, [50, 60, 70, 80]),
        (0, 19_362, 5, [0, 5000, 10_000, 15_000]),
        (633, 5000, 5, [1000, 2000, 3000, 4000, 5000]),
    ],
)
def test_marks_are_round_and_few(low: int, high: int, most: int, marks: list[int]) -> None:
    assert charts._steps(low, high, most) == marks


def test_marks_of_growing_bins_are_powers_of_ten_or_finer() -> None:
    assert charts._powers(0, 50) == [1, 2, 5, 10, 20, 50]
    assert charts._powers(0, 1_500_000) == [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]


def test_a_missing_library_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(UserError) as raised:
        charts.library()
    assert "pip install 'dataset-tools[report]'" in raised.value.hint
