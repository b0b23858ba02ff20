"""Pushing to folders, to what fsspec opens, and to a real S3 server on this machine."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import fsspec
import pyarrow.fs
import pytest
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.cli import app
from dataset_tools.publishing.plan import PENDING
from dataset_tools.publishing.store import Store
from tests.publishing.conftest import files_of

GONE = "data/validation-00000-of-00001.parquet"
TRAIN = "data/train-00000-of-00001.parquet"


class Remote:
    """A place that is pushed to, and what its files are."""

    def __init__(self, url: str, files: pyarrow.fs.FileSystem, root: str) -> None:
        self.url, self.store, self.root = url, files, root

    def files(self) -> dict[str, bytes]:
        selector = pyarrow.fs.FileSelector(self.root, allow_not_found=True, recursive=True)
        paths = [one.path for one in self.store.get_file_info(selector) if one.is_file]
        return {path[len(self.root) + 1 :]: self.store.open_input_stream(path).read() for path in paths}

    def put(self, path: str, data: bytes) -> None:
        if self.store.type_name != "s3":
            self.store.create_dir(f"{self.root}/{path}".rpartition("/")[0], recursive=True)
        with self.store.open_output_stream(f"{self.root}/{path}") as stream:
            stream.write(data)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The server of moto, which stores what it is given and answers as S3 does."""
    if importlib.util.find_spec("moto") is None:
        pytest.skip("moto is not installed: pip install 'dataset-tools[s3]'")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("s3") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=out, stderr=out
        )
    try:
        for _ in range(600):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, log.read_text()
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(params=["folder", "memory", "s3"])
def remote(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    if request.param == "folder":
        return Remote(str(tmp_path / "share" / "tin"), pyarrow.fs.LocalFileSystem(), str(tmp_path / "share" / "tin"))
    if request.param == "memory":
        files = fsspec.filesystem("memory")
        files.store.clear()
        return Remote("memory://kho/tin", pyarrow.fs.PyFileSystem(pyarrow.fs.FSSpecHandler(files)), "/kho/tin")
    server = request.getfixturevalue("s3_server")
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "y"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{server}")
    files = pyarrow.fs.S3FileSystem(endpoint_override=server, scheme="http", allow_bucket_creation=True)
    bucket = f"kho-{abs(hash(str(tmp_path)))}"
    files.create_dir(bucket)
    return Remote(f"s3://{bucket}/tin", files, f"{bucket}/tin")


def test_the_dataset_arrives_whole(remote: Remote, dist: Path) -> None:
    report = dataset_tools.push(dist, remote.url)
    assert report.ok
    assert remote.files() == files_of(dist)
    assert [one.path for one in report.uploaded][-4:] == ["croissant.json", "README.md", "SHA256SUMS", "manifest.json"]


def test_what_is_there_and_equal_is_not_sent_again(remote: Remote, dist: Path) -> None:
    dataset_tools.push(dist, remote.url)
    report = dataset_tools.push(dist, remote.url)
    assert (report.uploaded, report.removed, len(report.unchanged)) == ((), (), len(files_of(dist)))


def test_what_the_old_dataset_had_is_removed_and_files_of_others_stay(remote: Remote, dist: Path, later: Path) -> None:
    dataset_tools.push(dist, remote.url)
    remote.put("data/cua-ai.parquet", b"khac")
    report = dataset_tools.push(later, remote.url)
    assert (report.removed, report.foreign) == ((GONE,), ("data/cua-ai.parquet",))
    assert remote.files() == {**files_of(later), "data/cua-ai.parquet": b"khac"}


def test_a_file_of_others_is_never_replaced(remote: Remote, dist: Path, later: Path) -> None:
    dataset_tools.push(later, remote.url)
    remote.put(GONE, b"khac")
    before = remote.files()
    with pytest.raises(dataset_tools.UserError, match="holds files of others, which would be replaced: data/val"):
        dataset_tools.push(dist, remote.url)
    assert remote.files() == before


@pytest.mark.parametrize("path", ["notes.txt", "README.md", TRAIN])
def test_a_place_with_other_content_and_no_manifest_is_refused(remote: Remote, dist: Path, path: str) -> None:
    remote.put(path, b"khac")
    with pytest.raises(dataset_tools.UserError, match="holds files that are not a dataset of dataset-tools"):
        dataset_tools.push(dist, remote.url)
    assert remote.files() == {path: b"khac"}


def test_a_dry_run_changes_nothing_and_says_what_would_be_done(remote: Remote, dist: Path, later: Path) -> None:
    dataset_tools.push(dist, remote.url)
    before = remote.files()
    dry = dataset_tools.push(later, remote.url, dry_run=True)
    assert remote.files() == before
    done = dataset_tools.push(later, remote.url)
    assert (dry.uploaded, dry.removed, dry.unchanged) == (done.uploaded, done.removed, done.unchanged)


def _stop_after(steps: int) -> Callable[[], None]:
    """Let a push stop, as if it were killed, after so many writes and deletions; gives what lets it work again."""
    count = 0

    def counted(original: Callable[..., None]) -> Callable[..., None]:
        def call(self: Store, *arguments: object) -> None:
            nonlocal count
            if count == steps:
                raise KeyboardInterrupt
            count += 1
            original(self, *arguments)

        return call

    patch = pytest.MonkeyPatch()
    for name in ("_write", "_delete"):
        patch.setattr(Store, name, counted(getattr(Store, name)))
    return patch.undo


def test_a_push_that_is_stopped_anywhere_is_seen_by_verify_and_the_next_one_goes_on(
    remote: Remote, dist: Path, later: Path, tmp_path: Path
) -> None:
    dataset_tools.push(dist, remote.url)
    old = remote.files()
    writes = len(dataset_tools.push(later, remote.url, dry_run=True).uploaded)
    for steps in range(1, writes + 3):
        for path in set(remote.files()) - set(old):
            remote.store.delete_file(f"{remote.root}/{path}")
        for path, data in old.items():
            remote.put(path, data)
        work_again = _stop_after(steps)
        with pytest.raises(KeyboardInterrupt):
            dataset_tools.push(later, remote.url)
        work_again()
        half = tmp_path / f"half-{steps}"
        for path, data in remote.files().items():
            (half / path).parent.mkdir(parents=True, exist_ok=True)
            (half / path).write_bytes(data)
        assert not dataset_tools.verify(half).ok
        sent = dataset_tools.push(later, remote.url).uploaded
        assert len(sent) == max(0, writes - steps) + (steps < writes + 2)
        assert remote.files() == files_of(later)


def test_after_a_first_push_that_was_stopped_another_dataset_can_be_pushed(
    remote: Remote, dist: Path, later: Path
) -> None:
    for steps, folder in ((7, dist), (1, later)):
        work_again = _stop_after(steps)
        with pytest.raises(KeyboardInterrupt):
            dataset_tools.push(folder, remote.url)
        work_again()
    assert GONE in remote.files()
    assert dataset_tools.push(later, remote.url).foreign == ()
    assert remote.files() == files_of(later)


def test_what_arrives_with_other_bytes_is_a_problem_and_no_manifest_follows(
    remote: Remote, dist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Store._write

    def spoiled(self: Store, path: str, pieces: object) -> None:
        original(self, path, [b"khac"] if path == TRAIN else pieces)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "_write", spoiled)
        result = CliRunner().invoke(app, ["push", str(dist), remote.url])
    assert result.exit_code == 1
    assert f"! {TRAIN}: arrived with other bytes than were sent" in result.stdout
    assert "manifest.json" not in remote.files()
    report = dataset_tools.push(dist, remote.url)
    assert TRAIN in [one.path for one in report.uploaded]
    assert len(report.unchanged) > 0
    assert remote.files() == files_of(dist)


def test_a_note_that_was_cut_short_is_ours(remote: Remote, dist: Path) -> None:
    remote.put(PENDING, b'{"generator"')
    assert dataset_tools.push(dist, remote.url).ok
    assert remote.files() == files_of(dist)


def test_a_manifest_there_cannot_name_files_outside(dist: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    dataset_tools.push(dist, str(share))
    values = json.loads((share / "manifest.json").read_text())
    values["files"].append({"path": "../mine", "bytes": 1, "sha256": "0" * 64})
    (share / "manifest.json").write_text(json.dumps(values))
    (tmp_path / "mine").write_text("x")
    assert dataset_tools.push(dist, str(share)).removed == ()
    assert (tmp_path / "mine").exists()


def test_a_damaged_dataset_is_not_pushed(dist: Path, tmp_path: Path) -> None:
    (dist / "README.md").write_text("khac")
    result = CliRunner().invoke(app, ["push", str(dist), str(tmp_path / "share")])
    assert result.exit_code == 1
    assert "README.md: V004 error: " in result.stdout
    end = f"Nothing was pushed to {tmp_path / 'share'}. next: build the dataset again, or get a whole copy of it, then"
    assert end in " ".join(result.stdout.split())
    assert not (tmp_path / "share").exists()


def test_links_in_the_folder_are_refused(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "data").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(dataset_tools.UserError, match="holds data, which is neither a file nor a folder"):
        dataset_tools.push(dist, str(tmp_path / "share"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_pipe_in_the_folder_is_refused_and_not_opened(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    os.mkfifo(tmp_path / "share" / "README.md")
    with pytest.raises(dataset_tools.UserError, match=r"holds README\.md, which is neither a file nor a folder"):
        dataset_tools.push(dist, str(tmp_path / "share"))


def test_a_dataset_that_vanishes_while_it_is_pushed_is_an_error_of_the_user(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Store._write

    def vanishing(self: Store, path: str, pieces: object) -> None:
        (dist / TRAIN).unlink(missing_ok=True)
        original(self, path, pieces)

    monkeypatch.setattr(Store, "_write", vanishing)
    with pytest.raises(dataset_tools.UserError, match="has changed while it was pushed"):
        dataset_tools.push(dist, str(tmp_path / "share"))
    assert not (tmp_path / "share" / "manifest.json").exists()


@pytest.mark.parametrize("where", [".", "data", ".."])
def test_the_dataset_itself_is_no_target(dist: Path, where: str) -> None:
    with pytest.raises(dataset_tools.UserError, match="is the dataset itself, or lies in it or around it"):
        dataset_tools.push(dist, str(dist / where))


def test_a_file_is_no_target(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "share").write_text("x")
    with pytest.raises(dataset_tools.UserError, match="share is a file"):
        dataset_tools.push(dist, str(tmp_path / "share"))


def test_what_cannot_be_written_is_an_error_of_the_user(dist: Path, tmp_path: Path) -> None:
    (tmp_path / "share").write_text("x")
    result = CliRunner().invoke(app, ["push", str(dist), str(tmp_path / "share" / "tin")])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: cannot ")
    assert "\n    next: check the place" in result.stderr


def test_who_interrupts_is_told_that_the_next_push_goes_on(dist: Path, tmp_path: Path) -> None:
    work_again = _stop_after(3)
    result = CliRunner().invoke(app, ["push", str(dist), str(tmp_path / "share")])
    work_again()
    assert (result.exit_code, result.stdout) == (130, "")
    assert "push again, and only the rest is sent" in result.stderr


def test_a_server_that_is_not_there_is_one_clear_line_without_the_key(
    dist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "bimat"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    result = CliRunner().invoke(app, ["push", str(dist), "s3://kho/tin?endpoint_override=127.0.0.1:1&scheme=http"])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: cannot read s3://kho/tin: ")
    assert "bimat" not in result.output


def test_json_has_all_lists(dist: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["push", str(dist), str(tmp_path / "s"), "--output-format", "json"])
    values = json.loads(result.stdout)
    assert (values["version"], values["command"], result.exit_code) == (1, "push", 0)
    assert [one["path"] for one in values["push"]["uploaded"]][-1] == "manifest.json"


def test_the_dataset_of_the_settings_is_pushed_if_none_is_named(dist: Path, tmp_path: Path) -> None:
    shutil.copytree(dist, "dist")
    result = CliRunner().invoke(app, ["push", str(tmp_path / "s"), "-q"])
    assert (result.exit_code, result.output) == (0, "")
    assert files_of(tmp_path / "s") == files_of(dist)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a", "b", "c"], "3 places are given"),
        (["dist", "foo://x/y"], "'foo' is not a kind of URL"),
        (["dist", "s3://key:bimat@kho/tin"], "is given with credentials"),
        (["dist", "s3://kho/tin", "--private"], "--private is of the Hugging Face Hub"),
        (["dist", "share", "--revision", "v2"], "--revision is of the Hugging Face Hub"),
        (["nowhere", "share"], "nowhere is not a folder"),
        (["dist", "a\x1b[31m::x://y"], r"\x1b"),
    ],
)
def test_a_wrong_call_is_one_clear_line_and_exit_2(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(app, ["push", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr
    assert "\n    next: " in result.stderr
    assert "bimat" not in result.output
    assert "\x1b" not in result.output
