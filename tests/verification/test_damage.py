"""`verify` finds each damage, by the rules that it breaks, and nothing in a dataset that is whole."""

from pathlib import Path

import pytest

import dataset_tools
from dataset_tools.rules import RULES
from tests.conftest import ROOT
from tests.verification.damage import DAMAGES, Damage


@pytest.mark.parametrize("full", [False, True])
def test_a_whole_dataset_has_no_issue(dist: Path, full: bool) -> None:
    report = dataset_tools.verify(dist, full=full)
    assert (report.issues, report.exit_code, report.checked) == ((), 0, 9)
    assert report.verified is not None
    assert (report.verified.documents, report.verified.compared) == (14, 14)


def test_the_committed_example_is_verified() -> None:
    assert dataset_tools.verify(ROOT / "dist", full=True, strict=True).issues == ()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.do.__name__)
def test_a_damage_breaks_the_rules_that_it_names_and_no_other(damage: Damage, dist: Path) -> None:
    damage.do(dist)
    report = dataset_tools.verify(dist)
    assert {one.code for one in report.issues} == set(damage.codes), [one.message for one in report.issues]
    assert report.exit_code == int(any(RULES[code].severity == "error" for code in damage.codes))


@pytest.mark.parametrize("code", ["V020", "V021"])
def test_all_candidate_pairs_give_what_a_sample_gives(code: str, dist: Path) -> None:
    next(damage for damage in DAMAGES if code in damage.codes).do(dist)
    assert [one.code for one in dataset_tools.verify(dist, full=True).issues] == [code]
