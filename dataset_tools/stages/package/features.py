"""The schema of the data as `datasets` writes it: the columns, and what it keeps of its own with them."""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from dataset_tools.processes import import_aside
from dataset_tools.segments import read_table, write_table


def arrow_schema(types: Mapping[str, str], cache: Path | None) -> pa.Schema:
    """The schema of columns of these types, as `datasets` calls them.

    It is kept in the folder `cache`, since it takes 0.1 ms to make and `datasets` half a second to import.
    """
    made_by = {name: version(name) for name in ("datasets", "pyarrow")}
    key = hashlib.sha256(json.dumps([list(types.items()), made_by]).encode()).hexdigest()[:32]
    place = None if cache is None else cache / f"features-{key}.arrow"
    kept = None if place is None else read_table(place)
    if kept is not None:
        return kept.schema
    import_aside("datasets").join()  # it needs pandas, which this thread may have to do without
    from datasets import Features, Value

    schema: pa.Schema = Features({name: Value(kind) for name, kind in types.items()}).arrow_schema
    if place is not None:
        write_table(place, schema.empty_table())
    return schema
