"""What the tests of published datasets share: foreign Parquet files, references, and texts that differ by words."""

import random
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dataset_tools.against import Reference, references
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import Silent
from dataset_tools.stages.fingerprint import Banding, banding

CUT = banding(0.8)


def opened(*words: str | Path, cut: Banding = CUT, cache: Path | None = None, jobs: int = 1) -> list[Reference]:
    return references(
        [str(word) for word in words],
        cut,
        replaced=None,
        cache=cache,
        engine=lambda size: LocalEngine(jobs),
        progress=Silent(),
    )


def parquet(path: str | Path, *, row_group_size: int | None = None, **columns: object) -> Path:
    """A file as anybody may have written it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, row_group_size=row_group_size)
    return path


def words_of(number: int, count: int = 120) -> list[str]:
    return [f"chữ{number}_{i}" for i in range(count)]


def edited(words: Sequence[str], changes: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    new = list(words)
    for position in rng.sample(range(len(new)), changes):
        new[position] = f"khác{seed}_{position}"
    return new
