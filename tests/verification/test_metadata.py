"""A dataset with columns of metadata is verified as others are."""

import json
from pathlib import Path

import dataset_tools
from tests.conftest import CorpusFolder, article


def test_values_of_all_types_and_missing_ones_give_the_digest_of_the_manifest(corpus: CorpusFolder) -> None:
    ids = [corpus.add(article(number)).name.split("_")[1].removesuffix(".txt") for number in range(3)]
    rows = [
        {"id": ids[0], "source": "báo", "year": 1999, "rate": 0.5, "free": True},
        {"id": ids[1]},
        {"id": ids[2], "source": "đài", "year": 2001, "rate": 2.0, "free": False},
    ]
    lines = [json.dumps(row) for row in rows]
    (corpus.folder / "metadata.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert dataset_tools.build(corpus.folder, "dist").ok
    report = dataset_tools.verify(Path("dist"), full=True, load=True)
    assert (report.issues, report.exit_code) == ((), 0)
    columns = dataset_tools.load("dist", split="train").features
    assert {name: columns[name].dtype for name in ("source", "year", "rate", "free")} == {
        "source": "string",
        "year": "int64",
        "rate": "float64",
        "free": "bool",
    }
