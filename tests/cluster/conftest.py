"""The cluster that builds are tried on, and an S3 server for their work folder."""

from tests.cluster_of_two import ray_cluster
from tests.s3_server import s3, s3_server

__all__ = ["ray_cluster", "s3", "s3_server"]
