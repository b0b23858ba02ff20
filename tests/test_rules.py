import re
import unicodedata
from dataclasses import replace

import pytest

from dataset_tools.model import Severity
from dataset_tools.rules import GROUPS, RULES, issue
from dataset_tools.rules.page import explained, page
from dataset_tools.text import printable
from tests.conftest import ROOT

PACKAGE = ROOT / "dataset_tools"
TEXTS = {path: path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
SOURCES = {path: text for path, text in TEXTS.items() if path.parent.name != "rules"}
CATALOGUE = "".join(text for path, text in TEXTS.items() if path.parent.name == "rules")


def test_every_rule_of_the_catalogue_can_be_found_by_its_own_code_and_name():
    assert sorted(re.findall(r'code="(\w+)"', CATALOGUE)) == sorted(RULES)
    assert all(RULES[code].code == code for code in RULES)
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_the_rules_that_the_code_raises_are_those_of_the_catalogue():
    raised = {code for text in SOURCES.values() for code in re.findall(r'"([A-Z]\d{3})"', text)}
    assert raised == set(RULES)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_says_what_why_and_what_to_do_in_one_line_each(code):
    rule = RULES[code]
    assert re.fullmatch(r"[A-Z]\d{3}", rule.code)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
    for sentence in (rule.what, rule.why):
        assert re.fullmatch(r"[A-Z][^\n]+\.", sentence)
    assert re.fullmatch(r"[a-z][^\n]+[^.\n]", rule.fix)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_a_bad_and_a_good_example_in_which_all_can_be_seen(code):
    rule = RULES[code]
    assert rule.bad != rule.good
    for example in (rule.bad, rule.good):
        assert 0 < len(example) <= 200
        assert all(line == printable(line).strip() and line.isprintable() for line in example.split("\n"))
        assert unicodedata.is_normalized("NFC", example)


@pytest.mark.parametrize("code", RULES)
def test_a_rule_is_explained_in_80_columns_with_its_examples(code):
    rule = RULES[code]
    lines = explained(rule).splitlines()
    assert lines[0] == f"{code} {rule.name} ({rule.severity})"
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    for part in (rule.what, rule.why, rule.fix[1:], rule.bad, rule.good):
        assert " ".join(part.split()) in text


def test_the_page_has_a_table_that_leads_to_a_section_for_each_rule():
    text = page(GROUPS)
    for rule in RULES.values():
        assert f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} |" in text
        assert f"\n### {rule.code} {rule.name}\n" in text


def test_what_is_ignored_or_off_by_default_is_said():
    assert "In force    Always; it cannot be ignored." in explained(RULES["F001"])
    assert "In force    By default; --ignore W001 switches it off." in explained(RULES["W001"])
    off = replace(RULES["W001"], default=False)
    assert "In force    Only if selected: --select DEFAULT,W001." in explained(off)
    assert "*Warning, only with `--select DEFAULT,W001`.*" in page({"Some": (off,)})


def test_an_issue_has_the_severity_and_the_remedy_of_its_rule():
    found = issue("F002", "có BOM", path="a.txt", row=3, line=1, column=2)
    assert (found.severity, found.hint) == (Severity.WARNING, RULES["F002"].fix)
    assert (found.path, found.row, found.line, found.column) == ("a.txt", 3, 1, 2)
    assert issue("F001", "x").severity is Severity.ERROR


def test_a_better_hint_replaces_the_remedy():
    assert issue("I001", "x", hint="đổi tên tệp").hint == "đổi tên tệp"


def test_a_code_that_is_not_in_the_catalogue_is_a_defect():
    with pytest.raises(KeyError):
        issue("X999", "x")
