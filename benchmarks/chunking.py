"""How much of a dataset stays as it is when one document is inserted near its front, and when documents are appended.

    python -m benchmarks.chunking WORK --megabytes 100

Makes a corpus of so many megabytes in the new folder WORK, builds it, puts one article more between the tenth and the
eleventh, and builds it again. Then cuts the data files of both into chunks by their content, as the storage behind the
Hub does, and says how many bytes of the new files lie in chunks that the old ones have. For comparison the same rows
are written without content-defined chunking of Parquet pages, too.

After that it builds the corpus in two splits of several shards, appends articles, builds again, and counts the shards
that are the same bytes as before.
"""

import argparse
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import dataset_tools
from benchmarks.generate import Duplicates, Writer, write

_WINDOW = 64
_LEAST, _MOST = 8 << 10, 128 << 10
_MASK = np.uint64(0xFFFF << 48)
_GEAR = np.random.default_rng(1).integers(0, 1 << 64, 256, np.uint64)
"""The chunks of Xet (https://huggingface.co/docs/xet/chunking): cut where the upper 16 bits of a gear hash over 64
bytes are zero, 64 KiB apart on average, at least 8 KiB and at most 128 KiB. Its random numbers are others."""

_PIECE = 1 << 20
_BYTES_PER_DOCUMENT = 3520
_SETTINGS = 'select = ["F"]\nrecipe = "external"\n[dedup]\nnear = false\n'
_SHARDS = _SETTINGS + '[split]\nvalidation = 0.3\n[package]\nshard_size = "{} MB"\nrow_group_size = "{} MB"\n'
_APPENDED = 300


def chunks(data: bytes) -> Iterator[bytes]:
    """Cut bytes where their content says so."""
    start = 0
    for cut in _cuts(data):
        while cut - start > _MOST:
            yield data[start : start + _MOST]
            start += _MOST
        if cut - start >= _LEAST or start < cut == len(data):
            yield data[start:cut]
            start = cut


def _cuts(data: bytes) -> Iterator[int]:
    """Every place where a chunk could end, and the end."""
    values = np.frombuffer(data, np.uint8)
    for first in range(0, len(values), _PIECE):
        start = max(first - _WINDOW + 1, 0)
        gear = _GEAR[values[start : first + _PIECE]]
        reach = 1
        while reach < _WINDOW:
            gear[reach:] = gear[reach:] + (gear[:-reach] << np.uint64(reach))
            reach *= 2
        places = np.flatnonzero((gear & _MASK) == 0) + start + 1
        yield from places[places > first].tolist()
    yield len(data)


def unchanged(before: Iterable[Path], after: Iterable[Path]) -> float:
    """The share of the bytes of new files that lie in chunks which old files have as well."""
    known = {hashlib.sha256(chunk).digest() for path in before for chunk in chunks(path.read_bytes())}
    total = same = 0
    for path in after:
        for chunk in chunks(path.read_bytes()):
            total += len(chunk)
            same += len(chunk) * (hashlib.sha256(chunk).digest() in known)
    return same / total


def without_chunking(files: Iterable[Path], folder: Path) -> list[Path]:
    """The same rows in the same row groups, their pages cut by the writer's default."""
    folder.mkdir()
    for path in files:
        source = pq.ParquetFile(path)
        with pq.ParquetWriter(
            folder / path.name, source.schema_arrow, compression="zstd", use_dictionary=False
        ) as target:
            for number in range(source.num_row_groups):
                group: pa.Table = source.read_row_group(number)
                target.write_table(group, row_group_size=group.num_rows)
    return sorted(folder.iterdir())


def add(corpus: Path, indexes: Iterable[str], seed: int) -> None:
    """Put new articles with these indexes into a corpus."""
    writer = Writer(seed=seed, block=0)
    for index in indexes:
        text = writer.text(writer.article())
        name_id = hashlib.sha256(text.encode()).hexdigest()[:16]
        (corpus / f"{index}_{name_id}.txt").write_text(text, "utf-8")


def same_shards(before: Iterable[Path], after: Iterable[Path]) -> dict[str, str]:
    """Of each split how many of the new files are, byte for byte, old ones: `4 of 5`."""
    known = {hashlib.sha256(path.read_bytes()).digest() for path in before}
    same: dict[str, list[bool]] = {}
    for path in after:
        of_split = same.setdefault(path.name.split("-")[0], [])
        of_split.append(hashlib.sha256(path.read_bytes()).digest() in known)
    return {split: f"{sum(files)} of {len(files)}" for split, files in same.items()}


def built(work: Path, name: str, settings: str) -> list[Path]:
    """The data files of a build."""
    (work / "dataset-tools.toml").write_text(settings, "utf-8")
    report = dataset_tools.build(work / "corpus", work / name, config_file=work / "dataset-tools.toml")
    assert report.ok, report.stopped
    return sorted((work / name / "data").iterdir())


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("--megabytes", type=int, default=100)
    call = parser.parse_args()
    write(call.work / "corpus", call.megabytes * 10**6 // _BYTES_PER_DOCUMENT, Duplicates(), seed=1)
    corpus = call.work / "corpus"
    before = built(call.work, "before", _SETTINGS)
    add(corpus, ["010"], seed=2)
    after = built(call.work, "after", _SETTINGS)
    plain = [
        without_chunking(files, call.work / f"plain-{name}") for name, files in (("before", before), ("after", after))
    ]
    size = sum(path.stat().st_size for path in after)
    print(f"{call.megabytes} MB of text, {size / 1e6:.1f} MB of Parquet, one document inserted after the tenth")
    print(f"bytes in unchanged chunks: {unchanged(before, after):.1%}")
    print(f"without chunking of pages: {unchanged(*plain):.1%}")
    size = max(call.megabytes // 10, 1)
    shards = _SHARDS.format(size, max(size // 2, 1))
    before = built(call.work, "shards-before", shards)
    add(corpus, (f"9{number:06}" for number in range(_APPENDED)), seed=3)
    same = same_shards(before, built(call.work, "shards-after", shards))
    said = ", ".join(f"{count} of {split}" for split, count in same.items())
    print(f"{_APPENDED} documents appended, shards of {size} MB: the same are {said}")


if __name__ == "__main__":
    main()
