"""Plain: texts without their numbers."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.text import canonical, without_numbers

_KEPT = 16 << 20
"""Characters; once there are more, only what is asked for now is kept."""
_AT_ONCE = 64
"""Pairs."""

I64 = npt.NDArray[np.int64]
Texts = Callable[[I64], pa.Table]
"""Gives title and body of the rows that it is asked for."""


class Plain:
    """What `text.without_numbers` makes of the texts of rows; of those that were asked for last it is kept."""

    def __init__(self, texts: Texts) -> None:
        """Take what gives texts."""
        self._texts = texts
        self._kept: dict[int, str] = {}
        self._characters = 0

    def equal(self, rows: I64, others: I64) -> npt.NDArray[np.bool_]:
        """Whether a row and another, which have not the same text, differ in numbers only."""
        found = np.zeros(len(rows), bool)
        for start in range(0, len(rows), _AT_ONCE):
            pairs = list(zip(*(some[start : start + _AT_ONCE].tolist() for some in (rows, others)), strict=True))
            self._load({row for pair in pairs for row in pair})
            found[start : start + _AT_ONCE] = [self._kept[row] == self._kept[other] for row, other in pairs]
        return found

    def _load(self, rows: set[int]) -> None:
        missing = sorted(rows - self._kept.keys())
        if not missing:
            return
        texts = self._texts(np.array(missing, np.int64))
        if self._characters > _KEPT:
            self._kept = {row: text for row, text in self._kept.items() if row in rows}
            self._characters = sum(map(len, self._kept.values()))
        for row, title, body in zip(missing, *(texts[name].to_pylist() for name in ("title", "body")), strict=True):
            self._kept[row] = without_numbers(canonical(title, body))
            self._characters += len(self._kept[row])
