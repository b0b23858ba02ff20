"""Report formats: one module each, one registry. A renderer turns a report into text and prints nothing."""

from collections.abc import Callable

from dataset_tools.formats import concise, full, json
from dataset_tools.model import RunReport

RENDERERS: dict[str, Callable[[RunReport], str]] = {
    "full": full.render,
    "concise": concise.render,
    "json": json.render,
}
"""Every format by its name; what they give ends with a line break."""
