"""Two documents side by side: `full` for people, with the words that differ marked, and `json` for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from dataset_tools.dedup_report import Difference
from dataset_tools.formats.json import VERSION, printable_values
from dataset_tools.formats.lines import shown
from dataset_tools.formats.look import PLAIN, WIDTH, Look, Paint, marked
from dataset_tools.formats.summary import Summary, text
from dataset_tools.text import shortened

_CONTEXT = 8
"""Words on each side of a difference; what lies further from one is left out."""

Words = Sequence[tuple[str, str]]
"""Runs of words, each with its kind: same, removed, added."""

_RELATIONS = {
    "identical": "The two are identical",
    "same_text": "The two have the same text but for case, white space or Unicode form",
    "near": "The two are near-duplicates",
    "different": "The two are no duplicates",
}


def full(one: Difference, look: Look = PLAIN) -> str:
    """The words of both texts, then the numbers."""
    heads = [
        f"{look.paint(kind, number)} {shown(document.path)} {shown(shortened(document.title))}"
        for kind, number, document in (("removed", "1", one.first), ("added", "2", one.second))
    ]
    numbers = ", and differ in numbers only" if one.numbers_only else ""
    shared = ", ".join(map(str, one.bands))
    bands = f"{len(one.bands)} ({shared}), so they are a candidate pair" if one.bands else "none: no candidate pair"
    union = sum(one.shingles) - one.shared
    said = (
        f"{_RELATIONS[one.relation]}: similarity {one.similarity:.4f}, threshold {one.threshold:g}{numbers}.",
        f"Shingles: {one.shingles[0]:,} and {one.shingles[1]:,}; {one.shared:,} of {union:,} are in both.",
        f"Of {one.candidates.bands} bands they share {bands}. Expected of such pairs: {one.expected:.1%}.",
    )
    lines = [*heads, "", *word_lines(one.words, look.paint, look.width), ""]
    return "".join(f"{line}\n" for line in lines) + text(Summary(said=said), look)


def as_json(one: Difference) -> str:
    """One object."""
    words = [{"kind": kind, "words": words} for kind, words in one.words]
    values = {"version": VERSION, "command": "dedup", "difference": {**asdict(one), "words": words}}
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


def word_lines(words: Words, paint: Paint = marked, width: int = WIDTH) -> Iterator[str]:
    """Runs of words in lines of at most `width` columns, marks closed at the end of each.

    Long runs of words that are the same are cut down.
    """
    line: list[tuple[str, str]] = []
    for kind, word in _shortened(words):
        if line and len(_painted([*line, (kind, word)], marked)) > width:
            yield _painted(line, paint)
            line = []
        line.append((kind, word))
    if line:
        yield _painted(line, paint)


def _painted(line: list[tuple[str, str]], paint: Paint) -> str:
    runs: list[tuple[str, list[str]]] = []
    for kind, word in line:
        if not runs or runs[-1][0] != kind:
            runs.append((kind, []))
        runs[-1][1].append(word)
    return " ".join(paint(kind, " ".join(words)) for kind, words in runs)


def _shortened(runs: Words) -> Iterator[tuple[str, str]]:
    """Word by word, of long runs that are the same only what is next to a difference."""
    last = len(runs) - 1
    for place, (kind, run) in enumerate(runs):
        words = shown(run).split(" ")
        before, after = (_CONTEXT if place > 0 else 0), (_CONTEXT if place < last else 0)
        left = len(words) - before - after
        if kind == "same" and left > _CONTEXT:
            words = [*words[:before], f"… {left:,} words …", *words[len(words) - after :]]
        yield from ((kind, word) for word in words)
