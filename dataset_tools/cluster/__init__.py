"""A build on a cluster: the same flow, whose heavy steps are spread over machines by an engine.

What is spread: preparing files, finding shared band keys, comparing, and writing shards. This process has the narrow
columns of all documents, decides what is the same text, joins linked documents into groups, and writes all that is not
a shard. A stage is committed once what it has made is named in the work folder; a build that was killed begins there.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.cluster.source import FillingEngine, RemoteCorpus
from dataset_tools.cluster.stages import (
    MADE,
    ROWS,
    SHARED,
    SIZES,
    BandRows,
    PrepareInto,
    WriteShard,
    narrow,
    shared,
)
from dataset_tools.cluster.texts import I64, StoredTexts
from dataset_tools.cluster.work import WorkFolder, key_of
from dataset_tools.columns import METADATA
from dataset_tools.content import OFFSET_BYTES, ContentDigest, row_sizes
from dataset_tools.engines import Engine, Stage
from dataset_tools.engines.cells import packed, unpacked
from dataset_tools.engines.local import LocalEngine
from dataset_tools.manifest import sha256_of
from dataset_tools.model import Progress, UserError
from dataset_tools.preparation import Numbered, Preparation
from dataset_tools.prepare import BATCH_ROWS, PREPARED, Plan, batches
from dataset_tools.spool import TEXTS, Spool
from dataset_tools.stages.package import Form, Split
from dataset_tools.stages.package.shards import Meanwhile, begins_shard, group_ends, shard_name
from dataset_tools.stages.package.write import stored_column, written_columns

FEW = 256
"""So many files are prepared in this process: a cluster would take longer to begin."""

BANDS_AT_ONCE = 1 << 22
"""About so many band keys meet in one place."""

FILES_AT_ONCE = 16
"""The band keys of so many batches of files are sent together."""


@dataclass(slots=True)
class Cluster:
    """What a build works with: an engine, a work folder that all its machines reach, and a corpus that is elsewhere.

    It stands for the `Preparation`, the `Spool` and the `Engine` of a build on one machine.
    """

    engine: Engine
    work: WorkFolder
    source: RemoteCorpus | None = None
    spool: StoredTexts = field(init=False)

    def __post_init__(self) -> None:
        """Begin without a text."""
        self.spool = StoredTexts(self.work)

    # As a `Preparation`

    @property
    def folder(self) -> Path:
        """Says that texts are kept; each machine puts a folder of its own in its place."""
        return Path()

    def __call__(
        self,
        files: Numbered,
        plan: Plan,
        *,
        done: Callable[[pa.Table], None] = lambda _: None,
        finer: int = 1,
    ) -> pa.Table:
        """See `Preparation`; the rows have `SIZES` as well.

        Raises:
            UserError: if a machine cannot read what this one can.
        """
        if plan.spool is None and len(files) <= FEW:
            return self.apart()(files, plan, done=done, finer=finer)
        key = key_of(plan.key or os.urandom(16), [(row, *source) for row, source in files.items()])
        folder, commit = f"prepared-{key}", f"prepared-{key}.done"
        stage = PrepareInto(plan=plan, work=self.work, folder=folder, source=self.source)
        known = self.work.there(commit)
        made, parts = [MADE.empty_table()], [narrow(PREPARED.empty_table(), TEXTS.empty_table())]
        for one in self._named(commit) if known else self.engine.map_batches(batches(files), stage, BATCH_ROWS):
            if one["unread"][0].as_py():
                self._check_unread(one, files, plan)
            made.append(one)
            parts.append(self.work.table(f"{one['name'][0].as_py()}.{ROWS}"))
            done(parts[-1])
        table = pa.concat_tables(made)
        if not known and not pc.sum(table["unread"]).as_py():  # what cannot be read now may be there at the next try
            self.work.put_table(commit, table)
        if plan.spool is not None:
            self.spool.lay_out(table["name"].to_pylist(), table["first"].to_numpy())
        return pa.concat_tables(parts)

    def _named(self, commit: str) -> Iterator[pa.Table]:
        """What was made, one table for a batch."""
        made = self.work.table(commit)
        return (made.slice(position, 1) for position in range(len(made)))

    def _check_unread(self, made: pa.Table, files: Numbered, plan: Plan) -> None:
        """Refuse what a machine could not read if that is the fault of the machine."""
        name, machine = made["name"][0].as_py(), made["machine"][0].as_py()
        rows = self.work.table(f"{name}.{ROWS}")
        there = rows.filter(rows["sha256"].is_null())["row"].to_pylist()
        here = self.apart()({row: files[row] for row in there}, plan.bare())
        read = here.filter(here["sha256"].is_valid())
        if len(read):
            what = f"{len(read):,} files that this machine can read, such as {read['path'][0].as_py()}"
            hint = "make the corpus readable under the same path, and with the same credentials, on every machine"
            raise UserError(f"{machine} of the cluster cannot read {what}", hint)

    def apart(self, spool: Spool | None = None) -> Preparation:
        """See `Prepare`."""
        return Preparation(engine=LocalEngine() if self.source is None else FillingEngine(self.source), spool=spool)

    # As an `Engine` for comparing, and what goes before it

    def link(self, documents: pa.Table) -> tuple[I64, I64]:
        """See `stages.deduplicate.Link`; band keys are read and compared on the machines of the cluster."""
        rows = documents["row"].to_numpy()
        order = np.argsort(rows, kind="stable")
        found = self.work.once(f"linked-{key_of(self.spool.names, rows)}", lambda: self._shared(rows[order]))
        position = order[np.searchsorted(rows, found["row"].to_numpy(), sorter=order)]
        by_document = np.argsort(position, kind="stable")
        return position[by_document], found["number"].to_numpy()[by_document]

    def _shared(self, rows: I64) -> pa.Table:
        """The buckets that some of these rows share with others of them, numbered from 0."""
        files = zip(self.spool.names, *self.spool.parts(rows), strict=True)
        columns = [(name, first, part.astype("<i8").tobytes()) for name, first, part in files if len(part)]
        if not columns:
            return SHARED.empty_table()
        table = pa.table(dict(zip(("name", "first", "positions"), map(list, zip(*columns, strict=True)), strict=True)))
        stage = BandRows(self.work, max(1, len(rows) // BANDS_AT_ONCE))
        found, number = [SHARED.empty_table()], 0
        for part in self.engine.map_groups(self.engine.map_batches([table], stage, FILES_AT_ONCE), "bucket", shared):
            if len(part):
                found.append(part.set_column(1, "number", pc.add(part["number"], number)))
                number += pc.max(part["number"]).as_py() + 1
        return pa.concat_tables(found)

    def map_groups(self, tables: Iterable[pa.Table], bucket: str, stage: Stage) -> Iterator[pa.Table]:
        """See `Engine`; what a killed build has found is used again."""
        table = pa.concat_tables(tables)

        def make() -> pa.Table:
            cells = map(packed, self.engine.map_groups([table], bucket, stage))
            return pa.table({"cell": pa.array(cells, pa.large_binary())})

        for cell in self.work.once(f"compared-{key_of(packed(table), stage)}", make)["cell"]:
            yield unpacked(cell.as_buffer())

    def map_batches(self, tables: Iterable[pa.Table], stage: Stage, rows: int) -> Iterator[pa.Table]:
        """See `Engine`."""
        return self.engine.map_batches(tables, stage, rows)

    # As what writes rows

    def writer(self, progress: Progress) -> "ShardWriter":
        """What writes the rows of a dataset."""
        return ShardWriter(self.engine, self.work, self.spool, progress)


@dataclass(frozen=True, slots=True)
class ShardWriter:
    """Has shards written by machines of the cluster, and brings them here; see `WriteRows`."""

    engine: Engine
    work: WorkFolder
    texts: StoredTexts
    progress: Progress

    def __call__(
        self,
        folder: Path,
        written: pa.Table,
        schema: pa.Schema,
        splits: Sequence[str],
        names: Sequence[str],
        form: Form,
        meanwhile: Meanwhile,  # noqa: ARG002  this machine copies and hashes all the time
    ) -> tuple[list[Split], str]:
        """Write the rows into a folder of this machine."""
        of_split = np.array(splits)
        sizes = _sizes(written, form.columns)
        kept = ["row", *(name for name in written.column_names if name.removeprefix(METADATA) in form.columns)]
        narrow_rows = written.select(kept)
        shards: list[tuple[str, int, pa.Table]] = []
        for name in names:
            places = np.flatnonzero(of_split == name)
            for group in _shards(sizes[places], form):
                counts = [stop - start for start, stop in group]
                some = narrow_rows.take(pa.array(places[group[0][0] : group[-1][1]]))
                some = some.append_column("group", pa.array(np.repeat(np.arange(len(counts)), counts)))
                some = some.append_column("shard", pa.array(np.full(len(some), len(shards))))
                shards.append((name, int(sizes[places[group[0][0] : group[-1][1]]].sum()), some))
        key = key_of(self.texts.names, schema, form, [packed(some) for _, _, some in shards])
        stage = WriteShard(work=self.work, folder=f"shards-{key}", texts=self.texts, schema=schema, form=form)
        tables = (some for _, _, some in shards)
        made = self.work.once(f"shards-{key}.done", lambda: pa.concat_tables(self._made(tables, stage)))
        found = []
        for name in dict.fromkeys(name for name, _, _ in shards):
            mine = [(number, shard) for number, shard in enumerate(shards) if shard[0] == name]
            files = {}
            for place, (number, _) in enumerate(mine):
                facts = {column: made[column][number].as_py() for column in made.column_names}
                file = shard_name(name, place, len(mine))
                self.work.fetch(facts["name"], folder / file)
                if sha256_of(folder / file) != facts["sha256"]:
                    raise UserError(
                        f"{facts['name']} is not as it was written", "empty the work folder, and build again"
                    )
                files[file] = facts["bytes"], facts["sha256"]
            rows, size = (sum(values) for values in zip(*((len(some), of) for _, (_, of, some) in mine), strict=True))
            found.append(Split(name=name, rows=rows, num_bytes=size, shards=files))
        return found, self._digest(written, splits, form)

    def _made(self, tables: Iterable[pa.Table], stage: WriteShard) -> Iterator[pa.Table]:
        return self.engine.map_batches(tables, stage, sys.maxsize)

    def _digest(self, written: pa.Table, splits: Sequence[str], form: Form) -> str:
        """`content_sha256`, which only one after another can be: the one thing that reads all texts in one place."""
        digest, done = ContentDigest(), 0
        texts = self.texts.batches(written["row"].to_numpy())
        for rows in written_columns(written, texts, form.columns):
            digest.update(splits[done : done + rows.num_rows], rows)
            done += rows.num_rows
            self.progress.advance(rows.num_rows)
        return digest.hexdigest()


def _sizes(written: pa.Table, names: Sequence[str]) -> I64:
    """What `row_sizes` says of the rows with their texts."""
    title, body = (written[name].to_numpy() for name in SIZES)
    texts = {"title": title, "body": body, "text": title + len("\n\n") + body}
    rest = {name: stored_column(name, written) for name in names if name not in texts}
    return sum((texts[name] + OFFSET_BYTES for name in names if name in texts), start=row_sizes(pa.table(rest)))


def _shards(sizes: I64, form: Form) -> Iterator[list[tuple[int, int]]]:
    """The row groups of each shard, as the positions of their first rows and of those after their last."""
    if not len(sizes):
        return
    ends, left = group_ends(sizes.tolist(), 0, form)
    shard: list[tuple[int, int]] = []
    start = held = 0
    for end, size in [*ends, (len(sizes), left)]:
        if begins_shard(held, size, form):
            yield shard
            shard, held = [], 0
        shard.append((start, end))
        start, held = end, held + size
    yield shard
