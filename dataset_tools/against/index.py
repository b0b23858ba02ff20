"""The index of a published dataset: what tells which of its documents a text may be in, without the texts.

It is made in one pass over the texts, and kept as one Arrow file that is read by memory map. Per document: id, path,
SHA-256 of the file, the outline and the key of `stages.same_text`, and where it lies. Per band of `stages.fingerprint`:
all keys, sorted, each with its document, so that a bucket is found by binary search and nothing else is looked at.
"""

import hashlib
import json
import os
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from dataset_tools import __version__, cache
from dataset_tools.against.documents import BATCH_ROWS, DOCUMENTS, Documents
from dataset_tools.engines.local import LocalEngine
from dataset_tools.model import Progress
from dataset_tools.stages.fingerprint import Banding, fingerprint
from dataset_tools.stages.same_text import outlines
from dataset_tools.text import canonical, same_text_key

FORMAT = 1

Rows = npt.NDArray[np.int64]
MakeEngine = Callable[[int], LocalEngine]
U64 = npt.NDArray[np.uint64]

_CHECKSUM = 32  # hexadecimal digits at the end of the file
_PROBES = (
    "Trời nắng\nHôm nay trời nắng từ sáng đến chiều.",
    "ngắn",
    "12 giờ 30, 45 %\nGiá 1.000 đồng",
    "ข่าววันนี้\nฝนตกหนัก",
)

_NARROW = pa.schema(
    [
        ("id", pa.large_string()),
        ("path", pa.large_string()),
        ("sha256", pa.binary(32)),
        ("outline", pa.binary(8)),  # null without a text
        ("text_key", pa.binary(16)),  # null without a text
        ("file", pa.int32()),
        ("row", pa.int64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Index:
    """The columns of `_NARROW`, one row per document in document order, and for each band `key_N` and `doc_N`.

    `digest` is of ids, titles and bodies; of nothing where a manifest has a better one.
    """

    table: pa.Table
    digest: str
    with_words: int
    bands: int

    def document(self, position: int) -> tuple[str, str | None]:
        """Id and path of a document."""
        return self._column("id")[position].as_py(), self._column("path")[position].as_py()

    def positions(self, column: str, values: Iterable[Any]) -> dict[Any, list[int]]:
        """For each of some values of a column the documents that have it."""
        mine = self._column(column)
        found = np.flatnonzero(pc.is_in(mine, value_set=pa.array(values, mine.type).drop_null()))
        positions: dict[Any, list[int]] = {}
        for position, value in zip(found.tolist(), mine.take(pa.array(found)).to_pylist(), strict=True):
            positions.setdefault(value, []).append(position)
        return positions

    def bucket_mates(self, keys: U64, limit: int) -> tuple[Rows, Rows, Rows]:
        """Which documents share a band with texts that have these band keys, a row per text.

        Of each bucket only the first `limit` documents count. Returns pairs, each once, sorted: the position of the
        text, and of the document; and for each text how many documents were beyond the limit, summed over its bands.
        """
        skipped = np.zeros(len(keys), np.int64)
        pairs = []
        for band, wanted in enumerate(keys.T):
            mine = self._column(f"key_{band}").to_numpy()[: self.with_words]
            documents = self._column(f"doc_{band}").to_numpy()
            first = np.searchsorted(mine, wanted, "left")
            sizes = np.searchsorted(mine, wanted, "right") - first
            skipped += np.maximum(sizes - limit, 0)
            sizes = np.minimum(sizes, limit)
            texts = np.repeat(np.arange(len(keys)), sizes)
            within = np.arange(len(texts)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            mates = documents[np.repeat(first, sizes) + within].astype(np.int64)
            pairs.append(texts * self.table.num_rows + mates)
        texts, mates = np.divmod(np.unique(np.concatenate(pairs)), max(self.table.num_rows, 1))
        return texts, mates, skipped

    def _column(self, name: str) -> pa.Array:
        """A column as it lies in the file; joining its chunks, of which there is one, would copy it."""
        chunks = self.table[name].chunks
        return chunks[0] if chunks else self.table[name].combine_chunks()


def index_of(documents: Documents, cut: Banding, folder: Path | None, engine: MakeEngine, progress: Progress) -> Index:
    """The index of a dataset, from the cache in `folder` if it is there and fits, else made and kept there.

    It fits if it was made from the same files with the same banding, by a version that makes the same fingerprints.
    What is damaged or does not fit is made anew, on an engine for data of so many bytes.

    Raises:
        UserError: if the dataset cannot be read.
    """
    parameters, data = _parameters(cut), _state(documents)
    prefix = f"against-{_digest([parameters, documents.place.root])[:12]}-"
    key = _digest([parameters, data])
    path = None if folder is None else folder / f"{prefix}{key[:16]}.arrow"
    table = None if path is None else _loaded(path, key)
    if table is None:
        table = _made(documents, cut, key, engine, progress)
        if path is not None:
            _keep(table, path, prefix)
    facts = json.loads(table.schema.metadata[b"facts"])
    return Index(table, facts["digest"], facts["with_words"], cut.bands)


def _digest(values: object) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogateescape")).hexdigest()


def _parameters(cut: Banding) -> list[object]:
    """What the index depends on beside the data; the probes find out what no version number says."""
    texts = [canonical("", text) for text in _PROBES]
    keys = [*fingerprint(texts, cut), *map(same_text_key, texts), *outlines([text.encode() for text in _PROBES])]
    versions = [__version__, version("rensa"), unicodedata.unidata_version]
    return [FORMAT, cut.bands, cut.rows, versions, [key and key.hex() for key in keys]]


def _state(documents: Documents) -> list[object]:
    """What the data are, as far as that can be known without reading them."""
    return [[file.path, file.size, file.stamp] for file in documents.files]


def _made(documents: Documents, cut: Banding, key: str, engine: MakeEngine, progress: Progress) -> pa.Table:
    progress.stage("Indexing", documents.count())
    digest = hashlib.sha256()
    batches = _counted(documents.batches(), progress)
    if documents.manifest is None:
        batches = _hashed(batches, digest)
    narrowed = _Narrowed(cut)
    with engine(documents.size) as workers:
        parts = chain([narrowed(DOCUMENTS.empty_table())], workers.map_batches(batches, narrowed, BATCH_ROWS))
        narrow = pa.concat_tables(parts).combine_chunks()
    columns, with_words = _sorted_bands(narrow["bands"].combine_chunks(), cut)
    facts = {"digest": digest.hexdigest(), "with_words": with_words}
    table = narrow.drop_columns("bands")
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table.replace_schema_metadata({"key": key, "facts": json.dumps(facts)})


def _counted(batches: Iterable[pa.Table], progress: Progress) -> Iterator[pa.Table]:
    for batch in batches:
        yield batch
        progress.advance(batch.num_rows)


def _hashed(batches: Iterable[pa.Table], digest: "hashlib._Hash") -> Iterator[pa.Table]:
    """The same batches; the digest is over id, title and body of each row, each as its length in 8 bytes and UTF-8."""
    for batch in batches:
        for row in zip(*(batch[name].to_pylist() for name in ("id", "title", "body")), strict=True):
            for value in row:
                data = value.encode()
                digest.update(len(data).to_bytes(8, "little") + data)
        yield batch


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """From documents to the columns of `_NARROW` and `bands`, as a stage."""

    cut: Banding

    def __call__(self, batch: pa.Table) -> pa.Table:
        pairs = list(zip(batch["title"].to_pylist(), batch["body"].to_pylist(), strict=True))
        joined = [f"{title}\n{body}".encode() if f"{title}{body}".strip() else None for title, body in pairs]
        texts = [None if one is None else canonical(*pair) for one, pair in zip(joined, pairs, strict=True)]
        made = {
            "outline": outlines(joined),
            "text_key": [None if text is None else same_text_key(text) for text in texts],
        }
        columns = [pa.array(made[name], kind) if name in made else batch[name].cast(kind) for name, kind in _FIELDS]
        bands = pa.array(fingerprint(texts, self.cut), pa.binary(8 * self.cut.bands))
        return pa.table([*columns, bands], names=[*_NARROW.names, "bands"])


_FIELDS = tuple(zip(_NARROW.names, _NARROW.types, strict=True))


def _sorted_bands(bands: pa.Array, cut: Banding) -> tuple[dict[str, pa.Array], int]:
    """For each band its keys in ascending order and the documents that have them, filled up to one row per document."""
    documents = np.flatnonzero(bands.is_valid())
    there = bands.drop_null()
    flat = np.frombuffer(there.buffers()[1], "<u8") if len(there) else np.array([], "<u8")
    first = there.offset * cut.bands
    keys = flat[first : first + len(there) * cut.bands].reshape(len(there), cut.bands)
    fill = len(bands) - len(documents)
    columns = {}
    for band in range(cut.bands):
        order = np.argsort(keys[:, band], kind="stable")
        columns[f"key_{band}"] = pa.array(np.pad(keys[order, band], (0, fill)), pa.uint64())
        columns[f"doc_{band}"] = pa.array(np.pad(documents[order].astype(np.uint32), (0, fill)), pa.uint32())
    return columns, len(documents)


def _keep(table: pa.Table, path: Path, prefix: str) -> None:
    """Write the file as a whole and remove those of earlier states of the dataset; without room for it, do nothing."""
    try:
        folder = cache.made(path.parent)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(descriptor, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            with pa.memory_map(name) as body:
                checksum = xxhash.xxh3_128_hexdigest(body.read_buffer())
            with Path(name).open("ab") as file:
                file.write(checksum.encode())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
        for earlier in folder.glob(f"{prefix}*.arrow"):
            if earlier != path:
                earlier.unlink(missing_ok=True)
    except OSError:
        return


def _loaded(path: Path, key: str) -> pa.Table | None:
    """The index in a file; None unless it is whole and has this key."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        whole = pa.memory_map(str(path)).read_buffer()
        body = whole.slice(0, max(whole.size - _CHECKSUM, 0))
        if whole.slice(body.size).to_pybytes() != xxhash.xxh3_128_hexdigest(body).encode():
            return None
        table = pa.ipc.open_file(pa.BufferReader(body)).read_all()
    except (OSError, ValueError, pa.ArrowException):
        return None
    return table if (table.schema.metadata or {}).get(b"key") == key.encode() else None
