"""What the formats for people share: where an issue is, how text is shown, and the summary below the issues."""

import re
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence

from dataset_tools.model import Issue, Severity, errors_among
from dataset_tools.rules import RULES
from dataset_tools.run_report import BuiltDataset, Compared, Fixes, RunReport, Verified
from dataset_tools.text import printable

_MOST_HELD = 10
"""Files that are named of those that were not fixed."""

COMMAND_BRACKET = re.compile(r"(?<=##)\[|(?<=##vso)\[|(?<=##teamcity)\[")
"""The bracket that makes GitHub, Azure or TeamCity run `##[command]`, wherever in a line of a log it stands."""


def shown(text: str) -> str:
    """Printable text that no CI system takes for a command in its log."""
    return COMMAND_BRACKET.sub(r"\\x5b", printable(text))


def location(one: Issue) -> str:
    """`path`, `path:line` or `path:line:column`."""
    path = shown(one.path or ".")
    if path.lstrip().startswith(":"):  # two of them at the start of a line begin a command of GitHub's
        path = f"./{path}"
    return ":".join([path, *(str(number) for number in (one.line, one.column) if number is not None)])


def errors_first(issues: Sequence[Issue]) -> list[Issue]:
    """The errors, then the warnings, each in the order of the report."""
    return sorted(issues, key=lambda one: one.severity is not Severity.ERROR)


def verdict(issues: Sequence[Issue]) -> str:
    """How many errors and warnings there are."""
    errors = errors_among(issues)
    found = [many(count, what) for count, what in ((errors, "error"), (len(issues) - errors, "warning")) if count]
    return ", ".join(found) or "no issue"


def left_out(report: RunReport) -> str | None:
    """How many issues are not shown; None if all are."""
    if not report.left_out:
        return None
    counts = f"{len(report.issues):,} of {len(report.found):,} issues"
    return f"Shown: {counts}, errors first; left out: {verdict(report.left_out)}"


def broken_rules(report: RunReport) -> list[tuple[int, str, Severity]]:
    """How many issues there are of which rule and severity, by count, then by code."""
    counts = Counter((one.code, one.severity) for one in report.found)
    return sorted(((count, *rule) for rule, count in counts.items()), key=lambda row: (-row[0], *row[1:]))


def checked(report: RunReport) -> str:
    """How many files were checked, and how many issues they have."""
    ignored = f" ({many(report.ignored, 'other entry', 'other entries')} ignored)" if report.ignored else ""
    return f"Checked {many(report.checked, 'file')}{ignored}: {verdict(report.found)}"


def summary(report: RunReport) -> list[str]:
    """The summary for logs and files, a sentence a line; `dataset_tools.formats.run_summary` has that for people."""
    lines = fixed(report.fixes) if report.fixes is not None else []
    lines += [f"{checked(report)}."]
    cut = left_out(report)
    if cut is not None:
        lines.append(f"{cut}.")
    ways = fixable(report)
    if ways is not None:
        lines.append(f"{ways}; --diff shows what would change.")
    lines += [f"{decision.sentence()}." for decision in report.ids if decision.total]
    lines += [f"{facts.sentence()}." for facts in report.metadata]
    if report.stopped is not None:
        lines.append(f"Nothing was written: {report.stopped}.")
    if report.dataset is not None:
        lines += _written(report)
    if report.verified is not None:
        lines += _verified(report.verified)
    if report.compared is not None:
        lines += compared(report.compared)
    return [shown(line) for line in lines]


def fixed(fixes: Fixes) -> list[str]:
    """How many files were changed and why, every new name, what was held back, and how to go back."""
    verb = "Fixed" if fixes.written else "Would fix"
    counts = Counter(code for one in fixes.files for code in one.rules)
    rules = ", ".join(f"{code} {RULES[code].name} {counts[code]:,}" for code in sorted(counts))
    lines = [f"{verb} {many(len(fixes.files), 'file')}: {rules}." if fixes.files else f"{verb} nothing."]
    renamed = "Renamed" if fixes.written else "Would rename"
    lines += [f"{renamed} {one.path} -> {one.new_path}" for one in fixes.files if one.new_path is not None]
    for held in fixes.held[:_MOST_HELD]:
        lines += [f"Not fixed: {held.path}: {held.reason}", f"    next: {held.hint}"]
    if len(fixes.held) > _MOST_HELD:
        lines.append(f"Not fixed: {len(fixes.held) - _MOST_HELD:,} more files; the format json has them all")
    if fixes.undo is not None:
        lines.append(f"To take it back: dataset-tools undo {shlex.quote(str(fixes.undo))}")
    return [shown(line) for line in lines]


def fixable(report: RunReport) -> str | None:
    """How many issues are of rules that have a fix; None if there are none, or it was just tried."""
    if report.fixes is not None or report.command != "validate":
        return None
    safe, unsafe = fixable_by(report)
    ways = [(safe, "--fix"), (unsafe, "--fix --unsafe-fixes")]
    counts = ", ".join(f"{count:,} with {how}" for count, how in ways if count)
    return f"Fixable: {counts}" if counts else None


def fixable_by(report: RunReport) -> tuple[int, int]:
    """How many issues are of rules that have a safe fix, and of those that have another."""
    mendings = [RULES[one.code].mending for one in report.found]
    some = [one for one in mendings if one is not None]
    safe = sum(bool(report.ids) and all(ids.leaves_alone(one.unseen) for ids in report.ids) for one in some)
    return safe, len(some) - safe


def _written(report: RunReport) -> list[str]:
    dataset = report.dataset
    assert dataset is not None
    counts = dataset.counts
    near = (
        f"near-duplicates (similarity >= {report.threshold:g})" if report.threshold is not None else "near-duplicates"
    )
    left_out = [
        (counts.invalid, "invalid"),
        (counts.published, "published"),
        (counts.identical, "identical"),
        (counts.same_text, "with the same text"),
        (counts.near, near),
    ]
    reasons = ", ".join(f"{count:,} {what}" for count, what in left_out if count)
    gone = counts.discovered - counts.written
    where = f"{dataset.out}/audit/removed.parquet"
    lines = [f"Left out {gone:,} of {counts.discovered:,}: {reasons}; see {where}."] if gone else []
    lines.append(wrote(dataset))
    if dataset.pin is not None:
        lines.append(f"To keep the recipe of the ids as it is, put this into the settings: {dataset.pin}")
    return lines


def wrote(dataset: BuiltDataset) -> str:
    """How many documents were written, and where."""
    return f"Wrote {many(dataset.counts.written, 'document')} to {dataset.out}: {splits(dataset.splits)}."


def splits(rows: Mapping[str, int]) -> str:
    """Each split with the number of its rows."""
    return ", ".join(f"{name} {count:,}" for name, count in rows.items())


def _verified(seen: Verified) -> list[str]:
    if seen.documents is None:
        return ["The documents were not read, since what they are in is not sound."]
    lines = [f"Read {many(seen.documents, 'document')}: {splits(seen.splits)}."]
    if seen.compared is not None and seen.full:
        lines.append(f"Compared all candidate pairs of near-duplicates (similarity >= {seen.threshold:g}).")
    elif seen.compared is not None:
        sample = f"{many(seen.compared, 'document')} with all"
        lines.append(f"Compared {sample}, to find near-duplicates (similarity >= {seen.threshold:g}).")
    if seen.loaded:
        lines.append("datasets loads the same splits, columns and rows.")
    return lines


def compared(seen: Compared) -> list[str]:
    """Whether the dataset is what a build gives."""
    if not seen.same:
        return [f"{seen.out} is not what a build gives."]
    what = "documents, counts and files" if seen.versions else "every byte"
    lines = [f"{seen.out} is what a build gives: {many(seen.documents, 'document')}, {what} compared."]
    if seen.versions:
        differing = ", ".join(f"{name} {old}, here {new}" for name, (old, new) in seen.versions.items())
        lines.append(f"Bytes were not compared, since it was built with other versions: {differing}.")
    return lines


def many(count: int, one: str, several: str | None = None) -> str:
    """A number and its noun."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
