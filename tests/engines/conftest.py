"""The cluster that engines are tried on."""

from tests.cluster_of_two import ray_cluster

__all__ = ["ray_cluster"]
