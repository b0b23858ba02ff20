"""The summary of a run of `validate`, `build` or `verify`, for people."""

from collections.abc import Iterator, Sequence

from dataset_tools.formats.call import Call
from dataset_tools.formats.lines import broken_rules, checked, compared, fixable, fixed, left_out, splits, wrote
from dataset_tools.formats.next_steps import next_steps
from dataset_tools.formats.summary import BrokenRule, Stage, Summary, Whole
from dataset_tools.model import Severity
from dataset_tools.rules import RULES
from dataset_tools.run_report import BuiltDataset, Counts, RunReport, Verified


def run_summary(report: RunReport, call: Call | None = None) -> Summary:
    """All that is said below the issues; `call` is the one that is answered, by default one without arguments."""
    return Summary(
        said=list(_said(report)),
        stages=_stages(report),
        rules=rules(report),
        next=next_steps(report, call or Call(command=report.command)),
    )


def rules(report: RunReport) -> list[BrokenRule]:
    """The rules that are broken, those with errors first, of each kind the most frequent first."""
    found = [BrokenRule(code, RULES[code].name, severity, count) for count, code, severity in broken_rules(report)]
    return sorted(found, key=lambda rule: rule.severity is not Severity.ERROR)


def funnel(counts: Counts, threshold: float | None = None) -> list[Stage]:
    """How many documents are left after each step that leaves some out, and why; nothing if all are left."""
    valid = counts.discovered - counts.invalid
    new = valid - counts.published
    gone = counts.identical + counts.same_text + counts.near
    at = "" if threshold is None else f" (>= {threshold:g})"
    same = [
        (counts.identical, "identical"),
        (counts.same_text, "with the same text"),
        (counts.near, f"near-duplicate{'' if counts.near == 1 else 's'}{at}"),
    ]
    stages = [Stage("found", counts.discovered)]
    if counts.invalid:
        stages.append(Stage("valid", valid, f"{counts.invalid:,} with errors"))
    if counts.published:
        stages.append(Stage("new", new, f"{counts.published:,} published"))
    if gone:
        reasons = ", ".join(f"{count:,} {what}" for count, what in same if count)
        stages.append(Stage("distinct", new - gone, reasons))
    return stages if len(stages) > 1 else []


def _said(report: RunReport) -> Iterator[str]:
    if report.fixes is not None:
        first, *others = fixed(report.fixes)
        yield from [first, *map(Whole, others)]
    yield f"{checked(report)}."
    for sentence in (left_out(report), fixable(report)):
        if sentence is not None:
            yield f"{sentence}."
    yield from (f"{decision.sentence()}." for decision in report.ids if decision.total)
    yield from (f"{facts.sentence()}." for facts in report.metadata)
    if report.stopped is not None:
        yield f"Nothing was written: {report.stopped}."
    if report.dataset is not None:
        yield from _written(report.dataset)
    if report.verified is not None and report.verified.documents is None:
        yield "The documents were not read, since what they are in is not sound."
    if report.compared is not None:
        yield from compared(report.compared)


def _written(dataset: BuiltDataset) -> Iterator[str]:
    yield wrote(dataset)
    if dataset.pin is not None:
        yield "To keep the recipe of the ids as it is, put this into the settings:"
        yield Whole(f"  {dataset.pin}")
    gone = dataset.counts.discovered - dataset.counts.written
    if gone:
        yield Whole(f"Left out {gone:,}, on record in {dataset.out}/audit/removed.parquet:")


def _stages(report: RunReport) -> Sequence[Stage]:
    if report.dataset is not None:
        stages = funnel(report.dataset.counts, report.threshold)
        return [*stages, Stage("written", report.dataset.counts.written)] if stages else []
    if report.counts is not None:
        return funnel(report.counts)
    return [] if report.verified is None else list(_verified(report.checked, report.verified))


def _verified(files: int, seen: Verified) -> Iterator[Stage]:
    if seen.documents is None:
        return
    yield Stage("files", files)
    yield Stage("documents", seen.documents, splits(seen.splits))
    if seen.compared is not None:
        how = "all candidate pairs of" if seen.full else "with all, for"
        yield Stage("compared", seen.compared, f"{how} near-duplicates (>= {seen.threshold:g})")
    if seen.loaded:
        yield Stage("loaded", seen.documents, "by datasets: the same splits, columns and rows")
