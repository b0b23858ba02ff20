"""Write the shards of a dataset anew, in one thread: what a build cannot save when a row of each changes.

python -m benchmarks.performance.rewrite DIST FOLDER
"""

import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

CHUNKING = {"min_chunk_size": 256 << 10, "max_chunk_size": 1 << 20, "norm_level": 0}
"""As the tool has it."""


def main(dist: Path, folder: Path) -> None:
    """Do it."""
    pa.set_cpu_count(1)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in sorted(dist.glob("data/*.parquet")):
        shard = pq.ParquetFile(path)
        with pq.ParquetWriter(
            folder / path.name,
            shard.schema_arrow,
            compression="zstd",
            write_page_index=True,
            write_page_checksum=True,
            use_content_defined_chunking=CHUNKING,
        ) as writer:
            for number in range(shard.num_row_groups):
                rows = shard.read_row_group(number)
                writer.write_table(rows, row_group_size=max(rows.num_rows, 1))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
