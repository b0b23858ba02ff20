"""Verify: whether a folder is the dataset that was built, asked of the folder alone.

    manifest -> files, checksums -> Parquet pages, schemas -> card -> rows -> removed -> near-duplicates -> loading

Nothing in the folder is believed before it is checked, and what is damaged is not opened further.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dataset_tools.manifest import NAME, SUMS
from dataset_tools.model import Progress, Severity, Silent, UserError
from dataset_tools.report import report_issues
from dataset_tools.rules import RULES, rule_policy
from dataset_tools.run_report import IdDecision, RunReport, Verified
from dataset_tools.staging import recover
from dataset_tools.text import printable
from dataset_tools.verification.audit import REMOVED, check_removed, check_tables
from dataset_tools.verification.card import check_card
from dataset_tools.verification.croissant import check_croissant
from dataset_tools.verification.description import CARD, CROISSANT, Description, Read, check_description, read_manifest
from dataset_tools.verification.findings import Findings, UnreadableError
from dataset_tools.verification.folder import Folder, check_files, check_sums
from dataset_tools.verification.hugging_face import check_loading
from dataset_tools.verification.ledger import Ledger
from dataset_tools.verification.near import check_all, check_sample
from dataset_tools.verification.rows import check_rows, check_unique
from dataset_tools.verification.shards import check_parquet, check_schemas
from dataset_tools.verification.texts import text_columns

__all__ = ["verify"]


def verify(
    dist: str | Path,
    *,
    full: bool = False,
    load: bool = False,
    ignore: Iterable[str] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> RunReport:
    """Check whether a folder is the dataset that was built, from the folder alone; writes nothing.

    Args:
        dist: the folder of the dataset.
        full: look for near-duplicates among all candidate pairs, and not with a sample of the rows.
        load: load it with `datasets` as well, unless an error was found, ignored or not.
        ignore: rules that do not count: codes, beginnings of codes, or names.
        strict: let a warning be enough for `exit_code` 1.
        progress: is told how far the run is.

    Returns:
        A report: `verified` (with `documents`, `splits`, `content_sha256`), `issues`, `ids`, `exit_code`, `ok`.

    Raises:
        UserError: if there is no such folder, or a rule is not one.
    """
    dist = Path(dist)
    policy = rule_policy(RULES, ignore=ignore)
    recover(dist)
    if not dist.is_dir():
        raise UserError(f"{printable(str(dist))} is not a folder", "check the path, or build the dataset first")
    found = Findings()
    folder = Folder(dist)
    seen = Verified(out=dist)
    read = read_manifest(folder, found)
    if read is not None:
        seen = _verified(folder, read, found, progress or Silent(), full=full)
        # Ignored ones count here: what they are about can make datasets open files of somebody else's choice.
        if load and not any(one.severity is Severity.ERROR for one in found.issues()):
            seen = replace(seen, loaded=check_loading(folder, read.description, found))
    issues = policy.apply(report_issues(found.issues(), dist))
    failed = any(one.severity is Severity.ERROR for one in issues)
    return RunReport(
        command="verify",
        checked=0 if read is None else len({NAME, SUMS, *read.description.named()}),
        ignored=0,
        issues=tuple(issues),
        ids=() if seen.ids is None else (seen.ids,),
        exit_code=int(failed or (strict and bool(issues))),
        verified=seen,
    )


def _verified(folder: Folder, read: Read, found: Findings, progress: Progress, *, full: bool) -> Verified:
    """All checks but that of loading, each as far as what it needs is sound."""
    one = read.description
    check_description(one, found)
    there = check_files(folder, one.named(), found, progress)
    sound = {path for path, is_sound in there.items() if is_sound}
    check_sums(folder, one.named(), read.data, found)
    tables = check_tables(folder, one, sound, found)
    files = [path for paths in one.shards().values() for path in paths]
    schemas = {path: check_parquet(folder, path, found, dictionaries=False) for path in files if path in sound}
    readable = {path: schema for path, schema in schemas.items() if schema is not None}
    features = check_schemas(readable, one, found)
    if CARD in there:
        check_card(folder, one, features, found)
    if CROISSANT in there:
        check_croissant(folder, one, features, found)
    seen = Verified(out=folder.root)
    if not files or len(readable) < len(files) or found.counts["V011"] or not one.has_own_columns():
        return seen
    with tempfile.TemporaryDirectory(prefix="dataset-tools-") as work:
        try:
            seen = _rows(folder, one, files, Path(work), found, progress, removed=REMOVED in tables)
            return _near(folder, one, seen, Path(work), found, progress, full=full)
        except UnreadableError as error:
            found.add("V010", f"the rows cannot be read to their end: {error}")
    return seen


def _rows(
    folder: Folder,
    one: Description,
    files: list[str],
    work: Path,
    found: Findings,
    progress: Progress,
    *,
    removed: bool,
) -> Verified:
    """Every row by itself, all of them together, and what was removed in their favour."""
    ledger = Ledger(work)
    try:
        whole = check_rows(folder, one, files, ledger, found, progress)
        check_unique(ledger, one, files, found)
        if removed:
            check_removed(folder, one, ledger, found, progress)
    finally:
        ledger.close()
    ids = IdDecision(
        root=printable(str(folder.root)),
        recipe=one.ids.recipe,
        decided_by="published",
        explained=whole.fitting,
        total=whole.compared,
    )
    return Verified(
        out=folder.root,
        documents=sum(whole.splits.values()),
        splits=whole.splits,
        content_sha256=whole.content_sha256,
        ids=ids,
    )


def _near(
    folder: Folder, one: Description, seen: Verified, work: Path, found: Findings, progress: Progress, *, full: bool
) -> Verified:
    """Near-duplicates among the rows, if the build has promised that there are none, and the rows have their titles."""
    if not one.deduplication.near or not text_columns(one.columns):
        return seen
    if full:
        compared = check_all(folder, one, work, found, progress)
    else:
        compared = check_sample(folder, one, seen.documents or 0, found, progress)
    return replace(seen, threshold=one.deduplication.threshold, compared=compared, full=full)
