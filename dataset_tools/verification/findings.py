"""What is found while a dataset is verified: at most so many of each rule, and the number of all others."""

from collections import Counter
from dataclasses import dataclass, field, replace

from dataset_tools.model import Issue
from dataset_tools.rules import issue

MOST = 50
"""Findings of one rule that are reported one by one; a folder that is hostile or in ruins could have billions."""


_LONGEST = 1000
"""Characters of a message."""


class UnreadableError(Exception):
    """What is looked at cannot be read further; the message says why."""


@dataclass(slots=True)
class Findings:
    """Issues with their places, `path` being below the folder of the dataset and `row` a number in that file."""

    found: list[Issue] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, code: str, message: str, path: str | None = None, *, row: int | None = None) -> None:
        """Take a finding; its message says the row, counted from 0."""
        self.counts[code] += 1
        if self.counts[code] <= MOST:
            said = message[:_LONGEST] if row is None else f"row {row:,}: {message[:_LONGEST]}"
            self.found.append(issue(code, said, path=path, row=row))

    def issues(self) -> list[Issue]:
        """All that is reported, by file and row; what was found of a rule beyond `MOST` is an issue of its own."""
        more = [
            issue(
                code, f"{count - MOST:,} more of these were found", hint="mend those that are named, and verify again"
            )
            for code, count in sorted(self.counts.items())
            if count > MOST
        ]
        ordered = [*sorted(self.found, key=lambda one: (one.path or "", one.row or 0, one.code)), *more]
        return [replace(one, row=number) for number, one in enumerate(ordered)]
