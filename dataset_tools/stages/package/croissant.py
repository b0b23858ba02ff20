"""Croissant 1.0: metadata of a dataset for programs (https://docs.mlcommons.org/croissant/docs/croissant-spec.html)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataset_tools import manifest
from dataset_tools.hub import LICENSES
from dataset_tools.run_report import Counts
from dataset_tools.stages.package.card import CardFacts, Column
from dataset_tools.stages.package.shards import Split

NAME = "croissant.json"

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification asks for, word for word."""

_PARQUET = "application/x-parquet"
_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean"}


def render(
    folder: Path, *, facts: CardFacts, columns: Sequence[Column], splits: Sequence[Split], counts: Counts
) -> str:
    """The text of croissant.json for the data files below `folder`: a record set for each split."""
    values = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": facts.name,
        "description": facts.description or _description(counts),
        "license": _license(facts.license),
        "version": facts.version,
        "datePublished": facts.date,
        "creator": [{"@type": "sc:Person", "name": name} for name in facts.creators],
        "url": facts.homepage,
        "citeAs": facts.cited(),
        "inLanguage": list(facts.language),
        "keywords": [*facts.tags, *facts.task_categories],
        "distribution": [entry for split in splits for entry in _distribution(folder, split)],
        "recordSet": [_records(split, columns) for split in splits],
    }
    stated = {key: value for key, value in values.items() if value}
    return json.dumps(stated, ensure_ascii=False, indent=2) + "\n"


def _description(counts: Counts) -> str:
    found = f"{counts.written:,} documents from {counts.discovered:,} text files"
    return f"{found}: checked against a schema, without duplicates, each with its title and body."


def _license(name: str | None) -> str | None:
    """The URL of a license that SPDX knows, else its name."""
    spdx = LICENSES.get(name or "")
    return name if spdx is None else f"https://spdx.org/licenses/{spdx}.html"


def _distribution(folder: Path, split: Split) -> list[dict[str, Any]]:
    """The shards of a split, each with its digest, and the set of them that its records are read from."""
    files = [
        {
            "@type": "cr:FileObject",
            "@id": f"data/{name}",
            "name": name,
            "contentUrl": f"data/{name}",
            "contentSize": f"{size} B",
            "encodingFormat": _PARQUET,
            "sha256": manifest.sha256_of(folder / "data" / name),
        }
        for name, size in split.shards.items()
    ]
    together = {
        "@type": "cr:FileSet",
        "@id": f"files-of-{split.name}",
        "name": f"files-of-{split.name}",
        "description": f"The shards of the split {split.name}.",
        "encodingFormat": _PARQUET,
        "includes": f"data/{split.name}-*.parquet",
    }
    return [*files, together]


def _records(split: Split, columns: Sequence[Column]) -> dict[str, Any]:
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{split.name}/{column.name}",
            "name": column.name,
            "description": column.description or f"The column {column.name}.",
            "dataType": _TYPES[column.type],
            "source": {"fileSet": {"@id": f"files-of-{split.name}"}, "extract": {"column": column.name}},
        }
        for column in columns
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": split.name,
        "name": split.name,
        "description": f"The {split.rows:,} documents of the split {split.name}.",
        "key": {"@id": f"{split.name}/id"},
        "field": fields,
    }
