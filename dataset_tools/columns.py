"""The texts of a batch as columns, made from bytes that are at hand: what was just decoded is not encoded again."""

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

    there = [position for position, joined in enumerate(articles.joined) if joined is not None]
    texts: list[bytes] = []
    titles: list[bytes] = []
    bodies: list[bytes] = []
    for position in there:
        data, text, joined = files.data[position], articles.texts[position], articles.joined[position]
        assert data is not None
        assert text is not None
        assert joined is not None
        title, _, body = joined.partition(b"\n")
        titles.append(title)
        bodies.append(body)
        as_read = len(data) - len(joined) <= 1 and data.startswith(joined)
        texts.append(data if as_read else text.encode())
    table = pa.table(
        {
            "row": [files.rows[position] for position in there],
            "body_line": pa.array([articles.body_lines[position] for position in there], pa.int64()),
            "repeats": pa.array([repeats[position] for position in there], pa.bool_()),
            "id": pa.array([articles.ids[position] for position in there], pa.string()),
            "title": _strings(titles),
            "body": _strings(bodies),
            "path": pa.array([files.paths[position] for position in there], pa.string()),
            "sha256": pa.array([sha256[position] for position in there], pa.string()),
            "text": _strings(texts),
        }
    )
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _strings(values: list[bytes]) -> pa.Array:
    return pa.array(values, pa.binary()).view(pa.string())  # was decoded before: a cast would look at every byte again
