"""A Ray cluster of two nodes on this machine, which listens on 127.0.0.1 alone."""

import importlib.util
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import ROOT

WITHOUT = "the extra cluster is not installed: pip install 'dataset-tools[cluster]'"


RUNNER = os.environ.get("DATASET_TOOLS_RUNNER", "native")
"""Where Daft runs in this process, which it keeps to: native or ray."""


def needs_daft(runner: str) -> None:
    if importlib.util.find_spec("daft") is None:
        pytest.skip(WITHOUT)
    if runner != RUNNER:
        pytest.skip(f"Daft keeps to one place in a process: set DATASET_TOOLS_RUNNER={runner}")


@pytest.fixture(scope="session")
def ray_cluster() -> Iterator[Any]:
    """The cluster (`ray.cluster_utils.Cluster`), with one core on each node."""
    needs_daft("ray")
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # or Ray listens on all addresses of this machine
    os.environ["PYTHONPATH"] = str(ROOT)  # where the nodes find the stages of the tests
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": 128 << 20, "node_ip_address": "127.0.0.1"}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    cluster.add_node(**node)
    yield cluster
    cluster.shutdown()
