"""Files that come in: read once, held to the recipe of the ids, and given the names that they are to have."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dataset_tools.corpora import discovered
from dataset_tools.engines.local import LocalEngine
from dataset_tools.identification import prepare_and_identify
from dataset_tools.model import Corpus, Issue, Severity, Source, UserError, decode_issues, errors_among
from dataset_tools.naming import DIGITS, example_name, ids_by, with_id
from dataset_tools.preparation import Preparation
from dataset_tools.prepare import Plan
from dataset_tools.recipes import AUTO, Recipe
from dataset_tools.report import report_issues, report_path
from dataset_tools.settings import Settings
from dataset_tools.stages.discover import real
from dataset_tools.stages.read import read
from dataset_tools.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file as it was read, `shown` being its path in reports; without `id` it has no text, or no id is known."""

    shown: str
    data: bytes | None
    id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """The files that were given, in document order below each root, and what is wrong with them.

    The issues have the paths of reports, and as their row the number of the file.
    """

    files: tuple[Arrival, ...]
    issues: tuple[Issue, ...]
    ignored: int


def arrivals(
    settings: Settings, paths: Sequence[Path], recipe: Recipe | None, digits: int | None, engine: LocalEngine
) -> Arrivals:
    """Read the files and find the id of each.

    With a recipe the id is what that gives, and one in the name has to be the same. Without one ids are external: the
    name has to have one. If some recipe explains other files that are given, it has to explain all: somebody named them
    by their content, and what is not explained was changed since.

    Args:
        settings: all settings.
        paths: files and folders outside the corpus.
        recipe: what ids are the hash of; None for external ones.
        digits: how long ids are, where the recipe does not say it.
        engine: prepares the files.

    Raises:
        UserError: if a path does not exist, or leads into the corpus, or there is no file.
    """
    for path in paths:
        _check_outside(path, settings.raw)
    files: list[Arrival] = []
    issues: list[Issue] = []
    corpora = [one.only_named() for one in discovered(settings, paths)]
    for corpus in corpora:
        first = len(files)
        found, wrong = _read(corpus, settings, recipe, digits or DIGITS, engine)
        files += found
        below = report_issues([*corpus.issues, *wrong], corpus.root)
        issues += [replace(one, row=None if one.row is None else first + one.row) for one in below]
    if not files and not errors_among(issues):
        where, patterns = ", ".join(printable(str(path)) for path in paths), ", ".join(settings.include)
        raise UserError(f"no article found in {where}: no file matches {patterns}", "name the files themselves")
    return Arrivals(files=tuple(files), issues=tuple(issues), ignored=sum(corpus.ignored for corpus in corpora))


def _check_outside(path: Path, raw: Path) -> None:
    place, home = real(path.parent) / path.name, real(raw)
    folder = real(path) if path.is_dir() else place
    if place.is_relative_to(home) or folder.is_relative_to(home):
        message = f"{printable(str(path))} is in the corpus {printable(str(raw))} already"
        raise UserError(message, "name files outside it; dataset-tools validate checks those that are in it")
    if path.is_dir() and home.is_relative_to(folder):
        message = f"{printable(str(path))} has the corpus {printable(str(raw))} in it"
        raise UserError(message, "name the files, or a folder that has only new ones")


def _read(
    corpus: Corpus, settings: Settings, recipe: Recipe | None, digits: int, engine: LocalEngine
) -> tuple[Iterator[Arrival], list[Issue]]:
    """The files below one root, each read once: what is checked here is what is written later."""
    rows = range(len(corpus.sources))
    files = read(corpus.sources, rows, root=corpus.root, max_file_size=settings.max_file_size)
    held = [
        source if data is None else Source(source.path, len(data), content=data)
        for source, data in zip(corpus.sources, files.data, strict=True)
    ]
    corpus = replace(corpus, sources=tuple(held))
    plan = Plan(root=corpus.root.absolute(), file_name=settings.file_name, max_file_size=settings.max_file_size)
    found = prepare_and_identify(
        corpus,
        plan,
        recipe=AUTO if recipe is None else str(recipe),
        published=None,
        ask_published=False,
        references=(),
        prepare=Preparation(engine=engine),
        done=lambda _: None,
    )
    said = [*decode_issues(*(found.rows[name].to_pylist() for name in ("row", "issues"))), *found.issues]
    read_rows = {row for row in rows if files.data[row] is not None}
    said = [*files.issues, *(one for one in said if one.row in read_rows)]
    # What has no id gets one, unless it cannot be known.
    wrong = [one for one in said if one.code != "F004" or recipe is None]
    named = ids_by([] if recipe is None else [recipe], corpus, rows, plan, digits)
    unreadable = {one.row for one in wrong if one.code[0] == "F" and one.severity is Severity.ERROR}
    given = (
        Arrival(
            shown=report_path(corpus.sources[one.row].shown, corpus.root),
            data=files.data[one.row],
            id=None if one.row in unreadable else one.name_id if recipe is None else one.ids[0],
        )
        for one in named
    )
    return given, wrong


def names_for(corpus: Corpus, files: Sequence[Arrival], file_name: str) -> list[str | None]:
    """The name that each file is to have in the corpus: its id, and the next free index, as wide as they are there.

    Raises:
        UserError: if no name of the pattern has such an index or id.
    """
    pattern = re.compile(file_name)
    there = [source.path for source in corpus.sources if "/" not in source.path]
    last, width = _last_index(there, pattern)
    names: list[str | None] = []
    for one in files:
        if one.id is None:
            names.append(None)
            continue
        last += 1
        index = f"{last:0{width}}"
        name = with_id(example_name(there, pattern, one.id), one.id, pattern, index)
        if name is None:
            message = f"no name of the pattern {pattern.pattern} has the index {index} and the id {one.id}"
            raise UserError(message, "let file_name in the settings allow it, or put a first file there by hand")
        names.append(name)
    return names


def _last_index(names: Sequence[str], pattern: re.Pattern[str]) -> tuple[int, int]:
    """The highest index, -1 if there is none, and how many digits it is written with."""
    if "index" not in pattern.groupindex:
        return -1, 1
    found = [match["index"] for name in names if (match := pattern.fullmatch(name)) and match["index"]]
    highest = max((one for one in found if one.isdecimal()), key=int, default=None)
    return (-1, 3) if highest is None else (int(highest), len(highest))
