"""Neighbours: which documents of a corpus decide what is said of a few of them.

Documents are compared with those that have the same text or share a band key, and what becomes of one depends on what
becomes of these. So whoever asks for some needs them, those that they are linked with, and so on; and where a title is
shared, the same for the others that have it. All else of the corpus can be left out, and the result is the same.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_KEY_BYTES = 8


def neighbours(rows: pa.Table, asked: frozenset[int] | None) -> pa.Table:
    """The rows that decide what is said of those that are `asked` for, these among them; all if it is None.

    `rows` has the columns row, text_key, title_key and bands, in document order.
    """
    if asked is None:
        return rows
    mine = np.isin(rows["row"].to_numpy(), list(asked))
    chosen = mine | _sharing(rows["title_key"], mine)
    documents, keys = _band_keys(rows["bands"])
    while True:
        more = chosen | _sharing(rows["text_key"], chosen)
        met = pc.is_in(keys, value_set=keys.filter(pa.array(more[documents]))).to_numpy(zero_copy_only=False)
        more[documents[met]] = True
        if more.sum() == chosen.sum():
            return rows.filter(pa.array(more))
        chosen = more


def _sharing(keys: pa.ChunkedArray, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Which rows have the key of a chosen one; no key is that of none."""
    wanted = keys.filter(pa.array(chosen)).combine_chunks().drop_null()
    shared: npt.NDArray[np.bool_] = pc.is_in(keys, value_set=wanted).to_numpy()
    return shared


def _band_keys(bands: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], pa.Array]:
    """The keys of all bands of all documents, each with the position of its document."""
    there = bands.to_pylist()
    counts = [0 if keys is None else len(keys) // _KEY_BYTES for keys in there]
    keys = np.frombuffer(b"".join(filter(None, there)), "<u8")
    return np.repeat(np.arange(len(there)), counts), pa.array(keys)
