"""Croissant 1.0: metadata of a dataset for programs (https://docs.mlcommons.org/croissant/docs/croissant-spec.html)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

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

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
_PARQUET = "application/x-parquet"
_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float", "bool": "sc:Boolean"}


def render(*, facts: CardFacts, columns: Sequence[Column], splits: Sequence[Split], counts: Counts) -> str:
    """The text of croissant.json: a record set for each split."""
    fields = {one.name: (one.type, one.description or f"The column {one.name}.") for one in columns}
    values = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
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
        "distribution": [entry for split in splits for entry in distribution(split.name, split.files())],
        "recordSet": [
            records(split.name, f"The {split.rows:,} documents of the split {split.name}.", fields) for split in splits
        ],
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


def distribution(split: str, files: Mapping[str, tuple[int, str]]) -> list[dict[str, Any]]:
    """The shards of a split, and the set of them that its records are read from; `files` has path, size and SHA-256."""
    objects = [
        {
            "@type": "cr:FileObject",
            "@id": path,
            "name": path.removeprefix("data/"),
            "contentUrl": path,
            "contentSize": f"{size} B",
            "encodingFormat": _PARQUET,
            "sha256": sha256,
        }
        for path, (size, sha256) in files.items()
    ]
    together = {
        "@type": "cr:FileSet",
        "@id": f"files-of-{split}",
        "name": f"files-of-{split}",
        "description": f"The shards of the split {split}.",
        "encodingFormat": _PARQUET,
        "includes": f"data/{split}-*.parquet",
    }
    return [*objects, together]


def records(split: str, description: str, columns: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The record set of a split; `columns` has name, type (as `datasets` has it) and description."""
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{split}/{name}",
            "name": name,
            "description": said,
            "dataType": _TYPES.get(kind),
            "source": {"fileSet": {"@id": f"files-of-{split}"}, "extract": {"column": name}},
        }
        for name, (kind, said) in columns.items()
    ]
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": description,
        "key": {"@id": f"{split}/id"},
        "field": fields,
    }
