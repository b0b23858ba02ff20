"""The floor: read every file of a folder once, hash it, decode it, write zstd Parquet, in one thread, and nothing else.

    python benchmarks/floor.py FOLDER [OUT.parquet]

Every measurement of the tool is a ratio to this, taken side by side on the same files.
"""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

BATCH_BYTES = 4 << 20
SCHEMA = pa.schema([("path", pa.string()), ("sha256", pa.string()), ("text", pa.string())])


def main(folder: str, out: str) -> None:
    """Do it."""
    pa.set_cpu_count(1)
    paths = sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    with pq.ParquetWriter(out, SCHEMA, compression="zstd") as writer:
        rows: list[tuple[str, str, str]] = []
        size = 0
        for path in paths:
            with open(path, "rb") as file:
                data = file.read()
            rows.append((path, hashlib.sha256(data).hexdigest(), data.decode()))
            size += len(data)
            if size > BATCH_BYTES:
                writer.write_table(_table(rows))
                rows, size = [], 0
        if rows:
            writer.write_table(_table(rows))


def _table(rows: list[tuple[str, str, str]]) -> pa.Table:
    return pa.table(list(zip(*rows, strict=True)), schema=SCHEMA)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as scratch:
        main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else str(Path(scratch, "floor.parquet")))
