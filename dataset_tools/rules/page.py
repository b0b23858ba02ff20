"""The catalogue as text: a list, one rule explained, and docs/rules.md."""

from collections.abc import Mapping

from dataset_tools.rules.measured import MEASURED, sentence, table
from dataset_tools.rules.rule import Rule

_HEAD = """# Rules

Made by `dataset-tools rule --markdown`; a test keeps it equal to the catalogue in `dataset_tools/rules`.

An error keeps a document out of the dataset, a warning does not. `--select` and `--ignore`, and `select`, `ignore`,
`per_path_ignore` and `severity` in the settings, take codes, beginnings of codes, and names. What is never ignored is
never a warning.
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
    """What one rule finds, why it matters, and what to do."""
    measured = f"Measured: {sentence(rule.code)}.\n" if rule.code in MEASURED else ""
    ignored = "It cannot be ignored." if rule.always else f"Ignore it with --ignore {rule.code}."
    return (
        f"{rule.code} {rule.name} ({rule.severity})\n\n"
        f"{rule.what}\n\nWhy: {rule.why}\nWhat to do: {rule.fix}\n{ignored}\n{measured}"
    )


def page(groups: Mapping[str, tuple[Rule, ...]]) -> str:
    """docs/rules.md."""
    parts = [_HEAD]
    for title, rules in groups.items():
        rows = "".join(
            f"| `{rule.code}` | {rule.name} | {_cell(rule.what)} | {_cell(rule.why)} | {_cell(rule.fix)} |\n"
            for rule in rules
        )
        errors = ", ".join(f"`{rule.code}`" for rule in rules if rule.severity == "error")
        fixed = ", ".join(f"`{rule.code}`" for rule in rules if rule.always)
        notes = (f"Errors: {errors}." if errors else "All are warnings.") + (
            f" Never ignored: {fixed}." if fixed else ""
        )
        parts.append(
            f"\n## {title}\n\n{notes}\n\n| code | name | what | why | what to do |\n|---|---|---|---|---|\n{rows}"
        )
    return "".join([*parts, _MEASURED, table()])


def _cell(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    return escaped[0].upper() + escaped[1:]
