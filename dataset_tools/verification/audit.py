"""The audit tables: every removed document has its kept one, and there are as many as the manifest says."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from dataset_tools.model import Progress
from dataset_tools.stages.package import audit
from dataset_tools.text import shortened
from dataset_tools.verification.description import Description
from dataset_tools.verification.findings import Findings
from dataset_tools.verification.folder import Folder
from dataset_tools.verification.ledger import Ledger
from dataset_tools.verification.shards import batches, check_parquet, rows_of

REMOVED = "audit/removed.parquet"
TABLES: Mapping[str, pa.Schema] = {
    "audit/issues.parquet": audit.ISSUES,
    "audit/pairs.parquet": audit.PAIRS,
    REMOVED: audit.REMOVED,
}
"""The audit tables and their columns."""

_REASONS = ("invalid", "published", "identical", "same_text", "near")


def check_tables(folder: Folder, one: Description, sound: set[str], found: Findings) -> set[str]:
    """Look at the audit tables that are what was written; returns the paths of those that can be read."""
    readable: set[str] = set()
    for path, schema in TABLES.items():
        if path not in one.named():
            found.add("V002", "the manifest names no such file, which every build writes", path)
        if path not in sound:
            continue
        there = check_parquet(folder, path, found, dictionaries=True)
        if there is not None and there.remove_metadata() != schema:
            found.add("V011", f"columns {shortened(', '.join(there.names), 120)} are not those of this table", path)
        elif there is not None:
            readable.add(path)
    return readable


def check_removed(folder: Folder, one: Description, ledger: Ledger, found: Findings, progress: Progress) -> None:
    """Hold each removed document against the rows, and their number against the manifest.

    Raises:
        UnreadableError: if the table cannot be read to its end.
    """
    others = {reference.content_sha256 for reference in one.against}
    counts: Counter[str] = Counter()
    counted = one.counts.model_dump()
    progress.stage("Removed", one.counts.discovered - one.counts.written)
    number = 0
    for batch in batches(folder, REMOVED, audit.REMOVED.names, audit=True):
        for values in rows_of(batch):
            removed = dict(zip(audit.REMOVED.names, values, strict=True))
            reason = removed["reason"]
            if reason in _REASONS:
                counts[reason] += 1
            fault = _fault(removed, ledger, others, one)
            if fault is not None:
                found.add("V022", fault, REMOVED, row=number)
            number += 1
            progress.advance(1)
    for reason in _REASONS:
        if counts[reason] != counted[reason]:
            message = (
                f"{counts[reason]:,} documents are removed as {reason}, and the manifest counts {counted[reason]:,}"
            )
            found.add("V022", message, REMOVED)


def _fault(removed: dict[str, Any], ledger: Ledger, others: set[str], one: Description) -> str | None:
    """Why the removal of a document is not what a build records; None if it is."""
    path, reason, similarity = removed["path"], removed["reason"], removed["similarity"]
    if reason not in _REASONS:
        return f"the reason {shortened(str(reason))} is none"
    if not isinstance(path, str) or ledger.has_path(path):
        return f"{shortened(str(path))} is removed as {reason}, and it is in the data"
    if reason == "invalid":
        return (
            None if removed["kept_id"] is None else f"{shortened(path)} is invalid, and something is kept in its place"
        )
    if not isinstance(removed["kept_id"], str):
        return f"{shortened(path)} is removed as {reason}, and nothing is kept in its place"
    if reason == "published":
        known = removed["kept_in"] in others
        return None if known else f"{shortened(path)} is kept in a dataset that the manifest does not name"
    kept = ledger.kept(removed["kept_id"])
    if kept is None or kept[0] not in (None, removed["kept_path"]) or removed["kept_in"] != "this":
        where = shortened(str(removed["kept_path"]))
        return f"{shortened(path)} is removed for {shortened(removed['kept_id'])} ({where}), which is not in the data"
    if reason == "identical" and removed["sha256"] != kept[1]:
        return f"{shortened(path)} is removed as identical, and has another SHA-256 than what is kept"
    least = one.deduplication.threshold if reason == "near" else 1.0
    if not isinstance(similarity, float) or not least <= similarity <= 1.0:
        return f"{shortened(path)} is removed as {reason}, and its similarity is {similarity}"
    return None
