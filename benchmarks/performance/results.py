"""What was measured, as values and as the JSON that the page is made from."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

Kind = Literal["size", "peers", "prepare", "start"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """One run: seconds from start to end, and seconds of processors in all processes."""

    wall: float
    processor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A run of its own in which memory was looked at, and opened files were counted, which takes time.

    `memory` is the peak of all processes together, in bytes; `opened` how many files of the corpus were opened;
    `stages` the seconds of each stage, as `--profile` gives them, empty where there is no such option.
    """

    memory: int
    opened: int
    stages: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A command: its runs in the order of the rounds.

    `datasets` has the digest of the dataset that was there after the look and after each round, or an empty string.
    """

    name: str
    times: Sequence[Time]
    look: Look
    datasets: Sequence[str]

    def seconds(self) -> float:
        """The median."""
        return statistics.median(one.wall for one in self.times)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Commands that ran in turn on the same corpus, which has so many documents and bytes."""

    kind: Kind
    documents: int
    size: int
    cases: Sequence[Measured]

    def case(self, name: str) -> Measured | None:
        """The one of this name, if it ran."""
        return next((one for one in self.cases if one.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All of one run of `benchmarks.run`, and what it ran on; `peers` has the versions in their environments."""

    command: str
    date: str
    commit: str
    machine: str
    versions: Mapping[str, str]
    peers: Mapping[str, str]
    sections: Sequence[Section]

    def of(self, kind: Kind) -> Sequence[Section]:
        """The sections of a kind."""
        return [one for one in self.sections if one.kind == kind]


_RESULTS = TypeAdapter(Results)


def read_results(path: Path) -> Results:
    """Read the JSON."""
    return _RESULTS.validate_json(path.read_bytes(), strict=False)


def write_results(path: Path, results: Results) -> None:
    """Write it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_RESULTS.dump_json(results, indent=1) + b"\n")
