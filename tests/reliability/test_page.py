"""docs/reliability.md is true: it has a row for each test beside this one, and no other."""

from pathlib import Path

from tests.reliability.page import MODULES, PAGE, rows, with_tables


def test_the_tables_are_those_of_the_tests() -> None:
    page = PAGE.read_text("utf-8")
    assert with_tables(page) == page, "run python -m tests.reliability.page"


def test_every_module_has_a_table_and_there_are_enough_rows() -> None:
    here = {path.stem for path in Path(__file__).parent.glob("test_*.py")} - {"test_page"}
    assert here == set(MODULES)
    page = PAGE.read_text("utf-8")
    assert all(f"<!-- {name} -->" in page and row in page for name in MODULES for row in rows(name))
    assert len(rows("test_hostile_input")) >= 25
