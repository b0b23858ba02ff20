"""Report: issues as a person in the current folder would write their paths."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dataset_tools.model import Issue
from dataset_tools.text import printable


def report_issues(issues: Iterable[Issue], root: Path) -> list[Issue]:
    """Issues in document order, their paths relative to the current folder where they lie below it, else absolute.

    An issue of the corpus as a whole gets the path of the root.
    """
    base = printable(str(_from_here(root)))
    return [
        replace(one, path=base if one.path is None else one.path if base == "." else f"{base}/{one.path}")
        for one in sorted(issues, key=lambda one: one.order)
    ]


def _from_here(root: Path) -> Path:
    here = Path.cwd()
    absolute = root.absolute()
    if absolute.is_relative_to(here):
        return absolute.relative_to(here)
    return absolute.resolve()
