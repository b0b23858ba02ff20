"""The checks of the built-in schema by frictionless; runs in an environment of its own.

    python frictionless_validate.py FOLDER

frictionless validates tables: the files are put into one, with the id that each should have beside the id of its name.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from frictionless import Check, Checklist, Resource, Row, Schema, errors

NAME = re.compile(r"\d{3,}_([0-9a-f]{16})\.txt")

SCHEMA = {
    "fields": [
        {"name": "id", "type": "string", "constraints": {"required": True, "pattern": "[0-9a-f]{16}", "unique": True}},
        {"name": "title", "type": "string", "constraints": {"required": True, "minLength": 1, "maxLength": 500}},
        {"name": "body", "type": "string", "constraints": {"required": True, "minLength": 1}},
        {"name": "path", "type": "string", "constraints": {"required": True, "unique": True}},
    ]
}


class IdMatchesContent(Check):
    """The id is the hash of the content."""

    Errors: ClassVar = [errors.RowConstraintError]

    def validate_row(self, row: Row) -> Iterator[errors.Error]:
        """An error if it is not."""
        content = unicodedata.normalize("NFC", f"{row['title']}\n{row['body']}")
        if hashlib.sha256(content.encode()).hexdigest()[:16] != row["id"]:
            yield errors.RowConstraintError.from_row(row, note="the id does not match the content")


def rows(folder: Path) -> Iterator[dict[str, str]]:
    """A row for each file."""
    for path in sorted(folder.glob("*.txt")):
        title, _, body = path.read_text("utf-8").partition("\n")
        yield {"id": NAME.fullmatch(path.name)[1], "title": title.strip(), "body": body.strip("\n"), "path": path.name}


def main(folder: Path) -> None:
    """Do it."""
    resource = Resource(data=list(rows(folder)), schema=Schema.from_descriptor(SCHEMA))
    report = resource.validate(Checklist(checks=[IdMatchesContent()]), limit_errors=1_000_000)
    print(report.stats)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
