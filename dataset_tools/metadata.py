"""The metadata of a corpus in the flow: read first, since the schema may speak of it, and put to the articles later."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dataset_tools import schema
from dataset_tools.schema import ArticleSchema
from dataset_tools.settings import Settings
from dataset_tools.sidecar import Described, Sidecar, columns_known, described, read_sidecar


@dataclass(frozen=True, slots=True)
class Metadata:
    """The file of metadata of a corpus, None if there is none, and the schema of its articles and of that file."""

    sidecar: Sidecar | None
    schema: ArticleSchema

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The names of the columns beside id; None if the file is broken, and could have any."""
        return columns_known(self.sidecar)

    def of(self, articles: pa.Table, asked: frozenset[int] | None = None) -> Described:
        """The metadata of each article; an id that none has is an error, unless only some are `asked` for.

        Raises:
            UserError: if a check of the schema cannot run.
        """
        return described(self.sidecar, self.schema, articles, asked=asked)


def read_metadata(settings: Settings, root: Path) -> Metadata:
    """The file of metadata in the folder of a corpus, and the schema of the settings.

    Raises:
        UserError: if the schema is wrong, or speaks of a column that there is not.
    """
    sidecar = read_sidecar(root)
    return Metadata(sidecar, schema.load(settings.article_schema, columns_known(sidecar)))
