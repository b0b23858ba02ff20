"""The flow of a build on a cluster, with an engine of this machine in place of Daft: how work is cut up and kept."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.fs
import pytest

import dataset_tools
from dataset_tools import cluster, prepare
from dataset_tools.cluster import Cluster, stages
from dataset_tools.engines import Stage
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import UserError
from dataset_tools.run_report import RunReport
from tests.cluster.corpora import crowd, mixed
from tests.cluster.test_build import SETTINGS, files_of
from tests.conftest import CorpusFolder, article


class Untidy(LocalEngine):
    """Works on batches in any order, as a cluster does, and counts them; results come in the order of the input."""

    def __init__(self) -> None:
        super().__init__(1)
        self.batches = 0
        self.dies_at: int | None = None

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        cut = [table.slice(start, rows) for table in tables for start in range(0, len(table), rows)]
        order = random.Random(5).sample(range(len(cut)), len(cut))
        made = {}
        for number in order:
            if self.batches == self.dies_at:
                raise KeyboardInterrupt
            self.batches += 1
            made[number] = stage(cut[number])
        return iter([made[number] for number in range(len(cut))])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Untidy:
    engine = Untidy()
    monkeypatch.setattr("dataset_tools.engines.daft.DaftEngine", lambda address: engine)
    return engine


def on_cluster(raw: Path, out: Path, work: Path | str, settings: Path | None = None, **more: object) -> RunReport:
    given = {"on_invalid": "quarantine", "engine": "daft", "work_dir": work, **more}
    return dataset_tools.build(raw, out, config_file=settings, **given)


def on_one(raw: Path, out: Path, settings: Path | None = None) -> RunReport:
    return dataset_tools.build(raw, out, config_file=settings, on_invalid="quarantine", cache=False)


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("local")
    raw = mixed(CorpusFolder(folder / "raw")).folder
    ids = [path.stem.partition("_")[2] for path in sorted(raw.glob("*/*.txt"))[:40]]
    lines = [f"{one},{number},tòa soạn {number % 3}\n" for number, one in enumerate(dict.fromkeys(ids))]
    (raw / "metadata.csv").write_text("id,views,source\n" + "".join(lines), "utf-8")
    settings = folder / "dataset-tools.toml"
    settings.write_text(SETTINGS, "utf-8")
    report = on_one(raw, folder / "dist", settings)
    assert report.dataset is not None, report
    return raw, settings, folder / "dist"


@pytest.mark.parametrize(("rows", "keys", "files"), [(1, 1, 1), (7, 40, 3), (50, 1 << 22, 16), (4096, 3, 1)])
def test_how_work_is_cut_up_changes_no_byte(
    local: tuple[Path, Path, Path],
    engine: Untidy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    keys: int,
    files: int,
) -> None:
    for module in (prepare, cluster):
        monkeypatch.setattr(module, "BATCH_ROWS", rows)
    monkeypatch.setattr(cluster, "BANDS_AT_ONCE", keys)
    monkeypatch.setattr(cluster, "FILES_AT_ONCE", files)
    monkeypatch.setattr("dataset_tools.cluster.texts._MOST_ROWS", rows)
    raw, settings, dist = local
    assert on_cluster(raw, tmp_path / "dist", tmp_path / "work", settings).dataset is not None
    assert files_of(tmp_path / "dist") == files_of(dist)


@pytest.mark.parametrize("policy", ["longest", "priority"])
def test_every_policy_is_that_of_one_machine(
    engine: Untidy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, policy: str
) -> None:
    for module in (prepare, cluster):
        monkeypatch.setattr(module, "BATCH_ROWS", 5)
    raw = mixed(CorpusFolder(tmp_path / "raw"), 30).folder
    settings = tmp_path / "dataset-tools.toml"
    priority = 'priority = ["c/**", "b/**"]' if policy == "priority" else ""
    settings.write_text(f'[dedup]\npolicy = "{policy}"\n{priority}\n', "utf-8")
    on_one(raw, tmp_path / "one", settings)
    on_cluster(raw, tmp_path / "many", tmp_path / "work", settings)
    assert files_of(tmp_path / "many") == files_of(tmp_path / "one")


def test_a_finished_stage_is_not_done_again(local: tuple[Path, Path, Path], engine: Untidy, tmp_path: Path) -> None:
    raw, settings, dist = local
    on_cluster(raw, tmp_path / "dist", tmp_path / "work", settings)
    done, engine.batches = engine.batches, 0
    on_cluster(raw, tmp_path / "dist", tmp_path / "work", settings)
    assert (done > 3, engine.batches) == (True, 0)
    assert files_of(tmp_path / "dist") == files_of(dist)


def test_a_build_that_was_killed_begins_where_it_was(
    local: tuple[Path, Path, Path], engine: Untidy, tmp_path: Path
) -> None:
    raw, settings, dist = local
    on_cluster(raw, tmp_path / "whole", tmp_path / "other-work", settings)
    whole, engine.batches = engine.batches, 0
    for dies_at in (1, whole // 2, whole - 1):
        engine.batches, engine.dies_at = 0, dies_at
        with pytest.raises(KeyboardInterrupt):
            on_cluster(raw, tmp_path / "dist", tmp_path / f"work-{dies_at}", settings)
        engine.batches, engine.dies_at = 0, None
        on_cluster(raw, tmp_path / "dist", tmp_path / f"work-{dies_at}", settings)
        assert engine.batches <= whole
        assert files_of(tmp_path / "dist") == files_of(dist)


def test_a_file_that_has_changed_is_prepared_again(engine: Untidy, tmp_path: Path) -> None:
    corpus = CorpusFolder(tmp_path / "raw")
    paths = [corpus.add(article(number)) for number in range(5)]
    on_cluster(corpus.folder, tmp_path / "dist", tmp_path / "work")
    paths[2].unlink()
    corpus.add(article(77))
    on_one(corpus.folder, tmp_path / "one")
    on_cluster(corpus.folder, tmp_path / "many", tmp_path / "work")
    assert files_of(tmp_path / "many") == files_of(tmp_path / "one")


@dataclass(frozen=True, slots=True)
class Blind:
    """A machine that finds no corpus where it should be."""

    stage: stages.PrepareInto

    def __call__(self, sources: pa.Table) -> pa.Table:
        return replace(self.stage, plan=replace(self.stage.plan, root=Path("/no")))(sources)


def test_a_machine_that_cannot_read_the_corpus_is_an_error_and_no_lack_of_rows(
    engine: Untidy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = CorpusFolder(tmp_path / "raw")
    for number in range(6):
        corpus.add(article(number))
    monkeypatch.setattr(cluster, "PrepareInto", lambda **given: Blind(stages.PrepareInto(**given)))
    with pytest.raises(UserError, match="cannot read 6 files that this machine can read, such as 000_") as raised:
        on_cluster(corpus.folder, tmp_path / "dist", tmp_path / "work")
    assert "on every machine" in raised.value.hint
    assert not (tmp_path / "dist").exists()
    monkeypatch.setattr(cluster, "PrepareInto", stages.PrepareInto)
    report = on_cluster(corpus.folder, tmp_path / "dist", tmp_path / "work")  # what was wrong is not kept
    assert report.dataset is not None
    assert report.dataset.counts.written == 6


def test_what_could_not_be_read_is_tried_again(engine: Untidy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "raw"
    corpus = CorpusFolder(raw)
    for number in range(6):
        corpus.add(article(number))
    with monkeypatch.context() as blind:
        blind.setattr(cluster, "PrepareInto", lambda **given: Blind(stages.PrepareInto(**given)))
        blind.setattr(Cluster, "_check_unread", lambda *_: None)  # as if this machine could not read it either
        assert on_cluster(raw, tmp_path / "dist", tmp_path / "work").dataset is None
    report = on_cluster(raw, tmp_path / "dist", tmp_path / "work")
    assert report.dataset is not None
    assert report.dataset.counts.written == 6


def test_a_crowd_in_one_bucket_is_bounded_as_on_one_machine(engine: Untidy, tmp_path: Path) -> None:
    corpus = CorpusFolder(tmp_path / "raw")
    for number in range(400):
        corpus.add(crowd(number))
    settings = tmp_path / "dataset-tools.toml"
    settings.write_text("[dedup]\nbucket_limit = 3\nthreshold = 0.97\n", "utf-8")
    on_one(corpus.folder, tmp_path / "one", settings)
    report = on_cluster(corpus.folder, tmp_path / "many", tmp_path / "work", settings)
    assert report.dataset is not None
    assert files_of(tmp_path / "many") == files_of(tmp_path / "one")


def test_the_work_folder_may_be_in_an_object_store(
    local: tuple[Path, Path, Path], engine: Untidy, s3: Callable[[str], str], tmp_path: Path
) -> None:
    raw, settings, dist = local
    on_cluster(raw, tmp_path / "dist", s3("viec"), settings)
    assert files_of(tmp_path / "dist") == files_of(dist)
    engine.batches = 0
    on_cluster(raw, tmp_path / "dist", s3("viec"), settings)
    assert engine.batches == 0


def test_a_work_folder_that_cannot_be_written_is_one_clear_line(engine: Untidy, tmp_path: Path) -> None:
    raw = mixed(CorpusFolder(tmp_path / "raw"), 3).folder
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match=r"--work-dir: .* is a file"):
        on_cluster(raw, tmp_path / "dist", tmp_path / "file")
    with pytest.raises(UserError, match="--work-dir: cannot write"):
        on_cluster(raw, tmp_path / "dist", tmp_path / "file" / "below")


def test_settings_of_the_engine_that_do_not_go_together_are_refused(tmp_path: Path) -> None:
    raw = mixed(CorpusFolder(tmp_path / "raw"), 3).folder
    with pytest.raises(UserError, match="address needs work_dir"):
        dataset_tools.build(raw, tmp_path / "dist", engine="daft", address="ray://127.0.0.1:1")
    with pytest.raises(UserError, match="work_dir has no effect without"):
        dataset_tools.build(raw, tmp_path / "dist", work_dir=tmp_path / "work")
