"""The tables of docs/reliability.md: a row for each test of this folder, made from its docstring and its parameters.

`python -m tests.reliability.page` writes them into the page.
"""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from types import FunctionType, ModuleType

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "reliability.md"
MODULES = ("test_kills", "test_faults", "test_hostile_input")
_TABLE = re.compile(r"(<!-- (\w+) -->\n\n).*?(\n\n<!-- end -->)", re.DOTALL)


def rows(name: str) -> list[str]:
    """The rows of a module: what was tried, what happened, and the test."""
    return [row for test in _tests(import_module(f"tests.reliability.{name}")) for row in _rows(test)]


def with_tables(page: str) -> str:
    """The page with its tables as the tests have them."""
    return _TABLE.sub(lambda match: f"{match[1]}{_table(match[2])}{match[3]}", page)


def _tests(module: ModuleType) -> Iterator[FunctionType]:
    for name, value in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(value) and value.__module__ == module.__name__:
            yield value


def _rows(test: FunctionType) -> Iterator[str]:
    tried, happened = (" ".join(part.split()) for part in (inspect.getdoc(test) or "").split("\n\n"))
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    for value in marks[0].args[1] if marks else [""]:
        assert ("{}" in tried) == bool(marks), tried
        what = tried.replace("{}", str(value))
        yield f"| {_cell(what[:1].upper() + what[1:])} | {_cell(happened)} | `{test.__name__}` |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _table(name: str) -> str:
    return "\n".join(["| tried | what happens | test |", "|---|---|---|", *rows(name)])


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
