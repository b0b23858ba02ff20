"""Check files: the report of an earlier check where nothing has changed since, else that of the pipeline."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from dataset_tools.corpora import discovered
from dataset_tools.model import Progress, Silent
from dataset_tools.remembered import memory
from dataset_tools.run_report import RunReport
from dataset_tools.settings import Settings


def validate(
    settings: Settings,
    paths: Sequence[Path],
    *,
    near: bool = False,
    strict: bool = False,
    published: Path | None = None,
    contents: Mapping[Path, bytes] | None = None,
    changed_since: str | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Check files; writes nothing but the cache.

    Args:
        settings: all settings; with `rehash` every file is read, whatever is remembered.
        paths: files and folders; the configured raw folder if these and `contents` are empty.
        near: whether near-duplicates are looked for as well.
        strict: whether a warning is enough for exit code 1.
        published: a dataset that was built from these files; by default the configured one for the configured folder.
        contents: more files, which need not exist, and what to check in place of what they hold.
        changed_since: a commit; of the files only those are checked that have changed since then, as Git says.
        progress: is told how far the run is.

    Raises:
        UserError: if a path, the settings or the schema is wrong, or Git cannot say what has changed.
    """
    progress = progress or Silent()
    corpora = discovered(settings, paths if paths or contents else [settings.raw], contents, changed_since)
    known = memory(settings, corpora, near=near, strict=strict, published=published)
    report = None if known is None or settings.rehash else known.recall()
    if report is not None:
        progress.stage("Checking", report.checked)
        progress.advance(report.checked, len({one.row for one in report.issues}))
        return report
    from dataset_tools import pipeline

    report = pipeline.validate(settings, corpora, near=near, strict=strict, published=published, progress=progress)
    if known is not None:
        known.keep(report)
    return report
