"""`--verbose`: what a run works with, which nobody sees from its report."""

from pathlib import Path

from dataset_tools.config import find
from dataset_tools.model import Severity
from dataset_tools.rules import RULES, RulePolicy
from dataset_tools.settings import Settings


def described(settings: Settings, config: Path | None) -> list[str]:
    """A line each for the settings file, the cache, the schema, the rules off, and those of another severity."""
    found = find(Path.cwd()) if config is None else config
    policy = settings.rule_policy()
    return [
        f"settings: {found or 'no file found, so the defaults hold'}",
        f"cache: {settings.cache or 'none'}",
        f"schema: {settings.article_schema or 'the built-in one'}",
        *_rules(policy),
        *(f"rules off for {where}: {', '.join(words)}" for where, words in settings.per_path_ignore.items()),
    ]


def _rules(policy: RulePolicy) -> list[str]:
    lists = {
        "off": sorted(policy.off),
        "made errors": _of(policy, Severity.ERROR),
        "made warnings": _of(policy, Severity.WARNING),
    }
    named = [f"rules {what}: {', '.join(codes)}" for what, codes in lists.items() if codes]
    return [f"rules in force: {len(RULES) - len(policy.off)} of {len(RULES)}", *named]


def _of(policy: RulePolicy, severity: Severity) -> list[str]:
    return sorted(code for code, one in policy.severities.items() if one is severity and code not in policy.off)
