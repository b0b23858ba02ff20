"""What is said of a rule's precision and cost is true of the rule."""

from dataset_tools.rules import GROUPS, RULES
from dataset_tools.rules.measured import CORPORA, MEASURED, sentence, table
from dataset_tools.rules.page import explained, page
from dataset_tools.stages.lint import CHECKS

LEAST_PRECISION = 0.9


def test_every_check_is_measured_and_nothing_that_is_no_rule() -> None:
    assert {check.code for check in CHECKS} <= set(MEASURED) <= set(RULES)
    assert {code for code, measured in MEASURED.items() if measured.cost is not None} == {one.code for one in CHECKS}


def test_a_rule_that_is_right_too_seldom_is_off_by_default() -> None:
    for code, measured in MEASURED.items():
        assert len(measured.hits) == len(CORPORA)
        assert all(hits.right <= hits.judged == min(hits.found, 20) for hits in measured.hits), code
        precision = measured.precision
        assert precision is None or precision >= LEAST_PRECISION or not RULES[code].default, code


def test_hits_are_told_with_how_many_were_right_and_rules_without_hits_say_so() -> None:
    assert sentence("B005").startswith("17 hits in 2,500 English articles (17 of 17 read are right); its check takes ")
    assert sentence("D001") == "1 hit in 3,000 Vietnamese news articles (1 of 1 read are right)"
    assert sentence("D002") == "no hit in 3,000 Vietnamese news articles and 2,500 English articles"


def test_explanations_and_the_page_have_the_measurements() -> None:
    assert sentence("W005")[1:] in " ".join(explained(RULES["W005"]).split())
    assert "Measured" not in explained(RULES["P001"])
    assert page(GROUPS).endswith(table())
