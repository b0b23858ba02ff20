"""What must be known of all rows at once, in a database on disk, so that memory does not grow with the dataset."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_AT_ONCE = 10_000


class Place(NamedTuple):
    """Where a row is: the number of its split, the number of its file, its number in the file."""

    split: int
    file: int
    row: int


class Entry(NamedTuple):
    """What is kept of a row; `text` is the key of its text (`dataset_tools.text.same_text_key`).

    Text and path are None where the columns do not say them; then no row is like another in these.
    """

    place: Place
    id: str
    text: bytes | None
    path: str | None
    sha256: str


class Ledger:
    """The rows of a dataset by id, text and path."""

    def __init__(self, folder: Path) -> None:
        """Begin an empty one in a folder that is thrown away later."""
        self._database = sqlite3.connect(folder / "ledger.sqlite", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -65536", "temp_store = FILE"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(
            "CREATE TABLE rows (split INTEGER, file INTEGER, row INTEGER, id TEXT, text BLOB, path TEXT, sha256 TEXT)"
        )
        self._database.execute("BEGIN")
        self._waiting: list[tuple[object, ...]] = []

    def add(self, one: Entry) -> None:
        """Take a row."""
        self._waiting.append((*one.place, one.id, one.text, one.path, one.sha256))
        if len(self._waiting) == _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        self._database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", self._waiting)
        self._waiting.clear()

    def close_entries(self) -> None:
        """Make what was added ready to be asked."""
        self._flush()
        self._database.execute("COMMIT")
        for column in ("id", "text", "path"):
            self._database.execute(f"CREATE INDEX rows_{column} ON rows ({column})")

    def repeated(self, column: str) -> Iterator[tuple[Place, Place, str]]:
        """Rows with the id (or text) of an earlier one: where they are, where that is, and their id.

        Rows with both the text and the id of an earlier one come with the ids alone.
        """
        others = "" if column == "id" else "AND later.id <> earlier.id"
        query = (
            f"SELECT later.split, later.file, later.row, earlier.split, earlier.file, earlier.row, later.id "  # noqa: S608
            f"FROM (SELECT {column} AS value, min(rowid) AS first FROM rows GROUP BY {column} HAVING count(*) > 1) "
            f"JOIN rows AS later ON later.{column} = value AND later.rowid > first "
            f"JOIN rows AS earlier ON earlier.rowid = first {others} ORDER BY later.rowid"
        )
        for one in self._database.execute(query):
            yield Place(*one[:3]), Place(*one[3:6]), one[6]

    def kept(self, document_id: str) -> tuple[str | None, str] | None:
        """The path and SHA-256 of the row with an id; None if there is none."""
        found = self._database.execute("SELECT path, sha256 FROM rows WHERE id = ?", (document_id,)).fetchone()
        return None if found is None else (found[0], found[1])

    def has_path(self, path: str) -> bool:
        """Whether a row has this path."""
        return self._database.execute("SELECT 1 FROM rows WHERE path = ?", (path,)).fetchone() is not None

    def close(self) -> None:
        """Let the file go."""
        self._database.close()
