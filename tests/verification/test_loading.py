"""`verify --load`: what `datasets` makes of a folder in which nothing else is wrong."""

import json
from pathlib import Path

import datasets
import pyarrow as pa
import pytest

import dataset_tools
from dataset_tools.run_report import RunReport
from tests.verification.damage import CARD, CROISSANT, TRAIN, VALIDATION, in_manifest, in_text, numbers_right, rewritten

UNKNOWN = "list<element: string>"
"""What Arrow calls a type that `datasets` knows by another name."""


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def with_a_column_that_datasets_does_not_know(dist: Path) -> RunReport:
    """Add one to data, manifest and card, and load that."""

    def change(table: pa.Table) -> pa.Table:
        stored = json.loads(table.schema.metadata[b"huggingface"])
        stored["info"]["features"]["code"] = {"dtype": UNKNOWN, "_type": "Value"}
        table = table.append_column(
            "code", pa.array([["a"]] * table.num_rows, pa.list_(pa.field("element", pa.string())))
        )
        return table.replace_schema_metadata({"huggingface": json.dumps(stored)})

    for path in (TRAIN, VALIDATION):
        rewritten(dist / path, change)
    in_manifest(dist, lambda values: values["columns"].append("code"))
    described = json.loads((dist / CROISSANT).read_text("utf-8"))
    for records in described["recordSet"]:
        last = json.dumps(records["field"][-1]).replace("sha256", "code")
        records["field"].append({**json.loads(last), "dataType": None})
    (dist / CROISSANT).write_text(json.dumps(described), "utf-8")
    in_text(
        dist / CARD,
        "  - name: sha256\n    dtype: string\n",
        f"  - name: sha256\n    dtype: string\n  - name: code\n    dtype: '{UNKNOWN}'\n",
    )
    numbers_right(dist)
    assert dataset_tools.verify(dist).issues == ()
    return dataset_tools.verify(dist, load=True)


def test_a_whole_dataset_is_loaded(dist: Path) -> None:
    report = dataset_tools.verify(dist, load=True)
    assert report.issues == ()
    assert report.verified is not None
    assert report.verified.loaded


def test_a_column_that_datasets_does_not_know_is_found(dist: Path) -> None:
    report = with_a_column_that_datasets_does_not_know(dist)
    assert [one.code for one in report.issues] == ["V024"]
    assert report.verified is not None
    assert not report.verified.loaded


def test_progress_bars_of_datasets_are_as_they_were(dist: Path) -> None:
    before = datasets.is_progress_bar_enabled()
    dataset_tools.verify(dist, load=True)
    assert datasets.is_progress_bar_enabled() == before
