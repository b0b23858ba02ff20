"""A sidecar is read as it stands, or refused with its line."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataset_tools.sidecar import read, read_sidecar
from dataset_tools.sidecar.table import _CHUNK

A, B = "9c1185a5c5e9fc54", "c99d0d4e80c19dc5"


def columns(folder: Path, name: str, data: str | bytes) -> dict[str, list[object]]:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    found = read_sidecar(folder)
    assert found is not None
    assert found.issues == ()
    assert found.rows is not None
    return found.rows.table.to_pydict()


def refused(folder: Path, name: str, data: str | bytes) -> str:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    found = read_sidecar(folder)
    assert found is not None
    assert found.rows is None
    (one,) = found.issues
    assert (one.code, one.path, one.row) == ("M001", name, None)
    return f"{one.line}: {one.message}; {one.hint}"


def test_nothing_there_is_no_sidecar(tmp_path: Path) -> None:
    (tmp_path / "metadata.txt").write_text("id\n", "utf-8")
    assert read_sidecar(tmp_path) is None


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_is_text_in_every_column_and_an_empty_field_is_missing(end: str, tmp_path: Path) -> None:
    text = end.join(["\ufeffid,nguồn,year", f'{A},"Báo ""Sông"", số 1",2024', "", f"{B},,0", ""])
    assert columns(tmp_path, "metadata.csv", text) == {
        "id": [A, B],
        "nguồn": ['Báo "Sông", số 1', None],
        "year": ["2024", "0"],
    }


def test_a_record_of_several_lines_begins_on_its_first(tmp_path: Path) -> None:
    columns(tmp_path, "metadata.csv", f'id,note\n{A},"một\nhai"\n{B},ba\n')
    found = read_sidecar(tmp_path)
    assert found is not None
    assert found.rows is not None
    assert found.rows.lines == [2, 4]


def test_json_lines_have_the_types_of_their_values(tmp_path: Path) -> None:
    lines = [
        f'{{"id": "{A}", "year": 2024, "score": 1, "front": true}}',
        f'{{"id": "{B}", "score": 0.5, "front": null, "note": "\\u0103"}}',
    ]
    assert columns(tmp_path, "metadata.jsonl", "\n".join(lines)) == {
        "id": [A, B],
        "year": [2024, None],
        "score": [1.0, 0.5],
        "front": [True, None],
        "note": [None, "ă"],
    }


def test_a_column_that_comes_late_or_changes_to_decimals_late_is_whole(tmp_path: Path) -> None:
    count = 2 * _CHUNK + 3
    records = [f'{{"id": "{number:016x}", "n": {number}}}' for number in range(count)]
    records[-1] = f'{{"id": "{count - 1:016x}", "n": 0.5, "late": "x"}}'
    found = columns(tmp_path, "metadata.jsonl", "\n".join(records))
    assert found["n"] == [*map(float, range(count - 1)), 0.5]
    assert found["late"] == [None] * (count - 1) + ["x"]


def test_parquet_of_any_writer_is_read_in_four_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array([A, B], pa.large_string()),
            "source": pa.array(["Báo", None]).dictionary_encode(),
            "year": pa.array([2024, 2025], pa.uint16()),
            "score": pa.array([0.5, None], pa.float32()),
            "front": pa.array([True, False]),
            "nothing": pa.nulls(2),
        }
    )
    pq.write_table(table, tmp_path / "metadata.parquet")
    found = read_sidecar(tmp_path)
    assert found is not None
    assert found.rows is not None
    types = [pa.string(), pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.string()]
    assert found.rows.table.schema.types == types
    assert found.rows.table.to_pylist()[1]["year"] == 2025


REFUSED_CSV = [
    ("", "None: the file is empty"),
    ("id;source\n", "1: the fields are separated by semicolons; save the file with commas"),
    ("id\tsource\n", "1: the fields are separated by tabs"),
    ("name,source\n", "1: there is no column id; there are 'name', 'source'"),
    ("id,source,source\n", "1: the column 'source' is there twice"),
    ("id,title\n", "1: the column title is one that every article has"),
    ("id, source\n", "1: ' source' cannot be the name of a column"),
    ("id,<script>\n", "1: '<script>' cannot be the name of a column"),
    ("id,\x1b[31m\n", r"1: '\x1b[31m' cannot be"),
    ("id,](javascript:x)\n", "cannot be the name of a column"),
    ("id," + "x" * 65 + "\n", "cannot be the name of a column"),
    ("id,\n", "1: '' cannot be the name of a column"),
    (f"id,source\n{A}\n", "2: 1 fields, and the first line has 2"),
    (f"id,source\n{A},a\n\n{B},b,c\n", "4: 3 fields, and the first line has 2"),
    (f'id,source\n{A},"a\n{B},b\n', "2: not CSV: unexpected end of data"),
    (f'id,source\n{A},"a"b\n', "2: not CSV: "),
    (f"id,source\n{A},{'x' * 200_000}\n", "2: not CSV: field larger than field limit"),
    (b"id,source\n" + A.encode() + b",B\xe1o\n", "2: not UTF-8; save the file as UTF-8"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED_CSV)
def test_csv_that_says_nothing_clear_is_refused_with_its_line(data: str | bytes, message: str, tmp_path: Path) -> None:
    assert message in refused(tmp_path, "metadata.csv", data)


REFUSED_JSON = [
    ("\n\n", "None: the file is empty"),
    ("{\n}\n", "1: not JSON: "),
    ("[1]\n", "1: not an object"),
    (f'{{"id": "{A}"}}\n{{"id": "{B}", "id": "{A}"}}\n', "2: 'id' is there twice"),
    (f'{{"id": "{A}", "n": NaN}}', "1: NaN is not a number"),
    (f'{{"id": "{A}", "n": 1e999}}', "1: n has a number that is not finite"),
    (f'{{"id": "{A}", "n": {2**63}}}', "1: n: '9223372036854775808' has more than 64 bits"),
    (f'{{"id": "{A}", "n": {"9" * 5000}}}', "1: "),
    (f'{{"id": "{A}", "n": [1]}}', "1: n is a list; write it as text"),
    (f'{{"id": "{A}", "n": {{}}}}', "1: n is an object"),
    (f'{{"id": "{A}", "n": {"[" * 100_000}}}', "1: nested too deeply"),
    (f'{{"id": "{A}", "n": 1}}\n{{"id": "{B}", "n": "một"}}', "2: n is text here, and whole numbers on line 1"),
    (f'{{"id": "{A}", "n": true}}\n{{"id": "{B}", "n": 1}}', "2: n is whole numbers here, and true or false on line 1"),
    (f'{{"id": "{A}", "n": "\\ud800"}}', "1: a text has half of a surrogate pair"),
    (f'{{"id": "{A}", "sha256": ""}}', "1: the column sha256 is one that every article has"),
    ('{"n": 1}', "1: there is no column id"),
    ('{"id": 1234567890123456}', "None: the ids are not text; write them as strings"),
]


@pytest.mark.parametrize(("data", "message"), REFUSED_JSON)
def test_json_that_says_nothing_clear_is_refused_with_its_line(data: str, message: str, tmp_path: Path) -> None:
    assert message in refused(tmp_path, "metadata.jsonl", data)


def test_parquet_that_is_damaged_or_nested_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "metadata.parquet"
    assert "not whole Parquet" in refused(tmp_path, path.name, b"PAR1" * 10)
    pq.write_table(pa.table({"id": [A], "tags": [["chợ"]]}), path)
    assert "the column tags is list<" in refused(tmp_path, path.name, path.read_bytes())
    pq.write_table(pa.table({"id": [A], "n": [float("inf")]}), path)
    assert "n has a number that is not finite" in refused(tmp_path, path.name, path.read_bytes())
    pq.write_table(
        pa.table({"id": [A] * 500, "n": [f"{number}x" for number in range(500)]}), path, write_page_checksum=True
    )
    data = bytearray(path.read_bytes())
    data[pq.ParquetFile(path).metadata.row_group(0).column(1).data_page_offset + 40] ^= 1
    assert "not whole Parquet" in refused(tmp_path, path.name, bytes(data))
    strings = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xe1o")])
    pq.write_table(pa.table({"id": [A], "n": strings}), path)
    assert "not whole Parquet" in refused(tmp_path, path.name, path.read_bytes())


def test_what_is_no_file_is_refused_and_never_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "metadata.csv"

    def message() -> str:
        found = read_sidecar(tmp_path)
        assert found is not None
        return found.issues[0].message

    os.mkfifo(path)
    assert message() == "not a regular file but a pipe"
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert message() == "a link, which is not followed"
    path.unlink()
    path.mkdir()
    assert message() == "not a regular file but a folder"
    path.rmdir()
    path.write_text(f"id\n{A}\n", "utf-8")
    monkeypatch.setattr(read, "MAX_BYTES", 10)
    assert message() == "20 bytes, more than 10"
