"""What the ids of a corpus are the hash of: decided once for a whole root, then every file is held to it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.against import Reference
from dataset_tools.model import Corpus, Issue, Source, decode_issues
from dataset_tools.preparation import Preparation
from dataset_tools.prepare import Plan
from dataset_tools.published import Published
from dataset_tools.recipes import AUTO, EXTERNAL, Recipe, parse_recipe
from dataset_tools.rules import issue
from dataset_tools.run_report import IdDecision
from dataset_tools.stages.discover import discover
from dataset_tools.stages.identify import explaining_any, most_explaining, sample
from dataset_tools.stages.same_text import decided, undecided
from dataset_tools.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The prepared rows of a corpus, what its ids are, and the issues that only the whole corpus could show.

    What is said in comparison with a dataset that is to be replaced is in `notices`, and must not reach the new one.
    """

    rows: pa.Table
    decision: IdDecision
    issues: list[Issue]
    notices: list[Issue]


def prepare_and_identify(
    corpus: Corpus,
    plan: Plan,
    *,
    recipe: str,
    published: Published | None,
    ask_published: bool,
    references: Sequence[Reference],
    include: Iterable[str],
    prepare: Preparation,
    done: Callable[[pa.Table], None],
) -> Identified:
    """Prepare every file, find out the recipe unless it is given, and compare every id with it.

    Args:
        corpus: the files.
        plan: what to do with each; its recipe is set here.
        recipe: the setting: auto, external, or a recipe.
        published: the dataset that was built from this corpus before, if there is one.
        ask_published: whether its recipe is taken for certain; it is for single files, whose folder is not looked at.
        references: published datasets that the files are compared with; asked where `published` says nothing.
        include: the patterns of articles, for looking at the rest of the root when only some files are given.
        prepare: gives the rows of files.
        done: is given the rows of files as they come.
    """
    known: Recipe | None = None
    decided_by = "settings"
    if recipe == AUTO:
        if corpus.whole and not (ask_published and published is not None and published.manifest.decided):
            return _detected(corpus, plan, published, references, prepare, done)
        known, decided_by = _decided_elsewhere(corpus, plan, published, references, list(include), prepare)
    elif recipe != EXTERNAL:
        known = parse_recipe(recipe)
    plan = replace(plan, recipe=known)
    rows = _prepare_all(corpus, plan, prepare, done)
    hashed = rows["sha256" if known is None or known.part == "file" else "text_key"]
    total = pc.sum(pc.and_(rows["id"].is_valid(), rows["sha256"].is_valid())).as_py() or 0
    tried = pc.sum(pc.and_(rows["id"].is_valid(), hashed.is_valid())).as_py() or 0
    decision = IdDecision(
        root=printable(str(corpus.root)),
        recipe=None if known is None else str(known),
        decided_by=decided_by,
        explained=0 if known is None else tried - len(_mismatches(rows)),
        total=total,
    )
    return Identified(rows=rows, decision=decision, issues=_undecided(decision, rows), notices=[])


def _prepare_all(
    corpus: Corpus, plan: Plan, prepare: Preparation, done: Callable[[pa.Table], None] = lambda _: None
) -> pa.Table:
    """Every file once, and those a second time whose text may be that of others."""
    rows = prepare(dict(enumerate(corpus.sources)), plan, done=done)
    some = numbered(corpus, undecided(rows)["row"].to_pylist())
    return decided(rows, prepare(some, replace(plan.bare(), text_keys=True), finer=4))


def numbered(corpus: Corpus, rows: Iterable[int]) -> dict[int, Source]:
    """Some files of a corpus by their number."""
    return {row: corpus.sources[row] for row in rows}


def _detected(
    corpus: Corpus,
    plan: Plan,
    published: Published | None,
    references: Sequence[Reference],
    prepare: Preparation,
    done: Callable[[pa.Table], None] = lambda _: None,
) -> Identified:
    """One pass that also finds what each recipe explains; then again the files that the best one does not explain."""
    some = prepare(numbered(corpus, sample(len(corpus.sources))), replace(plan.bare(), first=()))
    plan = replace(plan, first=explaining_any(some["explained"]))
    rows = _prepare_all(corpus, plan, prepare, done)
    found = most_explaining(rows["explained"], rows["id"])
    total = int(found.tried.sum())
    before = _of_published(rows, published)
    chosen = found.recipe or before or _of_references(rows, references, undecided=total <= 1)
    decision = IdDecision(
        root=printable(str(corpus.root)),
        recipe=None if chosen is None else str(chosen),
        decided_by="published" if chosen is not found.recipe else "detected" if chosen or total > 1 else "undecided",
        explained=int(found.fitting.sum()),
        total=total,
    )
    if chosen is None:
        return Identified(rows=rows, decision=decision, issues=_undecided(decision, rows), notices=[])
    unexplained = numbered(corpus, np.flatnonzero(found.tried & ~found.fitting).tolist())
    again = prepare(unexplained, replace(plan.bare(), recipe=chosen), finer=4)
    notices = [_changed(decision, before)] if before is not None and str(before) != decision.recipe else []
    return Identified(rows=rows, decision=decision, issues=_mismatches(again), notices=notices)


def _mismatches(rows: pa.Table) -> list[Issue]:
    return [one for one in decode_issues(rows["row"].to_pylist(), rows["issues"].to_pylist()) if one.code == "I001"]


def _changed(decision: IdDecision, before: Recipe) -> Issue:
    now = f"{decision.recipe} explains {decision.explained:,} of {decision.total:,} ids"
    return issue("I005", f"{now}, but the published dataset was built with {before}")


def _of_published(rows: pa.Table, published: Published | None) -> Recipe | None:
    """The recipe of the dataset that was built from the corpus before, if that was this corpus: an id is in both.

    Without it, a fault that spoils every file at once (Git rewriting line ends, say) would look like external ids.
    """
    if published is None or published.manifest.recipe is None:
        return None
    known = published.documents()["id"].combine_chunks()
    return parse_recipe(published.manifest.recipe) if pc.any(pc.is_in(rows["id"], value_set=known)).as_py() else None


def _of_references(rows: pa.Table, references: Sequence[Reference], *, undecided: bool) -> Recipe | None:
    """The recipe of the first published dataset that has an id of the corpus, or of the first if nothing else tells."""
    ids = rows["id"].to_pylist()
    for one in references:
        recipe = None if one.manifest is None else one.manifest.recipe
        if recipe is not None and (undecided or one.index.positions("id", ids)):
            return parse_recipe(recipe)
    return None


def _decided_elsewhere(
    corpus: Corpus,
    plan: Plan,
    published: Published | None,
    references: Sequence[Reference],
    include: list[str],
    prepare: Preparation,
) -> tuple[Recipe | None, str]:
    """The recipe of the dataset that was built from the root, or of one compared with, else what the root shows."""
    for one in (published, *references):
        if one is not None and one.manifest is not None and one.manifest.decided:
            recipe = one.manifest.recipe
            return (parse_recipe(recipe) if recipe else None), "published"
    pattern = re.compile(plan.file_name)
    (whole,) = discover([corpus.root], raw=corpus.root, include=include, file_name=pattern)
    named = {source.path for source in corpus.sources}
    others = [source for source in whole.sources if source.path not in named]
    everything = replace(whole, sources=(*corpus.sources, *others))
    found = _detected(everything, plan.bare(), None, (), prepare).decision
    return (parse_recipe(found.recipe) if found.recipe else None), found.decided_by


def _undecided(decision: IdDecision, rows: pa.Table) -> list[Issue]:
    """A warning that an id may be wrong without anybody knowing; needless where there is no text to go with the id."""
    if (
        decision.decided_by != "undecided"
        or not pc.any(pc.and_(rows["id"].is_valid(), rows["text_key"].is_valid())).as_py()
    ):
        return []
    message = "no recipe explains the id, and there is too little here to tell whether it is wrong"
    return [issue("I004", message)]
