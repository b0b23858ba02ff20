"""Same text: which documents have the same text but for case, white space and Unicode form.

Keys of texts that were made canonical decide it, and take longer than all other work on a text. So each document first
gets an outline, which is cheap, and only those that share theirs and their band keys with other bytes get a key.
"""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import xxhash

_KEPT = b"0123456789!\"#$%&'()*+,-./:?@[\\]^_{|}~"
"""What stays in an outline: characters of ASCII that Unicode forms and case folding neither change nor make.

NFC makes ; ` < = > of others, or other characters of them.
"""

_DROPPED = bytes(sorted(set(range(256)) - set(_KEPT)))


def outlines(joined: Sequence[bytes | None]) -> list[bytes | None]:
    """For each text (title, LF, body in UTF-8) the digest of its digits and marks, which same texts have in common."""
    return [None if data is None else xxhash.xxh3_64_digest(data.translate(None, _DROPPED)) for data in joined]


def undecided(rows: pa.Table) -> pa.Table:
    """The rows (columns outline, bands, sha256 and others) that could be the same text as one with other bytes.

    Same texts have the same words, and so the same band keys where there are any.
    """
    some = rows.filter(rows["outline"].is_valid())
    outline = pc.binary_join_element_wise(some["outline"], pc.coalesce(some["bands"], b""), b"")
    some = some.append_column("same", outline)
    groups = some.group_by("same").aggregate([("sha256", "count_distinct")])
    shared = groups.filter(pc.greater(groups["sha256_count_distinct"], 1))["same"]
    return some.filter(pc.is_in(some["same"], value_set=shared.combine_chunks())).drop_columns(["same"])


def decided(rows: pa.Table, keyed: pa.Table) -> pa.Table:
    """`rows` with the column text_key: equal if and only if two texts are the same, null without a text.

    `keyed` has row, sha256 and text_key of the undecided rows, from a second reading; where a file has changed since
    the first, and for all others, the digest of the bytes that were read is the key.
    """
    second = zip(*(keyed[name].to_pylist() for name in ("row", "sha256", "text_key")), strict=True)
    keys = {(row, sha256): key for row, sha256, key in second if key is not None}
    first = zip(*(rows[name].to_pylist() for name in ("row", "sha256", "outline")), strict=True)
    column = [
        None if outline is None else keys.get((row, sha256)) or bytes.fromhex(sha256[:32])
        for row, sha256, outline in first
    ]
    place = rows.schema.get_field_index("text_key")
    return rows.set_column(place, "text_key", pa.array(column, pa.binary()))
