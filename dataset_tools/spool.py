"""The texts of a corpus while it is worked on: on disk, so that memory does not grow with the corpus."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

TEXTS = pa.schema([("title", pa.string()), ("body", pa.string())])
"""What lies in the spool for each row; null where there is no text."""

_HOMES, _POSITIONS, _NAMES = "homes.npy", "positions.npy", "names.txt"
_FILES_AT_ONCE = 4
"""The texts of a batch lie in so many files at most."""


class TextStore(Protocol):
    """The texts of a corpus, on this machine or where every machine of a cluster finds them."""

    def texts(self, rows: npt.NDArray[np.int64]) -> pa.Table:
        """The texts of some rows, in the order asked for."""

    def batches(self, rows: npt.NDArray[np.int64]) -> Iterator[pa.Table]:
        """The same, a batch at a time."""

    def shared(self) -> Callable[[npt.NDArray[np.int64]], pa.Table]:
        """The texts for other processes, as they are laid out now."""


class Spool:
    """Arrow files in a folder, each with the texts of some rows; read by memory map.

    Workers put files into the folder; where the texts of a row lie is only known to the one that they are laid out by.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder, which exists."""
        self.folder = folder
        self._files: list[Path] = []
        self._homes = np.empty(0, np.int32)
        self._positions = np.empty(0, np.int32)

    def path(self, name: str) -> Path:
        """The file of this name, which may be there or not."""
        return self.folder / f"{name}.arrow"

    def write(self, name: str, texts: pa.Table) -> None:
        """Put texts into a file."""
        with pa.OSFile(str(self.path(name)), "wb") as sink, pa.ipc.new_stream(sink, texts.schema) as writer:
            writer.write_table(texts)

    def take(self, name: str, file: Path) -> None:
        """Put a file of texts here under this name, as another name of the same file where the file system can.

        Raises:
            OSError: if it cannot be read, or there is no room for a copy.
        """
        try:
            os.link(file, self.path(name))
        except FileExistsError:
            return
        except OSError:
            shutil.copyfile(file, self.path(name))

    def lay_out(self, name: str, rows: Sequence[int], positions: Sequence[int]) -> None:
        """Say that the texts of these rows lie in a file at these positions."""
        if not rows:
            return
        lacking = max(rows) + 1 - len(self._homes)
        if lacking > 0:  # twice as many, so that growing takes no more time than filling
            room = max(lacking, len(self._homes))
            self._homes = np.concatenate([self._homes, np.full(room, -1, np.int32)])
            self._positions = np.concatenate([self._positions, np.zeros(room, np.int32)])
        self._homes[rows] = len(self._files)
        self._positions[rows] = positions
        self._files.append(self.path(name))

    def batches(self, rows: npt.NDArray[np.int64]) -> Iterator[pa.Table]:
        """The texts of some rows, in the order asked for, a batch at a time.

        A batch takes from a few files at most, each of which holds no more than was prepared at once.
        """
        homes = self._homes[rows]
        first, files = 0, set[int]()
        for start in np.flatnonzero(np.diff(homes, prepend=-1)).tolist():
            if len(files | {int(homes[start])}) > _FILES_AT_ONCE:
                yield self.texts(rows[first:start])
                first, files = start, set()
            files.add(int(homes[start]))
        if len(rows):
            yield self.texts(rows[first:])

    def texts(self, rows: npt.NDArray[np.int64]) -> pa.Table:
        """The texts of some rows, in the order asked for."""
        return _texts(self._files, self._homes[rows], self._positions[rows])

    def shared(self) -> "SharedTexts":
        """The texts for workers, as they are laid out now."""
        np.save(self.folder / _HOMES, self._homes)
        np.save(self.folder / _POSITIONS, self._positions)
        (self.folder / _NAMES).write_text("\n".join(path.name for path in self._files), "utf-8")
        return SharedTexts(self.folder)


@dataclass(frozen=True, slots=True)
class SharedTexts:
    """The texts of a spool, for any process: where each lies is in the folder as well."""

    folder: Path

    def __call__(self, rows: npt.NDArray[np.int64]) -> pa.Table:
        """The texts of some rows, in the order asked for."""
        homes, positions = (np.load(self.folder / name, mmap_mode="r")[rows] for name in (_HOMES, _POSITIONS))
        names = (self.folder / _NAMES).read_text("utf-8").split("\n")
        return _texts([self.folder / name for name in names], homes, positions)


def _texts(files: Sequence[Path], homes: npt.NDArray[np.int32], positions: npt.NDArray[np.int32]) -> pa.Table:
    """The texts that lie at these positions of these files."""
    if not len(homes):
        return TEXTS.empty_table()
    order = np.argsort(homes, kind="stable")
    ordered = homes[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    parts = [
        _mapped(files[home]).take(pa.array(some))
        for home, some in zip(ordered[starts].tolist(), np.split(positions[order], starts[1:]), strict=True)
    ]
    together = pa.concat_tables(parts)
    if np.array_equal(homes, ordered):
        return together
    back = np.empty(len(homes), np.int64)
    back[order] = np.arange(len(homes))
    return together.take(back)


def _mapped(path: Path) -> pa.Table:
    return pa.ipc.open_stream(pa.memory_map(str(path))).read_all()
