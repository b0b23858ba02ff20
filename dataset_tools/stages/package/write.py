"""Write a dataset into a folder: data, audit tables, card, manifest, checksums."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools import __version__, manifest
from dataset_tools.columns import METADATA
from dataset_tools.model import Issue
from dataset_tools.processes import import_aside
from dataset_tools.run_report import AgainstFacts, Counts, IdDecision, MetadataFacts
from dataset_tools.schema import ArticleSchema, in_words
from dataset_tools.stages.package import croissant
from dataset_tools.stages.package.audit import write_audit
from dataset_tools.stages.package.card import CardFacts, Column, Lengths, render, template
from dataset_tools.stages.package.earlier import Earlier
from dataset_tools.stages.package.features import arrow_schema
from dataset_tools.stages.package.histogram import histogram
from dataset_tools.stages.package.shards import Form, Meanwhile, Split, write_shards
from dataset_tools.stages.package.splits import TRAIN, Rule

Texts = Callable[[npt.NDArray[np.int64]], Iterator[pa.Table]]


class WriteRows(Protocol):
    """How rows are written."""

    def __call__(
        self,
        folder: Path,
        written: pa.Table,
        schema: pa.Schema,
        splits: Sequence[str],
        names: Sequence[str],
        form: Form,
        meanwhile: Meanwhile,
    ) -> tuple[list[Split], str]:
        """Write rows into a folder; gives what was written of each split, and `content_sha256`.

        Args:
            folder: the folder.
            written: the rows.
            schema: that of the data.
            splits: the split of each row.
            names: all splits, in order.
            form: how rows are laid out.
            meanwhile: what can be done while there is nothing to do but to wait.
        """


_TYPES = {pa.string(): "string", pa.int64(): "int64", pa.float64(): "float64", pa.bool_(): "bool"}
"""What `datasets` calls the types of columns."""

_LIBRARIES = ("datasets", "huggingface-hub", "jinja2", "pandera", "polars", "pyarrow", "rensa")
"""Libraries whose version can change bytes of a dataset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """All that a dataset is made of.

    `rows` are all prepared rows, in document order, with the columns of the metadata; `written` those of them that are
    written, and `splits` the split of each of these. `published` (row, kept_id, kept_path, kept_in, similarity,
    numbers_only), `removed` (row, kept_row, reason, similarity, numbers_only) and `pairs` (row_a, row_b, similarity,
    numbers_only) name some by their number. `against` has the facts of each published dataset. `write_rows` writes the
    rows with their texts. `cache` is the folder of the cache, if there is one. `dedup` has near, threshold, policy,
    priority and numbers.
    """

    rows: pa.Table
    write_rows: WriteRows
    written: pa.Table
    splits: Sequence[str]
    published: pa.Table
    removed: pa.Table
    pairs: pa.Table
    issues: Sequence[Issue]
    counts: Counts
    ids: IdDecision
    dedup: Any
    dedup_facts: Mapping[str, Any]
    against: Sequence[AgainstFacts]
    schema: ArticleSchema
    split_rules: Mapping[str, Rule]
    form: Form
    metadata: MetadataFacts | None
    card: CardFacts
    settings: Mapping[str, Any]
    settings_sha256: str
    cache: Path | None


def package(parcel: Parcel, folder: Path) -> tuple[list[Split], str]:
    """Write the whole dataset into an empty folder; returns its splits and `content_sha256`."""
    types = _types_of(parcel)
    schema = arrow_schema(types, parcel.cache)
    data = folder / "data"
    data.mkdir()
    written = parcel.written
    # The two last ones take long: one imports pandera, and the other what writes the head of the card.
    meanwhile = Meanwhile(
        [partial(_write_audit, parcel, folder), template, lambda: parcel.schema.rules, _import_datasets]
    )
    splits, content_sha256 = parcel.write_rows(
        data, written, schema, parcel.splits, (TRAIN, *parcel.split_rules), parcel.form, meanwhile
    )
    while meanwhile:
        meanwhile.popleft()()
    columns = _described(parcel, types)
    card = render(
        facts=parcel.card,
        columns=columns,
        splits=splits,
        rules=parcel.split_rules,
        counts=parcel.counts,
        ids=parcel.ids,
        dedup=parcel.dedup,
        against=parcel.against,
        metadata=parcel.metadata,
        lengths=[_lengths("title", written["title_chars"]), _lengths("body", written["body_chars"])],
        picture=histogram(written["body_chars"].to_numpy()),
        schema_sha256=parcel.schema.sha256,
        content_sha256=content_sha256,
    )
    (folder / "README.md").write_text(card, "utf-8", newline="\n")
    described = croissant.render(facts=parcel.card, columns=columns, splits=splits, counts=parcel.counts)
    (folder / croissant.NAME).write_text(described, "utf-8", newline="\n")
    _write_manifest(parcel, folder, splits, content_sha256)
    return splits, content_sha256


@dataclass(frozen=True, slots=True)
class InOrder:
    """Writes rows here, one after the other, with the `texts` that it is given of them, batch by batch.

    Row groups that it wrote `earlier`, and that are there, are taken as they are.
    """

    texts: Texts
    earlier: Earlier

    def __call__(
        self,
        folder: Path,
        written: pa.Table,
        schema: pa.Schema,
        splits: Sequence[str],
        names: Sequence[str],
        form: Form,
        meanwhile: Meanwhile,
    ) -> tuple[list[Split], str]:
        """See `WriteRows`."""
        batches = written_columns(written, self.texts(written["row"].to_numpy()), form.columns)
        return write_shards(folder, batches, schema, splits, names, form, self.earlier, meanwhile)


def _write_audit(parcel: Parcel, folder: Path) -> None:
    write_audit(
        folder / "audit",
        rows=parcel.rows,
        written=parcel.written,
        published=parcel.published,
        removed=parcel.removed,
        pairs=parcel.pairs,
        issues=parcel.issues,
    )


def _import_datasets() -> None:
    import_aside("datasets").join()  # not in this thread, which may have to do without pandas


def written_columns(written: pa.Table, batches: Iterator[pa.Table], names: Sequence[str]) -> Iterator[pa.Table]:
    """The rows to write, batch by batch, with their texts."""
    start = 0
    for texts in batches:
        rows = written.slice(start, texts.num_rows)
        yield pa.table({name: _column(name, rows, texts) for name in names})
        start += texts.num_rows


def _column(name: str, rows: pa.Table, texts: pa.Table) -> pa.ChunkedArray:
    if name == "text":
        return pc.binary_join_element_wise(texts["title"], texts["body"], "\n\n")
    return texts[name] if name in texts.column_names else stored_column(name, rows)


def stored_column(name: str, rows: pa.Table) -> pa.ChunkedArray:
    """A column that is written, of prepared rows: all but the texts are there."""
    metadata = METADATA + name
    return rows[metadata if metadata in rows.column_names else name]


def _types_of(parcel: Parcel) -> dict[str, str]:
    """The columns that are written, and their types as `datasets` has them."""
    types = {}
    for name in parcel.form.columns:
        metadata = METADATA + name
        kind = parcel.rows.schema.field(metadata).type if metadata in parcel.rows.column_names else pa.string()
        types[name] = _TYPES[kind]
    return types


def _described(parcel: Parcel, types: Mapping[str, str]) -> list[Column]:
    """These columns, with what the schema says of them."""
    described = {rule.name: (rule.description, tuple(in_words(rule))) for rule in parcel.schema.rules}
    described["text"] = "The title, a blank line, the body.", ()
    columns = []
    for name, kind in types.items():
        description, asks = described.get(name, ("", ()))
        columns.append(Column(name=name, type=kind, description=description, asks=asks))
    return columns


def _lengths(what: str, values: pa.ChunkedArray) -> Lengths:
    numbers = np.sort(values.to_numpy())
    return Lengths(
        what=what,
        least=int(numbers[0]),
        median=_plain(float(np.median(numbers))),
        mean=float(numbers.mean()),
        most=int(numbers[-1]),
        total=int(numbers.sum()),
    )


def _plain(number: float) -> float:
    """A whole number as int, so that it is written without a fraction."""
    return int(number) if number.is_integer() else number


def versions() -> dict[str, str]:
    """The versions that can change bytes: ours, those of libraries, and of the Unicode tables of Python."""
    return {
        "dataset-tools": __version__,
        **{name: version(name) for name in _LIBRARIES},
        "unicode": unicodedata.unidata_version,
    }


def _write_manifest(parcel: Parcel, folder: Path, splits: Sequence[Split], content_sha256: str) -> None:
    paths = sorted(manifest.files_below(folder))
    shards = {path: digest for split in splits for path, (_, digest) in split.files().items()}
    sums = {path: shards.get(path) or manifest.sha256_of(folder / path) for path in paths}
    values = {
        "generator": manifest.GENERATOR,
        "format": manifest.FORMAT,
        "counts": asdict(parcel.counts),
        "content_sha256": content_sha256,
        "splits": {split.name: {"rows": split.rows, "num_bytes": split.num_bytes} for split in splits},
        "columns": list(parcel.form.columns),
        "metadata": None if parcel.metadata is None else asdict(parcel.metadata),
        "ids": {
            "recipe": parcel.ids.recipe,
            "decided_by": parcel.ids.decided_by,
            "explained": parcel.ids.explained,
            "total": parcel.ids.total,
        },
        "deduplication": dict(parcel.dedup_facts),
        "against": [asdict(one) for one in parcel.against],
        "schema_sha256": parcel.schema.sha256,
        "settings": dict(parcel.settings),
        "settings_sha256": parcel.settings_sha256,
        "versions": versions(),
        "files": [
            {"path": path, "bytes": (folder / path).stat().st_size, "sha256": digest} for path, digest in sums.items()
        ],
    }
    text = json.dumps(values, ensure_ascii=False, indent=2) + "\n"
    (folder / manifest.NAME).write_text(text, "utf-8", newline="\n")
    sums[manifest.NAME] = manifest.sha256_of(folder / manifest.NAME)
    lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / manifest.SUMS).write_text(lines, "utf-8", newline="\n")
