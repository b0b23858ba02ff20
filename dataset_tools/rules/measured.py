"""What the warnings about texts found in real files, and what their checks cost.

Made with `benchmarks/precision.py`, which draws up to twenty hits of a rule at random; each was read and judged.
"""

from typing import NamedTuple

CORPORA = ("3,000 Vietnamese news articles", "2,500 English articles", "75 test files of encoding detectors")
"""The last are no articles; they are there for rules that find next to nothing in the others."""


class Hits(NamedTuple):
    """How often a rule found something in a corpus, how many of these were read, and how many of them were right."""

    found: int
    judged: int = 0
    right: int = 0


class Measured(NamedTuple):
    """The hits of a rule in each of `CORPORA`, and the cost of its check.

    The cost is that of the check alone on the Vietnamese articles, in percent of what reading, hashing, decoding and
    storing them takes (`benchmarks/floor.py`); None where the rule has no check of its own.
    """

    hits: tuple[Hits, ...]
    cost: float | None = None

    @property
    def precision(self) -> float | None:
        """The share of judged hits that were right; None if there are none."""
        judged = sum(hits.judged for hits in self.hits)
        return sum(hits.right for hits in self.hits) / judged if judged else None


_NONE = Hits(0)

MEASURED = {
    "F002": Measured((_NONE, _NONE, Hits(5, 5, 5))),
    "F003": Measured((_NONE, _NONE, _NONE)),
    "T003": Measured((_NONE, _NONE, Hits(3, 3, 3)), 0.7),
    "T004": Measured((_NONE, _NONE, _NONE), 0.7),
    "T005": Measured((_NONE, _NONE, Hits(13, 13, 13)), 0.9),
    "T006": Measured((_NONE, _NONE, _NONE), 2.8),
    "T007": Measured((Hits(11, 11, 11), _NONE, _NONE)),
    "B002": Measured((_NONE, _NONE, _NONE), 0.4),
    "B003": Measured((_NONE, _NONE, Hits(10, 10, 10)), 9.7),
    "B004": Measured((Hits(11, 11, 11), _NONE, Hits(11, 11, 11)), 1.9),
    "B005": Measured((_NONE, Hits(17, 17, 17), _NONE), 1.1),
    "B006": Measured((_NONE, _NONE, _NONE), 13.7),
    "U001": Measured((_NONE, _NONE, Hits(1, 1, 1)), 15.8),
    "U002": Measured((Hits(11, 11, 11), _NONE, Hits(1, 1, 1)), 2.9),
    "U003": Measured((_NONE, _NONE, Hits(1, 1, 1)), 1.3),
    "U004": Measured((_NONE, _NONE, _NONE), 13.9),
    "U005": Measured((_NONE, _NONE, _NONE), 1.1),
    "U006": Measured((_NONE, _NONE, Hits(1, 1, 1)), 3.3),
    "U007": Measured((_NONE, _NONE, _NONE), 14.7),
    "U008": Measured((_NONE, _NONE, _NONE), 14.4),
    "U009": Measured((_NONE, _NONE, Hits(13, 13, 13)), 13.7),
    "U010": Measured((Hits(2980, 20, 20), _NONE, Hits(12, 12, 12)), 71.3),
    "W001": Measured((_NONE, _NONE, _NONE), 1.1),
    "W002": Measured((_NONE, _NONE, _NONE), 0.9),
    "W003": Measured((_NONE, _NONE, _NONE), 13.8),
    "W004": Measured((_NONE, _NONE, Hits(9, 9, 9)), 0.9),
    "W005": Measured((_NONE, Hits(100, 20, 20), Hits(8, 8, 8)), 0.8),
    "W006": Measured((_NONE, _NONE, _NONE), 1.0),
    "W007": Measured((_NONE, _NONE, _NONE), 13.6),
    "W008": Measured((_NONE, _NONE, _NONE), 2.7),
    "W009": Measured((Hits(4, 4, 4), _NONE, _NONE), 18.0),
    "W010": Measured((_NONE, _NONE, _NONE)),
    "L001": Measured((_NONE, Hits(2500, 20, 20), _NONE)),
    "D001": Measured((Hits(1, 1, 1), _NONE, _NONE)),
    "D002": Measured((_NONE, _NONE, _NONE)),
}
"""The measurements by code."""


def sentence(code: str) -> str:
    """One line about what was measured of a rule."""
    measured = MEASURED[code]
    parts = [
        f"{hits.found:,} hit{'' if hits.found == 1 else 's'} in {corpus} ({hits.right} of {hits.judged} read are right)"
        for corpus, hits in zip(CORPORA, measured.hits, strict=True)
        if hits.found
    ]
    found = ", ".join(parts) or f"no hit in {CORPORA[0]} and {CORPORA[1]}"
    cost = "" if measured.cost is None else f"; its check takes {measured.cost:.1f}% of the time of reading"
    return found + cost


def table() -> str:
    """All that was measured, in Markdown."""
    head = "".join(f"| {corpus} | right of those read " for corpus in CORPORA)
    lines = [f"| code {head}| cost |", "|---" * (2 * len(CORPORA) + 2) + "|"]
    for code, measured in MEASURED.items():
        cells = [
            f"{hits.found:,} | {f'{hits.right} of {hits.judged}' if hits.judged else ''}" for hits in measured.hits
        ]
        cost = "" if measured.cost is None else f"{measured.cost:.1f}%"
        lines.append(f"| `{code}` | {' | '.join(cells)} | {cost} |")
    return "".join(f"{line}\n" for line in lines)
