"""What files are to be called: the ids that recipes give them, and names that fit the pattern of the settings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dataset_tools.model import Corpus, UserError
from dataset_tools.prepare import Plan
from dataset_tools.recipes import Recipe
from dataset_tools.stages.identify import Contents
from dataset_tools.stages.parse import parse
from dataset_tools.stages.read import read

DIGITS = 16
"""The length of an id where neither the recipe nor a name says it."""

_AT_ONCE = 64
"""So many files are held at a time."""

_PLAIN = ("{index}_{id}.txt", "{index}-{id}.txt", "{index}.{id}.txt", "{id}.txt")
"""Names that are tried where no file has one to be followed."""

_INDEX = "000"


class FileIds(NamedTuple):
    """The number of a file, the id in its name, and the id by each recipe; None where there is no id, or no text."""

    row: int
    name_id: str | None
    ids: tuple[str | None, ...]


def ids_by(
    recipes: Sequence[Recipe], corpus: Corpus, rows: Iterable[int], plan: Plan, digits: int = DIGITS
) -> Iterator[FileIds]:
    """Read some files and give each the id of every recipe.

    An id has as many digits as the recipe says, else as that in the name, else `digits`.
    """
    pattern = re.compile(plan.file_name)
    wanted = list(rows)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        files = read([corpus.sources[row] for row in some], some, root=plan.root, max_file_size=plan.max_file_size)
        articles = parse(files, file_name=pattern)
        for row, name_id, content in zip(some, articles.ids, Contents(files, articles).contents, strict=True):
            length = len(name_id) if name_id else digits
            ids = tuple([None if content is None else content.id_by(recipe, length) for recipe in recipes])
            yield FileIds(row, name_id, ids)


def with_id(name: str, new_id: str, pattern: re.Pattern[str], index: str | None = None) -> str | None:
    """The name with another id, and another index where the pattern has one; None if there is no such name."""
    match = pattern.fullmatch(name)
    if match is None or match["id"] is None:
        return None
    parts = [(match.span("id"), new_id)]
    if index is not None and "index" in pattern.groupindex and match["index"] is not None:
        parts.append((match.span("index"), index))
    for (start, end), part in sorted(parts, reverse=True):
        name = name[:start] + part + name[end:]
    again = pattern.fullmatch(name)
    return name if again and again["id"] == new_id else None


def example_name(names: Iterable[str], pattern: re.Pattern[str], new_id: str) -> str:
    """A name that fits the pattern, to be followed: the last one of `names` that does, else one of the usual kinds.

    Raises:
        UserError: if there is none.
    """
    fitting = [name for name in names if with_id(name, new_id, pattern) is not None]
    usual = [one.format(index=_INDEX, id=new_id) for one in _PLAIN]
    found = fitting[-1:] or [name for name in usual if with_id(name, new_id, pattern) is not None]
    if not found:
        message = f"no name with the id {new_id} can be made for the pattern {pattern.pattern}"
        raise UserError(message, "put a first file into the corpus by hand: those that follow are named like it")
    return found[0]
