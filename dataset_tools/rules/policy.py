"""Which rules are in force, for which files, and which of them are errors: what the settings make of the catalogue."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from dataset_tools.globs import glob
from dataset_tools.model import Issue, Severity, UserError
from dataset_tools.rules.rule import Rule
from dataset_tools.text import shortened

_GROUPS = ("ALL", "DEFAULT")


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePolicy:
    """What becomes of the issues of a run.

    The rules of `off` are in force nowhere, those of `off_below` not for the paths that a pattern matches. `severities`
    has the rules whose severity is not that of the catalogue, `named` those that were selected by more than a word for
    all rules.
    """

    off: frozenset[str]
    named: frozenset[str]
    off_below: tuple[tuple[re.Pattern[str], frozenset[str]], ...]
    severities: Mapping[str, Severity]

    def apply(self, issues: Iterable[Issue]) -> list[Issue]:
        """The issues that count, with the severity that they have; paths are below the root of the corpus."""
        return [self._weighed(one) for one in issues if one.code not in self.off and not self._off_there(one)]

    def _off_there(self, one: Issue) -> bool:
        path = one.path
        return path is not None and any(one.code in off and where.fullmatch(path) for where, off in self.off_below)

    def _weighed(self, one: Issue) -> Issue:
        severity = self.severities.get(one.code, one.severity)
        return one if severity is one.severity else replace(one, severity=severity)


def rule_policy(
    rules: Mapping[str, Rule],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    per_path_ignore: Mapping[str, Iterable[str]] | None = None,
    severity: Mapping[str, Severity] | None = None,
) -> RulePolicy:
    """Read the settings of the same names, which say rules by codes, beginnings of codes (`W`: all of them), or names.

    `ALL` is every rule, `DEFAULT` those that are in force without `select`. Where several keys of `severity` speak of
    one rule, the longest wins, a name or a whole code before all others. A rule that is `always` stays an error in
    force, whatever is said of the group that it belongs to.

    Raises:
        UserError: if one of them is no rule, asks of an `always` rule what it cannot be, or contradicts another.
    """
    chosen = {code for word in _words(select) or ["DEFAULT"] for code in _named(rules, word)}
    ignored = _ignored(rules, ignore)
    return RulePolicy(
        named=frozenset(code for word in _words(select) if word not in _GROUPS for code in _named(rules, word)),
        off=frozenset(
            code for code, rule in rules.items() if not rule.always and (code in ignored or code not in chosen)
        ),
        off_below=tuple((glob(where), _ignored(rules, words)) for where, words in (per_path_ignore or {}).items()),
        severities=_severities(rules, severity or {}),
    )


def _ignored(rules: Mapping[str, Rule], words: Iterable[str]) -> frozenset[str]:
    off: set[str] = set()
    for word in _words(words):
        codes = _named(rules, word)
        _refuse_always(rules, codes, "ignored")
        off.update(code for code in codes if not rules[code].always)
    return frozenset(off)


def _severities(rules: Mapping[str, Rule], said: Mapping[str, Severity]) -> dict[str, Severity]:
    """The severity of each rule that has not that of the catalogue."""
    best: dict[str, tuple[int, str]] = {}
    for word, severity in said.items():
        codes = _named(rules, word)
        if severity is Severity.WARNING:
            _refuse_always(rules, codes, "a warning")
        for code in codes:
            rank = _rank(code, rules[code], word)
            known, other = best.get(code, (-1, ""))
            if rank == known and said[other] is not severity:
                message = (
                    f"severity: {code} is both {said[other]} ({shortened(other)}) and {severity} ({shortened(word)})"
                )
                raise UserError(message, "remove one of the two from the settings")
            if rank > known:
                best[code] = rank, word
    found = {code: said[word] for code, (_, word) in best.items()}
    return {code: one for code, one in found.items() if one is not rules[code].severity and not rules[code].always}


def _rank(code: str, rule: Rule, word: str) -> int:
    """How much a word that names a rule is about this one."""
    if word in _GROUPS:
        return 0
    return len(code) if rule.name == word.lower() else len(word)


def _refuse_always(rules: Mapping[str, Rule], codes: list[str], what: str) -> None:
    """A group may have such rules among others; named alone, one is refused."""
    rule = rules[codes[0]]
    if len(codes) == 1 and rule.always:
        raise UserError(f"{rule.code} ({rule.name}) cannot be {what}: {_lowered(rule.why)}", rule.fix)


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:].removesuffix(".")


def _words(values: Iterable[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _named(rules: Mapping[str, Rule], word: str) -> list[str]:
    if word in _GROUPS:
        return [code for code, rule in rules.items() if rule.default or word == "ALL"]
    code, name = word.upper(), word.lower()
    codes = [one.code for one in rules.values() if word and (one.code.startswith(code) or one.name == name)]
    if not codes:
        near = get_close_matches(word, [*rules, *(rule.name for rule in rules.values())], n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise UserError(f"{shortened(word)} is no rule", f"{guess}dataset-tools rule lists them all")
    return codes
