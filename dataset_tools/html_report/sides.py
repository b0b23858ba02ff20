"""Two texts side by side: runs of words that both have, words of one alone, and notes on what is not shown."""

from collections.abc import Iterator, Sequence

from dataset_tools.difference import word_runs

Run = tuple[str, str]
"""The kind, `same`, `only` or `gap`, and the words or the note."""

CONTEXT = 12
"""Words that are shown on each side of a difference."""

_COMPARED = 4000
"""Words of each text that are compared; more would take long, and nobody would read them."""

_LONGEST_RUN = 150
_WORD = 80
_RUNS = 200


def sides(first: str, second: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs of both texts; what neither has is not said."""
    words = first.split(), second.split()
    runs = list(word_runs(*(some[:_COMPARED] for some in words)))
    both = []
    for kind, some in (("removed", words[0]), ("added", words[1])):
        own = [("only" if run[0] == kind else run[0], run[1]) for run in runs if run[0] in ("same", kind)]
        left = len(some) - _COMPARED
        both.append((*cut_runs(own), *([("gap", f"{left:,} more words, not compared")] if left > 0 else [])))
    return both[0], both[1]


def alone(text: str) -> tuple[Run, ...]:
    """The beginning of a text that has nothing to be compared with."""
    words = text.split()
    left = len(words) - _LONGEST_RUN
    shown = " ".join(map(_shortened, words[:_LONGEST_RUN]))
    return (("same", shown), *([("gap", f"{left:,} more words")] if left > 0 else []))


def cut_runs(runs: Sequence[Run]) -> Iterator[Run]:
    """Runs as they are shown: not too many, none too long, and of long ones that are the same only the ends."""
    last = len(runs) - 1
    for place, (kind, run) in enumerate(runs[:_RUNS]):
        words = [_shortened(word) for word in run.split(" ")]
        before, after = (CONTEXT if place > 0 else 0), (CONTEXT if place < last else 0)
        left = len(words) - before - after
        if kind == "same" and left > CONTEXT:
            if before:
                yield "same", " ".join(words[:before])
            yield "gap", f"{left:,} words that are the same"
            if after:
                yield "same", " ".join(words[-after:])
        else:
            yield kind, " ".join(words[:_LONGEST_RUN])
            if len(words) > _LONGEST_RUN:
                yield "gap", f"{len(words) - _LONGEST_RUN:,} more words"
    if len(runs) > _RUNS:
        yield "gap", f"{len(runs) - _RUNS:,} more runs of words"


def _shortened(word: str) -> str:
    """A word, or its beginning and how much more there is."""
    left = len(word) - _WORD
    return word if left <= 0 else f"{word[:_WORD]}… (+{left:,} characters)"
