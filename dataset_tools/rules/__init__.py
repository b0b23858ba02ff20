"""The catalogue of rules: every issue that the tool can raise, with its reason and its remedy."""

from dataset_tools.model import Issue
from dataset_tools.rules import articles, built, dataset, duplicates, files, ids, language, metadata, residue, unicode
from dataset_tools.rules.policy import RulePolicy, rule_policy
from dataset_tools.rules.rule import Rule

__all__ = ["GROUPS", "RULES", "Rule", "RulePolicy", "issue", "rule_policy"]

GROUPS = {
    "Files": files.RULES,
    "Ids": ids.RULES,
    "Articles": articles.RULES,
    "Unicode": unicode.RULES,
    "Residue of web pages": residue.RULES,
    "Language": language.RULES,
    "Duplicates": duplicates.RULES,
    "Metadata": metadata.RULES,
    "The dataset": dataset.RULES,
    "A built dataset": built.RULES,
}
"""The rules by subject, in the order of the documentation."""

RULES = {rule.code: rule for group in GROUPS.values() for rule in group}
"""Every rule by its code."""


def issue(
    code: str,
    message: str,
    *,
    path: str | None = None,
    row: int | None = None,
    other: int | None = None,
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
        other=other,
        line=line,
        column=column,
    )
