"""Diff: which documents two datasets do not have in common, and which are not the same in both.

The id is what a document is known by. One whose id is in both is compared value by value. Ids follow the content, so
that a corrected text has another one: if it stands under a path that is the same but for the id (the index stayed, as
in `012_OLD.txt` and `012_NEW.txt`), it is the same document, changed; else one was removed and another added.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any

from dataset_tools.comparison.documents import TEXTS, Documents, documents_of
from dataset_tools.diff_report import Change, Dataset, DiffReport, Entry, Words
from dataset_tools.difference import word_runs

if TYPE_CHECKING:
    import polars as pl

__all__ = ["DiffReport", "diff"]

Row = dict[str, Any]


def diff(old: str, new: str, *, words: int | None = 0) -> DiffReport:
    """Compare two datasets; writes nothing.

    Args:
        old: path or URL of a folder that `build` has written, a Parquet file, or a folder of Parquet files.
        new: another one.
        words: of so many changed documents, the first ones, the texts are compared word by word; None for all.

    Raises:
        UserError: if one of them cannot be read, has no id, no body and no text, or has an id twice.
    """
    sides = documents_of(old), documents_of(new)
    columns = [one.columns() for one in sides]
    common = [name for name in columns[0] if name in columns[1]]
    frames = [one.frame(common) for one in sides]
    both = _both(*frames)
    hashed = [name for name in common if name not in ("id", "path")]
    changed, moved, renamed, same = _compared(both, hashed)
    removed, added = (_only(frames[number], frames[1 - number]) for number in (0, 1))
    replaced = _same_but_for_the_id(removed, added)
    gone = {one.old.id for one in replaced}
    come = {one.new.id for one in replaced}
    changed = _ordered([*changed, *replaced], frames[1])
    moved += [one for one in replaced if one.old.split != one.new.split]
    return DiffReport(
        old=_dataset(sides[0], frames[0]),
        new=_dataset(sides[1], frames[1]),
        added=tuple(one for one in added if one.id not in come),
        removed=tuple(one for one in removed if one.id not in gone),
        changed=tuple(changed),
        moved=tuple(_ordered(moved, frames[1])),
        renamed=tuple(renamed),
        same=same,
        columns_added=tuple(name for name in columns[1] if name not in common),
        columns_removed=tuple(name for name in columns[0] if name not in common),
        words=_words(sides, changed if words is None else changed[:words]),
    )


def _dataset(documents: Documents, frame: "pl.DataFrame") -> Dataset:
    return Dataset(
        name=documents.shown,
        documents=frame.height,
        splits=dict(sorted(Counter(frame["split"].to_list()).items())),
        content_sha256=documents.content_sha256,
    )


def _both(old: "pl.DataFrame", new: "pl.DataFrame") -> "pl.DataFrame":
    """The documents whose id is in both, in the order of the new dataset; what is new has `_new` behind its name."""
    return new.rename({name: f"{name}_new" for name in new.columns if name != "id"}).join(old, on="id").sort("row_new")


def _only(one: "pl.DataFrame", other: "pl.DataFrame") -> list[Entry]:
    rows = one.join(other.select("id"), on="id", how="anti").sort("row")
    return [_entry(row) for row in rows.iter_rows(named=True)]


def _entry(row: Row, suffix: str = "") -> Entry:
    path, title, split = (row[f"{name}{suffix}"] for name in ("path", "title", "split"))
    return Entry(id=row["id"], path=path, title=title, split=split)


def _compared(both: "pl.DataFrame", hashed: list[str]) -> tuple[list[Change], list[Change], list[Change], int]:
    """Which of them are changed, moved, renamed, and how many are none of these."""
    import polars as pl

    def differs(name: str) -> "pl.Expr":
        return pl.col(name).ne_missing(pl.col(f"{name}_new"))

    flags = {name: differs(f"hash_{name}").alias(f"differs_{name}") for name in hashed}
    flags |= {name: differs(name).alias(f"differs_{name}") for name in ("path", "split")}
    rows = both.with_columns(*flags.values()).filter(pl.any_horizontal(f"differs_{name}" for name in flags))
    changed, moved, renamed = [], [], []
    for row in rows.iter_rows(named=True):
        columns = tuple(name for name in hashed if row[f"differs_{name}"])
        change = Change(old=_entry(row), new=_entry(row, "_new"), columns=columns)
        if columns:
            changed.append(change)
        if row["differs_split"]:
            moved.append(change)
        if row["differs_path"] and not columns:
            renamed.append(change)
    return changed, moved, renamed, both.height - rows.height


def _same_but_for_the_id(removed: list[Entry], added: list[Entry]) -> list[Change]:
    """Documents that have another id now, under a path that is the same but for it; never two for one."""
    counts = [Counter(filter(None, map(_place, some))) for some in (removed, added)]
    by_place = {_place(one): one for one in removed if counts[0][_place(one)] == 1}
    return [
        Change(old=by_place[place], new=one, columns=("id",))
        for one in added
        if (place := _place(one)) in by_place and counts[1][place] == 1
    ]


def _place(one: Entry) -> str:
    """The path of a document without its id; empty if it has none."""
    return "" if one.path is None else one.path.replace(one.id, "", 1)


def _ordered(changes: list[Change], new: "pl.DataFrame") -> list[Change]:
    if not changes:
        return []
    wanted = {one.new.id for one in changes}
    order = {one: row for row, one in enumerate(new["id"].to_list()) if one in wanted}
    return sorted(changes, key=lambda one: order[one.new.id])


def _words(sides: tuple[Documents, Documents], changed: list[Change]) -> dict[str, Words]:
    """How the texts of changed documents differ, by their new id."""
    looked_at = [one for one in changed if {"id", *TEXTS} & set(one.columns)]
    old = sides[0].texts(frozenset(one.old.id for one in looked_at))
    new = sides[1].texts(frozenset(one.new.id for one in looked_at))
    return {one.new.id: tuple(word_runs(old[one.old.id].split(), new[one.new.id].split())) for one in looked_at}
