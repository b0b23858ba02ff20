"""What `content_sha256` and `num_bytes` of a dataset are made from: the values of its rows, however they are stored."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_LENGTH_BYTES = 8
_MISSING = 2**64 - 1
OFFSET_BYTES = 4  # of each value of an Arrow string column


class ContentDigest:
    """SHA-256 over rows: of each the name of its split, then every column, each as its length in 8 bytes and its UTF-8.

    Lengths are little-endian, that of a missing value is 2**64 - 1. Whole numbers are written in decimal, others as
    Python's `repr` writes them, truth as `true` and `false`.
    """

    def __init__(self) -> None:
        """Begin with no row."""
        self._digest = hashlib.sha256()

    def update(self, splits: Sequence[str], rows: pa.Table) -> None:
        """Take rows, in document order; `splits` has the name of the split of each."""
        done = 0
        for batch in rows.to_batches():
            self._take(pa.array(splits[done : done + batch.num_rows], pa.string()), *batch.columns)
            done += batch.num_rows

    def _take(self, *columns: pa.Array) -> None:
        """Take the columns of some rows; what is in the longest, the bodies as a rule, is not copied for it."""
        texts = [_texts(column).cast(pa.large_binary()) for column in columns]
        longest = max(range(len(texts)), key=lambda number: texts[number].nbytes)
        parts = [part for one in texts for part in (_lengths(one), pc.fill_null(one, b""))]
        body = 2 * longest + 1
        of_rows = [_joined(parts[:body]), parts[body], *([_joined(parts[body + 1 :])] if parts[body + 1 :] else [])]
        for pieces in zip(*map(_values, of_rows), strict=True):
            for piece in pieces:
                self._digest.update(piece)

    def hexdigest(self) -> str:
        """The digest of all rows so far."""
        return self._digest.hexdigest()


def _texts(values: pa.Array) -> pa.Array:
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return values
    return pa.array([None if one is None else written(one) for one in values.to_pylist()], pa.string())


def _joined(parts: Sequence[pa.Array]) -> pa.Array:
    """The values of arrays, one after the other in each row."""
    return pc.binary_join_element_wise(*parts, pa.scalar(b"", pa.large_binary()))


def _values(texts: pa.Array) -> Iterator[memoryview]:
    """The bytes of each value where they lie."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)[texts.offset :][: len(texts) + 1].tolist()
    there = memoryview(b"" if data is None else data)
    return (there[start:end] for start, end in pairwise(ends))


def written(value: bool | int | float) -> str:
    """A value that is no text, as `ContentDigest` takes it."""
    return repr(value).lower() if isinstance(value, bool) else repr(value)


def value_bytes(value: str | bool | int | float | None) -> bytes:
    """What `ContentDigest` makes of one value: length and UTF-8."""
    data = b"" if value is None else (value if isinstance(value, str) else written(value)).encode()
    return (_MISSING if value is None else len(data)).to_bytes(_LENGTH_BYTES, "little") + data


def _lengths(texts: pa.Array) -> pa.Array:
    lengths = pc.binary_length(texts).cast(pa.uint64()).fill_null(_MISSING).to_numpy().astype("<u8")
    fixed = pa.Array.from_buffers(pa.binary(_LENGTH_BYTES), len(texts), [None, pa.py_buffer(lengths.tobytes())])
    return fixed.cast(pa.binary()).cast(pa.large_binary())


def row_sizes(rows: pa.Table) -> npt.NDArray[np.int64]:
    """The bytes of each row in Arrow memory: its texts and their offsets, 8 for a number, 1 for a truth value.

    Not `Table.nbytes`: whether a chunk carries a validity bitmap depends on how the batches fell.
    """
    sizes = np.zeros(rows.num_rows, np.int64)
    for column in rows.columns:
        if pa.types.is_string(column.type):
            sizes += pc.fill_null(pc.binary_length(column), 0).to_numpy() + OFFSET_BYTES
        else:
            sizes += max(column.type.bit_width // 8, 1)
    return sizes
