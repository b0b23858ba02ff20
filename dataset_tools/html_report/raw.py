"""Texts of documents that are not in the dataset, from the files of the corpus."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from dataset_tools.model import Source
from dataset_tools.stages.read import read
from dataset_tools.text import split_article

_LARGEST = 32 << 20


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why there is no text."""

    reason: str


def raw_text(root: Path, path: str, sha256: str | None) -> tuple[str, str] | Unreadable:
    """Title and body of a file of the corpus, if it still has this SHA-256; no link out of the corpus is followed."""
    source = Source(path, 0, is_link=True)  # so that wherever the path leads is looked at first
    files = read([source], [0], root=root, max_file_size=_LARGEST)
    data = files.data[0]
    if data is None:
        return Unreadable(f"the file cannot be read: {files.issues[0].message}")
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        return Unreadable("the file has changed since the dataset was built")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable("the file is not UTF-8")
    article = split_article(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    return article.title, article.body
