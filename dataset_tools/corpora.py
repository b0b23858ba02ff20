"""From what a call names to the corpora that it means, as the settings have it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from dataset_tools.changed import changed_files
from dataset_tools.model import Corpus, UserError
from dataset_tools.settings import Settings
from dataset_tools.stages.discover import discover
from dataset_tools.text import printable


def discovered(
    settings: Settings,
    paths: Sequence[Path],
    contents: Mapping[Path, bytes] | None = None,
    changed_since: str | None = None,
) -> list[Corpus]:
    """The corpora that paths and contents name, or of these what has changed since a commit, as Git says.

    Raises:
        UserError: if a path does not exist, or Git cannot say what has changed.
    """
    if changed_since is not None and contents:
        message = "what has changed since a commit is a question about files, and a text is given in place of one"
        raise UserError(message, "leave --changed-since out, or check the file itself")
    among = None if changed_since is None else partial(changed_files, since=changed_since)
    corpora = discover(
        paths,
        raw=settings.raw,
        include=settings.include,
        file_name=re.compile(settings.file_name),
        contents=contents,
        among=among,
    )
    return [corpus for corpus in corpora if among is None or corpus.sources or corpus.issues]


def whole_corpus(settings: Settings, root: Path, command: str) -> Corpus:
    """All articles of a folder, for a command that needs some.

    Raises:
        UserError: if there is no such folder, or no article in it.
    """
    raw = printable(str(root))
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "does not exist"
        hint = f"name the folder of the articles: dataset-tools {command} FOLDER; or set one up: dataset-tools init"
        raise UserError(f"{raw} {what}", hint)
    (corpus,) = discovered(settings, [root])
    if not corpus.sources:
        message = next((one.message for one in corpus.issues if one.code == "F012"), f"no article found in {raw}")
        raise UserError(message, "name the folder that holds the articles, or set include in the settings")
    return corpus


def size_of(corpora: Iterable[Corpus]) -> int:
    """How many bytes the files of corpora have."""
    return sum(source.size for corpus in corpora for source in corpus.sources)
