"""The distribution of a length as a picture made of text, which is shown wherever a card is shown.

GitHub draws Mermaid and the Hub does not; both cut out SVG that stands in the page and images that are data URIs; a
picture in a file of its own would be lost when the page is copied or read in a terminal. Block characters in a block of
code need nothing.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_WIDTH = 40
_FEWEST_BARS = 6
_SERIES = ((1, 2, 5), (1, 1.5, 2, 3, 5, 7), (1, 1.2, 1.4, 1.7, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9))
"""Where bars can begin within a power of ten, coarse to fine."""


def histogram(lengths: npt.NDArray[np.int64]) -> str:
    """Lines with a range of lengths, a bar and a count; the ranges grow as lengths do."""
    for series in _SERIES:
        edges = _edges(int(lengths.min()), int(lengths.max()), series)
        if len(edges) > _FEWEST_BARS:
            break
    counts = np.histogram(lengths, edges)[0].tolist()
    ranges = [f"{low:,} to {high - 1:,}" for low, high in pairwise(edges)]
    return _drawn(ranges, counts)


def _edges(least: int, most: int, series: Sequence[float]) -> list[int]:
    """The starts of all bars that are needed, and the end of the last one."""
    powers = range(len(str(most)) + 1)
    starts = sorted({0, *(round(step * 10**power) for power in powers for step in series)})
    first = max(place for place, start in enumerate(starts) if start <= least)
    last = min(place for place, start in enumerate(starts) if start > most)
    return starts[first : last + 1]


def _drawn(ranges: Sequence[str], counts: Sequence[int]) -> str:
    left = max(map(len, ranges))
    right = max(len(f"{count:,}") for count in counts)
    return "\n".join(
        f"{name:>{left}}  {_bar(count, max(counts)):<{_WIDTH}}  {count:>{right},}"
        for name, count in zip(ranges, counts, strict=True)
    )


def _bar(count: int, most: int) -> str:
    """Full and half blocks; what is not nothing has half a block at least."""
    halves = max(round(2 * _WIDTH * count / most), count > 0)
    return "█" * (halves // 2) + "▌" * (halves % 2)
