"""Metadata from a sidecar: from the file beside the articles to columns, splits and issues of a dataset."""

import json
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest

import dataset_tools
from tests.conftest import CorpusFolder, article, new_id

IDS = [new_id(article(number)) for number in range(4)]
YEAR = "columns:\n  year:\n    dtype: Int64\n    in_range: {min_value: 2000, max_value: 2100}\n"


@pytest.fixture
def raw(corpus: CorpusFolder) -> Path:
    for number in range(4):
        corpus.add(article(number))
    return corpus.folder


def put(raw: Path, text: str, name: str = "metadata.csv") -> None:
    (raw / name).write_text(text, "utf-8")


def csv(*values: str, header: str = "id,year") -> str:
    return "\n".join([header, *(f"{name_id},{value}" for name_id, value in zip(IDS, values, strict=True))]) + "\n"


def settings(text: str = "", schema: str | None = None) -> None:
    Path("dataset-tools.toml").write_text(text, "utf-8")
    if schema is not None:
        Path("schemas").mkdir(exist_ok=True)
        Path("schemas/article.yaml").write_text(schema, "utf-8")


def found(raw: Path, **options: object) -> list[str]:
    """The issues that a build would stop for, without those about the card."""
    report = dataset_tools.validate(raw, **options)
    return [f"{Path(one.path or '').name}:{one.line}: {one.code} {one.message}" for one in report.issues]


def rows(dist: Path | str = "dist") -> list[dict[str, object]]:
    tables = [pq.read_table(path, partitioning=None) for path in sorted(Path(dist, "data").iterdir())]
    return sorted((row for table in tables for row in table.to_pylist()), key=lambda row: str(row["path"]))


def manifest(dist: Path | str = "dist") -> dict[str, object]:
    return json.loads(Path(dist, "manifest.json").read_text("utf-8"))


def test_each_column_is_a_column_of_the_dataset_with_its_type(raw: Path) -> None:
    values = [(2024, 0.5, True), (2023, None, False), (None, 1.0, None), (2021, 2.5, True)]
    records = [
        {"id": name_id, "year": year, "score": score, "front": front}
        for name_id, (year, score, front) in zip(reversed(IDS), values, strict=True)
    ]
    put(raw, "\n".join(map(json.dumps, records)), "metadata.jsonl")
    report = dataset_tools.build(raw, "dist")
    assert report.ok
    assert [(row["year"], row["score"], row["front"]) for row in rows()] == values[::-1]
    assert manifest()["columns"] == ["id", "title", "body", "path", "sha256", "year", "score", "front"]
    (facts,) = report.metadata
    assert facts.sentence() == "Metadata: metadata.jsonl has year, score, front for 4 articles"
    loaded = dataset_tools.load("dist", split="train")
    assert {name: loaded.features[name].dtype for name in ("year", "score", "front")} == {
        "year": "int64",
        "score": "float64",
        "front": "bool",
    }
    assert list(loaded) == rows()


def test_the_sidecar_is_no_article_is_not_ignored_and_its_digest_is_in_the_manifest(raw: Path) -> None:
    settings('include = ["**/*"]\nper_path_ignore = {}\n')
    put(raw, csv("2024", "2023", "2022", "2021"))
    (raw / "below").mkdir()
    (raw / "below" / "metadata.csv").write_text("not at the top", "utf-8")
    report = dataset_tools.validate(raw)
    assert (report.checked, report.ignored) == (5, 0)
    settings()
    report = dataset_tools.build(raw, "dist")
    assert (report.checked, report.ignored) == (4, 1)
    stated = manifest()["metadata"]
    assert stated["columns"] == ["year"]
    assert stated["sha256"] == dataset_tools.manifest.sha256_of(raw / "metadata.csv")


def test_every_column_is_part_of_the_digest_of_the_content(raw: Path) -> None:
    digests = set()
    for last in ("2021", "2020", '""', " "):
        put(raw, csv("2024", "2023", "2022", last))
        assert dataset_tools.build(raw, "dist").ok
        digests.add(manifest()["content_sha256"])
    assert len(digests) == 4


def test_text_is_read_as_the_schema_says_and_what_is_of_another_type_has_its_line(raw: Path) -> None:
    settings(schema=YEAR + "    nullable: true\n")
    put(raw, csv("2024", "năm nay", "", "1999"))
    assert found(raw) == [
        f"metadata.csv:3: M005 year: 'năm nay' is not Int64 (001_{IDS[1]}.txt)",
        f"metadata.csv:5: S001 year: '1999' does not pass in_range(2000, 2100) (003_{IDS[3]}.txt)",
    ]
    report = dataset_tools.build(raw, "dist", on_invalid="quarantine")
    assert report.ok
    assert [row["year"] for row in rows()] == [2024, None]
    assert report.dataset is not None
    assert report.dataset.counts.invalid == 2


@pytest.mark.parametrize(
    ("dtype", "good", "bad"),
    [
        ("Int64", ["0", "-5", "9223372036854775807"], ["1.0", "0x10", "9223372036854775808", "một"]),
        ("Float64", ["0.5", "1e3", "-2"], ["nan", "inf", "1,5", "1e999"]),
        ("Boolean", ["true", "false", "true"], ["True", "1", "yes", "đúng"]),
    ],
)
def test_only_what_is_written_as_a_type_is_of_it(dtype: str, good: list[str], bad: list[str], raw: Path) -> None:
    settings(schema=f"columns:\n  year:\n    dtype: {dtype}\n    nullable: true\n")
    put(raw, csv(*good, ""))
    assert found(raw) == []
    put(raw, csv(*(f'"{value}"' for value in bad)))
    assert [line.split(" ")[1] for line in found(raw)] == ["M005"] * 4


def test_values_of_another_type_than_the_schema_says_are_an_error_of_the_file(raw: Path) -> None:
    settings(schema=YEAR)
    put(raw, "\n".join(json.dumps({"id": name_id, "year": "2024"}) for name_id in IDS), "metadata.jsonl")
    assert found(raw) == ["metadata.jsonl:None: M001 the column year is text, and the schema says dtype Int64"]
    assert not dataset_tools.build(raw, "dist", on_invalid="quarantine").ok


def test_whole_numbers_are_decimals_where_the_schema_says_so(raw: Path) -> None:
    settings(schema="columns:\n  year:\n    dtype: Float64\n")
    put(raw, "\n".join(json.dumps({"id": name_id, "year": 2024}) for name_id in IDS), "metadata.jsonl")
    assert dataset_tools.build(raw, "dist").ok
    assert rows()[0]["year"] == 2024.0


def test_a_column_without_values_is_of_the_type_that_the_schema_says(raw: Path) -> None:
    settings(schema="columns:\n  year:\n    dtype: Boolean\n    nullable: true\n")
    put(raw, "\n".join(json.dumps({"id": name_id, "year": None}) for name_id in IDS), "metadata.jsonl")
    assert dataset_tools.build(raw, "dist").ok
    assert str(pq.read_schema("dist/data/train-00000-of-00001.parquet").field("year").type) == "bool"


def test_a_missing_value_is_an_error_unless_the_schema_lets_it_be(raw: Path) -> None:
    put(raw, csv("2024", "", "2022", "2021"))
    settings(schema=YEAR)
    assert found(raw) == [f"metadata.csv:3: S001 year: is missing (001_{IDS[1]}.txt)"]


def test_an_article_without_a_row_is_an_error_or_a_warning_and_then_has_nulls(raw: Path) -> None:
    put(raw, f"id,year\n{IDS[0]},2024\n")
    report = dataset_tools.build(raw, "dist", on_invalid="quarantine")
    assert report.ok
    assert len(rows()) == 1
    settings('[severity]\nmetadata-missing = "warning"')
    assert dataset_tools.build(raw, "dist").ok
    assert [row["year"] for row in rows()] == ["2024", None, None, None]


def test_an_unknown_or_repeated_id_stops_a_build_and_single_files_have_no_unknown_ids(raw: Path) -> None:
    put(raw, csv("a", "b", "c", "d") + f"{IDS[0]},e\n0000000000000000,f\n,g\n")
    assert found(raw) == [
        f"metadata.csv:6: M003 the id '{IDS[0]}' is there twice, first in line 2",
        "metadata.csv:7: M002 no article has the id '0000000000000000'",
        "metadata.csv:8: M002 the id is missing",
    ]
    report = dataset_tools.build(raw, "dist", on_invalid="quarantine")
    assert report.stopped == "M002 and M003: an error that is not about an article, so there is nothing to leave out"
    settings(f'raw = "{raw}"')
    codes = [line.split(" ")[1] for line in found(raw / f"000_{IDS[0]}.txt")]
    assert codes == ["M003", "M002"]
    assert "M002 no article" not in str(found(raw / "metadata.csv"))


def test_copies_share_a_row_and_a_file_without_an_id_needs_none(raw: Path) -> None:
    put(raw, csv("a", "b", "c", "d"))
    (raw / f"009_{IDS[1]}.txt").write_text(article(1), "utf-8")
    (raw / "no-id.txt").write_text(article(7), "utf-8")
    report = dataset_tools.build(raw, "dist", on_invalid="quarantine")
    assert report.ok
    assert [row["year"] for row in rows()] == ["a", "b", "c", "d"]


def test_a_misspelt_column_of_the_schema_is_an_error_with_the_nearest_one(raw: Path) -> None:
    put(raw, csv("a", "b", "c", "d"))
    settings(schema="columns:\n  yaer:\n    dtype: String\n")
    with pytest.raises(
        dataset_tools.UserError, match="'yaer' is not a column of an article or of its metadata"
    ) as caught:
        dataset_tools.validate(raw)
    assert caught.value.hint == "did you mean year?"
    (raw / "metadata.csv").unlink()
    settings(schema="columns:\n  source:\n    dtype: String\n")
    with pytest.raises(dataset_tools.UserError, match=r"others come from metadata\.csv"):
        dataset_tools.build(raw, "dist")
    settings(schema="columns:\n  source:\n    required: false\n")
    assert dataset_tools.build(raw, "dist").ok


def test_a_type_that_metadata_cannot_have_is_refused_with_its_line(raw: Path) -> None:
    put(raw, csv("a", "b", "c", "d"))
    settings(schema="columns:\n  year:\n    dtype: Date\n")
    with pytest.raises(dataset_tools.UserError, match=r"article\.yaml:3: 'Date' is not a dtype of metadata") as caught:
        dataset_tools.validate(raw)
    assert caught.value.hint == "known: String, Int64, Float64, Boolean"


def test_a_schema_in_python_checks_metadata_with_its_types(raw: Path) -> None:
    put(raw, csv("2024", "2023", "2022", "1921"))
    Path("strict.py").write_text(
        "import pandera.polars as pa\nimport polars as pl\n\n"
        "class Article(pa.DataFrameModel):\n"
        "    title: str\n    year: int\n\n"
        "    @pa.check('year', error='a year that its path may have')\n"
        "    def likely(cls, data):\n"
        "        return data.lazyframe.select((pl.col('year') > 2000) & pl.col('path').str.ends_with('.txt'))\n",
        "utf-8",
    )
    wrong = f"metadata.csv:5: S001 year: '1921': a year that its path may have (003_{IDS[3]}.txt)"
    assert found(raw, schema="strict.py") == [wrong]


def test_a_check_of_metadata_that_cannot_run_ends_the_run_with_its_line(raw: Path) -> None:
    put(raw, csv("2024", "2023", "2022", "2021"))
    Path("broken.py").write_text(
        "import pandera.polars as pa\n"
        "schema = pa.DataFrameSchema({'year': pa.Column(int, pa.Check(lambda year: 1 // (year - 1), "
        "element_wise=True, name='odd'))})\n",
        "utf-8",
    )
    with pytest.raises(dataset_tools.UserError, match=r"broken\.py:2: the check odd of year cannot run"):
        dataset_tools.validate(raw, schema="broken.py")


def test_unique_holds_for_metadata_among_the_rows_that_are_written(raw: Path) -> None:
    settings(schema="columns:\n  year:\n    unique: true\n    nullable: true\n")
    put(raw, csv("a", "", "a", ""))
    report = dataset_tools.build(raw, "dist")
    assert [(one.code, one.message) for one in report.issues if one.code == "S001"] == [
        ("S001", f"the year must be unique, but 000_{IDS[0]}.txt has the same")
    ]


def test_splits_go_by_a_value_a_path_or_a_share_in_their_order(corpus: CorpusFolder) -> None:
    for number in range(40):
        corpus.add(article(number), below="cũ" if number < 10 else "mới")
    ids = [new_id(article(number)) for number in range(40)]
    put(corpus.folder, "id,source,year\n" + "".join(f"{one},{'AB'[n % 2]},{n}\n" for n, one in enumerate(ids)))
    text = '[split]\nold = ["cũ/**"]\nvalidation = 0.3\npaper = {source = "B"}\nyear = {year = [11, 12]}\n'
    settings(text, schema="columns:\n  year:\n    dtype: Int64\n")
    assert dataset_tools.build(corpus.folder, "dist").ok
    loaded = datasets.load_dataset("parquet", data_files={
        path.name.partition("-")[0]: str(path) for path in sorted(Path("dist/data").iterdir())
    }, cache_dir="cache")  # fmt: skip
    assert {row["path"].split("/")[0] for row in loaded["old"]} == {"cũ"}
    assert len(loaded["old"]) == 10
    assert set(loaded["paper"]["source"]) == {"B"}
    assert set(loaded["year"]["year"]) <= {12}
    assert set(loaded["train"]["source"]) == {"A"}
    card = Path("dist/README.md").read_text("utf-8")
    for who in ("path matches cũ/**", "30% of the ids, by their hash", "source is B", "year is 11 or 12", "all others"):
        assert f"| {who} |" in card
    settings("[split]\nvalidation = 0.3\n")
    assert dataset_tools.build(corpus.folder, "shares").ok
    alone = {str(row["id"]) for row in pq.read_table("shares/data/validation-00000-of-00001.parquet").to_pylist()}
    assert {row["id"] for row in loaded["validation"]} == {one for one in alone if one not in set(loaded["old"]["id"])}


def test_chosen_columns_are_written_in_their_order_and_the_card_says_so(raw: Path) -> None:
    put(raw, csv("2024", "2023", "2022", "2021"))
    settings('[package]\ntext_column = true\ncolumns = ["year", "id", "text", "sha256"]')
    assert dataset_tools.build(raw, "dist").ok
    assert list(rows_of_train := pq.read_table("dist/data/train-00000-of-00001.parquet").to_pylist()[0])
    assert list(rows_of_train) == ["year", "id", "text", "sha256"]
    assert rows_of_train["text"] == article(0).strip("\n").replace("\n", "\n\n", 1)
    loaded = dataset_tools.load("dist", split="train")
    assert loaded.column_names == ["year", "id", "text", "sha256"]
    assert dataset_tools.validate(raw, against="dist").published


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[package]\ncolumns = ["id", "sha256", "body", "yaer"]', "package.columns names yaer", "did you mean year?"),
        ('[split]\ntest = {yaer = "2024"}', "the split test goes by yaer", "did you mean year?"),
        ('[split]\ntest = {title = "a"}', "the split test goes by title", "known: year"),
    ],
)
def test_settings_that_name_a_column_that_is_not_there_are_refused(
    text: str, message: str, hint: str, raw: Path
) -> None:
    put(raw, csv("2024", "2023", "2022", "2021"))
    settings(text)
    with pytest.raises(dataset_tools.UserError) as caught:
        dataset_tools.build(raw, "dist")
    assert message in caught.value.message
    assert caught.value.hint == hint
    (raw / "metadata.csv").unlink()
    with pytest.raises(dataset_tools.UserError):
        dataset_tools.build(raw, "dist")


def test_columns_named_like_words_of_yaml_are_columns_of_those_names(raw: Path) -> None:
    names = ["null", "yes", "on", "_x", "e1", "nguồn", "a-b"]
    put(raw, csv(*(",".join(name + str(n) for name in names) for n in range(4)), header="id," + ",".join(names)))
    assert dataset_tools.build(raw, "dist").ok
    assert dataset_tools.load("dist", split="train").column_names[5:] == names


def test_columns_named_like_those_that_the_build_works_with_are_kept_apart(raw: Path) -> None:
    names = ["row", "index", "bands", "issues", "lines", "split", "outline"]
    put(raw, csv(*(",".join(name + str(n) for name in names) for n in range(4)), header="id," + ",".join(names)))
    assert dataset_tools.build(raw, "dist").ok
    assert [rows()[3][name] for name in names] == [f"{name}3" for name in names]


def test_hostile_values_are_data_and_are_shown_as_what_they_are(raw: Path) -> None:
    settings(schema='columns:\n  year:\n    str_matches: "2"\n')
    values = ['"\x1b[31mđỏ"', "\"=cmd|'/c calc'!A0\"", '"<script>::error"', '"\u202etxt"']
    put(raw, csv(*values))
    issues = found(raw)
    assert len(issues) == 4
    assert not any(character in "".join(issues) for character in "\x1b\u202e")
    settings(schema="columns:\n  title: {}\n")
    assert dataset_tools.build(raw, "dist").ok
    assert [row["year"] for row in rows()] == [value.strip('"') for value in values]
    assert "script" not in Path("dist/README.md").read_text("utf-8")


def test_dedup_leaves_out_what_metadata_makes_invalid(raw: Path) -> None:
    put(raw, f"id,year\n{IDS[0]},2024\n")
    assert dataset_tools.dedup(raw).counts.invalid == 3
