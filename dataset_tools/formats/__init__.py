"""Report formats: one module each, one registry. A renderer turns a report into text and prints nothing."""

from collections.abc import Callable

from dataset_tools.formats import concise, full, github, gitlab, json, jsonl, junit, markdown, sarif
from dataset_tools.run_report import RunReport

RENDERERS: dict[str, Callable[[RunReport], str]] = {
    "full": full.render,
    "concise": concise.render,
    "json": json.render,
    "jsonl": jsonl.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "junit": junit.render,
    "sarif": sarif.render,
    "markdown": markdown.render,
}
"""Every format by its name; what they give ends with a line break."""
