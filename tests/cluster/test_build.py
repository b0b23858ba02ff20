"""A build on an engine: the same bytes as on one machine, however the corpus is spread."""

import warnings
from collections.abc import Callable
from pathlib import Path

import pyarrow.fs
import pytest

import dataset_tools
from dataset_tools.model import UserError
from dataset_tools.run_report import RunReport
from tests.cluster.corpora import mixed
from tests.cluster_of_two import RUNNER, needs_daft
from tests.conftest import CorpusFolder

SETTINGS = """
[split]
validation = 0.2
[package]
text_column = true
row_group_size = "2 kB"
shard_size = "9 kB"
[dedup]
numbers = "keep"
bucket_limit = 5
"""


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A corpus, its settings, and what one machine makes of it."""
    folder = tmp_path_factory.mktemp("local")
    mixed(CorpusFolder(folder / "raw"))
    settings = folder / "dataset-tools.toml"
    settings.write_text(SETTINGS, "utf-8")
    report = dataset_tools.build(
        folder / "raw", folder / "dist", config_file=settings, on_invalid="quarantine", cache=False
    )
    assert report.dataset is not None, report
    counts = report.dataset.counts
    assert min(counts.identical, counts.same_text, counts.near, counts.invalid) > 0
    assert len(list((folder / "dist" / "data").glob("train-*"))) > 3
    return folder / "raw", settings, folder / "dist"


@pytest.fixture(scope="module")
def address(request: pytest.FixtureRequest) -> str | None:
    """Where Daft runs in this process: on two nodes, or here."""
    needs_daft(RUNNER)
    return f"ray://{request.getfixturevalue('ray_cluster').address}" if RUNNER == "ray" else None


def built(local: tuple[Path | str, Path, Path], address: str | None, out: Path, work: Path | str) -> RunReport:
    raw, settings, _ = local
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dataset_tools.build(
            raw,
            out,
            config_file=settings,
            on_invalid="quarantine",
            engine="daft",
            address=address,
            work_dir=work,
        )


def test_a_build_on_daft_gives_the_bytes_of_one_machine(
    local: tuple[Path, Path, Path], address: str | None, tmp_path: Path
) -> None:
    report = built(local, address, tmp_path / "dist", tmp_path / "work")
    assert report.dataset is not None
    assert files_of(tmp_path / "dist") == files_of(local[2])


def test_a_build_with_its_work_folder_on_s3_gives_them_too(
    local: tuple[Path, Path, Path], address: str | None, s3: Callable[[str], str], tmp_path: Path
) -> None:
    assert built(local, address, tmp_path / "dist", s3("viec")).dataset is not None
    assert files_of(tmp_path / "dist") == files_of(local[2])


def test_a_corpus_on_s3_gives_the_rows_and_the_audit_of_one_in_a_folder(
    local: tuple[Path, Path, Path], address: str | None, s3: Callable[[str], str], tmp_path: Path
) -> None:
    raw, settings, dist = local
    url = s3("tin")
    files, root = pyarrow.fs.FileSystem.from_uri(url)
    pyarrow.fs.copy_files(str(raw), root, destination_filesystem=files)
    report = built((url, settings, dist), address, tmp_path / "dist", s3("viec"))
    assert report.dataset is not None
    assert files_of(tmp_path / "dist") == files_of(dist)
    pushed = dataset_tools.push(tmp_path / "dist", s3("dist"))
    assert pushed.ok


def test_a_corpus_on_s3_takes_an_engine(tmp_path: Path) -> None:
    with pytest.raises(UserError, match='raw at a URL takes name = "daft"'):
        dataset_tools.build("s3://kho/tin", tmp_path / "dist")
