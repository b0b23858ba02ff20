"""A Ray cluster of two nodes on this machine, which listens on 127.0.0.1 alone."""

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

RUNNER = os.environ.get("DATASET_TOOLS_RUNNER", "native")
"""Where Daft runs in this process, which it keeps to: native or ray."""

NODE: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 128 << 20, "node_ip_address": "127.0.0.1"}


def needs_daft(runner: str) -> None:
    if importlib.util.find_spec("daft") is None:
        pytest.skip("the extra cluster is not installed: pip install 'dataset-tools[cluster]'")
    if runner != RUNNER:
        pytest.skip(f"Daft keeps to one place in a process: set DATASET_TOOLS_RUNNER={runner}")


@pytest.fixture(scope="session")
def ray_cluster(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The cluster (`ray.cluster_utils.Cluster`), with one core on each node, which know the S3 server of the tests."""
    needs_daft("ray")
    before = dict(os.environ)
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # or Ray listens on all addresses of this machine
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["PYTHONPATH"] = str(Path(__file__).parent.parent)  # where the nodes find the stages of the tests
    if importlib.util.find_spec("moto") is not None:
        request.getfixturevalue("s3_environment")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
    cluster.add_node(**NODE)
    yield cluster
    import ray

    ray.shutdown()
    cluster.shutdown()
    os.environ.clear()
    os.environ.update(before)
