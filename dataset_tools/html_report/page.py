"""The page: one HTML file with its style sheet, script and charts in it, which asks nothing of anyone."""

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from dataset_tools.html_report import charts
from dataset_tools.html_report.figures import Figures
from dataset_tools.html_report.sides import cut_runs
from dataset_tools.text import printable

MARK = '<meta name="generator" content="dataset-tools report">'
"""What a page of ours has in its head."""

_TEXT = 400
"""Characters of one line of somebody else's text that are shown."""


def page(figures: Figures) -> str:
    """The whole page, which depends on the figures alone."""
    environment = Environment(
        loader=PackageLoader("dataset_tools.html_report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    language = figures.language
    environment.filters |= {
        "number": "{:,}".format,
        "plain": lambda number: f"{number:,.1f}".removesuffix(".0"),
        "share": lambda part, whole: f"{100 * part / whole:.1f}%" if whole else "–",
        "shown": shown,
        "short": lambda text: printable(text[:_TEXT]),
        "quoted": lambda text: shown(text, language),
        "words": lambda text: _quoted(printable(text), language),
        "condensed": cut_runs,
    }
    style, script = (files("dataset_tools.html_report").joinpath(name).read_text("utf-8") for name in _INLINE)
    return environment.get_template("report.html.jinja").render(
        figures=figures,
        charts=charts,
        mark=Markup(MARK),  # noqa: S704  a constant of this package
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704  a file of this package
        script=Markup(script),  # noqa: S704  a file of this package
    )


_INLINE = ("report.css", "report.js")


def shown(text: str, language: str | None = None) -> Markup:
    """Somebody else's text: what could fool a reader as an escape, its direction kept to itself, its end cut off.

    What is cut off is counted.
    """
    left = len(text) - _TEXT
    cut = printable(text[:_TEXT])
    more = Markup(' <span class="cut">(+{:,} characters)</span>').format(left) if left > 0 else Markup()
    return _quoted(f"{cut}…" if left > 0 else cut, language) + more


def _quoted(text: str, language: str | None) -> Markup:
    said = Markup(' lang="{}"').format(language) if language else Markup()
    return Markup("<bdi{}>{}</bdi>").format(said, text)


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy: this style sheet and this script, nothing else, from nowhere."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script))
    return (
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'".format(
            *hashes
        )
    )
