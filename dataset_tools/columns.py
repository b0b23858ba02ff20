"""The texts of a batch as columns, made from the bytes that were read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from dataset_tools.model import Articles, Files

if TYPE_CHECKING:
    import polars as pl

TEXT_COLUMNS = ("id", "title", "body", "path", "sha256", "text")

METADATA = "metadata."
"""What the name of a column of the metadata begins with among the columns of prepared rows."""


def article_table(
    files: Files, articles: Articles, sha256: Sequence[str | None], repeats: Sequence[bool | None]
) -> pa.Table:
    """The columns of a batch, one row for each file, null in `text` and its parts where there is no text.

    They are `row` and `body_line`, numbers; `repeats`, whether a line of the body stands there twice; and
    `TEXT_COLUMNS`, strings: those of a row of the dataset, and the whole text (no BOM, LF only).
    """
    return pa.table(
        {
            "row": pa.array(files.rows, pa.int64()),
            "body_line": pa.array(articles.body_lines, pa.int64()),
            "repeats": pa.array(repeats, pa.bool_()),
            "id": pa.array(articles.ids, pa.string()),
            "title": strings(articles.titles),
            "body": strings(articles.bodies),
            "path": pa.array(files.paths, pa.string()),
            "sha256": pa.array(sha256, pa.string()),
            "text": strings(articles.texts),
        }
    )


def article_frame(table: pa.Table) -> "pl.DataFrame":
    """The rows of an `article_table` that have a text."""
    import polars as pl

    frame = pl.from_arrow(table.filter(table["text"].is_valid()) if table["text"].null_count else table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def strings(texts: Sequence[bytes | None]) -> pa.Array:
    """UTF-8 that is known to be valid, as strings; a cast would look at every byte again."""
    return pa.array(texts, pa.binary()).view(pa.string())


def characters(frame: "pl.DataFrame", column: str, rows: Sequence[int]) -> list[int]:
    """How many code points a column of an article frame has in each of some rows; 0 in a row without a text."""
    counts = dict(zip(frame["row"], frame[column].str.len_chars(), strict=True))
    return [counts.get(row, 0) for row in rows]
