"""The catalogue as text: a list, one rule explained, and docs/rules.md."""

import textwrap
from collections.abc import Iterator, Mapping

from dataset_tools.rules.measured import MEASURED, sentence, table
from dataset_tools.rules.rule import Mending, Rule

WIDTH = 80
"""Columns of a terminal."""

_INDENT = 12

_HEAD = """# Rules

Made by `dataset-tools rule --markdown`; a test keeps it equal to the catalogue in `dataset_tools/rules`.

An error keeps a document out of the dataset, a warning does not. `--select` and `--ignore`, and `select`, `ignore`,
`per_path_ignore` and `severity` in the settings, take codes, beginnings of codes, and names. What is never ignored is
never a warning. In the examples, what cannot be seen stands in brackets, such as [U+200B].

If nothing else is said, a rule is in force, and can be ignored.
"""

_MEASURED = """
## Measured

What the warnings found in real files, and how many of up to twenty hits of each, drawn at random and read, were right.
The cost is that of the check alone, in percent of what reading, hashing, decoding and storing the same files takes
(`benchmarks/floor.py`); together they cost less, as most patterns are looked for at once. To repeat it:
`python benchmarks/precision.py FOLDER`.

"""


def listed(rules: Mapping[str, Rule]) -> str:
    """One line for each rule."""
    width = max(len(rule.name) for rule in rules.values())
    return "".join(f"{rule.code}  {rule.severity:<7}  {rule.name:<{width}}  {rule.what}\n" for rule in rules.values())


def explained(rule: Rule) -> str:
    """What one rule finds, why it matters, an example, and what to do, in `WIDTH` columns."""
    parts = {
        "Why": rule.why,
        "Bad": rule.bad,
        "Good": rule.good,
        "What to do": _capitalized(rule.fix),  # no full stop: it may end with a command
        "In force": _force(rule),
    }
    if rule.mending is not None:
        parts["Fixable"] = f"{_mending(rule.mending)}."
    if rule.code in MEASURED:
        parts["Measured"] = f"{_capitalized(sentence(rule.code))}."
    entries = "".join(f"{line}\n" for name, text in parts.items() for line in _entry(name, text))
    return f"{rule.code} {rule.name} ({rule.severity})\n\n{_wrapped(rule.what)}\n\n{entries}"


def _entry(name: str, text: str) -> Iterator[str]:
    """Lines of a text beside its name; its own line breaks stay."""
    lines = [part for line in text.split("\n") for part in _wrapped(line, WIDTH - _INDENT).split("\n")]
    for number, line in enumerate(lines):
        yield f"{'' if number else name:<{_INDENT}}{line}"


def _wrapped(text: str, width: int = WIDTH) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False))


def _capitalized(text: str) -> str:
    return text[0].upper() + text[1:]


def _force(rule: Rule) -> str:
    if rule.always:
        return "Always; it cannot be ignored."
    if rule.default:
        return f"By default; --ignore {rule.code} switches it off."
    return f"Only if selected: --select DEFAULT,{rule.code}."


_SEEN = {
    "text": "the bytes of files",
    "nfc": "bytes, or of texts that are not normalized",
    "folded": "bytes, or of texts with their white space",
}
"""What ids are hashes of if they see what a fix changes."""


def _mending(mending: Mending) -> str:
    """What --fix does, as a sentence without its full stop."""
    if mending.unseen is None:
        return f"--fix --unsafe-fixes {mending.does}"
    return f"--fix {mending.does}; where ids are hashes of {_SEEN[mending.unseen]}, only with --unsafe-fixes"


def page(groups: Mapping[str, tuple[Rule, ...]]) -> str:
    """docs/rules.md: for each group a table that leads to a section for each rule."""
    parts = [_HEAD]
    for title, rules in groups.items():
        parts.append(f"\n## {title}\n\n| code | name | severity | what is found |\n|---|---|---|---|\n")
        parts += map(_row, rules)
        parts += map(_section, rules)
    return "".join([*parts, _MEASURED, table()])


def _row(rule: Rule) -> str:
    link = f"[{rule.code}](#{rule.code.lower()}-{rule.name})"
    return f"| {link} | {rule.name} | {rule.severity} | {_prose(rule.what)} |\n"


def _section(rule: Rule) -> str:
    example = "".join(f"{line}\n" for name in ("bad", "good") for line in _entry(name, getattr(rule, name)))
    return f"""
### {rule.code} {rule.name}

*{rule.severity.capitalize()}{_exception(rule)}.* {_prose(rule.what)}

{_prose(rule.why)}

```text
{example}```

What to do: {_prose(rule.fix)}
{
        ""
        if rule.mending is None
        else f'''
Fixable: `validate` {_prose(_mending(rule.mending))}.
'''
    }"""


def _exception(rule: Rule) -> str:
    if rule.always:
        return ", cannot be ignored"
    return "" if rule.default else f", only with `--select DEFAULT,{rule.code}`"


def _prose(text: str) -> str:
    """Text of which Markdown makes nothing else, in a table or outside."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{character}" if character in "\\*_[]|`" else character for character in escaped)
