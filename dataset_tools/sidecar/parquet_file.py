"""Parquet with columns of strings, whole numbers, floating point numbers and booleans."""

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.sidecar.table import BadTableError, Rows, check_names
from dataset_tools.text import shortened


def read(data: bytes) -> Rows:
    """Read a whole file.

    Raises:
        BadTableError: if it is not Parquet, or has a column of another type.
    """
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(data), page_checksum_verification=True)
        check_names(file.schema_arrow.names, None)
        table = file.read()
        table.validate(full=True)
        columns = {name: _plain(name, table[name]) for name in table.column_names}
    except (pa.ArrowException, OSError, ValueError) as error:
        raise BadTableError(None, f"not whole Parquet: {shortened(str(error), 200)}", "write the file again") from None
    return Rows(table=pa.table(columns), lines=None)


def _plain(name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_null(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.string())
    if pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_boolean(kind):
        return column.cast(pa.bool_())
    if pa.types.is_floating(kind):
        found = column.cast(pa.float64())
        if pc.all(pc.is_finite(found)).as_py() is False:
            raise BadTableError(None, f"{name} has a number that is not finite", "leave the value out")
        return found
    message = f"the column {name} is {kind}; a column is strings, integers, floating point numbers or booleans"
    raise BadTableError(None, message, "write it as strings")
