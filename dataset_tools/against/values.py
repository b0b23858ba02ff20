"""The values that flow: a published dataset, when a document is near to one of its documents, and which are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from dataset_tools.manifest import Manifest
from dataset_tools.run_report import AgainstFacts

if TYPE_CHECKING:
    from dataset_tools.against.documents import Documents
    from dataset_tools.against.index import Index

PUBLISHED = pa.schema(
    [
        ("row", pa.int64()),
        ("kept_id", pa.string()),
        ("kept_path", pa.string()),  # null where the dataset has none
        ("kept_in", pa.string()),  # content_sha256 of the dataset
        ("name", pa.string()),  # of the dataset
        ("relation", pa.string()),  # identical, same_text, near
        ("similarity", pa.float64()),
        ("numbers_only", pa.bool_()),
    ]
)
"""What is known of a document that is published already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A published dataset that documents are compared with."""

    documents: "Documents"
    index: "Index"

    @property
    def name(self) -> str:
        """What it is called where it is spoken of: the URL, or the last part of the path."""
        return self.documents.place.name

    @property
    def manifest(self) -> Manifest | None:
        """Its manifest, None if we have not built it."""
        return self.documents.manifest

    @property
    def content_sha256(self) -> str:
        """The digest of its rows: that of its manifest, else of the columns that were read."""
        return self.index.digest if self.manifest is None else self.manifest.content_sha256

    def facts(self) -> AgainstFacts:
        """What manifests and reports say of it."""
        documents = self.index.table.num_rows
        return AgainstFacts(name=self.name, documents=documents, content_sha256=self.content_sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCriterion:
    """When a document is near to a published one; without `near` only same texts are found.

    `bucket_limit` documents of one bucket are compared. With `keep_numbers` a document that differs from a published
    one in numbers only is another document.
    """

    near: bool
    threshold: float
    bucket_limit: int
    keep_numbers: bool


@dataclass(frozen=True, slots=True)
class Already:
    """The columns of PUBLISHED, in document order, and how many comparisons `bucket_limit` left out."""

    rows: pa.Table
    skipped: int
