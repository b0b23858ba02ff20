"""The catalogue of rules: every issue that the tool can raise, with its reason and its remedy."""

from collections.abc import Iterable

from dataset_tools.model import Issue
from dataset_tools.rules import articles, dataset, duplicates, files, ids, language, residue, unicode
from dataset_tools.rules.rule import Rule
from dataset_tools.rules.selection import ignored_codes, is_selected

__all__ = ["GROUPS", "RULES", "Rule", "ignored_codes", "is_selected", "issue", "without"]

GROUPS = {
    "Files": files.RULES,
    "Ids": ids.RULES,
    "Articles": articles.RULES,
    "Unicode": unicode.RULES,
    "Residue of web pages": residue.RULES,
    "Language": language.RULES,
    "Duplicates": duplicates.RULES,
    "The dataset": dataset.RULES,
}
"""The rules by subject, in the order of the documentation."""

RULES = {rule.code: rule for group in GROUPS.values() for rule in group}
"""Every rule by its code."""


def without(ignored: frozenset[str], issues: Iterable[Issue]) -> list[Issue]:
    """The issues of the rules that are in force."""
    return [one for one in issues if one.code not in ignored]


def issue(
    code: str,
    message: str,
    *,
    path: str | None = None,
    row: int | None = None,
    line: int | None = None,
    column: int | None = None,
    hint: str | None = None,
) -> Issue:
    """One finding of a rule, with the rule's severity and, unless a better one is known, its remedy as the hint."""
    rule = RULES[code]
    return Issue(
        code=code,
        severity=rule.severity,
        message=message,
        hint=hint or rule.fix,
        path=path,
        row=row,
        line=line,
        column=column,
    )
