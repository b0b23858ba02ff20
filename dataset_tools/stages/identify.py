"""Identify: does each id follow from the content, and by which recipe?"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.model import Articles, Files, Issue
from dataset_tools.recipes import Content, Recipe, catalogue
from dataset_tools.rules import issue

MIN_DIGITS = 12
"""Shorter ids could match some recipe by chance, so `auto` passes them over."""

SAMPLE = 32
"""How many documents are tried against the whole catalogue before the corpus is read."""


class Contents:
    """What the ids of a batch are compared with: for each document its content, and with its id in `pairs`."""

    def __init__(
        self,
        files: Files,
        articles: Articles,
        in_nfc: Container[int] = (),
        sha256: Sequence[str | None] | None = None,
    ) -> None:
        """Take the columns of `read` and `parse`, the rows known to be in NFC, and digests of files if known."""
        digests = [None] * len(files.rows) if sha256 is None else sha256
        texts = articles.texts, articles.titles, articles.bodies, articles.joined
        columns = zip(files.data, digests, *texts, strict=True)
        self.rows = files.rows
        self.paths = files.paths
        self.contents = [
            None if data is None else Content(data, *parts, is_nfc=True if row in in_nfc else None, sha256=digest)
            for row, (data, digest, *parts) in zip(files.rows, columns, strict=True)
        ]
        self.pairs = [
            None if content is None or name_id is None else (name_id, content)
            for name_id, content in zip(articles.ids, self.contents, strict=True)
        ]


def sample(count: int) -> list[int]:
    """At most `SAMPLE` positions, spread evenly over `count` documents."""
    return sorted({position * count // SAMPLE for position in range(SAMPLE)}) if count else []


def explain(contents: Contents, first: Sequence[Recipe]) -> pa.Array:
    """For each document a bit mask over the catalogue: the recipes that explain its id; null without id or bytes.

    Where a recipe in `first` fits, only those are tried: that makes a corpus that has a recipe cheap, and changes no
    decision, since a recipe outside `first` explained nothing in the sample.
    """
    masks = [
        None if pair is None else _mask(_explaining(*pair, first) or _explaining(*pair, catalogue()))
        for pair in contents.pairs
    ]
    return pa.array(masks, pa.binary())


def _explaining(name_id: str, content: Content, recipes: Sequence[Recipe]) -> tuple[Recipe, ...]:
    if len(name_id) < MIN_DIGITS:
        return ()
    return tuple([recipe for recipe in recipes if content.id_by(recipe, len(name_id)) == name_id])


@lru_cache(maxsize=256)
def _mask(recipes: tuple[Recipe, ...]) -> bytes:
    return np.packbits([recipe in recipes for recipe in catalogue()]).tobytes()


def explaining_any(masks: pa.ChunkedArray) -> tuple[Recipe, ...]:
    """The recipes that explain at least one id, in catalogue order; `masks` are those of `explain`."""
    recipes = catalogue()
    return tuple(recipes[number] for number in np.flatnonzero(explained_by(masks).any(axis=0)))


def explained_by(masks: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """What the masks of `explain` say: a row for each that is not null, a column for each recipe of the catalogue."""
    joined = b"".join(b"".join(chunk.drop_null().to_pylist()) for chunk in masks.chunks)
    packed = np.frombuffer(joined, np.uint8).reshape(-1, (len(catalogue()) + 7) // 8)
    return np.unpackbits(packed, axis=1, count=len(catalogue())).view(bool)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the ids of a corpus are: the recipe that explains most, None if none explains any.

    `fitting` and `tried` say for each document whether that recipe explains it, and whether it has an id and bytes.
    """

    recipe: Recipe | None
    fitting: npt.NDArray[np.bool_]
    tried: npt.NDArray[np.bool_]


def most_explaining(masks: pa.ChunkedArray, ids: pa.ChunkedArray) -> Explanation:
    """Count what each recipe explains; ties by catalogue order.

    Sixteen hexadecimal digits do not match by chance, so one match is proof enough that a recipe is in use.
    """
    recipes = catalogue()
    tried = masks.is_valid().to_numpy()
    fitting = np.zeros(len(masks), bool)
    explained = explained_by(masks)
    if not explained.any():
        return Explanation(None, fitting, tried)
    best = int(explained.sum(axis=0).argmax())
    fitting[tried] = explained[:, best]
    lengths = {len(name_id) for name_id in ids.drop_null().unique().to_pylist()}
    digits = lengths.pop() if len(lengths) == 1 else None
    return Explanation(replace(recipes[best], digits=digits), fitting, tried)


def mismatches(contents: Contents, recipe: Recipe) -> list[Issue]:
    """An issue for each document whose id is not the one that the recipe gives."""
    issues = []
    for row, path, pair in zip(contents.rows, contents.paths, contents.pairs, strict=True):
        if pair is None:
            continue
        name_id, content = pair
        should = content.id_by(recipe, len(name_id))
        if should is not None and should != name_id:
            name = path.rpartition("/")[2]
            message = f"the id {name_id} does not match the content: {recipe} gives {should}"
            hint = f"restore the content, or rename the file to {name.replace(name_id, should)}"
            issues.append(issue("I001", message, path=path, row=row, hint=hint))
    return issues


def conflicts(rows: pa.Table) -> list[Issue]:
    """An issue for each document whose id another, different text has as well.

    `rows` has the columns row, path, id, text_key; documents without an id or a text take no part.
    """
    import polars as pl

    frame = pl.from_arrow(rows.select(["row", "path", "id", "text_key"]))
    assert isinstance(frame, pl.DataFrame)
    twice = frame.filter(pl.col("id").is_duplicated()).drop_nulls()
    used = twice.filter(pl.col("text_key").n_unique().over("id") > 1).sort("row")
    issues = []
    for (name_id,), group in used.group_by("id", maintain_order=True):
        firsts = group.unique("text_key", keep="first", maintain_order=True)
        one, other = firsts["path"][:2]
        for row, path, key in group.select("row", "path", "text_key").iter_rows():
            another = other if key == firsts["text_key"][0] else one
            more = f", and {len(firsts) - 2:,} more texts" if len(firsts) > 2 else ""
            message = f"the id {name_id} is also that of another text: {another}{more}"
            issues.append(issue("I002", message, path=path, row=row))
    return issues


def repeated_indexes(rows: pa.Table) -> list[Issue]:
    """An issue for each document whose index another document of its folder, with another id, has before it.

    `rows` has the columns row, path, id, index; documents without an id or an index take no part.
    """
    import polars as pl

    frame = pl.from_arrow(rows.select(["row", "path", "id", "index"]))
    assert isinstance(frame, pl.DataFrame)
    place = ["folder", "index"]
    twice = frame.filter(pl.col("index").is_duplicated()).drop_nulls()
    named = twice.with_columns(folder=pl.col("path").str.extract("(?s)^(.*/)")).sort("row")
    shared = named.filter(pl.col("id").n_unique().over(place) > 1)
    first = shared.with_columns(pl.col("row", "path", "id").first().over(place).name.prefix("first_"))
    issues = []
    columns = first.filter(pl.col("id") != pl.col("first_id")).select("row", "path", "index", "first_row", "first_path")
    for row, path, index, first_row, earlier in columns.iter_rows():
        message = f"the index {index} is also that of {earlier.rpartition('/')[2]}"
        issues.append(issue("I006", message, path=path, row=row, other=first_row))
    return issues


def published_changes(rows: pa.Table, published: pa.Table, accepted: frozenset[str]) -> list[Issue]:
    """An issue for each document whose id is published with other bytes, but for the `accepted` ids.

    `rows` has row, path, id and sha256; `published` has id and sha256.
    """
    known = dict(zip(published["id"].to_pylist(), published["sha256"].to_pylist(), strict=True))
    issues = []
    columns = (rows[name].to_pylist() for name in ("row", "path", "id", "sha256"))
    for row, path, name_id, sha256 in zip(*columns, strict=True):
        before = known.get(name_id)
        if before is not None and sha256 is not None and before != sha256 and name_id not in accepted:
            message = f"the id {name_id} is published with other content: SHA-256 {before[:16]}…, now {sha256[:16]}…"
            hint = f"give the changed text a new id, or accept the change with --accept-changed {name_id}"
            issues.append(issue("I003", message, path=path, row=row, hint=hint))
    return issues
