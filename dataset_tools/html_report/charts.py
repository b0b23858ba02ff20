"""Charts as static SVG, drawn by Vega-Lite (vl-convert); their colours are variables of the page's style sheet."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from markupsafe import Markup

from dataset_tools.html_report.figures import Distribution, Duplicates, Spread, Step, Vocabulary
from dataset_tools.model import UserError
from dataset_tools.text import printable

WIDTH, HEIGHT = 340, 150
"""Of the plot, in pixels: what a telephone shows without making text smaller."""

_SVG = "http://www.w3.org/2000/svg"
_CONFIG = {
    "aria": False,
    "background": "transparent",
    "font": "inherit",
    "view": {"stroke": None},
    "bar": {"color": "var(--bar)"},
    "line": {"color": "var(--bar)", "strokeWidth": 2},
    "rule": {"color": "var(--mark)", "strokeWidth": 2},
    "text": {"color": "currentColor", "fontSize": 11},
    "axis": {
        "labelColor": "currentColor",
        "titleColor": "currentColor",
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "gridColor": "var(--grid)",
        "domainColor": "var(--grid)",
        "tickColor": "var(--grid)",
    },
}
_NOT_NEEDED = ("class", "role", "aria-hidden", "aria-roledescription", "pointer-events", "font-family", "opacity")
"""Attributes of Vega that say nothing in an image with a title and a description."""

_LARGE = 10_000
_ROWS = 4
_FEW = 6
_ROW = 22
_LEFT, _RIGHT, _BELOW = 44, 20, 40
_NAMES, _BEHIND = 100, 70
"""Room for texts beside the plot, in pixels."""

_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")


def library() -> ModuleType:
    """What draws charts.

    Raises:
        UserError: if it is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        message = "the charts of a report are drawn by vl-convert-python, which is not installed"
        raise UserError(message, "install it: pip install 'dataset-tools[report]'") from None
    return vl_convert


def funnel(steps: Sequence[Step]) -> Markup:
    """From files found to rows written."""
    rows = [{"name": step.name, "count": step.count} for step in steps]
    return _bars("funnel", "From files found to rows written", rows, "files")


def clusters(one: Duplicates) -> Markup:
    """How many clusters there are of each size."""
    most = 10
    small = [(f"{size} documents", count) for size, count in one.sizes[:most]]
    rest = sum(count for _, count in one.sizes[most:])
    rows = [{"name": name, "count": count} for name, count in [*small, *([("larger", rest)] if rest else [])]]
    return _bars("clusters", "Clusters by their number of documents", rows, "clusters")


def distribution(one: Distribution, spread: Spread) -> Markup:
    """How a number is spread over a group of documents."""
    low, high = one.edges[0], one.edges[-1]
    bins = zip(one.edges, one.edges[1:], spread.counts, strict=False)
    x = {
        "field": "from",
        "type": "quantitative",
        "bin": {"binned": True},
        "title": one.unit,
        "scale": {"type": "symlog" if one.grows else "linear", "domain": [low, high], "nice": False, "zero": False},
        "axis": _numbers(_powers(low, high) if one.grows else _steps(low, high)),
    }
    spec = {
        "data": {"values": [{"from": low, "to": high, "count": count} for low, high, count in bins]},
        "mark": {"type": "bar", "binSpacing": 1},
        "encoding": {"x": x, "x2": {"field": "to"}, "y": _counts("count", "documents", max(spread.counts))},
    }
    title = f"{one.what.capitalize()} by their number of {one.unit}: {printable(spread.group)}"
    described = f"The shortest has {spread.least:,}, the median {spread.median:,g}, the longest {spread.most:,}."
    return _drawn(f"{one.what}-{one.unit}-{one.spreads.index(spread)}", title, described, spec)


def growth(one: Vocabulary) -> Markup:
    """How the number of different words grows."""
    x = {
        "field": "documents",
        "type": "quantitative",
        "scale": {"domain": [0, max(one.sampled, 1)], "nice": False},
        "axis": _numbers(_steps(0, one.sampled)),
    }
    spec = {
        "data": {"values": [{"documents": 0, "words": 0}, *({"documents": n, "words": d} for n, d in one.points)]},
        "mark": "line",
        "encoding": {"x": x, "y": _counts("words", "different words", one.distinct)},
    }
    described = f"After {one.sampled:,} documents there are {one.distinct:,} different words."
    return _drawn("growth", "Growth of the vocabulary with the number of documents", described, spec)


def similarities(one: Duplicates) -> Markup:
    """How similar the pairs around the threshold are."""
    assert one.similarities is not None
    assert one.threshold is not None
    seen = one.similarities
    rows = [
        {"from": number / 100, "to": (number + 1) / 100, "count": count}
        for number, count in enumerate(seen.counts, seen.first)
    ]
    span = [seen.first / 100, (seen.first + len(seen.counts)) / 100]
    x = {
        "field": "from",
        "type": "quantitative",
        "bin": {"binned": True},
        "title": "similarity",
        "scale": {"domain": span, "nice": False, "zero": False},
        "axis": {
            "format": ".2f",
            "values": [number / 100 for number in _steps(seen.first, seen.first + len(seen.counts))],
        },
    }
    spec = {
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "binSpacing": 1},
                "encoding": {"x": x, "x2": {"field": "to"}, "y": _counts("count", "pairs", max(seen.counts))},
            },
            {
                "data": {"values": [{"at": one.threshold}]},
                "mark": "rule",
                "encoding": {"x": {"field": "at", "type": "quantitative"}},
            },
        ]
    }
    described = (
        f"{seen.below:,} pairs below the threshold {one.threshold:g}, which is marked by a line, "
        f"and {seen.above:,} from there on."
    )
    return _drawn("similarities", "Pairs compared, by similarity", described, spec)


def _counts(field: str, title: str, most: int) -> dict[str, Any]:
    """The axis of counts, from 0 to a mark that none exceeds."""
    marks = _steps(0, most, _ROWS)
    top = most if most == marks[-1] else marks[-1] + marks[1]
    axis = {**_numbers([*marks, top]), "minExtent": _LEFT, "maxExtent": _LEFT}
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": {"domain": [0, top], "nice": False},
        "axis": axis,
    }


def _steps(low: int, high: int, most: int = 5) -> list[int]:
    """The multiples of a round number from `low` to `high`: as many as there can be without being more than `most`."""
    high = max(high, low + 1)
    for power in range(len(str(high)) + 1):
        for step in (10**power, 2 * 10**power, 5 * 10**power):
            marks = list(range(-(-low // step) * step, high + 1, step))
            if len(marks) <= most:
                return marks
    return [low]


def _powers(low: int, high: int) -> list[int]:
    """The powers of ten from `low` to `high`, with twice and five times each where these are few."""
    powers = [10**power for power in range(len(str(high)))]
    fine, coarse = (
        [step * power for power in powers for step in steps if low <= step * power <= high]
        for steps in ((1, 2, 5), (1,))
    )
    return fine if len(fine) <= _FEW else coarse


def _numbers(values: Sequence[int]) -> dict[str, Any]:
    """An axis with marks at these numbers; where some are large they are short, as 20k.

    Nothing is left to the width of texts: that depends on the fonts of the machine.
    """
    form = "~s" if max(values, default=0) >= _LARGE else ",d"
    return {
        "values": list(values),
        "labelExpr": f"format(datum.value, '{form}')",
        "labelOverlap": False,
        "labelFlush": False,
        "labelBound": False,
    }


def _bars(name: str, title: str, rows: Sequence[dict[str, Any]], unit: str) -> Markup:
    """A row for each name, with its count written behind the bar."""
    axis = {"ticks": False, "labelLimit": 0, "minExtent": _NAMES, "maxExtent": _NAMES}
    most = max((row["count"] for row in rows), default=0)
    text = {"type": "text", "align": "left", "dx": 4}
    height = _ROW * len(rows)
    spec = {
        "width": WIDTH - _NAMES - _BEHIND,
        "height": height,
        "padding": {"left": _NAMES, "right": _BEHIND, "top": 4, "bottom": 4},
        "data": {"values": [{**row, "shown": f"{row['count']:,}"} for row in rows]},
        "encoding": {
            "y": {"field": "name", "type": "ordinal", "sort": None, "title": None, "axis": axis},
            "x": {"field": "count", "type": "quantitative", "axis": None, "scale": {"domain": [0, max(most, 1)]}},
        },
        "layer": [{"mark": "bar"}, {"mark": text, "encoding": {"text": {"field": "shown", "type": "nominal"}}}],
    }
    described = "; ".join(f"{row['name']} {row['count']:,}" for row in rows)
    return _drawn(name, title, f"{unit.capitalize()}: {described}.", spec)


def _drawn(name: str, title: str, described: str, spec: dict[str, Any]) -> Markup:
    """The SVG of a chart, which scales with the page and is one image to a screen reader."""
    whole = {
        "width": WIDTH - _LEFT - _RIGHT,
        "height": HEIGHT,
        "padding": {"left": _LEFT + 16, "right": _RIGHT, "top": 10, "bottom": _BELOW},
        "autosize": "none",
        **spec,
        "config": _CONFIG,
    }
    drawn = library().vegalite_to_svg(whole, vl_version="6.4")
    ET.register_namespace("", _SVG)
    root = ET.fromstring(drawn)  # noqa: S314  our own, from numbers and names of ours
    for element in root.iter():
        for attribute in _NOT_NEEDED:
            element.attrib.pop(attribute, None)
        for attribute, value in element.attrib.items():
            element.set(attribute, _LONG_NUMBER.sub(lambda number: f"{float(number[0]):.2f}", value))
    _pruned(root)
    size = root.attrib["viewBox"]
    root.attrib.clear()
    base = f"chart-{name}"
    root.attrib |= {
        "viewBox": size,
        "role": "img",
        "class": "chart",
        "aria-labelledby": f"{base}-title",
        "aria-describedby": f"{base}-about",
    }
    for tag, text in (("desc", described), ("title", title)):
        element = ET.Element(f"{{{_SVG}}}{tag}", {"id": f"{base}-{'title' if tag == 'title' else 'about'}"})
        element.text = text
        root.insert(0, element)
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704  an XML writer has escaped it


def _pruned(element: ET.Element) -> None:
    """Drop paths that draw nothing."""
    for inner in list(element):
        if inner.tag == f"{{{_SVG}}}path" and (inner.get("display") == "none" or inner.get("d", "").endswith("h0Z")):
            element.remove(inner)
        else:
            _pruned(inner)
