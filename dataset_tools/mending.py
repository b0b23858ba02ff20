"""Mend: check files, apply fixes to those that have something to fix, and check them again."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.corpora import discovered
from dataset_tools.fixes import FIXES, RENAMING
from dataset_tools.fixes.differ import difference
from dataset_tools.fixes.mend import Mender
from dataset_tools.fixes.plan import Change, Held, Plan, plan
from dataset_tools.fixes.undo import write_undo
from dataset_tools.fixes.write import NotTheSameError, change, disk_fault
from dataset_tools.model import Corpus, Progress, Silent, UserError
from dataset_tools.published import read_published
from dataset_tools.recipes import parse_recipe
from dataset_tools.report import report_path
from dataset_tools.run_report import FixedFile, Fixes, HeldBack, IdDecision, RunReport
from dataset_tools.running import read_references
from dataset_tools.settings import Settings
from dataset_tools.text import printable
from dataset_tools.validation import validate

_FIXABLE = frozenset((*(fix.code for fix in FIXES), *RENAMING))
_IN_MOTION = "run it again once nothing writes to the corpus any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a call says about fixes.

    `unsafe` are those that change ids, words or names, `republish` those of published documents as well. Where not
    `write`, differences are given and nothing is written. `undo` is the file that is to hold the way back.
    """

    write: bool
    unsafe: bool = False
    republish: bool = False
    undo: Path | None = None


def mend(
    settings: Settings,
    paths: Sequence[Path],
    wanted: Wanted,
    *,
    changed_since: str | None = None,
    near: bool = False,
    strict: bool = False,
    published: Path | None = None,
    progress: Progress | None = None,
) -> RunReport:
    """Fix what can be fixed, and report what remains; or show what would be changed, with exit code 1 if anything is.

    The other arguments are those of `dataset_tools.validation.validate`.

    Raises:
        UserError: as `validate` does, and if a file cannot be written.
    """
    progress = progress or Silent()
    check = partial(
        validate,
        settings,
        changed_since=changed_since,
        near=near,
        strict=strict,
        published=published,
        progress=progress,
    )
    report = check(paths)
    found = {one.path for one in report.issues if one.code in _FIXABLE}
    corpora = discovered(settings, paths or [settings.raw], changed_since=changed_since)
    plans = [
        _planned(settings, corpus, decision, found, wanted, published, progress)
        for corpus, decision in zip(corpora, report.ids, strict=True)
    ]
    parts = list(zip(corpora, plans, strict=True))
    held = [_held_back(corpus, one) for corpus, some in parts for one in some.held]
    if not wanted.write:
        files = tuple(one for corpus, some in parts for one in _differences(corpus, some))
        return replace(report, fixes=Fixes(written=False, files=files, held=tuple(held)), exit_code=int(bool(files)))
    undo = wanted.undo if any(one.changes for one in plans) else None
    if undo is not None:
        _write_undo(undo, plans)
    files = ()
    new_paths = list(paths)
    for corpus, some in parts:
        done, not_done = _change_all(some)
        held += [_held_back(corpus, one) for one in not_done]
        files += tuple(_fixed(corpus, one) for one in _ordered(corpus, done))
        new_paths = [_renamed(path, some.root, done) for path in new_paths]
    fixes = Fixes(written=True, files=files, held=tuple(held), undo=undo)
    return replace(check(new_paths), fixes=fixes)


def _planned(
    settings: Settings,
    corpus: Corpus,
    decision: IdDecision,
    found: set[str | None],
    wanted: Wanted,
    published: Path | None,
    progress: Progress,
) -> Plan:
    sources = [one for one in corpus.named if not one.is_link and report_path(one.shown, corpus.root) in found]
    mender = Mender(
        file_name=re.compile(settings.file_name),
        recipe=None if decision.recipe is None else parse_recipe(decision.recipe),
        decided=decision.decided_by != "undecided",
        policy=settings.rule_policy(),
    )
    known: frozenset[str] = frozenset()
    if sources and not wanted.republish:
        known = _published_ids(settings, corpus, mender, published, progress)
    return plan(
        corpus.root,
        [one.path for one in sources],
        mender,
        unsafe=wanted.unsafe,
        published=known,
        linked=frozenset(_linked(corpus)),
    )


def _published_ids(
    settings: Settings, corpus: Corpus, mender: Mender, published: Path | None, progress: Progress
) -> frozenset[str]:
    """The ids in the names of a corpus that the dataset built from it has, or one that it is compared with."""
    matches = (mender.file_name.fullmatch(one.path.rpartition("/")[2]) for one in corpus.sources)
    mine = pa.array({match["id"] for match in matches if match and match["id"]}, pa.string())
    before = None
    if published is not None or corpus.root == settings.raw:
        before = read_published(published or settings.out, needed=published is not None)
    ids: set[str] = set()
    if before is not None:
        known = before.documents()["id"].combine_chunks()
        ids.update(mine.filter(pc.is_in(mine, value_set=known)).to_pylist())
    for one in read_references(settings, progress, replaced=published):
        ids.update(one.index.positions("id", mine.to_pylist()))
    return frozenset(ids)


def _linked(corpus: Corpus) -> Iterator[str]:
    """The files below the root that links of the corpus lead to."""
    base = os.path.realpath(corpus.root)
    for one in corpus.sources:
        if one.is_link:
            yield os.path.relpath(os.path.realpath(f"{base}/{one.path}"), base)


def _write_undo(file: Path, plans: Iterable[Plan]) -> None:
    try:
        write_undo(file, plans)
    except NotTheSameError as error:
        raise UserError(f"no way back can be written: {error}", f"{_IN_MOTION}; nothing was changed") from None


def _change_all(found: Plan) -> tuple[list[Change], list[Held]]:
    """Make the changes of a plan; those that were made, and those that were not."""
    done: list[Change] = []
    held: list[Held] = []
    for one in found.changes:
        try:
            change(found.root, one.path, one.name, *found.content_of(one))
        except NotTheSameError as error:
            held.append(Held(one.path, str(error), _IN_MOTION))
        except OSError as error:
            raise disk_fault(error, one.path) from None
        else:
            done.append(one)
    return done, held


def _renamed(path: Path, root: str, done: Iterable[Change]) -> Path:
    """A path of the call, if its file has another name now; else as it is."""
    names = {one.path: one.name for one in done}
    place = os.path.relpath(f"{os.path.realpath(path.parent)}/{path.name}", root)
    return path.with_name(names.get(place, path.name)) if path.name else path


def _differences(corpus: Corpus, found: Plan) -> Iterator[FixedFile]:
    for one in _ordered(corpus, found.changes):
        try:
            before, after = found.content_of(one)
        except (NotTheSameError, OSError) as error:
            raise UserError(f"{_shown(corpus, one.path)}: {error}", _IN_MOTION) from None
        old_path, new_path = (report_path(path, corpus.root) for path in (one.path, one.new_path))
        yield replace(_fixed(corpus, one), diff=tuple(difference(old_path, new_path, before, after)))


def _ordered(corpus: Corpus, changes: Iterable[Change]) -> list[Change]:
    """Changes in document order."""
    order = {one.path: row for row, one in enumerate(corpus.sources)}
    return sorted(changes, key=lambda one: order[one.path])


def _fixed(corpus: Corpus, one: Change) -> FixedFile:
    new_path = None if one.new_path == one.path else _shown(corpus, one.new_path)
    return FixedFile(path=_shown(corpus, one.path), new_path=new_path, rules=one.codes)


def _held_back(corpus: Corpus, one: Held) -> HeldBack:
    return HeldBack(_shown(corpus, one.path), one.reason, one.hint)


def _shown(corpus: Corpus, path: str) -> str:
    return report_path(printable(path), corpus.root)
