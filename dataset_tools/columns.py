"""The texts of a batch as columns, made from the bytes that were read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from dataset_tools.model import Articles, Files

if TYPE_CHECKING:
    import polars as pl

TEXT_COLUMNS = ("id", "title", "body", "path", "sha256", "text")


def article_frame(
    files: Files, articles: Articles, sha256: Sequence[str | None], repeats: Sequence[bool | None]
) -> "pl.DataFrame":
    """A frame of the articles of a batch that have a text, one row each.

    Its columns are `row` and `body_line`, numbers; `repeats`, whether a line of the body stands there twice; and
    `TEXT_COLUMNS`, strings: those of a row of the dataset, and the whole text (no BOM, LF only).
    """
    import polars as pl

    there = [position for position, text in enumerate(articles.texts) if text is not None]
    texts, titles, bodies = ([part[i] for i in there] for part in (articles.texts, articles.titles, articles.bodies))
    table = pa.table(
        {
            "row": [files.rows[position] for position in there],
            "body_line": pa.array([articles.body_lines[position] for position in there], pa.int64()),
            "repeats": pa.array([repeats[position] for position in there], pa.bool_()),
            "id": pa.array([articles.ids[position] for position in there], pa.string()),
            "title": strings(titles),
            "body": strings(bodies),
            "path": pa.array([files.paths[position] for position in there], pa.string()),
            "sha256": pa.array([sha256[position] for position in there], pa.string()),
            "text": strings(texts),
        }
    )
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def strings(texts: Sequence[bytes | None]) -> pa.Array:
    """UTF-8 that is known to be valid, as strings; a cast would look at every byte again."""
    return pa.array(texts, pa.binary()).view(pa.string())


def characters(frame: "pl.DataFrame", column: str, rows: Sequence[int]) -> list[int]:
    """How many code points a column of an article frame has in each of some rows; 0 in a row without a text."""
    counts = dict(zip(frame["row"], frame[column].str.len_chars(), strict=True))
    return [counts.get(row, 0) for row in rows]
