"""A folder made to do harm: nothing is followed, opened or decoded that need not be, and each attempt is said."""

import json
import os
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dataset_tools
from dataset_tools.verification.findings import MOST, UnreadableError
from dataset_tools.verification.pages import MAX_PAGE, Page, _struct
from tests.verification.damage import (
    CARD,
    CROISSANT,
    MANIFEST,
    REMOVED,
    SUMS,
    TRAIN,
    checksums_right,
    flip,
    in_manifest,
    in_text,
    manifest_files_right,
    manifest_right,
    numbers_right,
    rewritten,
    value,
)


def found(dist: Path) -> list[tuple[str, str]]:
    """Code and path of each finding."""
    return [(one.code, os.path.relpath(one.path or dist, dist)) for one in dataset_tools.verify(dist).issues]


@pytest.mark.parametrize("path", [TRAIN, CARD, MANIFEST, SUMS, REMOVED])
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(dist: Path, path: str) -> None:
    (dist / path).unlink()
    os.mkfifo(dist / path)
    codes = {code for code, where in found(dist) if where == path}
    assert codes == {MANIFEST: {"V001"}, SUMS: {"V002", "V006"}}.get(path, {"V002", "V006"})


@pytest.mark.parametrize("path", [TRAIN, CARD, MANIFEST, SUMS])
def test_a_link_in_the_place_of_a_file_is_not_followed(dist: Path, path: str) -> None:
    (dist / path).rename(dist.parent / "outside")
    (dist / path).symlink_to(dist.parent / "outside")
    codes = {code for code, where in found(dist) if where == path}
    assert codes == ({"V001"} if path == MANIFEST else {"V002", "V006"})


def test_a_folder_that_is_a_link_is_not_entered(dist: Path) -> None:
    (dist / "data").rename(dist.parent / "outside")
    (dist / "data").symlink_to("../outside")
    codes = found(dist)
    assert ("V006", "data") in codes
    assert ("V002", TRAIN) in codes


def test_only_folders_of_named_files_are_entered(dist: Path) -> None:
    place = dist / "deep"
    for _ in range(100):
        place = place / "deep"
    place.mkdir(parents=True)
    (dist / ".git").mkdir()
    assert found(dist) == [("V003", ".git"), ("V003", "deep")]


def test_of_a_million_findings_the_first_are_named_and_the_others_counted(dist: Path) -> None:
    for number in range(MOST + 30):
        (dist / "data" / f"{number:03}").touch()
    report = dataset_tools.verify(dist)
    assert len(report.issues) == MOST + 1
    assert report.issues[-1].message == "30 more of these were found"


def test_names_are_shown_without_what_a_terminal_obeys(dist: Path) -> None:
    (dist / "\x1b[2J\n::error::a").touch()
    assert dataset_tools.verify(dist).issues[0].path == str(dist) + r"/\x1b[2J\x0a::error::a"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        '{"generator": "dataset-tools", "format": 1, "a": ' + "[" * 400 + "]" * 400 + "}",
        " " * (17 << 20),
        '{"generator": "dataset-tools", "format": 1e400}',
        '{"generator": "dataset-tools", "format": ' + "9" * 5000 + "}",
        '{"generator": "dataset-tools", "format": 2}',
        '{"generator": "other"}',
        '"\ud800"',
        "\ufeff{}",
        "NaN",
    ],
    ids=lambda text: text[:20] or "nothing",
)
def test_what_is_no_manifest_is_one_finding(dist: Path, text: str) -> None:
    (dist / MANIFEST).write_bytes(text.encode("utf-8", "surrogatepass"))
    assert found(dist) == [("V001", MANIFEST)]


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "data//x", "data/./x", ".", "data\\x", "\x1b", MANIFEST, SUMS, "a\n", TRAIN]
)
def test_a_manifest_that_names_what_no_build_writes_is_not_worked_with(dist: Path, name: str) -> None:
    in_manifest(dist, lambda values: values["files"].append({"path": name, "bytes": 0, "sha256": "0" * 64}))
    manifest_right(dist)
    assert found(dist) == [("V001", MANIFEST)]


@pytest.mark.parametrize(
    "pattern",
    ["(?P<id>(a+)+)b", "(?P<id>[0-9a-f_]*)*$x(?P<index>(.*)*)y", "(", "(?P<index>x)", "(?P<id>" * 90, "x" * 2000],
    ids=["slow", "slower", "no-pattern", "no-id", "nested", "long"],
)
def test_a_pattern_made_to_be_slow_is_given_up(dist: Path, pattern: str) -> None:
    rewritten(dist / TRAIN, value("path", 0, f"{'a' * 200}c.txt"))
    in_manifest(dist, lambda values: values["settings"].update(file_name=pattern))
    numbers_right(dist)
    start = time.monotonic()
    assert {"V007"} <= {code for code, _ in found(dist)}
    assert time.monotonic() - start < 60


def test_a_glob_made_to_be_slow_is_answered_or_given_up(dist: Path) -> None:
    rewritten(dist / TRAIN, value("path", 0, f"{'a' * 300}bc.txt"))
    in_manifest(dist, lambda values: values["settings"].update(split={"x": ["**[ab]" * 20 + "[x-z]"]}))
    numbers_right(dist)
    start = time.monotonic()
    assert {"V010", "V017"} & {code for code, _ in found(dist)}
    assert time.monotonic() - start < 60


def test_a_column_whose_values_grow_out_of_each_other_is_not_decoded(dist: Path) -> None:
    body = "a" * (1 << 20)
    big = pq.read_table(dist / TRAIN, partitioning=None).slice(0, 1)
    table = value("body", 0, body)(big)
    pq.write_table(
        pa.concat_tables([table] * 300),
        dist / TRAIN,
        use_dictionary=False,
        column_encoding=dict.fromkeys(table.column_names, "DELTA_BYTE_ARRAY"),
        write_page_checksum=True,
        compression="zstd",
    )
    checksums_right(dist)
    assert (dist / TRAIN).stat().st_size < 1 << 20
    assert ("V010", TRAIN) in found(dist)


def test_a_removed_table_whose_dictionary_repeats_a_huge_value_is_not_decoded(dist: Path) -> None:
    rewritten(
        dist / REMOVED,
        lambda table: pa.concat_tables([value("path", 0, "a" * (3 << 20))(table)] * 50),
        use_dictionary=True,
        dictionary_pagesize_limit=64 << 20,
    )
    checksums_right(dist)
    assert ("V010", REMOVED) in found(dist)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({1: 0, 2: MAX_PAGE + 1, 3: 10, 4: 0, 5: {1: 1, 2: 0}}, "which is not read"),
        ({1: 0, 2: 10, 3: 10, 5: {1: 1, 2: 0}}, "without a checksum"),
        ({1: 0, 2: 10, 3: 10, 4: 0, 5: {1: 1, 2: 7}}, "encoding"),
        ({1: 2, 2: 10, 3: 10, 4: 0, 7: {1: 1, 2: 0}}, "encoding"),
        ({1: 9, 2: 10, 3: 10, 4: 0}, "unknown kind"),
        ({2: 10}, "lacks"),
    ],
)  # fmt: skip
def test_a_page_that_no_build_writes_is_refused(header: dict[int, object], message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        Page(0, "body", header, 100).check(dictionaries=False)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x15",
        b"\x15" + b"\x80" * 20,
        b"\x1c" * 100,
        b"\x19\xfc\xff\xff\xff\xff\x0f" + b"\x00" * 10,
        b"\x1d\x00",
        b"\x18\xff\xff\x7f",
    ],
)
def test_a_page_header_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        _struct(data, 0, 0)


def test_text_that_is_not_utf_8_is_refused(dist: Path) -> None:
    def change(table: pa.Table) -> pa.Table:
        bad = pa.array([b"\xff\xfe"] * table.num_rows, pa.binary()).view(pa.string())
        return table.set_column(2, table.schema.field(2), bad)

    rewritten(dist / TRAIN, change)
    checksums_right(dist)
    assert "V010" in {code for code, _ in found(dist)}


def test_null_in_a_column_of_every_dataset_is_said_with_its_row(dist: Path) -> None:
    rewritten(dist / TRAIN, value("title", 2, None))
    checksums_right(dist)
    messages = [one.message for one in dataset_tools.verify(dist).issues if one.code == "V023"]
    assert messages == ["row 2: title is null"]


def test_nothing_in_the_card_is_loaded_where_something_is_wrong(dist: Path) -> None:
    in_text(dist / CARD, "path: data/train-*", "path: https://example.invalid/x.parquet")
    checksums_right(dist)
    for ignored, codes in (((), {"V009"}), (("V009",), set())):
        report = dataset_tools.verify(dist, load=True, ignore=ignored)
        assert {one.code for one in report.issues} == codes
        assert report.verified is not None
        assert not report.verified.loaded


def test_every_format_is_safe_for_a_dataset_in_ruins(dist: Path) -> None:
    from tests.test_any_input import assert_all_formats

    flip(dist / TRAIN, 2000)
    (dist / "##[group]\u202e%0A::error::a").touch()
    in_manifest(dist, lambda values: values["splits"].update({"\x1b[2J::error::": {"rows": 1, "num_bytes": 1}}))
    report = dataset_tools.verify(dist)
    assert len(report.issues) > 3
    assert_all_formats(report)
    assert json.loads(json.dumps([one.message for one in report.issues]))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 900 + "]" * 900,
        '{"recordSet": ' + "[" * 900 + "]" * 900 + "}",
        "[1]",
        "{",
        '{"distribution": 1e999}',
        "\xff",
    ],
    ids=["deep", "deep-inside", "no-object", "cut", "infinite", "no-utf-8"],
)
def test_croissant_of_any_form_is_one_finding_or_some(dist: Path, text: str) -> None:
    (dist / CROISSANT).write_bytes(text.encode("latin-1"))
    manifest_files_right(dist)
    assert set(found(dist)) == {("V025", CROISSANT)}
