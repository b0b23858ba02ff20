"""Names that fit a pattern, made after the names that are there."""

import re

import pytest

from dataset_tools.model import UserError
from dataset_tools.naming import example_name, with_id
from dataset_tools.settings import FILE_NAME

USUAL = re.compile(FILE_NAME)
ID, OTHER = "0123456789abcdef", "fedcba9876543210"


def test_id_and_index_are_replaced_and_nothing_else() -> None:
    assert with_id(f"007_{ID}.txt", OTHER, USUAL) == f"007_{OTHER}.txt"
    assert with_id(f"007_{ID}.txt", OTHER, USUAL, "0123") == f"0123_{OTHER}.txt"
    pattern = re.compile(r"(?P<id>[0-9a-f]{16})\.v(?P<index>\d+)\.txt")
    assert with_id(f"{ID}.v7.txt", OTHER, pattern, "12") == f"{OTHER}.v12.txt"
    assert with_id(f"{ID}.txt", OTHER, re.compile(r"(?P<id>[0-9a-f]{16})\.txt"), "12") == f"{OTHER}.txt"


def test_there_is_no_name_where_none_would_fit() -> None:
    assert with_id("bài.txt", OTHER, USUAL) is None
    assert with_id(f"007_{ID}.txt", "0123", USUAL) is None
    assert with_id("7abcdefabcdef.txt", "012345abcdef", re.compile(r"(?P<index>\d+)(?P<id>[0-9a-f]+)\.txt")) is None


def test_the_last_name_that_fits_is_followed_else_a_usual_one() -> None:
    pattern = re.compile(r"(?P<kind>\w+)-(?P<index>\d+)-(?P<id>[0-9a-f]{16})\.txt")
    names = [f"tin-1-{ID}.txt", f"bao-2-{ID}.txt", "x.txt"]
    assert example_name(names, pattern, OTHER) == f"bao-2-{ID}.txt"
    assert example_name([], USUAL, OTHER) == f"000_{OTHER}.txt"
    assert example_name([], re.compile(r"(?P<id>[0-9a-f]{16})\.txt"), OTHER) == f"{OTHER}.txt"


def test_a_pattern_that_no_usual_name_fits_asks_for_a_first_file() -> None:
    with pytest.raises(UserError, match="by hand"):
        example_name([], re.compile(r"bài-(?P<id>[0-9a-f]{16})\.txt"), OTHER)
