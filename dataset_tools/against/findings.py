"""What is to be said of documents that are published already, or whose id is."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dataset_tools.against.values import Reference
from dataset_tools.model import Issue
from dataset_tools.rules import issue
from dataset_tools.run_report import PublishedCopy
from dataset_tools.text import canonical, printable, same_text_key

_LONGEST = 60
_SAID = {
    "identical": "the same bytes",
    "same_text": "the same text but for case, white space or Unicode form",
    "near": "nearly the same text: similarity {similarity:.3f}",
}


def published_warnings(rows: pa.Table, published: pa.Table) -> list[Issue]:
    """A warning for each document that a build would leave out; `published` has the columns of PUBLISHED."""
    if not published.num_rows:
        return []
    paths = rows["path"].to_pylist()
    warnings = []
    for one in published.to_pylist():
        relation = _SAID[one["relation"]].format(similarity=one["similarity"])
        message = f"published in {one['name']} as {_shown(one['kept_id'])}: {relation}"
        warnings.append(issue("D004", message, path=paths[one["row"]], row=one["row"]))
    return warnings


def _shown(document_id: str) -> str:
    """An id, which a foreign dataset may have made anything."""
    return printable(document_id if len(document_id) <= _LONGEST else f"{document_id[:_LONGEST]}…")


def published_copies(rows: pa.Table, published: pa.Table, shown: Callable[[str], str]) -> list[PublishedCopy]:
    """The same documents for programs; `shown` makes paths of a report."""
    if not published.num_rows:
        return []
    paths = rows["path"].to_pylist()
    names = ("kept_id", "kept_path", "kept_in", "relation", "similarity")
    return [
        PublishedCopy(path=shown(paths[one["row"]]), **{name: one[name] for name in names})
        for one in published.to_pylist()
    ]


def changed_elsewhere(
    rows: pa.Table,
    texts: Callable[[npt.NDArray[np.int64]], pa.Table],
    references: Sequence[Reference],
    accepted: Iterable[str],
) -> list[Issue]:
    """An issue for each document whose id a published dataset has for other content, but for the `accepted` ids.

    Other content is other bytes, or another text where the dataset does not have the SHA-256 of the files. `rows` has
    row, path, id and sha256.
    """
    issues = []
    ids = rows["id"].to_pylist()
    allowed = frozenset(accepted)
    for reference in references:
        known = reference.index.positions("id", ids)
        some = rows.filter(pa.array([one in known and one not in allowed for one in ids], pa.bool_()))
        some = some.filter(some["outline"].is_valid())
        for one in some.select(["row", "path", "id", "sha256"]).to_pylist():
            (text,) = texts(np.array([one["row"]])).to_pylist()
            there = reference.index.table.take(pa.array(known[one["id"]])).select(["sha256", "text_key"]).to_pylist()
            ours = bytes.fromhex(one["sha256"]), same_text_key(canonical(text["title"], text["body"]))
            if not any(_same(ours, (theirs["sha256"], theirs["text_key"])) for theirs in there):
                message = f"the id {one['id']} is published with other content in {printable(reference.name)}"
                hint = f"give the changed text a new id, or accept the change with --accept-changed {one['id']}"
                issues.append(issue("I003", message, path=one["path"], row=one["row"], hint=hint))
    return issues


def _same(ours: tuple[bytes, bytes], theirs: tuple[bytes | None, bytes | None]) -> bool:
    return ours[1] == theirs[1] if theirs[0] is None else ours[0] == theirs[0]
