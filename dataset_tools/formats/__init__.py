"""Report formats: one module each, one registry. A renderer turns a report into text and prints nothing."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from dataset_tools.run_report import RunReport

_NAMES = ("full", "concise", "json", "jsonl", "github", "gitlab", "junit", "sarif", "markdown")


def _rendered(name: str, report: RunReport) -> str:
    """What the module of a format makes of a report; a call has one format, and imports no other."""
    text: str = import_module(f"{__name__}.{name}").render(report)
    return text


RENDERERS: dict[str, Callable[[RunReport], str]] = {name: partial(_rendered, name) for name in _NAMES}
"""Every format by its name; what they give ends with a line break."""
