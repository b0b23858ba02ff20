"""The dataset that was built from a corpus before: its manifest, and which ids it has published for what content."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dataset_tools.manifest import Manifest, read
from dataset_tools.model import UserError
from dataset_tools.staging import recover
from dataset_tools.text import printable


@dataclass(frozen=True, slots=True)
class Published:
    """A built dataset that is whole enough to be asked."""

    folder: Path
    manifest: Manifest

    def documents(self) -> pa.Table:
        """The columns id and sha256 of every published row.

        Raises:
            UserError: if a data file is missing or damaged.
        """
        import pyarrow.parquet as pq

        paths = [self.folder / path for path in self.manifest.files() if path.startswith("data/")]
        try:
            return pa.concat_tables(pq.read_table(path, columns=["id", "sha256"], partitioning=None) for path in paths)
        except (OSError, pa.ArrowException) as error:
            message = f"the published dataset {printable(str(self.folder))} is damaged: {printable(str(error))[:200]}"
            raise UserError(message, "restore it, or move it away to build anew") from None


def read_published(folder: Path, *, needed: bool = False) -> Published | None:
    """The dataset in a folder; None if there is none of ours.

    Raises:
        UserError: if there is none and it is `needed`.
    """
    recover(folder)
    manifest = read(folder)
    if manifest is None and needed:
        raise UserError(
            f"{printable(str(folder))} is not a dataset of dataset-tools", "check the path, or build it first"
        )
    return None if manifest is None else Published(folder, manifest)
