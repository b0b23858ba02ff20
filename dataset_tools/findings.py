"""What was found in a corpus as a whole, and whether a dataset may be made of it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.against import Reference, changed_elsewhere
from dataset_tools.distinct import Outcome
from dataset_tools.identification import Identified
from dataset_tools.model import Issue, Severity, UserError, decode_issues
from dataset_tools.published import Published
from dataset_tools.recipes import parse_recipe
from dataset_tools.report import report_path
from dataset_tools.settings import Settings
from dataset_tools.spool import TextStore
from dataset_tools.stages.identify import conflicts, published_changes, repeated_indexes
from dataset_tools.text import shortened

_EXAMPLES = 3


def accepted_ids(ids: Iterable[str], rows: pa.Table) -> frozenset[str]:
    """The ids that may have other content than before.

    Raises:
        UserError: if no document has one of them.
    """
    accepted = frozenset(ids)
    unknown = accepted.difference(rows["id"].to_pylist()) if accepted else accepted
    if unknown:
        raise UserError(f"no document has the id {shortened(min(unknown))}", "correct --accept-changed")
    return accepted


def corpus_issues(
    found: Identified,
    before: Published | None,
    references: Sequence[Reference],
    spool: TextStore | None,
    *,
    accepted: Iterable[str],
    compared: pa.Table | None = None,
) -> list[Issue]:
    """All issues before duplicates are looked for: of each file, and those that only several files together show.

    Of the rows only `compared`, by default all, are compared with `references`.
    """
    with_issues = found.rows.filter(found.rows["issues"].is_valid())
    issues = decode_issues(*(with_issues[name].to_pylist() for name in ("row", "issues")))
    issues += [*found.issues, *conflicts(found.rows)]
    issues += repeated_indexes(found.rows)
    recipe = None if found.decision.recipe is None else parse_recipe(found.decision.recipe)
    if recipe is None or not recipe.binds_content:
        if before is not None:
            issues += published_changes(found.rows, before.documents(), frozenset(accepted))
        if spool is not None:
            rows = found.rows if compared is None else compared
            issues += changed_elsewhere(rows, spool.texts, references, frozenset(accepted))
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


def reason_of_limits(settings: Settings, rows: pa.Table, outcome: Outcome, root: Path) -> str | None:
    """Why nothing is written although no file is wrong: more would be removed than the settings expect; or None."""
    removed = outcome.duplicates.removed
    most, share = settings.dedup.max_cluster, settings.dedup.max_removed
    valid = outcome.counts.discovered - outcome.counts.invalid
    reasons = []
    if share is not None and removed.num_rows > share * valid:
        rate = f"{removed.num_rows:,} of {valid:,} valid documents ({removed.num_rows / valid:.1%})"
        reasons.append(
            f"{rate} would be removed as duplicates, and max_removed is {share:g} ({_examples(rows, removed, root)})"
        )
    clusters = removed.group_by("kept_row").aggregate([("row", "count")])
    clusters = clusters.sort_by([("row_count", "descending"), ("kept_row", "ascending")])
    sizes = clusters["row_count"].to_pylist()
    if most is not None and sizes and sizes[0] > most:
        kept = clusters["kept_row"][0].as_py()
        of_it = removed.filter(pc.equal(removed["kept_row"], kept))
        others = sum(size > most for size in sizes) - 1
        more = f", and too many for {others:,} other{'' if others == 1 else 's'} as well" if others else ""
        path = report_path(rows["path"][kept].as_py(), root)
        reasons.append(
            f"{sizes[0]:,} documents would be removed in favour of {path}{more}; "
            f"max_cluster is {most:,} ({_examples(rows, of_it, root)})"
        )
    if not reasons:
        return None
    return f"{'; '.join(reasons)}; see them with dataset-tools dedup, and raise the limit if they are duplicates"


def _examples(rows: pa.Table, removed: pa.Table, root: Path) -> str:
    """The least similar of the removed documents, with those that are kept in their place."""
    first = removed.sort_by([("similarity", "ascending"), ("row", "ascending")]).slice(0, _EXAMPLES).to_pylist()
    paths = [[report_path(rows["path"][one[key]].as_py(), root) for key in ("row", "kept_row")] for one in first]
    named = [f"{path} for {kept}: {one['similarity']:.3f}" for (path, kept), one in zip(paths, first, strict=True)]
    return f"the least similar: {', '.join(named)}"
