"""The schema of the data is that of `datasets`, from the cache as well."""

from pathlib import Path

from datasets import Features, Value

from dataset_tools.stages.package.features import arrow_schema


def test_each_set_of_columns_has_its_own_schema_in_the_cache(tmp_path: Path) -> None:
    for types in ({"id": "string"}, {"id": "int64"}, {"text": "string"}, {"id": "string", "year": "int64"}):
        made = Features({name: Value(kind) for name, kind in types.items()}).arrow_schema
        for cache in (None, tmp_path, tmp_path):
            assert arrow_schema(types, cache).equals(made, check_metadata=True)
    assert len(list(tmp_path.glob("features-*.arrow"))) == 4
