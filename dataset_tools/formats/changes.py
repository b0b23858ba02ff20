"""Two datasets compared: `full` for people, `json` for programs, `markdown` for the notes of a release."""

import json
from collections.abc import Callable, Iterator, Sequence

from dataset_tools.diff_report import Change, Dataset, DiffReport, Entry
from dataset_tools.formats.call import Call
from dataset_tools.formats.difference import word_lines
from dataset_tools.formats.excerpt import MARGIN
from dataset_tools.formats.json import VERSION, printable_values
from dataset_tools.formats.lines import many, shown
from dataset_tools.formats.look import PLAIN, Look, columns, marked, titled
from dataset_tools.formats.markdown import as_code, as_prose
from dataset_tools.formats.summary import Summary, text

_TITLE = 60
_KINDS = ("added", "removed", "changed", "moved", "renamed")
_MARKS = {"added": "+", "removed": "-", "changed": "~", "moved": ">", "renamed": "="}


def full(report: DiffReport, most: int | None, look: Look = PLAIN, call: Call | None = None) -> str:
    """The two datasets, a list of each kind, at most so many of each, and the counts."""
    lines = [_head("Old", report.old), _head("New", report.new)]
    lines += [shown(line) for line in _columns(report)]
    for kind in _KINDS:
        entries: Sequence[Entry | Change] = getattr(report, kind)
        if entries:
            lines += ["", f"{kind.capitalize()}: {len(entries):,}"]
        for one in entries[:most]:
            lines.append(f"{_MARKS[kind]} {_described(kind, one, look.width - 2)}")
            if kind == "changed" and isinstance(one, Change):
                words = word_lines(report.words.get(one.new.id, ()), look.paint, look.width - len(MARGIN))
                lines += [f"{MARGIN}{line}" for line in words]
        lines += _left_out(entries, most)
    wordless = bool(report.changed) and not report.words and call is not None
    steps = [call.again("--words")] if call is not None and wordless else []
    return "".join(f"{line}\n" for line in [*lines, ""]) + text(
        Summary(said=[f"{_verdict(report)}."], next=steps), look
    )


def as_json(report: DiffReport, most: int | None) -> str:  # noqa: ARG001  one form for all
    """One object with all lists; `most` cuts none of them short, the counts are those of the lists."""
    values = {"version": VERSION, "command": "diff", "diff": report.values()}
    return json.dumps(printable_values(values), ensure_ascii=False, indent=2) + "\n"


def markdown(report: DiffReport, most: int | None) -> str:
    """A section for the notes of a release: a table of counts, a list of each kind."""
    blocks = ["## What changed in the data", as_prose(f"{_verdict(report)}.")]
    rows = [f"| {kind} | {len(getattr(report, kind)):,} |" for kind in _KINDS]
    splits = sorted({*report.old.splits, *report.new.splits})
    blocks.append("\n".join(["| documents | |", "| --- | ---: |", *rows, f"| as before | {report.same:,} |"]))
    sizes = [
        f"| {as_code(shown(name))} | {report.old.splits.get(name, 0):,} | {report.new.splits.get(name, 0):,} |"
        for name in splits
    ]
    blocks.append("\n".join(["| split | before | after |", "| --- | ---: | ---: |", *sizes]))
    both = (("before", report.old), ("after", report.new))
    digests = [f"{word} {as_code(one.content_sha256)}" for word, one in both if one.content_sha256]
    if digests:
        blocks.append(f"`content_sha256`: {', '.join(digests)}.")
    blocks += [as_prose(line) for line in _columns(report)]
    for kind in _KINDS:
        entries: Sequence[Entry | Change] = getattr(report, kind)
        if entries:
            items = [_item(report, kind, one) for one in entries[:most]] + _left_out(entries, most)
            blocks += [f"### {kind.capitalize()}", "\n".join(f"- {item}" for item in items)]
    return "\n\n".join(blocks) + "\n"


RENDERERS: dict[str, Callable[[DiffReport, int | None], str]] = {
    "full": full,
    "json": as_json,
    "markdown": markdown,
}
"""Every format by its name; each takes how many documents of a kind are shown."""


def _head(word: str, one: Dataset) -> str:
    splits = ", ".join(f"{name} {rows:,}" for name, rows in one.splits.items())
    digest = f", content {one.content_sha256[:16]}…" if one.content_sha256 else ""
    return shown(f"{word}: {one.name}, {many(one.documents, 'document')} ({splits}){digest}")


def _columns(report: DiffReport) -> Iterator[str]:
    for word, names in (("added", report.columns_added), ("removed", report.columns_removed)):
        if names:
            yield f"Columns {word}: {', '.join(names)}"


def _verdict(report: DiffReport) -> str:
    if not report.differs:
        return f"The same {many(report.same, 'document')}"
    counts = ", ".join(f"{count:,} {kind}" for kind, count in report.counts().items() if count)
    return f"{counts or 'other columns'}; {report.same:,} as before"


def _described(kind: str, one: Entry | Change, width: int) -> str:
    """One document of a list as a line of text, its title as long as there is room for it."""
    entry = one if isinstance(one, Entry) else one.new
    path, what = (
        shown(entry.path or entry.id),
        f" ({entry.split})" if isinstance(one, Entry) else f": {_what(kind, one)}",
    )
    return f"{path} {titled(entry.title, width - columns(path) - 1 - columns(shown(what)))}{shown(what)}"


def _what(kind: str, one: Change) -> str:
    if kind == "moved":
        return f"{one.old.split} to {one.new.split}"
    if kind == "renamed":
        return f"was {one.old.path}"
    if one.columns == ("id",):
        return f"was {one.old.id}"
    return ", ".join(one.columns)


def _item(report: DiffReport, kind: str, one: Entry | Change) -> str:
    entry = one if isinstance(one, Entry) else one.new
    title = as_prose(entry.title if len(entry.title) <= _TITLE else f"{entry.title[:_TITLE]}…")
    what = "" if isinstance(one, Entry) else f": {as_prose(_what(kind, one))}"
    words = report.words.get(entry.id, ()) if kind == "changed" else ()
    texts = "".join(f"\n  > {as_prose(line)}" for line in word_lines(words, marked))
    return f"{as_code(shown(entry.path or entry.id))} {title}{what}{texts}"


def _left_out(entries: Sequence[object], most: int | None) -> list[str]:
    rest = 0 if most is None else len(entries) - most
    return [f"… and {rest:,} more"] if rest > 0 else []
