"""The audit tables: every finding, every document left out, and the pairs near the threshold."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataset_tools.model import Issue

ISSUES = pa.schema(
    [
        ("code", pa.string()),
        ("severity", pa.string()),
        ("path", pa.string()),
        ("line", pa.int64()),
        ("column", pa.int64()),
        ("message", pa.string()),
    ]
)

REMOVED = pa.schema(
    [
        ("path", pa.string()),
        ("id", pa.string()),
        ("sha256", pa.string()),
        ("reason", pa.string()),
        ("kept_id", pa.string()),
        ("kept_path", pa.string()),
        ("kept_in", pa.string()),
        ("similarity", pa.float64()),
        ("numbers_only", pa.bool_()),
    ]
)

PAIRS = pa.schema(
    [("path_a", pa.string()), ("path_b", pa.string()), ("similarity", pa.float64()), ("numbers_only", pa.bool_())]
)


def write_audit(
    folder: Path,
    *,
    rows: pa.Table,
    written: pa.Table,
    published: pa.Table,
    removed: pa.Table,
    pairs: pa.Table,
    issues: Sequence[Issue],
) -> None:
    """Write issues.parquet, removed.parquet and pairs.parquet into a new folder.

    `rows` are all prepared rows; row numbers are positions in it. What is not written, published or removed was
    invalid.
    """
    folder.mkdir()
    tables = {
        "issues": pa.table({name: [getattr(one, name) for one in issues] for name in ISSUES.names}, schema=ISSUES),
        "removed": _left_out(rows, written, published, removed),
        "pairs": pa.table(
            {
                "path_a": rows["path"].take(pairs["row_a"]),
                "path_b": rows["path"].take(pairs["row_b"]),
                "similarity": pairs["similarity"],
                "numbers_only": pairs["numbers_only"],
            },
            schema=PAIRS,
        ),
    }
    for name, table in tables.items():
        pq.write_table(table.combine_chunks(), folder / f"{name}.parquet", compression="zstd", write_page_checksum=True)


def _left_out(rows: pa.Table, written: pa.Table, published: pa.Table, removed: pa.Table) -> pa.Table:
    """Every document that is not written, in document order, with what is kept in its place."""
    kept = removed["kept_row"]
    here = removed.select(["row", "reason", "similarity", "numbers_only"])
    here = here.append_column("kept_id", rows["id"].take(kept)).append_column("kept_path", rows["path"].take(kept))
    here = here.append_column("kept_in", pa.array(["this"] * len(kept), pa.string()))
    there = published.append_column("reason", pa.array(["published"] * published.num_rows, pa.string()))
    replaced = pa.concat_tables([here, there.select(here.column_names)])
    rows = rows.select(["row", "path", "id", "sha256"])
    gone = rows.filter(pc.invert(pc.is_in(rows["row"], value_set=written["row"].combine_chunks())))
    joined = gone.join(replaced, "row").sort_by("row")
    reasons = pc.fill_null(joined["reason"], "invalid")
    return joined.set_column(joined.schema.get_field_index("reason"), "reason", reasons).select(REMOVED.names)
