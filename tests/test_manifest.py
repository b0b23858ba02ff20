import copy
import hashlib
import json
import os

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dataset_tools.manifest import Manifest, files_below, foreign_files, read, sha256_of
from dataset_tools.model import UserError

VALUES = {
    "generator": "dataset-tools",
    "format": 1,
    "ids": {"recipe": "sha256(file)[:16]", "decided_by": "detected"},
    "content_sha256": "c" * 64,
    "files": [{"path": "data/train.parquet", "bytes": 3, "sha256": "a" * 64}],
}


def write(dist, values):
    dist.mkdir(exist_ok=True)
    (dist / "manifest.json").write_text(values if isinstance(values, str) else json.dumps(values), "utf-8")


def test_a_manifest_says_what_made_the_dataset_and_what_is_in_it(tmp_path):
    write(tmp_path, VALUES)
    manifest = read(tmp_path)
    assert (manifest.recipe, manifest.decided) == ("sha256(file)[:16]", True)
    assert manifest.content_sha256 == "c" * 64
    assert manifest.files() == {"data/train.parquet": (3, "a" * 64)}


@pytest.mark.parametrize(("decided_by", "decided"), [("settings", True), ("detected", True), ("undecided", False)])
def test_external_ids_are_decided_unless_there_was_nothing_to_decide_on(tmp_path, decided_by, decided):
    write(tmp_path, {**VALUES, "ids": {"recipe": None, "decided_by": decided_by}})
    manifest = read(tmp_path)
    assert (manifest.recipe, manifest.decided) == (None, decided)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", '{"generator": "other"}', "\udcff", "[" * 100_000])
def test_what_is_not_a_manifest_of_ours_is_none(tmp_path, text):
    (tmp_path / "manifest.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read(tmp_path) is None


def test_a_folder_without_manifest_and_no_folder_have_none(tmp_path):
    assert read(tmp_path) is None
    assert read(tmp_path / "none") is None


@pytest.mark.parametrize("missing", [name for name in VALUES if name != "format"])
def test_a_manifest_that_lacks_something_is_none(tmp_path, missing):
    write(tmp_path, {name: value for name, value in VALUES.items() if name != missing})
    assert read(tmp_path) is None


def test_a_manifest_of_a_newer_version_is_a_user_error(tmp_path):
    write(tmp_path, {"generator": "dataset-tools", "format": 2})
    with pytest.raises(UserError, match="newer version of dataset-tools") as caught:
        read(tmp_path)
    assert "upgrade" in caught.value.hint


json_values = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.none(), max_size=1)
json_values |= st.just({}) | st.just([{"path": []}])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["format", "ids", "content_sha256", "files"]), json_values)
@example("format", "2")
@example("format", None)
def test_any_damage_to_a_manifest_is_none_or_a_user_error(tmp_path, key, value):
    write(tmp_path, {**copy.deepcopy(VALUES), key: value})
    try:
        assert isinstance(read(tmp_path), Manifest | None)
    except UserError:
        assert key == "format"


def test_files_below_a_folder_include_hidden_ones_and_links_but_no_folders(tmp_path):
    (tmp_path / "a" / "empty").mkdir(parents=True)
    (tmp_path / "a" / ".hidden").write_text("")
    (tmp_path / "b").write_text("")
    (tmp_path / "to-folder").symlink_to(tmp_path / "a")
    (tmp_path / "to-nothing").symlink_to(tmp_path / "none")
    assert sorted(files_below(tmp_path)) == ["a/.hidden", "b", "to-folder", "to-nothing"]


def test_a_name_that_is_not_utf_8_is_below_the_folder_as_the_file_system_has_it(tmp_path):
    (tmp_path / os.fsdecode(b"a\xff")).write_text("")
    assert list(files_below(tmp_path)) == [os.fsdecode(b"a\xff")]


def test_foreign_files_are_those_that_the_manifest_does_not_name(tmp_path):
    write(tmp_path, VALUES)
    (tmp_path / "data").mkdir()
    for name in ("SHA256SUMS", "data/train.parquet", "data/train.parquet.bak", "NOTES.md"):
        (tmp_path / name).write_text("x")
    assert foreign_files(tmp_path, read(tmp_path)) == ["NOTES.md", "data/train.parquet.bak"]


def test_the_digest_of_a_file_is_its_sha256(tmp_path):
    data = b"n\xc6\xb0\xe1\xbb\x9bc" * 50_000
    (tmp_path / "a").write_bytes(data)
    assert sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()
