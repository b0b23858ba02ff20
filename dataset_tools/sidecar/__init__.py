"""Metadata beside the articles: a table with a row for each id, whose columns become columns of the dataset.

`read_sidecar` finds and reads it; `described` puts its rows to those of the articles, and holds them to the schema.
"""

from dataset_tools.sidecar.describe import Described, described
from dataset_tools.sidecar.read import read_sidecar
from dataset_tools.sidecar.table import Sidecar, columns_known

__all__ = ["Described", "Sidecar", "columns_known", "described", "read_sidecar"]
