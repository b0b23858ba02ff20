"""A small dataset, and what can be done to it: each damage says what it is and the rules that it breaks."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

import dataset_tools
from dataset_tools.stages.package import split_of
from tests.conftest import CorpusFolder, article

SETTINGS = """
[split]
validation = 0.3
[card]
pretty_name = "Bài mẫu"
language = ["vi"]
license = "cc0-1.0"
"""
TRAIN, VALIDATION = "data/train-00000-of-00001.parquet", "data/validation-00000-of-00001.parquet"
REMOVED = "audit/removed.parquet"
CARD, MANIFEST, SUMS, CROISSANT = "README.md", "manifest.json", "SHA256SUMS", "croissant.json"


def build_small(folder: Path) -> Path:
    """A dataset of fourteen documents in two splits, with one removed document of each kind."""
    corpus = CorpusFolder(folder / "raw")
    for number in range(14):
        corpus.add(article(number, 60 + number))
    corpus.add(article(0, 60))
    corpus.add(article(1, 61).upper())
    corpus.add(article(2, 62).replace("x30 ", "x30 nữa "))
    settings = folder / "dataset-tools.toml"
    settings.write_text(SETTINGS, "utf-8")
    report = dataset_tools.build(corpus.folder, folder / "dist", config_file=settings)
    assert report.ok, report.stopped
    assert report.dataset is not None
    assert set(report.dataset.splits) == {"train", "validation"}
    return folder / "dist"


def read_json(dist: Path) -> dict[str, Any]:
    return json.loads((dist / MANIFEST).read_text("utf-8"))


def write_json(dist: Path, values: Any) -> None:
    (dist / MANIFEST).write_text(json.dumps(values, ensure_ascii=False, indent=2) + "\n", "utf-8")


def flip(path: Path, at: int) -> None:
    """Change one bit."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def in_text(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def in_manifest(dist: Path, change: Callable[[dict[str, Any]], object]) -> None:
    values = read_json(dist)
    change(values)
    write_json(dist, values)


def rewritten(path: Path, change: Callable[[pa.Table], pa.Table], **options: Any) -> None:
    """Change the rows of a Parquet file, and write it as a build does but for the options."""
    table = change(pq.read_table(path, partitioning=None))
    form = {"compression": "zstd", "use_dictionary": False, "write_page_index": True, "write_page_checksum": True}
    pq.write_table(table, path, **{**form, **options})


def value(column: str, row: int, text: str | None) -> Callable[[pa.Table], pa.Table]:
    """Set one value."""

    def change(table: pa.Table) -> pa.Table:
        values = table[column].to_pylist()
        values[row] = text
        number = table.schema.get_field_index(column)
        return table.set_column(number, table.schema.field(number), pa.array(values, table.schema.field(number).type))

    return change


def manifest_right(dist: Path) -> None:
    """Make the checksum of the manifest that of what is there now."""
    digest = hashlib.sha256((dist / MANIFEST).read_bytes()).hexdigest()
    lines = (dist / SUMS).read_text("utf-8").splitlines(keepends=True)
    lines = [f"{digest}  {MANIFEST}\n" if line.endswith(f"  {MANIFEST}\n") else line for line in lines]
    (dist / SUMS).write_text("".join(lines), "utf-8")


def checksums_right(dist: Path) -> None:
    """Make sizes and checksums those of what is there now, as whoever hides a change would."""
    described = json.loads((dist / CROISSANT).read_text("utf-8"))
    for entry in described["distribution"]:
        path = dist / entry.get("contentUrl", "nothing")
        if path.exists():
            data = path.read_bytes()
            entry |= {"contentSize": f"{len(data)} B", "sha256": hashlib.sha256(data).hexdigest()}
    (dist / CROISSANT).write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", "utf-8")
    manifest_files_right(dist)


def manifest_files_right(dist: Path) -> None:
    """Make sizes and checksums in the manifest those of what is there now, and SHA256SUMS with them."""
    values = read_json(dist)
    for entry in values["files"]:
        data = (dist / entry["path"]).read_bytes()
        entry |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    write_json(dist, values)
    sums = {MANIFEST: "", **{entry["path"]: entry["sha256"] for entry in values["files"]}}
    (dist / SUMS).write_text("".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items())), "utf-8")
    manifest_right(dist)


def numbers_right(dist: Path) -> None:
    """Make every number of manifest and card, and every checksum, right for the rows that are there now."""
    values = read_json(dist)
    digest = hashlib.sha256()
    rows: list[tuple[str, str, dict[str, str]]] = []
    card = (dist / CARD).read_text("utf-8")
    shards = [path for path in (TRAIN, VALIDATION) if (dist / path).exists()]
    for path in shards:
        name = path.split("/")[1].split("-")[0]
        table = pq.read_table(dist / path, partitioning=None)
        texts = [column for column in table.columns if pa.types.is_string(column.type)]
        size = sum(len(text.encode()) + 4 for column in texts for text in column.to_pylist())
        size += sum(column.nbytes for column in table.columns if not pa.types.is_string(column.type))
        values["splits"][name] = {"rows": table.num_rows, "num_bytes": size}
        rows += [(row["path"], name, row) for row in table.to_pylist()]
        pattern = rf"(- name: {name}\n    num_bytes: )\d+(\n    num_examples: )\d+"
        card = re.sub(pattern, rf"\g<1>{size}\g<2>{table.num_rows}", card)
    for _, name, row in sorted(rows, key=lambda one: one[0].rpartition("/")[::2]):
        for text in (name, *row.values()):
            digest.update(len(str(text).encode()).to_bytes(8, "little") + str(text).encode())
    values["content_sha256"] = digest.hexdigest()
    counts = values["counts"]
    counts["written"] = len(rows)
    counts["discovered"] = sum(count for reason, count in counts.items() if reason != "discovered")
    write_json(dist, values)
    whole = sum(split["num_bytes"] for split in values["splits"].values())
    download = sum((dist / path).stat().st_size for path in shards)
    card = re.sub(r"download_size: \d+", f"download_size: {download}", card)
    (dist / CARD).write_text(re.sub(r"dataset_size: \d+", f"dataset_size: {whole}", card), "utf-8")
    checksums_right(dist)


class Damage(NamedTuple):
    """What was done, the rules that it breaks and no others, and how to do it to a dataset."""

    what: str
    codes: tuple[str, ...]
    do: Callable[[Path], object]


DAMAGES: list[Damage] = []


def damage(what: str, *codes: str) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    def register(do: Callable[[Path], object]) -> Callable[[Path], object]:
        DAMAGES.append(Damage(what, codes, do))
        return do

    return register


@damage("a flipped byte in the data", "V004")
def flipped_in_data(dist: Path) -> None:
    flip(dist / TRAIN, 2000)


@damage("a flipped byte in the data, checksums of files made right again", "V010")
def flipped_in_data_and_hidden(dist: Path) -> None:
    flip(dist / TRAIN, pq.read_metadata(dist / TRAIN).row_group(0).column(2).data_page_offset + 200)
    checksums_right(dist)


@damage("a data file cut short", "V004")
def cut(dist: Path) -> None:
    os.truncate(dist / TRAIN, 3000)


@damage("a flipped byte in the card", "V004")
def flipped_in_card(dist: Path) -> None:
    flip(dist / CARD, (dist / CARD).read_bytes().index(b"## Splits"))


@damage("a flipped byte in the manifest", "V004")
def flipped_in_manifest(dist: Path) -> None:
    flip(dist / MANIFEST, (dist / MANIFEST).read_bytes().index(b'"schema_sha256": "') + 20)


@damage("a flipped byte in SHA256SUMS", "V005")
def flipped_in_sums(dist: Path) -> None:
    flip(dist / SUMS, 3)


@damage("a missing data file", "V002")
def missing(dist: Path) -> None:
    (dist / VALIDATION).unlink()


@damage("a missing manifest", "V001")
def missing_manifest(dist: Path) -> None:
    (dist / MANIFEST).unlink()


@damage("an extra data file", "V003")
def extra(dist: Path) -> None:
    shutil.copy(dist / TRAIN, dist / "data" / "train-00001-of-00001.parquet")


@damage("a data file that is a link to a copy elsewhere", "V002", "V006")
def linked(dist: Path) -> None:
    shutil.move(dist / TRAIN, dist.parent / "elsewhere.parquet")
    (dist / TRAIN).symlink_to("../../elsewhere.parquet")


@damage("a wrong num_examples in the card, checksums made right again", "V009")
def wrong_num_examples(dist: Path) -> None:
    rows = read_json(dist)["splits"]["train"]["rows"]
    in_text(dist / CARD, f"num_examples: {rows}", f"num_examples: {rows + 1}")
    checksums_right(dist)


@damage("a wrong num_bytes in the card, checksums made right again", "V009")
def wrong_num_bytes(dist: Path) -> None:
    in_text(dist / CARD, "    num_bytes: ", "    num_bytes: 1")
    checksums_right(dist)


@damage("a feature of another type in the card, checksums made right again", "V009")
def wrong_feature(dist: Path) -> None:
    in_text(dist / CARD, "name: body\n    dtype: string", "name: body\n    dtype: binary")
    checksums_right(dist)


@damage("a feature in the card that the data do not have, checksums made right again", "V009")
def feature_too_many(dist: Path) -> None:
    in_text(dist / CARD, "  - name: body\n", "  - name: author\n    dtype: string\n  - name: body\n")
    checksums_right(dist)


@damage("a config that leads to other files, checksums made right again", "V009")
def wrong_config(dist: Path) -> None:
    in_text(dist / CARD, "path: data/validation-*", "path: data/train-*")
    checksums_right(dist)


@damage("YAML of the card with an alias, checksums made right again", "V008")
def alias_in_card(dist: Path) -> None:
    in_text(dist / CARD, "---\n", "---\na: &a [x]\nb: [*a, *a]\n")
    checksums_right(dist)


def described_otherwise(dist: Path, old: str, new: str) -> None:
    in_text(dist / CROISSANT, old, new)
    manifest_files_right(dist)


@damage("another SHA-256 in croissant.json, checksums made right again", "V025")
def wrong_digest_in_croissant(dist: Path) -> None:
    digest = hashlib.sha256((dist / TRAIN).read_bytes()).hexdigest()
    described_otherwise(dist, digest, digest[::-1])


@damage("a field in croissant.json that the data do not have, checksums made right again", "V025")
def wrong_field_in_croissant(dist: Path) -> None:
    described_otherwise(dist, '"column": "body"', '"column": "author"')


@damage("a record set in croissant.json that is read from nothing, checksums made right again", "V025")
def record_set_of_nothing(dist: Path) -> None:
    described_otherwise(dist, '"@id": "files-of-train"', '"@id": "files-of-nothing"')


@damage("croissant.json cut short, checksums made right again", "V025")
def croissant_cut(dist: Path) -> None:
    os.truncate(dist / CROISSANT, 2000)
    manifest_files_right(dist)


@damage("counts in the manifest that do not add up, checksums made right again", "V007", "V022")
def wrong_counts(dist: Path) -> None:
    in_manifest(dist, lambda values: values["counts"].update(near=7))
    checksums_right(dist)


@damage("a settings digest of other settings, checksums made right again", "V007")
def wrong_settings(dist: Path) -> None:
    in_manifest(dist, lambda values: values["settings"]["dedup"].update(policy="longest"))
    checksums_right(dist)


@damage("a split with more rows in the manifest and the card, checksums made right again", "V007", "V012")
def wrong_rows(dist: Path) -> None:
    rows = read_json(dist)["splits"]["train"]["rows"]
    in_manifest(dist, lambda values: values["splits"]["train"].update(rows=rows + 1))
    in_text(dist / CARD, f"num_examples: {rows}", f"num_examples: {rows + 1}")
    checksums_right(dist)


@damage("a column of another type, all numbers and checksums made right again", "V011")
def wrong_schema(dist: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        number = table.schema.get_field_index("body")
        field = pa.field("body", pa.large_string())
        return table.set_column(number, field, table["body"].cast(field.type))

    rewritten(dist / TRAIN, change)
    numbers_right(dist)


@damage("data in an encoding that can repeat one value without end, checksums made right again", "V010")
def dictionary(dist: Path) -> None:
    rewritten(dist / TRAIN, lambda table: table, use_dictionary=True)
    numbers_right(dist)


@damage("data without page checksums, checksums of files made right again", "V010")
def without_page_checksums(dist: Path) -> None:
    rewritten(dist / TRAIN, lambda table: table, write_page_checksum=False)
    numbers_right(dist)


@damage("one word of a body changed, checksums of files made right again", "V012", "V013", "V019")
def changed_word(dist: Path) -> None:
    rewritten(dist / TRAIN, value("body", 1, "Thân bài khác hẳn."))
    checksums_right(dist)
    in_text(
        dist / CARD,
        "download_size: ",
        f"download_size: {(dist / TRAIN).stat().st_size + (dist / VALIDATION).stat().st_size} # ",
    )
    checksums_right(dist)


@damage("a row whose id does not fit, all numbers and checksums made right again", "V013")
def wrong_id(dist: Path) -> None:
    rewritten(dist / TRAIN, value("body", 1, "Thân bài khác hẳn."))
    numbers_right(dist)


@damage("a row whose path has another id, all numbers and checksums made right again", "V013")
def wrong_path(dist: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        path = table["path"][4].as_py()
        return value("path", 4, f"{path[:4]}0123456789abcdef.txt")(table)

    rewritten(dist / TRAIN, change)
    numbers_right(dist)


@damage("a row with a path out of the corpus, all numbers and checksums made right again", "V023")
def hostile_path(dist: Path) -> None:
    rewritten(dist / VALIDATION, lambda table: value("path", -1, f"../{table['path'][-1].as_py()}")(table))
    numbers_right(dist)


def moved(dist: Path, row: int, *, copy: bool) -> None:
    """Put a row of train into validation, in document order."""
    taken = pq.read_table(dist / TRAIN, partitioning=None).slice(row, 1)
    rewritten(dist / VALIDATION, lambda table: pa.concat_tables([table, taken]).sort_by("path"))
    if not copy:
        rewritten(dist / TRAIN, lambda table: pa.concat_tables([table.slice(0, row), table.slice(row + 1)]))
    numbers_right(dist)


@damage("a document in two splits, all numbers and checksums made right again", "V016", "V017", "V018")
def in_two_splits(dist: Path) -> None:
    moved(dist, 3, copy=True)


@damage("a document moved to another split, all numbers and checksums made right again", "V017")
def in_another_split(dist: Path) -> None:
    moved(dist, 3, copy=False)


def with_row(dist: Path, title: str, body: str, *, index: str = "990") -> None:
    """Add a document to train, with the id that its content has, and all else right."""
    content = f"{title}\n{body}"
    document_id = hashlib.sha256(content.encode()).hexdigest()[:16]
    sha256 = hashlib.sha256(f"{content}\n".encode()).hexdigest()
    row = [document_id, title, body, f"{index}_{document_id}.txt", sha256]

    def change(table: pa.Table) -> pa.Table:
        new = pa.table([[text] for text in row], schema=table.schema)
        return pa.concat_tables([table, new])

    rewritten(dist / TRAIN, change)
    numbers_right(dist)


def row_of_train(dist: Path, number: int) -> dict[str, str]:
    return pq.read_table(dist / TRAIN, partitioning=None).slice(number, 1).to_pylist()[0]


def in_train(title: str, body: str) -> bool:
    document_id = hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()[:16]
    return split_of(document_id, {"validation": 0.3}) == "train"


@damage("a row twice, all numbers and checksums made right again", "V014", "V018")
def twice(dist: Path) -> None:
    rewritten(dist / TRAIN, lambda table: pa.concat_tables([table.slice(0, 1), table]))
    numbers_right(dist)


@damage("a text twice but for case, with an id of its own, all numbers and checksums made right again", "V015")
def same_text(dist: Path) -> None:
    row = row_of_train(dist, 0)
    forms = [row["title"].upper(), row["title"].lower(), row["title"].title(), row["title"].swapcase()]
    title = next(form for form in forms if form != row["title"] and in_train(form, row["body"]))
    with_row(dist, title, row["body"])


@damage("a near-duplicate, with an id of its own, all numbers and checksums made right again", "V020")
def near_duplicate(dist: Path) -> None:
    row = row_of_train(dist, 0)
    bodies = (row["body"].replace("x20 ", f"x20 thêm{number} ") for number in range(50))
    with_row(dist, row["title"], next(body for body in bodies if in_train(row["title"], body)))


@damage("a near-duplicate in a dataset of another version of the tool, all made right again", "V021")
def near_duplicate_of_another_version(dist: Path) -> None:
    in_manifest(dist, lambda values: values["versions"].update(rensa="0.0.1"))
    near_duplicate(dist)


@damage("rows in another order, all numbers and checksums made right again", "V018", "V019")
def other_order(dist: Path) -> None:
    rewritten(dist / TRAIN, lambda table: pa.concat_tables([table.slice(1, 1), table.slice(0, 1), table.slice(2)]))
    numbers_right(dist)


@damage("a removed document whose kept one is not in the data, all numbers and checksums made right again", "V022")
def unfounded(dist: Path) -> None:
    rewritten(dist / REMOVED, value("kept_id", 0, "0123456789abcdef"), use_dictionary=True)
    numbers_right(dist)


@damage("a removal that is not recorded, all numbers and checksums made right again", "V022")
def unrecorded(dist: Path) -> None:
    rewritten(dist / REMOVED, lambda table: table.slice(1), use_dictionary=True)
    numbers_right(dist)
