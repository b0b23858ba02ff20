"""The Python API: the commands as functions that return a report; `verify` is that of `dataset_tools.verification`."""

import multiprocessing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from dataset_tools import checking, comparison, config, duplicates, pipeline, validation
from dataset_tools.dedup_report import DedupReport
from dataset_tools.diff_report import DiffReport
from dataset_tools.model import Progress, UserError
from dataset_tools.run_report import RunReport

StrPath = str | Path


def validate(
    *paths: StrPath,
    config_file: StrPath | None = None,
    schema: StrPath | None = None,
    near: bool = False,
    threshold: float | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] | None = None,
    strict: bool = False,
    out: StrPath | None = None,
    against: StrPath | Iterable[StrPath] | None = None,
    contents: Mapping[StrPath, bytes] | None = None,
    changed_since: str | None = None,
    jobs: int = 1,
    cache: bool = True,
    rehash: bool = False,
    progress: Progress | None = None,
) -> RunReport:
    """Check article files; writes nothing but the cache.

    Args:
        paths: files and folders; the `raw` folder of the settings if nothing is given.
        config_file: the settings file; by default the nearest one upwards from the current folder.
        schema: the schema of an article, a Python file is executed; by default that of the settings, else the
            built-in one.
        near: also look for near-duplicates.
        threshold: Jaccard similarity of word 5-grams from which two texts are near-duplicates, 0.1 to 1.
        select: only these rules: codes, beginnings of codes, or names.
        ignore: not these rules; adds to those of the settings.
        strict: let a warning be enough for `exit_code` 1.
        out: the dataset that was built from these files, whose manifest says what the ids are.
        against: published datasets; documents that are in one get a warning. Folders, Parquet files, URLs.
        contents: more files, which need not exist, and what to check in place of what they hold.
        changed_since: a commit of Git; check only those of the files that have changed since it and HEAD parted.
        jobs: worker processes. With more than one, call from under `if __name__ == "__main__":`.
        cache: use what an earlier run has found in files that have not changed, and keep what this one finds.
        rehash: do not trust sizes and times of files: read each, and use again what was found in the same bytes.
        progress: is told how far the run is.

    Returns:
        A report: `issues`, `ids`, `errors`, `warnings`, `exit_code`, `ok`.

    Raises:
        UserError: if a path, the settings or the schema is wrong.
    """
    _refuse_while_a_worker_starts()
    settings = config.load(
        _path(config_file),
        schema=_path(schema),
        dedup=_given(threshold=threshold),
        select=_list(select),
        ignore=_list(ignore),
        jobs=jobs,
        out=_path(out),
        against=_places(against),
        **_cached(cache=cache, rehash=rehash),
    )
    given = [Path(path) for path in paths]
    unsaved = {Path(path): content for path, content in (contents or {}).items()}
    return validation.validate(
        settings,
        given,
        near=near,
        strict=strict,
        published=_path(out),
        contents=unsaved,
        changed_since=changed_since,
        progress=progress,
    )


def build(
    raw: StrPath | None = None,
    out: StrPath | None = None,
    *,
    config_file: StrPath | None = None,
    schema: StrPath | None = None,
    on_invalid: Literal["fail", "quarantine"] | None = None,
    threshold: float | None = None,
    against: StrPath | Iterable[StrPath] | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] | None = None,
    strict: bool = False,
    accept_changed: Iterable[str] = (),
    check: bool = False,
    jobs: int = 1,
    engine: Literal["local", "daft"] | None = None,
    address: str | None = None,
    work_dir: StrPath | None = None,
    cache: bool = True,
    rehash: bool = False,
    progress: Progress | None = None,
) -> RunReport:
    """Validate, deduplicate and package a corpus; the output folder changes as a whole or not at all.

    Args:
        raw: the folder of the corpus; by default that of the settings.
        out: the folder of the dataset; by default that of the settings.
        config_file: the settings file; by default the nearest one upwards from the current folder.
        schema: the schema of an article, a Python file is executed; by default that of the settings, else the
            built-in one.
        on_invalid: `fail` writes nothing if a file has an error, `quarantine` leaves such files out.
        threshold: Jaccard similarity of word 5-grams from which two texts are near-duplicates, 0.1 to 1.
        against: published datasets; documents that are in one are left out. Folders, Parquet files, URLs.
        select: only these rules: codes, beginnings of codes, or names.
        ignore: not these rules; adds to those of the settings.
        strict: let a warning be enough to stop the build.
        accept_changed: ids that may have other content than in the dataset that is replaced.
        check: write nothing, and compare `out` with what a build would give; differences are issues of the rule P005.
        jobs: worker processes. With more than one, call from under `if __name__ == "__main__":`.
        engine: `local` is this machine; `daft` is Daft, in this process or on a cluster.
        address: of the Ray cluster that Daft runs on.
        work_dir: a folder or URL that every machine of the cluster reaches, for what stages hand on.
        cache: use what an earlier run has found in files that have not changed, and keep what this one finds.
        rehash: do not trust sizes and times of files: read each, and use again what was found in the same bytes.
        progress: is told how far the run is.

    Returns:
        A report: `dataset` (with `out`, `counts`, `splits`, `content_sha256`), `issues`, `ids`, `exit_code`, `ok`;
        with `check`, `compared` (with `same`, `versions`) in place of `dataset`.

    Raises:
        UserError: if a folder, the settings or the schema is wrong, or no article was found.
    """
    _refuse_while_a_worker_starts()
    settings = config.load(
        _path(config_file),
        raw=_path(raw),
        out=_path(out),
        schema=_path(schema),
        on_invalid=on_invalid,
        dedup=_given(threshold=threshold),
        against=_places(against),
        select=_list(select),
        ignore=_list(ignore),
        jobs=jobs,
        engine=_given(name=engine, address=address, work_dir=None if work_dir is None else str(work_dir)),
        **_cached(cache=cache, rehash=rehash),
    )
    work = checking.check if check else pipeline.build
    return work(settings, strict=strict, accept_changed=accept_changed, progress=progress)


def dedup(
    raw: StrPath | None = None,
    *,
    config_file: StrPath | None = None,
    schema: StrPath | None = None,
    threshold: float | None = None,
    policy: Literal["first", "longest", "priority"] | None = None,
    estimate_recall: int | None = None,
    jobs: int = 1,
    cache: bool = True,
    rehash: bool = False,
    progress: Progress | None = None,
) -> DedupReport:
    """Show which documents `build` would remove as duplicates, and why; writes nothing.

    Args:
        raw: the folder of the corpus; by default that of the settings.
        config_file: the settings file; by default the nearest one upwards from the current folder.
        schema: the schema of an article; by default that of the settings, else the built-in one.
        threshold: Jaccard similarity of word 5-grams from which two texts are near-duplicates, 0.1 to 1.
        policy: which of duplicates stays.
        estimate_recall: compare so many documents, drawn at random, exactly with all others, and count what is found.
        jobs: worker processes. With more than one, call from under `if __name__ == "__main__":`.
        cache: use what an earlier run has found in files that have not changed, and keep what this one finds.
        rehash: do not trust sizes and times of files: read each, and use again what was found in the same bytes.
        progress: is told how far the run is.

    Returns:
        A report: `clusters`, `histogram`, `counts`, `candidates`, `skipped`, `recall`, `stopped`, `ok`.

    Raises:
        UserError: if a folder, the settings or the schema is wrong, or no article was found.
    """
    _refuse_while_a_worker_starts()
    said = _given(threshold=threshold, policy=policy)
    settings = config.load(
        _path(config_file), schema=_path(schema), dedup=said, jobs=jobs, **_cached(cache=cache, rehash=rehash)
    )
    return duplicates.dedup(settings, _path(raw), sample=estimate_recall, progress=progress)


def diff(old: StrPath, new: StrPath, *, words: int | None = 0) -> DiffReport:
    """Compare two datasets by the ids of their documents; writes nothing.

    Args:
        old: a folder that `build` has written, a Parquet file, or a folder of Parquet files; a path or a URL.
        new: another one, which came after it.
        words: of so many changed documents the texts are compared word by word; None for all.

    Returns:
        A report: `added`, `removed`, `changed`, `moved`, `renamed`, `same`, `words`, `differs`, `counts()`.

    Raises:
        UserError: if one of them cannot be read, has no id, no body and no text, or has an id twice.
    """
    return comparison.diff(str(old), str(new), words=words)


def _refuse_while_a_worker_starts() -> None:
    """A worker process imports the script that started it; without a guard that script would build once more."""
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        hint = "put the call under if __name__ == '__main__': in the script, or use jobs=1"
        raise UserError("called while a worker process was starting", hint)


def _path(path: StrPath | None) -> Path | None:
    return None if path is None else Path(path)


def _places(places: StrPath | Iterable[StrPath] | None) -> list[str] | None:
    if places is None:
        return None
    return [str(place) for place in ([places] if isinstance(places, str | Path) else places)]


def _cached(*, cache: bool, rehash: bool) -> dict[str, Any]:
    return {"cache_size": None if cache else 0, "rehash": rehash or None}


def _list(words: Iterable[str] | None) -> list[str] | None:
    return None if words is None else list(words)


def _given(**values: float | str | None) -> dict[str, float | str] | None:
    return {name: value for name, value in values.items() if value is not None} or None
