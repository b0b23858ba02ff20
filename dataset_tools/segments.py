"""Segments: what was made of one batch of files, on disk, for runs to come.

A segment is one Arrow file with a row for each file, and one more with the texts if they were kept. A few large files
of columns are opened by memory map in no time, and of each only the columns are looked at that a run needs. Every file
appears as a whole, is never changed, and ends with a checksum of its name and content: what is damaged, cut off or of
another name counts as not there. Names have a digest of the rows, so two processes that make the same make one file.
"""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import xxhash

from dataset_tools.cache import made

_CHECKSUM = 16  # bytes at the end of each file


@dataclass(frozen=True, slots=True)
class Shelf:
    """The place of all segments that were made of one corpus in one way, which `key` stands for."""

    folder: Path
    key: str

    def put(self, rows: pa.Table, texts: pa.Table | None) -> "Segment | None":
        """Keep a segment; returns None if that cannot be done."""
        data = _bytes(rows)
        segment = self._segment(rows, f"rows-{self.key}-{xxhash.xxh3_128_hexdigest(data)}.arrow")
        try:
            made(self.folder)
            if texts is not None:
                _write(segment.texts, _bytes(texts))
            _write(segment.path, data)  # the last: with it the segment is there
        except OSError:
            return None
        return segment

    def segments(self) -> Iterator["Segment"]:
        """All that are there, and whole."""
        try:
            paths = sorted(self.folder.glob(f"rows-{self.key}-*.arrow"))
        except OSError:
            return
        for path in paths:
            rows = read_table(path)
            if rows is not None:
                yield self._segment(rows, path.name)

    def _segment(self, rows: pa.Table, name: str) -> "Segment":
        return Segment(rows, self.folder / name, self.folder / name.replace("rows-", "texts-", 1))


@dataclass(frozen=True, slots=True)
class Segment:
    """The rows of a segment, its file, and the file of their texts, which need not be there."""

    rows: pa.Table
    path: Path
    texts: Path

    def use(self) -> None:
        """Make it the last to be removed when the cache is too large."""
        for path in (self.path, self.texts):
            try:
                os.utime(path)
            except OSError:
                continue

    def remove(self) -> None:
        """Remove it."""
        for path in (self.path, self.texts):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue


def write_table(path: Path, table: pa.Table) -> None:
    """Write a file of the cache as a whole, in place of the one that is there; without room for it, do nothing."""
    try:
        made(path.parent)
        _write(path, _bytes(table), replace=True)
    except OSError:
        return


def read_table(path: Path, name: str | None = None) -> pa.Table | None:
    """The table in a file of the cache; None if there is none, or it is damaged.

    `name` is what the file is called in the cache, if it is read from elsewhere.
    """
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with pa.memory_map(str(path)) as file:
            whole = file.read_buffer()
        body = whole.slice(0, max(whole.size - _CHECKSUM, 0))
        if whole.slice(body.size).to_pybytes() != _checksum(name or path.name, body):
            return None
        return pa.ipc.open_stream(pa.BufferReader(body)).read_all()
    except (OSError, ValueError, pa.ArrowException):
        return None


def _checksum(name: str, data: pa.Buffer) -> bytes:
    digest = xxhash.xxh3_128(name.encode())
    digest.update(data)
    return digest.digest()


def _bytes(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sink.getvalue()


def _write(path: Path, data: pa.Buffer, *, replace: bool = False) -> None:
    """Not flushed to disk: after a power failure the checksum tells."""
    if not replace and path.exists() and read_table(path) is not None:
        return
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.write(_checksum(path.name, data))
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
