"""`markdown`: for the summary of a CI job, in GitHub Flavored Markdown.

A heading with the counts, the summary, the rules with their counts, and the first `MAX_ISSUES` issues, errors first.
It stays far below the 1 MiB that GitHub allows for the summary of a step.
"""

import re
from collections import Counter

from dataset_tools.formats.lines import errors_first, location, shown, summary, verdict
from dataset_tools.model import Severity
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport

MAX_ISSUES = 100
"""Issues in the table at most."""

_LONGEST = 300
"""Characters of a path or a message in a cell."""

_SPECIAL = re.compile(r"[&<>|`*_~\[\]\\$]|:(?=/)|(?<=[wW]{3})\.")
"""What Markdown or GitHub makes code, emphasis, links, images, HTML, cells or formulas of."""


def render(report: RunReport) -> str:
    """The whole report as Markdown that can follow other text."""
    report = report.limited(MAX_ISSUES)
    blocks = [
        f"## dataset-tools {report.command}: {verdict(report.found)}",
        "\n".join(f"- {as_prose(line)}" for line in summary(report)),
    ]
    if report.issues:
        blocks += [_rules(report), _issues(report)]
    return "\n\n".join(blocks) + "\n"


def _rules(report: RunReport) -> str:
    counts = Counter((one.severity is not Severity.ERROR, one.code, one.severity) for one in report.found)
    rows = [
        f"| {code} {as_prose(RULES[code].name)} | {severity} | {count:,} | {as_prose(RULES[code].what)} |"
        for (_, code, severity), count in sorted(counts.items())
    ]
    return "\n".join(["| Rule | Severity | Issues | What is found |", "| --- | --- | ---: | --- |", *rows])


def _issues(report: RunReport) -> str:
    rows = [
        f"| {as_code(location(one))} | {one.code} | {as_prose(one.message)} |" for one in errors_first(report.issues)
    ]
    return "\n".join(["| Where | Rule | Message |", "| --- | --- | --- |", *rows])


def as_prose(text: str) -> str:
    """Text that is only text: special characters as references, `@` as code, so that nobody is mentioned."""
    text = shown(text)
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    escaped = _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", cut)
    return re.sub("@+", r"`\g<0>`", escaped)


def as_code(text: str) -> str:
    r"""Text as code, where only the fence is special and, in a table, `|`, which becomes `\x7c`."""
    text = text or " "
    inner = (text if len(text) <= _LONGEST else f"…{text[1 - _LONGEST :]}").replace("|", r"\x7c")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", inner)), default=0))
    pad = " " if {inner[0], inner[-1]} & {" ", "`"} and not inner.isspace() else ""
    return f"{fence}{pad}{inner}{pad}{fence}"
