"""What was found in a corpus as a whole, and whether a dataset may be made of it."""

from collections.abc import Iterable, Sequence

import pyarrow as pa

from dataset_tools.against import Reference, changed_elsewhere
from dataset_tools.config import Settings
from dataset_tools.identification import Identified
from dataset_tools.model import Issue, Severity, UserError, decode_issues
from dataset_tools.published import Published
from dataset_tools.recipes import parse_recipe
from dataset_tools.spool import Spool
from dataset_tools.stages.identify import conflicts, published_changes, repeated_indexes
from dataset_tools.text import shortened


def accepted_ids(ids: Iterable[str], rows: pa.Table) -> frozenset[str]:
    """The ids that may have other content than before.

    Raises:
        UserError: if no document has one of them.
    """
    known = set(rows["id"].to_pylist())
    for name_id in ids:
        if name_id not in known:
            raise UserError(f"no document has the id {shortened(name_id)}", "correct --accept-changed")
    return frozenset(ids)


def corpus_issues(
    found: Identified,
    before: Published | None,
    references: Sequence[Reference],
    spool: Spool | None,
    *,
    accepted: Iterable[str],
) -> list[Issue]:
    """All issues before duplicates are looked for: of each file, and those that only several files together show."""
    issues = [*decode_issues(found.rows["issues"].to_pylist()), *found.issues, *conflicts(found.rows)]
    issues += repeated_indexes(found.rows)
    recipe = None if found.decision.recipe is None else parse_recipe(found.decision.recipe)
    if recipe is None or not recipe.binds_content:
        if before is not None:
            issues += published_changes(found.rows, before.documents(), frozenset(accepted))
        if spool is not None:
            issues += changed_elsewhere(found.rows, spool.texts, references, frozenset(accepted))
    return issues


def reason_to_stop(settings: Settings, issues: Sequence[Issue], *, strict: bool) -> str | None:
    """Why nothing is written, or None."""
    errors = [one for one in issues if one.severity is Severity.ERROR]
    invalid = len({one.row for one in errors if one.row is not None})
    of_no_file = sorted({one.code for one in errors if one.row is None})
    warnings = len(issues) - len(errors)
    files = f"{invalid:,} file{' has' if invalid == 1 else 's have'} errors"
    if invalid and settings.on_invalid == "fail":
        return f"{files}; mend them, or leave them out with --on-invalid quarantine"
    if of_no_file:
        return f"{' and '.join(of_no_file)}: an error that is not about an article, so there is nothing to leave out"
    if any(one.code == "I003" for one in errors):
        # Left out now, such an id would be free for other content at the next build.
        return "published ids have other content, which quarantine does not mend"
    if settings.max_invalid is not None and invalid > settings.max_invalid:
        return f"{files}, and max_invalid is {settings.max_invalid:,}"
    if strict and warnings:
        return f"{warnings:,} warning{'' if warnings == 1 else 's'}, and --strict is given"
    return None
