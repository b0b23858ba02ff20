"""CSV as RFC 4180 has it: commas, double quotes, UTF-8, names in the first line; every column is text."""

import csv
import io

import pyarrow as pa

from dataset_tools.sidecar.table import BadTableError, Column, Rows, check_names


def read(text: str) -> Rows:
    """Read a whole file; an empty field is a missing value.

    Raises:
        BadTableError: with the line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[int] = []
    names: list[str] = []
    columns: list[Column] = []
    start = 1
    try:
        for record in reader:
            line, start = start, reader.line_num + 1
            if not record:
                continue
            if not names:
                _check_commas(record)
                check_names(record, line)
                names, columns = record, [Column() for _ in record]
                continue
            if len(record) != len(names):
                hint = "put fields that have a comma or a line break into double quotes"
                raise BadTableError(line, f"{len(record)} fields, and the first line has {len(names)}", hint)
            for name, column, value in zip(names, columns, record, strict=True):
                column.add(value or None, line, name)
            lines.append(line)
    except csv.Error as error:
        hint = "put a field that has quotation marks into quotation marks, and double those in it"
        raise BadTableError(start, f"not CSV: {error}", hint) from None
    if not names:
        raise BadTableError(None, "the file is empty", "write the names of the columns into the first line")
    found = {name: column.finished() for name, column in zip(names, columns, strict=True)}
    return Rows(table=pa.table(found), lines=lines, untyped=True)


def _check_commas(names: list[str]) -> None:
    for mark, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and mark in names[0]:
            raise BadTableError(1, f"the fields are separated by {called}", "save the file with commas")
