"""Lines: which stand twice in one document, and which in so many documents that they belong to none of them.

Of each line a hash of 8 bytes is kept. The chance that a line of a million documents shares that of one that is named
is below 10**-9, so counts are exact. The text of a line is read again where it is to be named.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from dataset_tools.model import Issue
from dataset_tools.rules import issue
from dataset_tools.text import shortened

Reader = Callable[[Sequence[int]], Iterable[pa.Table]]
"""Gives the documents of some rows in batches, as row, path, body and body_line, the line of the file it starts on."""

LEAST_DOCUMENTS = 10
SHARE = 200
"""Many documents are at least 10, and at least one in 200."""

LEAST_LETTERS = 3
"""A line with fewer is a rule, a bullet or a number."""

MOST = 20
"""Lines that are named; the last says how many more there are."""

_COUNTERS = 1 << 20
_DOCUMENTS = 1 << 16
"""Of so many documents the keys are looked at together."""

_SIZE = 8
_key = xxhash.xxh3_64_digest

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]


class LineKeys(NamedTuple):
    """For each document its distinct lines, 8 bytes each, and whether one of its lines repeats; None without a text."""

    keys: list[bytes | None]
    repeats: list[bool | None]


def line_keys(joined: Sequence[bytes | None]) -> LineKeys:
    """The keys of the lines of bodies, stripped, without blank ones; `joined` is title, LF, body in UTF-8."""
    keys: list[bytes | None] = []
    repeats: list[bool | None] = []
    for data in joined:
        lines = [] if data is None else list(filter(None, map(bytes.strip, data.split(b"\n")[1:])))
        distinct = dict.fromkeys(map(_key, lines))
        keys.append(None if data is None else b"".join(distinct))
        repeats.append(None if data is None else len(distinct) < len(lines))
    return LineKeys(keys, repeats)


def boilerplate(rows: pa.Table, read: Reader) -> list[Issue]:
    """An issue for each of the `MOST` most frequent lines that stand in many documents, at the first of these.

    `rows` has the columns row, text_key and lines, in document order. Documents of the same text count once.
    """
    documents = _first_of_each_text(rows)
    frequent = _frequent(documents["lines"], max(LEAST_DOCUMENTS, documents.num_rows // SHARE))
    places = _places(frequent, documents["row"].to_numpy(), read)
    named = [(one, places[one.key]) for one in frequent if one.key in places]
    left = len(named) - MOST
    issues = []
    for number, (one, place) in enumerate(named[:MOST], 1):
        more = f" (and {left:,} more lines stand in many texts)" if left > 0 and number == MOST else ""
        stands = f"stands in {one.documents:,} of {documents.num_rows:,} different texts"
        message = f"the line {shortened(place.text)} {stands}{more}"
        issues.append(issue("W010", message, path=place.path, row=place.row, line=place.line, column=place.column))
    return issues


def _first_of_each_text(rows: pa.Table) -> pa.Table:
    rows = rows.select(["row", "text_key", "lines"])
    with_text = rows.filter(rows["lines"].is_valid())
    firsts = with_text.group_by("text_key").aggregate([("row", "min")])["row_min"]
    return with_text.filter(pc.is_in(with_text["row"], value_set=firsts.combine_chunks()))


class _Frequent(NamedTuple):
    key: bytes
    documents: int
    first: int
    """The position of the first document in which the line stands."""


def _frequent(lines: pa.ChunkedArray, least: int) -> list[_Frequent]:
    """The lines that stand in at least so many documents, the most frequent first.

    All are counted in a small table first, in which lines may share a counter; then those with a high counter, exactly.
    """
    counters = np.zeros(_COUNTERS, np.int64)
    for keys, _ in _parts(lines):
        counters += np.bincount(_counter(keys), minlength=_COUNTERS)
    chosen_keys, chosen_documents = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for keys, documents in _parts(lines):
        chosen = counters[_counter(keys)] >= least
        chosen_keys.append(keys[chosen])
        chosen_documents.append(documents[chosen])
    distinct, first, counts = np.unique(np.concatenate(chosen_keys), return_index=True, return_counts=True)
    first_documents = np.concatenate(chosen_documents)[first]
    found = [
        _Frequent(distinct[i].tobytes(), int(counts[i]), int(first_documents[i]))
        for i in np.flatnonzero(counts >= least)
    ]
    return sorted(found, key=lambda one: (-one.documents, one.first, one.key))


def _parts(lines: pa.ChunkedArray) -> Iterator[tuple[U64, I64]]:
    """The keys of some documents at a time, and the position of the document that each is from."""
    for start in range(0, len(lines), _DOCUMENTS):
        values = lines.slice(start, _DOCUMENTS).to_pylist()
        numbers = np.arange(start, start + len(values))
        yield np.frombuffer(b"".join(values), np.uint64), np.repeat(numbers, [len(value) // _SIZE for value in values])


def _counter(keys: U64) -> I64:
    return (keys % _COUNTERS).astype(np.int64)


class _Place(NamedTuple):
    row: int
    path: str
    line: int
    column: int
    text: str


def _places(frequent: Sequence[_Frequent], rows: I64, read: Reader) -> dict[bytes, _Place]:
    """Where each line stands first, if it has letters enough and the file has not changed since."""
    wanted: dict[int, set[bytes]] = {}
    for one in frequent:
        wanted.setdefault(int(rows[one.first]), set()).add(one.key)
    places: dict[bytes, _Place] = {}
    for documents in read(sorted(wanted)):
        columns = (documents[name].to_pylist() for name in ("row", "path", "body", "body_line"))
        for row, path, body, start in zip(*columns, strict=True):
            for number, line in enumerate((body or "").encode().split(b"\n"), start):
                key, text = _key(line.strip()), line.strip().decode()
                if key in wanted[row] and sum(map(str.isalpha, text)) >= LEAST_LETTERS:
                    column = len(line) - len(line.lstrip()) + 1  # what was stripped is ASCII
                    places.setdefault(key, _Place(row, path, number, column, text))
    return places
