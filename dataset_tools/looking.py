"""What is in a folder that is to become a corpus: where the articles lie, their names and their languages."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dataset_tools.model import Corpus, UserError
from dataset_tools.settings import FILE_NAME
from dataset_tools.stages.discover import discover
from dataset_tools.stages.language import language_of
from dataset_tools.stages.parse import parse
from dataset_tools.stages.read import read
from dataset_tools.text import printable

RAW = "raw"
"""What the folder of articles is called where there is none yet."""

_ARTICLE = re.compile(r"(?:(?P<index>\d+)(?P<sign>[_.-]))?(?P<id>[0-9a-f]{12,128})(?P<ending>\.[A-Za-z0-9]{1,8})")
SIMPLE_PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
"""Paths that mean the same to Git, to YAML and as a regular expression, once it is escaped."""

_OURS = ("dist", "schemas", "docs", "tests")
_SAMPLE, _SHARE = 200, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How most files with an id are named: a pattern, the length of ids, the ending, and how many of `total` are so."""

    pattern: str
    digits: int
    ending: str
    example: str
    files: int
    total: int


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages that at least a tenth of the `looked_at` texts are in, with their numbers, most frequent first."""

    found: tuple[tuple[str, int], ...]
    looked_at: int


def corpus_folder(folder: Path) -> str:
    """The name of the folder of articles: raw, else the one that has most files named like articles, else raw.

    Raises:
        UserError: if the articles lie where no dataset could be put beside them, or the name is hard to write.
    """
    if (folder / RAW).is_dir():
        return RAW
    counts = {
        entry.name: sum(1 for _ in _named(folder / entry.name))
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith(".") and entry.name not in _OURS
    }
    best = max(counts, key=lambda name: counts[name], default=RAW)
    if counts.get(best, 0) == 0:
        here = [entry.name for entry in folder.iterdir() if entry.is_file() and _ARTICLE.fullmatch(entry.name)]
        if here:
            message = f"{len(here):,} articles lie in {printable(str(folder))} itself, where the set-up is to be"
            raise UserError(message, f"move them into a folder of their own: mkdir {RAW} && mv *.txt {RAW}/")
        return RAW
    if not SIMPLE_PATH.fullmatch(best):
        message = f"the folder of the articles is called {printable(best)}"
        raise UserError(message, f"rename it to {RAW}: Git and pre-commit need a name of letters, digits, _, - and .")
    return best


def _named(folder: Path) -> Iterator[str]:
    """The names of files below a folder that are those of articles."""
    for _, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (name for name in names if _ARTICLE.fullmatch(name))


def naming(raw: Path) -> Naming | None:
    """How the files below a folder are named; None if none has an id in its name."""
    kinds: Counter[tuple[str | None, int, str]] = Counter()
    shortest: dict[tuple[str | None, int, str], int] = {}
    examples: dict[tuple[str | None, int, str], str] = {}
    for name in sorted(_named(raw)):
        match = _ARTICLE.fullmatch(name)
        assert match is not None
        kind = match["sign"], len(match["id"]), match["ending"]
        kinds[kind] += 1
        shortest[kind] = min(shortest.get(kind, 3), len(match["index"] or "000"))
        examples.setdefault(kind, name)
    if not kinds:
        return None
    kind, count = max(kinds.items(), key=lambda item: item[1])
    sign, digits, ending = kind
    index = "" if sign is None else rf"(?P<index>\d{{{shortest[kind]},}}){re.escape(sign)}"
    return Naming(
        pattern=rf"^{index}(?P<id>[0-9a-f]{{{digits}}}){re.escape(ending)}$",
        digits=digits,
        ending=ending,
        example=examples[kind],
        files=count,
        total=kinds.total(),
    )


def languages(raw: Path, include: Sequence[str], max_file_size: int) -> Languages:
    """The languages of a sample of the articles, spread evenly over all."""
    pattern = re.compile(FILE_NAME)
    (corpus,) = discover([raw], raw=raw, include=include, file_name=pattern)
    bodies = [body for body in _bodies(corpus, max_file_size, pattern) if body]
    counts = Counter(one for one in map(language_of, bodies) if one is not None)
    found = [(name, count) for name, count in counts.most_common() if count >= _SHARE * len(bodies)]
    return Languages(tuple(found), len(bodies))


def _bodies(corpus: Corpus, max_file_size: int, pattern: re.Pattern[str]) -> Iterator[str]:
    count = len(corpus.sources)
    for row in sorted({position * count // _SAMPLE for position in range(_SAMPLE)}) if count else ():
        files = read([corpus.sources[row]], [row], root=corpus.root, max_file_size=max_file_size)
        yield from (body.decode() for body in parse(files, file_name=pattern).bodies if body is not None)
