"""The MinHash pipeline of datatrove, as its examples have it; runs in the virtual environment of datatrove.

    python datatrove_minhash.py INPUT_FOLDER OUT_FOLDER SCRATCH_FOLDER WORKERS {default,kept}

With `kept`, diacritics and digits are not normalised away.
"""

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers import ParquetWriter
from datatrove.utils.text import TextNormConfig

BUCKETS, HASHES, NGRAM = 14, 8, 5


def main(source: str, out: str, scratch: str, workers: int, normalisation: str) -> None:
    """Do it: signatures, buckets, clusters, filter."""
    kept = normalisation == "kept"
    norm = TextNormConfig(norm_unicode_diacritics=not kept, norm_numbers=not kept)
    config = MinhashConfig(n_grams=NGRAM, num_buckets=BUCKETS, hashes_per_bucket=HASHES, norm_config=norm)
    reader = ParquetReader(source, text_key="text", id_key="path")
    signatures, buckets, clusters = (f"{scratch}/{name}" for name in ("signatures", "buckets", "clusters"))
    stages = [
        ([reader, MinhashDedupSignature(signatures, config=config)], workers),
        ([MinhashDedupBuckets(signatures, buckets, config=config)], BUCKETS),
        ([MinhashDedupCluster(buckets, clusters, config=config)], 1),
        ([reader, MinhashDedupFilter(clusters), ParquetWriter(out)], workers),
    ]
    for number, (pipeline, tasks) in enumerate(stages):
        logs = f"{scratch}/logs/{number}"
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=workers, logging_dir=logs).run()


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
