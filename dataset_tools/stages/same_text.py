"""Same text: which documents have the same text but for case, white space and Unicode form.

Keys of texts that were made canonical decide it, and take longer than all other work on a text. So each document first
gets an outline, which is cheap, and only those that share theirs and their band keys with other bytes get a key.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

_KEPT = b"0123456789!\"#$%&'()*+,-./:?@[\\]^_{|}~"
"""What stays in an outline: characters of ASCII that Unicode forms and case folding neither change nor make.

NFC makes ; ` < = > of others, or other characters of them.
"""

_DIGITS = 32
"""Of a SHA-256 so many are a key; keys of texts have 16 bytes."""

_DROPPED = bytes(sorted(set(range(256)) - set(_KEPT)))


def outlines(joined: Sequence[bytes | None]) -> list[bytes | None]:
    """For each text (title, LF, body in UTF-8) the digest of its digits and marks, which same texts have in common."""
    return [None if data is None else xxhash.xxh3_64_digest(data.translate(None, _DROPPED)) for data in joined]


def undecided(rows: pa.Table) -> pa.Table:
    """The rows (columns outline, bands, sha256 and others) that could be the same text as one with other bytes.

    Same texts have the same words, and so the same band keys where there are any.
    """
    some = _alike(rows, rows["outline"])
    return _alike(some, pc.binary_join_element_wise(some["outline"], pc.coalesce(some["bands"], b""), b""))


def _alike(rows: pa.Table, keys: pa.ChunkedArray) -> pa.Table:
    """The rows that share their key with one of other bytes."""
    groups = pa.table({"key": keys, "sha256": rows["sha256"]}).group_by("key").aggregate([("sha256", "count_distinct")])
    shared = groups.filter(pc.greater(groups["sha256_count_distinct"], 1))["key"]
    return rows.filter(pc.is_in(keys, value_set=shared.combine_chunks().drop_null()))


def decided(rows: pa.Table, keyed: pa.Table) -> pa.Table:
    """`rows`, by row, with the column text_key: equal if and only if two texts are the same, null without a text.

    `keyed` has row, sha256 and text_key of the undecided rows, by row, from a second reading; where a file has changed
    since the first, and for all others, digits of the digest of the bytes that were read are the key.
    """
    keyed = keyed.filter(keyed["text_key"].is_valid())
    positions = np.searchsorted(rows["row"].to_numpy(), keyed["row"].to_numpy())
    as_before = pc.equal(rows["sha256"].take(positions), keyed["sha256"])
    replaced = np.zeros(rows.num_rows, bool)
    replaced[positions[as_before.to_numpy()]] = True
    digests = pc.utf8_slice_codeunits(rows["sha256"], 0, _DIGITS).cast(pa.binary())
    digests = pc.if_else(rows["outline"].is_valid(), digests, None).combine_chunks()
    column = pc.replace_with_mask(digests, replaced, keyed.filter(as_before)["text_key"].combine_chunks())
    place = rows.schema.get_field_index("text_key")
    return rows.set_column(place, "text_key", column)
