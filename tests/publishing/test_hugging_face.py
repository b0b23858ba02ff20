"""Pushing to the Hub: the real client speaks to a small server on this machine."""

from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import pytest
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.cli import app
from tests.hub_server import TOKEN, FakeHub, hub_server
from tests.publishing.conftest import files_of

URL = "hf://datasets/toi/tin-vi"

# The client's own way of sending a file, without Xet, is one that its HTTP library deprecates.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeHub]:
    constants = huggingface_hub.constants
    with hub_server() as served:
        monkeypatch.setattr(constants, "ENDPOINT", served.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", served.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 10)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        yield served


def test_all_files_arrive_in_one_commit(hub: FakeHub, dist: Path) -> None:
    report = dataset_tools.push(dist, URL)
    repository = hub.repositories["toi/tin-vi"]
    assert repository.files() == files_of(dist)
    assert len(repository.commits) == 2
    assert (report.ok, report.commit) == (True, f"{1:040}")
    assert not repository.private


def test_what_is_there_and_equal_is_not_sent_again(hub: FakeHub, dist: Path) -> None:
    dataset_tools.push(dist, URL)
    before = list(hub.requests)
    report = dataset_tools.push(dist, URL)
    assert (report.uploaded, report.commit) == ((), None)
    assert not [one for one in hub.requests[len(before) :] if one.startswith(("POST", "PUT"))]


def test_what_the_old_dataset_had_is_removed_and_files_of_others_stay(hub: FakeHub, dist: Path, later: Path) -> None:
    dataset_tools.push(dist, URL)
    repository = hub.repositories["toi/tin-vi"]
    repository.commits[-1]["notes.md"] = b"cua nguoi khac"
    report = dataset_tools.push(later, URL)
    assert report.removed == ("data/validation-00000-of-00001.parquet",)
    assert report.foreign == ("notes.md",)
    assert repository.files() == {**files_of(later), "notes.md": b"cua nguoi khac"}


def test_a_dry_run_writes_nothing_and_needs_no_token(hub: FakeHub, dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN")
    report = dataset_tools.push(dist, URL, dry_run=True)
    assert [one.path for one in report.uploaded][-1] == "manifest.json"
    assert not [one for one in hub.requests if not one.startswith("GET")]
    assert hub.repositories == {}


def test_private_makes_a_private_repository_and_refuses_a_public_one(hub: FakeHub, dist: Path) -> None:
    dataset_tools.push(dist, "hf://datasets/toi/rieng", private=True)
    assert hub.repositories["toi/rieng"].private
    dataset_tools.push(dist, URL)
    with pytest.raises(dataset_tools.UserError, match="is there already, and it is public"):
        dataset_tools.push(dist, URL, private=True)


def test_a_revision_is_a_branch_that_is_made(hub: FakeHub, dist: Path, later: Path) -> None:
    dataset_tools.push(dist, URL)
    dataset_tools.push(later, URL, revision="v2")
    repository = hub.repositories["toi/tin-vi"]
    assert repository.files("main") == files_of(dist)
    assert repository.files("v2") == files_of(later)
    assert dataset_tools.push(later, f"{URL}@v2").uploaded == ()


def test_a_branch_is_made_from_the_main_one_even_if_nothing_need_be_sent(hub: FakeHub, dist: Path) -> None:
    dataset_tools.push(dist, URL)
    report = dataset_tools.push(dist, URL, revision="v1")
    assert (report.uploaded, report.commit) == ((), f"{1:040}")
    assert hub.repositories["toi/tin-vi"].files("v1") == files_of(dist)


def test_after_a_failure_the_next_push_sends_no_data_twice(hub: FakeHub, dist: Path) -> None:
    hub.fail_at = "POST /api/datasets/toi/tin-vi/commit"
    with pytest.raises(dataset_tools.UserError):
        dataset_tools.push(dist, URL)
    assert hub.repositories["toi/tin-vi"].files() == {}
    sent = hub.uploads
    hub.fail_at = ""
    assert dataset_tools.push(dist, URL).ok
    assert (sent, hub.uploads) == (5, 5)
    assert hub.repositories["toi/tin-vi"].files() == files_of(dist)


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(hub: FakeHub, dist: Path, later: Path) -> None:
    dataset_tools.push(dist, URL)
    hub.meanwhile = True
    with pytest.raises(dataset_tools.UserError, match="push again"):
        dataset_tools.push(later, URL)
    assert hub.repositories["toi/tin-vi"].files() == {**files_of(dist), "notes.md": b"x"}


def test_what_arrived_with_other_bytes_is_a_problem(hub: FakeHub, dist: Path) -> None:
    hub.spoil = "data/train-00000-of-00001.parquet"
    result = CliRunner().invoke(app, ["push", str(dist), URL])
    assert result.exit_code == 1
    assert "! data/train-00000-of-00001.parquet: arrived with other bytes than were sent" in result.stdout


def test_a_repository_with_other_content_is_refused(hub: FakeHub, dist: Path) -> None:
    huggingface_hub.HfApi(token=TOKEN, endpoint=hub.url).create_repo("toi/tin-vi", repo_type="dataset")
    hub.repositories["toi/tin-vi"].commits[0]["README.md"] = b"# cua toi"
    with pytest.raises(dataset_tools.UserError, match=r"not a dataset of dataset-tools: README\.md"):
        dataset_tools.push(dist, URL)
    assert len(hub.repositories["toi/tin-vi"].commits) == 1


def test_without_a_token_nothing_is_written_and_the_variable_is_named(
    hub: FakeHub, dist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setattr(huggingface_hub.constants, "HF_TOKEN_PATH", str(dist / "manifest.json"))
    with pytest.raises(dataset_tools.UserError, match="put it into HF_TOKEN"):
        dataset_tools.push(dist, URL)
    assert hub.repositories == {}


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /api/datasets/toi/tin-vi",
        "POST /api/repos/create",
        "POST /api/datasets/toi/tin-vi/preupload",
        "POST /datasets/toi/tin-vi.git/info/lfs",
        "PUT /stored",
        "POST /api/datasets/toi/tin-vi/commit",
        "HEAD /datasets/toi/tin-vi/resolve",
        "GET /datasets/toi/tin-vi/resolve",
    ],
)
def test_the_token_is_in_no_message_even_if_the_server_repeats_it(hub: FakeHub, dist: Path, request_line: str) -> None:
    hub.fail_at = request_line
    result = CliRunner().invoke(app, ["push", str(dist), URL])
    assert result.exit_code == 2, result.output
    assert TOKEN not in result.output
    assert result.stderr.startswith("error: cannot ")
    assert "\n    next: " in result.stderr
    assert "Traceback" not in result.output


def test_a_wrong_token_is_told_so(hub: FakeHub, dist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_sairoi")
    result = CliRunner().invoke(app, ["push", str(dist), URL])
    assert result.exit_code == 2
    assert "see that the token in HF_TOKEN may write there" in result.stderr
    assert "hf_sairoi" not in result.output


@pytest.mark.parametrize("value", ["hf_bi\nmat", "hf_bímật", "hf_bi mat"])
def test_what_cannot_be_a_token_is_refused_and_not_repeated(
    dist: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HF_TOKEN", value)
    result = CliRunner().invoke(app, ["push", str(dist), URL])
    assert result.exit_code == 2
    assert result.stderr.startswith("error: what HF_TOKEN holds is not a token\n    next: ")
    assert "hf_b" not in result.output


@pytest.mark.parametrize("word", ["hf://toi/x", "hf://datasets/x", "hf://datasets/a/b/c", "hf://models/a/b", "hf://"])
def test_what_names_no_dataset_of_the_hub_is_refused(dist: Path, word: str) -> None:
    with pytest.raises(dataset_tools.UserError, match="write hf://datasets/OWNER/NAME"):
        dataset_tools.push(dist, word)
