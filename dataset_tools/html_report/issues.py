"""Issues by rule, from the audit table."""

import polars as pl

from dataset_tools.html_report.figures import Example, RuleFigures
from dataset_tools.rules import RULES

EXAMPLES = 10
"""So many issues of each rule are shown."""


def rules_broken(issues: pl.DataFrame) -> tuple[RuleFigures, ...]:
    """How often each rule is broken: errors first, then the most frequent."""
    found = []
    issues = issues.with_columns(pl.col("code", "severity", "message").fill_null(""))
    for (code, severity), some in issues.group_by("code", "severity", maintain_order=True):
        rule = RULES.get(str(code))
        found.append(
            RuleFigures(
                code=str(code),
                severity=str(severity),
                name="" if rule is None else rule.name,
                what="" if rule is None else rule.what,
                fix="" if rule is None else rule.fix,
                count=some.height,
                documents=some["path"].drop_nulls().n_unique(),
                examples=tuple(
                    Example(**one) for one in some.head(EXAMPLES).select("path", "line", "column", "message").to_dicts()
                ),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.severity != "error", -one.count, one.code)))
