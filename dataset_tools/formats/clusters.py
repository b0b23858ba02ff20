"""The formats of `dedup`: `full` for people, `concise` for grep, `json` and `jsonl` for programs."""

import json
from collections.abc import Callable
from dataclasses import asdict

from dataset_tools.dedup_report import Cluster, DedupReport, Document, RecallEstimate, Removal
from dataset_tools.formats.call import Call
from dataset_tools.formats.json import VERSION, printable_values
from dataset_tools.formats.lines import many, shown
from dataset_tools.formats.look import PLAIN, Look, columns, titled
from dataset_tools.formats.run_summary import funnel
from dataset_tools.formats.summary import Summary, Whole, text

_SAID = {"identical": "identical", "same_text": "same text", "near": "near"}
_MARGIN = 15
_AROUND = 20
"""Columns of a line of the histogram that its bar does not get."""


def full(report: DedupReport, limit: int | None, look: Look = PLAIN, call: Call | None = None) -> str:
    """Clusters, the histogram of similarities, and what it all comes to; `limit` clusters, and documents of each."""
    lines: list[str] = []
    for cluster in report.clusters[:limit]:
        lines += [*_cluster(cluster, limit, look.width), ""]
    left = len(report.clusters[limit:]) if limit is not None else 0
    if left:
        lines += [f"… and {many(left, 'smaller or clearer cluster')}; --limit 0 shows all", ""]
    bars = _histogram(report, look.width - _AROUND)
    if bars:
        lines += [*bars, ""]
    summary = Summary(
        said=[f"{_checked(report)}.", *_how(report)],
        stages=funnel(report.counts, report.threshold),
        next=_next(report, call or Call(command="dedup")),
    )
    return "".join(f"{line}\n" for line in lines) + text(summary, look)


def concise(report: DedupReport, limit: int | None) -> str:
    """A line for each document that would be left out, then the summary."""
    lines = [
        f"{shown(one.document.path)}: {_relation(one)}{', numbers only' if one.numbers_only else ''}, "
        f"kept is {shown(cluster.kept.path)}"
        for cluster in report.clusters[:limit]
        for one in cluster.removed[:limit]
    ]
    return "\n".join([*lines, *_summary(report)]) + "\n"


def as_json(report: DedupReport, limit: int | None) -> str:
    """One object: the shape of other commands, `dedup` with all that is only here."""
    values = {
        "version": VERSION,
        "command": "dedup",
        "dedup": {**report.values(), "clusters": [_values(one) for one in report.clusters[:limit]]},
    }
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


def jsonl(report: DedupReport, limit: int | None) -> str:
    """A line for each cluster, and a last one for the summary."""
    records = [{"type": "cluster", **_values(one)} for one in report.clusters[:limit]]
    records.append({"type": "summary", "version": VERSION, "command": "dedup", "dedup": report.values()})
    return "".join(json.dumps(printable_values(record), ensure_ascii=False) + "\n" for record in records)


RENDERERS: dict[str, Callable[[DedupReport, int | None], str]] = {
    "full": full,
    "concise": concise,
    "json": as_json,
    "jsonl": jsonl,
}
"""Every format by its name; the number says how many clusters to show, and of each how many documents."""


def _values(cluster: Cluster) -> dict[str, object]:
    removed = [{**asdict(one.document), **_of_removal(one)} for one in cluster.removed]
    return {"kept": asdict(cluster.kept), "size": len(cluster.removed), "removed": removed}


def _of_removal(one: Removal) -> dict[str, object]:
    return {"reason": one.reason, "similarity": one.similarity, "numbers_only": one.numbers_only}


def _cluster(cluster: Cluster, limit: int | None, width: int) -> list[str]:
    lines = [_document(f"{'kept':<12}", cluster.kept, "", width)]
    for one in cluster.removed[:limit]:
        numbers = " (differs in numbers only)" if one.numbers_only else ""
        lines.append(_document(f"  {_relation(one):<10}", one.document, numbers, width))
    left = len(cluster.removed[limit:]) if limit is not None else 0
    return [*lines, f"  … and {left:,} more, as similar or more so"] if left else lines


def _document(relation: str, one: Document, remark: str, width: int) -> str:
    before = f"{relation} {shown(one.path)} "
    return f"{before}{titled(one.title, width - columns(before) - columns(remark))}{remark}"


def _relation(one: Removal) -> str:
    return f"near {one.similarity:.3f}" if one.reason == "near" else _SAID[one.reason]


def _histogram(report: DedupReport, most_columns: int) -> list[str]:
    """A bar for each hundredth of similarity near the threshold, with a line where removal begins."""
    if report.threshold is None:
        return []
    at = int(report.threshold * 100 + 1e-9)
    span = range(max(at - _MARGIN, 0), min(at + _MARGIN, len(report.histogram)))
    counts = {number: report.histogram[number] for number in span}
    used = [number for number, count in counts.items() if count]
    if not used:
        return []
    most = max(counts.values())
    lines = ["Pairs compared, by similarity:"]
    for number in range(min(used[0], at), max(used[-1], at) + 1):
        if number == at:
            lines.append(f"{report.threshold:<5g}{' threshold: near from here on ':─^{most_columns}}")
        bar = "█" * -(-most_columns * counts[number] // most) if number in counts else ""
        lines.append(f"{number / 100:.2f} {bar} {counts.get(number, 0):,}".replace("  ", " "))
    return lines


def _next(report: DedupReport, call: Call) -> list[str]:
    """The pair that is most in doubt, or else the build."""
    near = [(one, cluster.kept) for cluster in report.clusters for one in cluster.removed if one.reason == "near"]
    if near:
        one, kept = min(near, key=lambda pair: pair[0].similarity)
        pair = [document.id or document.path for document in (kept, one.document)]
        return [call.again("--show", *pair)]
    return [] if report.stopped is not None or not report.checked else [call.then("build")]


def _checked(report: DedupReport) -> str:
    ignored = f" ({many(report.ignored, 'other entry', 'other entries')} ignored)" if report.ignored else ""
    clusters = many(len(report.clusters), "cluster")
    verdict = f"{many(report.removed, 'duplicate')} in {clusters}" if report.removed else "no duplicate"
    return f"Checked {many(report.checked, 'file')}{ignored}: {verdict}"


def _summary(report: DedupReport) -> list[str]:
    """The summary in a sentence a line."""
    counts = report.counts
    near = f"near-duplicates (similarity >= {report.threshold:g})" if report.threshold is not None else ""
    reasons = [
        (counts.identical, "identical"),
        (counts.same_text, "with the same text"),
        (counts.near, near),
    ]
    parts = ", ".join(f"{count:,} {what}" for count, what in reasons if count)
    first = f"{_checked(report)}{f': {parts}' if parts else ''}."
    return [shown(line) for line in (first, *_how(report))]


def _how(report: DedupReport) -> list[str]:
    """How duplicates were looked for, and what keeps a build from removing them."""
    counts = report.counts
    lines = []
    if report.candidates is None:
        lines.append("Near-duplicates were not looked for (near = false).")
    else:
        one = report.candidates
        lines.append(
            f"Candidates: {one.bands} bands of {one.rows_per_band} values, expected to find {one.expected_recall:.1%} "
            f"of the pairs at {report.threshold:g}, and more above."
        )
    if report.skipped:
        lines.append(
            f"Skipped: {many(report.skipped, 'comparison')} in buckets over bucket_limit; such documents stay."
        )
    if report.recall is not None:
        lines += _recall(report.recall, report.threshold or 0.0)
    if counts.invalid:
        lines.append(f"{many(counts.invalid, 'file')} with errors took no part; dataset-tools validate says which.")
    if report.stopped is not None:
        lines.append(f"A build would write nothing: {report.stopped}.")
    return lines


def _recall(one: RecallEstimate, threshold: float) -> list[str]:
    pairs = one.found + one.missed
    what = f"{many(one.sampled, 'document')} compared with all {one.among:,} different texts, exactly"
    if one.recall is None:
        return [f"Recall: {what}: no pair at or above {threshold:g}, so nothing can be said; take more documents."]
    low, high = one.interval()
    share = f"{one.recall:.2%} ({low:.2%} to {high:.2%} with 95% confidence)"
    count = f"{one.found:,} of {many(pairs, 'pair')} at or above {threshold:g} are candidates"
    return [
        f"Recall: {share}; {what}: {count}.",
        *(Whole(f"  missed {score:.3f} {a} {b}") for a, b, score in one.examples),
    ]
