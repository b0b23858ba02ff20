"""Which rules are in force: all, or those selected, without those ignored."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from dataset_tools.model import UserError
from dataset_tools.rules.rule import Rule
from dataset_tools.text import shortened

_SETS = ("ALL", "DEFAULT")


def ignored_codes(rules: Mapping[str, Rule], select: Iterable[str], ignore: Iterable[str]) -> frozenset[str]:
    """The codes of the rules that are switched off.

    `select` and `ignore` are codes, beginnings of codes (`W` is every rule about residue), or names; `ALL` is every
    rule, `DEFAULT` those that are in force without `select`. What cannot be ignored is always in force.

    Raises:
        UserError: if one of them is no rule, or names a rule that cannot be ignored.
    """
    chosen = {code for word in _words(select) or ["DEFAULT"] for code in _named(rules, word)}
    off: set[str] = set()
    for word in _words(ignore):
        codes = _named(rules, word)
        if len(codes) == 1 and rules[codes[0]].always:
            rule = rules[codes[0]]
            hint = "leave such files out with --on-invalid quarantine"
            raise UserError(f"{rule.code} ({rule.name}) cannot be ignored", hint)
        off.update(codes)
    return frozenset(code for code, rule in rules.items() if not rule.always and (code in off or code not in chosen))


def is_selected(rules: Mapping[str, Rule], code: str, select: Iterable[str]) -> bool:
    """Whether `select` names a rule, by more than a word for all rules."""
    return any(code in _named(rules, word) for word in _words(select) if word not in _SETS)


def _words(values: Iterable[str]) -> list[str]:
    return [word.strip() for value in values for word in value.split(",") if word.strip()]


def _named(rules: Mapping[str, Rule], word: str) -> list[str]:
    if word in _SETS:
        return [code for code, rule in rules.items() if rule.default or word == "ALL"]
    codes = [code for code, rule in rules.items() if code.startswith(word.upper()) or rule.name == word.lower()]
    if not codes:
        near = get_close_matches(word, [*rules, *(rule.name for rule in rules.values())], n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise UserError(f"{shortened(word)} is no rule", f"{guess}dataset-tools rule lists them all")
    return codes
