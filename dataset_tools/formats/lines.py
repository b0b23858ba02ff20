"""What the formats for people share: where an issue is, and the summary below the issues."""

from dataset_tools.model import Issue, RunReport
from dataset_tools.text import printable


def location(one: Issue) -> str:
    """`path`, `path:line` or `path:line:column`."""
    parts = [one.path or ".", one.line, one.column]
    return ":".join(printable(str(part)) for part in parts if part is not None)


def summary(report: RunReport) -> list[str]:
    """What was checked, what the ids are, and what was written or why nothing was."""
    found = [_many(count, what) for count, what in ((report.errors, "error"), (report.warnings, "warning")) if count]
    ignored = f" ({_many(report.ignored, 'other entry', 'other entries')} ignored)" if report.ignored else ""
    verdict = ", ".join(found) or "no issue"
    lines = [f"Checked {_many(report.checked, 'file')}{ignored}: {verdict}."]
    lines += [f"{decision.sentence()}." for decision in report.ids if decision.total]
    if report.stopped is not None:
        lines.append(f"Nothing was written: {report.stopped}.")
    if report.dataset is not None:
        lines += _written(report)
    return lines


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
    out = printable(str(dataset.out))
    splits = ", ".join(f"{name} {rows:,}" for name, rows in dataset.splits.items())
    lines = [f"Left out {gone:,} of {counts.discovered:,}: {reasons}; see {out}/audit/removed.parquet."] if gone else []
    lines.append(f"Wrote {_many(counts.written, 'document')} to {out}: {splits}.")
    if dataset.pin is not None:
        lines.append(f"To keep the recipe of the ids as it is, put this into the settings: {dataset.pin}")
    return lines


def _many(count: int, one: str, several: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else several or one + 's'}"
