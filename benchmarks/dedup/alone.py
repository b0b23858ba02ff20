"""Deduplication alone, as peers do it: read Parquet, find duplicates, write what is kept; called by `benchmarks.dedup`.

    python -m benchmarks.dedup.alone INPUT_FOLDER OUT_FOLDER THRESHOLD WORKERS

The functions are those that `build` calls, on the same engine. What `build` does besides is left out: file names, ids,
encodings, rules, schema, the card and the audit. No command of the tool reads Parquet. What was removed, and how many
comparisons `bucket_limit` left out, is printed as JSON.
"""

import json
import multiprocessing
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path

if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    # As `build` does, let workers import while this process does.
    multiprocessing.set_forkserver_preload(["benchmarks.dedup.steps"])
    forkserver.ensure_running()

    from benchmarks.dedup.steps import deduplicated
    from dataset_tools.processes import collect_garbage_rarely, keep_freed_memory

    collect_garbage_rarely()
    keep_freed_memory()

    with tempfile.TemporaryDirectory() as scratch:
        counts = deduplicated(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), Path(scratch))
    print(json.dumps(counts))
