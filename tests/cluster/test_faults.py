"""What goes wrong on a cluster: the same result, or one clear error, and never fewer rows."""

import os
import socket
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dataset_tools import cluster as flow
from dataset_tools import prepare
from dataset_tools.cluster.stages import PrepareInto
from dataset_tools.model import UserError
from tests.cluster.blind import BLIND, BlindWhereSaid
from tests.cluster.corpora import mixed
from tests.cluster.test_flow import files_of, on_cluster, on_one
from tests.cluster_of_two import NODE, needs_daft
from tests.conftest import ROOT, CorpusFolder, article
from tests.engines.stages import DiesOnce, Waits, whole


@pytest.fixture(scope="module")
def engine(ray_cluster: Any) -> Iterator[Any]:
    from dataset_tools.engines.daft import DaftEngine

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with DaftEngine(f"ray://{ray_cluster.address}") as engine:
            yield engine


def numbers(count: int) -> list[pa.Table]:
    return [pa.table({"x": [number]}) for number in range(count)]


def test_a_worker_that_is_killed_costs_no_row(engine: Any, tmp_path: Path) -> None:
    stage = DiesOnce(tmp_path / "died")
    found = [part["x"].to_pylist() for part in engine.map_batches(numbers(20), stage, 1)]
    assert stage.memory.exists()
    assert found == [[number] for number in range(20)]


def test_a_node_that_is_removed_during_a_shuffle_costs_no_row(engine: Any, ray_cluster: Any, tmp_path: Path) -> None:
    node = ray_cluster.add_node(**NODE)

    def remove() -> None:
        while len(list(tmp_path.iterdir())) < 4:
            time.sleep(0.1)
        ray_cluster.remove_node(node, allow_graceful=False)

    thread = threading.Thread(target=remove)
    thread.start()
    made = engine.map_batches(numbers(30), Waits(tmp_path, 0.3), 1)
    found = [part.to_pylist()[0] for part in engine.map_groups(made, "b", whole)]
    thread.join()
    assert [(one["b"], one["x"]) for one in found] == [
        (bucket, ",".join(f"{x},{-x}" for x in range(30) if x % 7 == bucket)) for bucket in range(7)
    ]


def test_a_corpus_that_one_node_cannot_read_is_an_error(
    engine: Any, ray_cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = CorpusFolder(tmp_path / "raw")
    for number in range(40):
        corpus.add(article(number))
    for module in (prepare, flow):
        monkeypatch.setattr(module, "BATCH_ROWS", 1)
    monkeypatch.setattr("dataset_tools.engines.daft.DaftEngine", lambda address: engine)
    monkeypatch.setattr(type(engine), "__exit__", lambda *_: None)
    monkeypatch.setattr(flow, "PrepareInto", lambda **given: BlindWhereSaid(PrepareInto(**given), tmp_path / "seen"))
    node = ray_cluster.add_node(**NODE, env_vars={BLIND: "1"})
    try:
        with pytest.raises(UserError, match="of the cluster cannot read 1 files that this machine can read"):
            on_cluster(corpus.folder, tmp_path / "dist", tmp_path / "work")
    finally:
        ray_cluster.remove_node(node)
    assert not (tmp_path / "dist").exists()


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "ignore", "-m", "dataset_tools", "build", *map(str, arguments)]


def test_a_driver_that_is_killed_goes_on_where_it_was(ray_cluster: Any, tmp_path: Path) -> None:
    raw = mixed(CorpusFolder(tmp_path / "raw")).folder
    on_one(raw, tmp_path / "one")
    address = f"ray://{ray_cluster.address}"
    arguments = ["--engine", "daft", "--address", address, "--work-dir", tmp_path / "work"]
    call = command(raw, "--out", tmp_path / "many", "--on-invalid", "quarantine", *arguments)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (tmp_path / "log").open("wb") as log:
        driver = subprocess.Popen(call, stdout=log, stderr=log, env=environment)
        done: list[Path] = []
        while not done and driver.poll() is None:
            done = list((tmp_path / "work").glob("prepared-*.done"))
            time.sleep(0.02)
        driver.kill()
        driver.wait()
    assert done, (tmp_path / "log").read_text()
    assert not (tmp_path / "many").exists()
    prepared = {path: path.stat().st_mtime_ns for path in (tmp_path / "work").glob("prepared-*/*")}
    again = subprocess.run(call, capture_output=True, text=True, env=environment, timeout=100)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in prepared} == prepared
    assert files_of(tmp_path / "many") == files_of(tmp_path / "one")


def refused(address: str, tmp_path: Path) -> str:
    """What the command line says of an address, in at most 30 seconds."""
    raw = mixed(CorpusFolder(tmp_path / "raw"), 3).folder
    call = command(raw, "--engine", "daft", "--address", address, "--work-dir", tmp_path / "work")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(call, capture_output=True, text=True, env=environment, timeout=30)
    assert done.returncode == 2, done.stderr
    error, hint = done.stderr.splitlines()
    assert hint.startswith("    next: ")
    assert "Traceback" not in done.stderr
    return error


def test_an_address_where_nothing_listens_is_one_clear_line(tmp_path: Path) -> None:
    needs_daft("ray")
    error = refused("ray://127.0.0.1:1", tmp_path)
    assert error == "error: no Ray cluster answers at ray://127.0.0.1:1: Connection refused"


def test_an_address_where_something_else_listens_is_one_clear_line(tmp_path: Path) -> None:
    needs_daft("ray")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        error = refused(f"ray://127.0.0.1:{other.getsockname()[1]}", tmp_path)
    assert "does not let us in: no answer within 15 seconds" in error


TOKEN_CLUSTER = """
import sys
from ray.cluster_utils import Cluster
node = {"num_cpus": 1, "object_store_memory": 100 << 20, "node_ip_address": "127.0.0.1", "include_dashboard": False}
cluster = Cluster(initialize_head=True, head_node_args=node)
print(cluster.address, flush=True)
sys.stdin.read()
cluster.shutdown()
"""


def test_a_missing_token_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_daft("ray")
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    with_token = {**os.environ, "RAY_AUTH_TOKEN": "khóa".encode().hex() * 4}
    call = [sys.executable, "-c", TOKEN_CLUSTER]
    nodes = subprocess.Popen(call, env=with_token, stdin=-1, stdout=-1, stderr=-3, text=True)
    try:
        monkeypatch.setenv("HOME", str(tmp_path))  # where Ray keeps one, after which it is not missing
        error = refused(f"ray://{nodes.stdout.readline().strip()}", tmp_path)
    finally:
        nodes.communicate(timeout=30)
    assert "does not let us in: Token authentication is enabled but no authentication token was found" in error


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    needs_daft("ray")
    assert refused("s3://kho", tmp_path) == "error: 's3://kho' is not the address of a Ray cluster"


def test_without_the_extra_the_error_names_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = mixed(CorpusFolder(tmp_path / "raw"), 3).folder
    monkeypatch.setattr("dataset_tools.engines.ray.find_spec", lambda name: None)
    with pytest.raises(UserError, match="daft is not installed") as raised:
        on_cluster(raw, tmp_path / "dist", tmp_path / "work")
    assert raised.value.hint == "install it: pip install 'dataset-tools[cluster]'"
