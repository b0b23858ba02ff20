"""What ids are the hash of: which recipes explain which files, and what those that do not fit would be called."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.corpora import discovered, size_of
from dataset_tools.identification import numbered, prepare_and_identify
from dataset_tools.ids_report import Explains, FolderIds, IdsReport, Misfit, Named
from dataset_tools.model import Corpus, Progress, Severity, Silent, decode_issues
from dataset_tools.naming import ids_by, with_id
from dataset_tools.preparation import Preparation
from dataset_tools.prepare import Plan
from dataset_tools.published import Published, read_published
from dataset_tools.recipes import AUTO, EXTERNAL, Recipe, catalogue, parse_recipe
from dataset_tools.report import report_path
from dataset_tools.running import engine_for
from dataset_tools.settings import Settings
from dataset_tools.stages.identify import explained_by


def ids(
    settings: Settings,
    paths: Sequence[Path],
    *,
    check: Recipe | None = None,
    names: bool = False,
    published: Path | None = None,
    progress: Progress | None = None,
) -> IdsReport:
    """Say which recipes explain the ids of files, and which files do not fit the recipe in use; writes nothing.

    The recipe in use is that of the settings or of the dataset that was built from the corpus, else what the whole root
    shows, never what a few given files do.

    Args:
        settings: all settings.
        paths: files and folders; the configured raw folder if there are none.
        check: hold the files to this recipe instead, and look for no other.
        names: also say for each file what each recipe would call it.
        published: a dataset that was built from these files; by default the configured one for the configured folder.
        progress: is told how far the run is.
    """
    progress = progress or Silent()
    corpora = discovered(settings, paths or [settings.raw])
    with engine_for(settings, size_of(corpora)) as engine:
        prepare = Preparation(engine=engine, cache=settings.cache, rehash=settings.rehash)
        folders = [_folder(settings, corpus, prepare, check, published, progress, names=names) for corpus in corpora]
    return IdsReport(
        checked=sum(len(corpus.named) for corpus in corpora),
        ignored=sum(corpus.ignored for corpus in corpora),
        asked=None if check is None else str(check),
        folders=tuple(folders),
    )


def _folder(
    settings: Settings,
    corpus: Corpus,
    prepare: Preparation,
    check: Recipe | None,
    published: Path | None,
    progress: Progress,
    *,
    names: bool,
) -> FolderIds:
    if check is not None:
        corpus = corpus.only_named()
    plan = Plan(root=corpus.root.absolute(), file_name=settings.file_name, max_file_size=settings.max_file_size)
    progress.stage("Comparing ids", len(corpus.sources))
    found = prepare_and_identify(
        corpus,
        plan,
        recipe=settings.recipe if check is None else str(check),
        published=_before(settings, corpus, published),
        ask_published=published is not None,
        references=(),
        prepare=prepare,
        done=lambda rows: progress.advance(rows.num_rows),
    )
    recipe = None if found.decision.recipe is None else parse_recipe(found.decision.recipe)
    asked = list(range(len(corpus.sources))) if corpus.asked is None else sorted(corpus.asked)
    unfit = {one.row for one in found.issues if one.code == "I001"}.intersection(asked)
    rows = found.rows.filter(pc.is_in(found.rows["row"], value_set=pa.array(asked, pa.int64())))
    decided = check is None and settings.recipe == AUTO and found.decision.decided_by != "undecided"
    return FolderIds(
        decision=found.decision,
        table=() if check is not None else tuple(_table(corpus, asked, plan, prepare, recipe)),
        misfits=tuple(_misfits(corpus, plan, rows, unfit, recipe)),
        named=tuple(_named(corpus, asked, plan)) if names else (),
        pin=f'recipe = "{found.decision.recipe or EXTERNAL}"' if decided else None,
    )


def _before(settings: Settings, corpus: Corpus, published: Path | None) -> Published | None:
    if published is not None:
        return read_published(published, needed=True)
    return read_published(settings.out) if corpus.root == settings.raw else None


def _table(
    corpus: Corpus, asked: Sequence[int], plan: Plan, prepare: Preparation, in_use: Recipe | None
) -> list[Explains]:
    """Every recipe of the catalogue that explains a file; ties in the order of the catalogue."""
    rows = prepare(numbered(corpus, asked), replace(plan, first=()))
    rows = rows.filter(rows["explained"].is_valid())
    fitting = explained_by(rows["explained"])
    lengths = {len(name_id) for name_id in rows["id"].to_pylist()}
    digits = lengths.pop() if len(lengths) == 1 else None
    paths = [report_path(path, corpus.root) for path in rows["path"].to_pylist()]
    found = []
    in_use = None if in_use is None else replace(in_use, digits=None)
    for number, recipe in enumerate(catalogue()):
        column = fitting[:, number]
        if column.any():
            name = str(replace(recipe, digits=digits))
            others = tuple(path for path, fits in zip(paths, column, strict=True) if not fits)
            found.append(Explains(recipe=name, files=int(column.sum()), in_use=recipe == in_use, not_explained=others))
    return sorted(found, key=lambda one: -one.files)


def _misfits(corpus: Corpus, plan: Plan, rows: pa.Table, unfit: set[int | None], recipe: Recipe | None) -> list[Misfit]:
    """The files whose id is not the right one, and those that have no id or no text; in document order."""
    columns = [rows[name].to_pylist() for name in ("row", "issues")]
    wrong = {one.row: one for one in decode_issues(*columns) if one.severity is Severity.ERROR}
    some = sorted({row for row in (*wrong, *unfit) if row is not None})
    pattern = re.compile(plan.file_name)
    misfits = []
    for one in ids_by([] if recipe is None else [recipe], corpus, some, plan):
        source = corpus.sources[one.row]
        right = one.ids[0] if one.ids else None
        name = source.path.rpartition("/")[2]
        if one.name_id is not None and right is not None:
            message = f"the id {one.name_id} does not fit: {recipe} gives {right}"
        else:
            message = wrong[one.row].message if one.row in wrong else "it has no text to compare its id with"
            message += f"; {recipe} gives the id {right}" if right is not None else ""
        misfits.append(
            Misfit(
                path=report_path(source.shown, corpus.root),
                message=message,
                id=one.name_id,
                right_id=right,
                name=None if right is None else with_id(name, right, pattern),
            )
        )
    return misfits


def _named(corpus: Corpus, asked: Sequence[int], plan: Plan) -> list[Named]:
    """Every file with all ids that the catalogue gives it; that in its name first, else the order of the catalogue."""
    named = []
    for one in ids_by(catalogue(), corpus, asked, plan):
        recipes: dict[str, list[str]] = {}
        for recipe, given in zip(catalogue(), one.ids, strict=True):
            if given is not None:
                recipes.setdefault(given, []).append(str(replace(recipe, digits=len(given))))
        ordered = sorted(recipes.items(), key=lambda item: item[0] != one.name_id)
        path = report_path(corpus.sources[one.row].shown, corpus.root)
        named.append(Named(path=path, id=one.name_id, ids=tuple((given, tuple(some)) for given, some in ordered)))
    return named
