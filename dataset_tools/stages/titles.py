"""Titles: which documents have the title of another one, but not its text."""

from collections.abc import Sequence

import pyarrow as pa
import xxhash

from dataset_tools.model import Issue
from dataset_tools.rules import issue
from dataset_tools.text import collapse, nfc

TITLE_COLUMNS = ("row", "path", "text_key", "title_key")
"""What `shared_titles` asks for."""

MOST = 10
"""Documents that are named for one title; the last says how many more there are."""


def title_keys(titles: Sequence[bytes | None]) -> list[bytes | None]:
    """8 bytes for each title (UTF-8), equal for titles that are the same but for case, white space and Unicode form.

    None without a title.
    """
    return [_key(title.decode()) if title else None for title in titles]


def _key(title: str) -> bytes:
    return xxhash.xxh3_64_digest(collapse(nfc(title).casefold()).encode())


def shared_titles(rows: pa.Table) -> list[Issue]:
    """An issue for each document whose title another, different document has before it.

    `rows` has the columns `TITLE_COLUMNS`, in document order, without the duplicates that are known;
    of documents of the same text only the first is looked at.
    """
    import polars as pl

    keys = pl.from_arrow(rows["title_key"])
    assert isinstance(keys, pl.Series)
    frame = pl.from_arrow(rows.select(TITLE_COLUMNS).filter(keys.is_duplicated().to_arrow()))
    assert isinstance(frame, pl.DataFrame)
    texts = frame.drop_nulls().unique(["title_key", "text_key"], keep="first", maintain_order=True)
    shared = texts.filter(pl.len().over("title_key") > 1)
    issues = []
    for _, group in shared.group_by("title_key", maintain_order=True):
        first, *others = group["path"]
        first_row = group["row"][0]
        left = len(others) - MOST
        for number, (row, path) in enumerate(zip(group["row"][1 : MOST + 1], others, strict=False), 1):
            more = f" (and of {left:,} more documents)" if left > 0 and number == MOST else ""
            message = f"the title is also that of another text: {first}{more}"
            issues.append(issue("T007", message, path=path, row=row, other=first_row, line=1, column=1))
    return issues
