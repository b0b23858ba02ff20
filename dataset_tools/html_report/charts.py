"""Charts as static SVG, drawn by Vega-Lite (vl-convert); their colours are variables of the page's style sheet."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import cache
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

_APART = 12
"""Pixels between labels: more than needed, since the fonts of readers are wider than those here."""

_LARGE = 10_000
_PADDING = {"left": 8, "right": 16, "top": 6, "bottom": 6}

_LONG_NUMBER = re.compile(r"\d+\.\d{3,}")


@cache
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
    group = printable(spread.group)
    bins = zip(one.edges, one.edges[1:], spread.counts, strict=False)
    x = {"field": "from", "type": "quantitative", "bin": {"binned": True}, "title": one.unit}
    axis = _numbers(one.edges[-1])
    if one.grows:
        x["scale"] = {"type": "symlog", "domain": [one.edges[0], one.edges[-1]]}
        axis["values"] = [step * 10**power for power in range(len(str(one.edges[-1]))) for step in (1, 3)]
    else:
        x["scale"] = {"domain": [one.edges[0], one.edges[-1]], "nice": False}
    spec = {
        "data": {"values": [{"from": low, "to": high, "count": count} for low, high, count in bins]},
        "mark": {"type": "bar", "binSpacing": 1},
        "encoding": {
            "x": {**x, "axis": axis},
            "x2": {"field": "to"},
            "y": _counts("count", "documents", max(spread.counts)),
        },
    }
    title = f"{one.what.capitalize()} by their number of {one.unit}: {group}"
    described = f"The shortest has {spread.least:,}, the median {spread.median:,g}, the longest {spread.most:,}."
    return _drawn(f"{one.what}-{one.unit}-{one.spreads.index(spread)}", title, described, spec)


def growth(one: Vocabulary) -> Markup:
    """How the number of different words grows."""
    spec = {
        "data": {"values": [{"documents": 0, "words": 0}, *({"documents": n, "words": d} for n, d in one.points)]},
        "mark": "line",
        "encoding": {
            "x": {
                "field": "documents",
                "type": "quantitative",
                "scale": {"nice": False},
                "axis": {"format": ",d", "labelOverlap": "greedy", "labelFlush": False},
            },
            "y": _counts("words", "different words", one.distinct),
        },
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
        "axis": {"format": ".2f", "labelOverlap": "greedy", "labelFlush": False, "labelSeparation": _APART},
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
    at = round(one.threshold * 100) - seen.first
    described = (
        f"{sum(seen.counts[:at]):,} pairs below the threshold {one.threshold:g}, which is marked by a line, and "
        f"{sum(seen.counts[at:]):,} from there on."
    )
    return _drawn("similarities", "Pairs compared, by similarity", described, spec)


def _counts(field: str, title: str, most: int) -> dict[str, Any]:
    """The axis of counts, marked at whole numbers only."""
    axis = {**_numbers(most), "tickCount": min(4, max(most, 1))}
    return {"field": field, "type": "quantitative", "title": title, "axis": axis}


def _numbers(most: int) -> dict[str, Any]:
    """An axis of whole numbers up to this one; large ones are short, as 20k."""
    form = "~s" if most >= _LARGE else ",d"
    return {
        "labelExpr": f"format(datum.value, '{form}')",
        "labelOverlap": "greedy",
        "labelFlush": False,
        "labelSeparation": _APART,
    }


def _bars(name: str, title: str, rows: Sequence[dict[str, Any]], unit: str) -> Markup:
    """A row for each name, with its count written behind the bar."""
    y = {"field": "name", "type": "ordinal", "sort": None, "title": None, "axis": {"ticks": False, "labelLimit": 200}}
    hidden = {"labels": False, "ticks": False, "grid": False, "domain": False}
    x = {"field": "count", "type": "quantitative", "title": None, "axis": hidden}
    text = {"type": "text", "align": "left", "dx": 4}
    spec = {
        "height": {"step": 22},
        "width": WIDTH - 150,
        "data": {"values": [{**row, "shown": f"{row['count']:,}"} for row in rows]},
        "encoding": {"y": y, "x": x},
        "layer": [{"mark": "bar"}, {"mark": text, "encoding": {"text": {"field": "shown", "type": "nominal"}}}],
    }
    described = "; ".join(f"{row['name']} {row['count']:,}" for row in rows)
    return _drawn(name, title, f"{unit.capitalize()}: {described}.", spec)


def _drawn(name: str, title: str, described: str, spec: dict[str, Any]) -> Markup:
    """The SVG of a chart, which scales with the page and is one image to a screen reader."""
    whole = {"width": WIDTH - 50, "height": HEIGHT, "padding": _PADDING, **spec, "config": _CONFIG}
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
