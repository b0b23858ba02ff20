"""Package: write the rows that are kept as Parquet, with card, manifest, audit tables and checksums."""

from dataset_tools.stages.package.card import CardFacts
from dataset_tools.stages.package.place import Staging, disk_fault, recover, staging
from dataset_tools.stages.package.shards import Form, Split, split_of
from dataset_tools.stages.package.write import Parcel, package

__all__ = ["CardFacts", "Form", "Parcel", "Split", "Staging", "disk_fault", "package", "recover", "split_of", "staging"]
