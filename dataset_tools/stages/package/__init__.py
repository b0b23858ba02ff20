"""Package: write the rows that are kept as Parquet, with card, manifest, audit tables and checksums."""

from dataset_tools.stages.package.card import CardFacts
from dataset_tools.stages.package.earlier import Earlier
from dataset_tools.stages.package.shards import Form, Split
from dataset_tools.stages.package.splits import TRAIN, columns_of, split_of, splits_of
from dataset_tools.stages.package.write import InOrder, Parcel, Texts, WriteRows, package

__all__ = [
    "TRAIN",
    "CardFacts",
    "Earlier",
    "Form",
    "InOrder",
    "Parcel",
    "Split",
    "Texts",
    "WriteRows",
    "columns_of",
    "package",
    "split_of",
    "splits_of",
]
