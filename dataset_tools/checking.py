"""Check: whether the dataset that is there is what a build would give; nothing is written.

The same flow builds into a temporary folder, and the two are compared: the documents, what the manifests say, which
files there are, and, where both were built with the same versions of the libraries, every byte.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dataset_tools import manifest
from dataset_tools.comparison import diff
from dataset_tools.diff_report import Change, Entry
from dataset_tools.manifest import Manifest
from dataset_tools.model import Issue, Progress, UserError
from dataset_tools.pipeline import build
from dataset_tools.published import read_published
from dataset_tools.report import report_issues
from dataset_tools.rules import issue
from dataset_tools.run_report import Compared, RunReport
from dataset_tools.running import scratch_folder
from dataset_tools.settings import Settings
from dataset_tools.text import printable, shortened

_FACTS = (
    *("settings", "schema_sha256", "ids", "metadata", "against", "deduplication"),
    *("counts", "columns", "splits", "content_sha256"),
)
"""What a manifest says that does not depend on the versions of libraries."""

_WOULD = {
    "added": "add",
    "removed": "leave out",
    "changed": "write with other values",
    "moved": "put into another split",
    "renamed": "write under another path",
}
"""What a build would do with the documents of each kind of difference."""

_NAMED = 5
"""So many documents of a kind are named."""


def check(
    settings: Settings,
    *,
    strict: bool = False,
    accept_changed: Iterable[str] = (),
    progress: Progress | None = None,
) -> RunReport:
    """Say whether `settings.out` is what `build` would give now; writes nothing but the cache.

    It takes what `build` takes. Each difference is an issue of the rule P005.

    Raises:
        UserError: as `build` does, and if there is no dataset of ours in `settings.out`.
    """
    there = read_published(settings.out, needed=True)
    with scratch_folder() as folder:
        new = folder / "dist"
        report = build(settings, strict=strict, accept_changed=accept_changed, progress=progress, into=new)
        made = manifest.read(new)
        if there is None or made is None:
            return report
        versions = _versions(there.manifest, made)
        found = [*_documents(settings.out, new), *_facts(there.manifest, made)]
        found = found or [*_files(settings.out, new, bytes_too=not versions)]
    return replace(
        report,
        issues=(*report.issues, *report_issues(found, settings.out)),
        exit_code=int(bool(found)),
        dataset=None,
        compared=Compared(
            out=settings.out, documents=made.values["counts"]["written"], same=not found, versions=versions
        ),
    )


def _versions(there: Manifest, made: Manifest) -> dict[str, tuple[str | None, str | None]]:
    """The versions that are not the same: what the dataset was built with, and what is here."""
    old, new = _leaves(there.values.get("versions"), ""), _leaves(made.values["versions"], "")
    names = sorted({*old, *new} - {""})
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}


def _documents(there: Path, made: Path) -> Iterator[Issue]:
    """How the documents differ, an issue for each kind of difference."""
    try:
        report = diff(str(there), str(made))
    except UserError as error:
        yield issue("P005", error.message)
        return
    for kind, count in report.counts().items():
        if count:
            what = f"{count:,} document{'' if count == 1 else 's'}"
            yield issue("P005", f"a build would {_WOULD[kind]} {what}: {_few(getattr(report, kind))}")
    for names, would in ((report.columns_added, "add"), (report.columns_removed, "leave out")):
        if names:
            yield issue("P005", f"a build would {would} the columns {printable(', '.join(names))}")


def _few(documents: Sequence[Entry | Change]) -> str:
    entries = [one.new if isinstance(one, Change) else one for one in documents]
    named = ", ".join(printable(one.path or one.id) for one in entries[:_NAMED])
    return named if len(entries) <= _NAMED else f"{named} and {len(entries) - _NAMED:,} more"


def _facts(there: Manifest, made: Manifest) -> Iterator[Issue]:
    """How the manifests differ in what does not depend on versions."""
    for key in _FACTS:
        old, new = _leaves(there.values.get(key), key), _leaves(made.values[key], key)
        for name in [*new, *(name for name in old if name not in new)]:
            if old.get(name) != new.get(name):
                said = f"{shortened(old.get(name, 'nothing'))}, and a build gives {shortened(new.get(name, 'nothing'))}"
                yield issue("P005", f"{printable(name)} is {said}", path=manifest.NAME)


def _leaves(value: object, name: str) -> dict[str, str]:
    """The values in an object, each by the keys that lead to it."""
    if not isinstance(value, Mapping):
        return {name: str(value)}
    return {
        place: leaf
        for key, inner in value.items()
        for place, leaf in _leaves(inner, f"{name}.{key}" if name else str(key)).items()
    }


def _files(there: Path, made: Path, *, bytes_too: bool) -> Iterator[Issue]:
    """Which files are not in both, and which have other bytes."""
    old, new = (set(manifest.files_below(folder)) for folder in (there, made))
    for path in sorted(old | new):
        if path not in old:
            message = "a build would write this file, and it is not there"
        elif path not in new:
            message = "a build does not write this file"
        elif not (there / path).is_file():
            message = "a build would write a file here"
        elif bytes_too and manifest.sha256_of(there / path) != manifest.sha256_of(made / path):
            message = "a build gives other bytes"
        else:
            continue
        yield issue("P005", message, path=printable(path))
