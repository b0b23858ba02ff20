"""What the ids of a corpus are the hash of: decided once for a whole root, then every file is held to it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.against import Reference
from dataset_tools.manifest import Manifest
from dataset_tools.model import Corpus, Issue, Source, decode_issues
from dataset_tools.preparation import Prepare
from dataset_tools.prepare import Plan
from dataset_tools.published import Published
from dataset_tools.recipes import AUTO, EXTERNAL, Recipe, parse_recipe
from dataset_tools.rules import issue
from dataset_tools.run_report import IdDecision
from dataset_tools.stages.identify import explaining_any, most_explaining, sample
from dataset_tools.stages.same_text import decided, undecided
from dataset_tools.text import printable

Bools = npt.NDArray[np.bool_]


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
    prepare: Prepare,
    done: Callable[[pa.Table], None],
) -> Identified:
    """Prepare every file, find out the recipe unless it is given, and compare every id with it.

    Args:
        corpus: the files. Of a few given ones what a dataset says goes before what their folder shows.
        plan: what to do with each; its recipe is set here.
        recipe: the setting: auto, external, or a recipe.
        published: the dataset that was built from this corpus before, if there is one.
        ask_published: whether its recipe is taken for certain.
        references: published datasets that the files are compared with; asked where `published` says nothing.
        prepare: gives the rows of files.
        done: is given the rows of files as they come.
    """
    if recipe == AUTO:
        stated = _first_that_says(published) if ask_published else None
        if stated is None:
            return _detected(corpus, plan, published, references, prepare, done)
        known, decided_by = _stated(stated), "published"
    else:
        known, decided_by = None if recipe == EXTERNAL else parse_recipe(recipe), "settings"
    rows = _prepare_all(corpus, replace(plan, recipe=known), prepare, done)
    has_id = pc.and_(rows["id"].is_valid(), rows["sha256"].is_valid()).to_numpy()
    fitting = has_id & _fitting(rows, known)
    decision = _decision(corpus, known, decided_by, fitting=fitting, tried=has_id)
    return Identified(rows=rows, decision=decision, issues=_undecided(decision, rows), notices=[])


def _prepare_all(
    corpus: Corpus, plan: Plan, prepare: Prepare, done: Callable[[pa.Table], None] = lambda _: None
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
    prepare: Prepare,
    done: Callable[[pa.Table], None] = lambda _: None,
) -> Identified:
    """One pass that also finds what each recipe explains; then again the files that the chosen one does not explain."""
    some = prepare(numbered(corpus, sample(len(corpus.sources))), replace(plan.bare(), first=()))
    plan = replace(plan, first=explaining_any(some["explained"]))
    rows = _prepare_all(corpus, plan, prepare, done)
    found = most_explaining(rows["explained"], rows["id"])
    total = int(found.tried.sum())
    stated = None if corpus.whole else _first_that_says(published, *references)
    before = None if stated is not None else _of_published(rows, published)
    if stated is not None:
        chosen = _stated(stated)
    else:
        chosen = found.recipe or before or _of_references(rows, references, undecided=total <= 1)
    detected = stated is None and chosen is found.recipe
    decided_by = "published" if not detected else "detected" if chosen or total > 1 else "undecided"
    fitting = found.fitting & (str(chosen) == str(found.recipe))
    issues: list[Issue] = []
    if chosen is not None:
        left = np.flatnonzero(found.tried & ~fitting)
        again = prepare(numbered(corpus, left.tolist()), replace(plan.bare(), recipe=chosen), finer=4)
        fitting[left] = _fitting(again, chosen)
        issues = _mismatches(again)
    decision = _decision(corpus, chosen, decided_by, fitting=fitting, tried=found.tried)
    notices = [_changed(decision, before)] if before is not None and str(before) != decision.recipe else []
    if chosen is None:
        issues = _undecided(decision, rows)
    return Identified(rows=rows, decision=decision, issues=issues, notices=notices)


def _decision(corpus: Corpus, recipe: Recipe | None, decided_by: str, *, fitting: Bools, tried: Bools) -> IdDecision:
    """What is said of the ids; only files that were asked for are counted."""
    asked = slice(None) if corpus.asked is None else sorted(corpus.asked)
    return IdDecision(
        root=printable(str(corpus.root)),
        recipe=None if recipe is None else str(recipe),
        decided_by=decided_by,
        explained=int(fitting[asked].sum()),
        total=int(tried[asked].sum()),
    )


def _fitting(rows: pa.Table, recipe: Recipe | None) -> Bools:
    """Which files have an id that the recipe, which they were prepared with, explains."""
    if recipe is None:
        return np.zeros(rows.num_rows, bool)
    hashed = rows["sha256" if recipe.part == "file" else "outline"].is_valid().to_numpy()
    others = [one.row for one in _mismatches(rows) if one.row is not None]
    fitting: Bools = hashed & ~np.isin(rows["row"].to_numpy(), others)
    return fitting


def _mismatches(rows: pa.Table) -> list[Issue]:
    return [one for one in decode_issues(rows["row"].to_pylist(), rows["issues"].to_pylist()) if one.code == "I001"]


def _changed(decision: IdDecision, before: Recipe) -> Issue:
    now = f"{decision.recipe} explains {decision.explained:,} of {decision.total:,} ids"
    return issue("I005", f"{now}, but the published dataset was built with {before}")


def _stated(manifest: Manifest) -> Recipe | None:
    """The recipe of a dataset; None for external ids."""
    return None if manifest.recipe is None else parse_recipe(manifest.recipe)


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


def _first_that_says(*datasets: Published | Reference | None) -> Manifest | None:
    """The manifest of the first dataset that says what its ids are."""
    manifests = [one.manifest for one in datasets if one is not None and one.manifest is not None]
    return next((one for one in manifests if one.decided), None)


def _undecided(decision: IdDecision, rows: pa.Table) -> list[Issue]:
    """A warning that an id may be wrong without anybody knowing; needless where there is no text to go with the id."""
    if (
        decision.decided_by != "undecided"
        or not pc.any(pc.and_(rows["id"].is_valid(), rows["text_key"].is_valid())).as_py()
    ):
        return []
    message = "no recipe explains the id, and there is too little here to tell whether it is wrong"
    return [issue("I004", message)]
