"""The texts of a corpus while it is worked on: on disk, so that memory does not grow with the corpus."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

TEXTS = pa.schema([("title", pa.string()), ("body", pa.string())])
"""What lies in the spool for each row; null where there is no text."""


class Spool:
    """One Arrow file for each batch, named by the number of its first row; read by memory map."""

    def __init__(self, folder: Path) -> None:
        """Take the folder, which exists."""
        self.folder = folder

    def write(self, first_row: int, texts: pa.Table) -> None:
        """Keep the texts of the batch that starts at `first_row`."""
        path = str(self.folder / f"{first_row:012}.arrow")
        with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, texts.schema) as writer:
            writer.write_table(texts)

    def batches(self) -> Iterator[tuple[int, pa.Table]]:
        """Every batch in document order, with the number of its first row."""
        for path in sorted(self.folder.glob("*.arrow")):
            yield int(path.stem), _mapped(path)

    def texts(self, rows: npt.NDArray[np.int64]) -> pa.Table:
        """The texts of some rows, in the order asked for."""
        paths = sorted(self.folder.glob("*.arrow"))
        firsts = np.array([int(path.stem) for path in paths])
        order = np.argsort(rows, kind="stable")
        wanted = rows[order]
        homes = np.searchsorted(firsts, wanted, side="right") - 1
        parts = [_mapped(paths[home]).take(wanted[homes == home] - firsts[home]) for home in np.unique(homes).tolist()]
        back = np.empty(len(rows), np.int64)
        back[order] = np.arange(len(rows))
        return pa.concat_tables(parts).take(back) if parts else TEXTS.empty_table()


def _mapped(path: Path) -> pa.Table:
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
