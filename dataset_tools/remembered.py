"""The report of an earlier check of the same files in the same way, kept in the cache: it is the report of this one.

What a check finds depends on the files, the settings, the schema, the metadata, the dataset that was built before and
our own code. All of these but the code are told by names and stamps, as in `dataset_tools.known`; a file that may
change again unseen, a link, a schema in Python and a dataset somewhere else are a reason to keep nothing.
"""

import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dataset_tools.cache import made
from dataset_tools.manifest import NAME as MANIFEST
from dataset_tools.model import Corpus
from dataset_tools.run_report import RunReport
from dataset_tools.settings import Settings
from dataset_tools.stages.discover import SIDECARS, real
from dataset_tools.stamps import STAMP_SIZE, are_settled, stamp
from dataset_tools.text import path_bytes
from dataset_tools.versions import of_everything

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_KIND = "report"
_MOST = 100_000
"""A report of more issues is not kept."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The place of the report of one way to check, and what must be as it was for that report to be this one's."""

    path: Path
    state: str

    def recall(self) -> RunReport | None:
        """The report, if it was kept for just this."""
        try:
            if not self.path.is_file():  # a pipe would be waited for
                return None
            data = self.path.read_bytes()
            head, _, body = data.partition(b"\n")
            if head.decode() != f"{self.state} {_sha256(body)}":
                return None
            report = _adapter().validate_json(body)
            os.utime(self.path)
        except (OSError, ValueError):
            return None
        return report

    def keep(self, report: RunReport) -> None:
        """Keep a report, in place of the one that is there; without room for it, do nothing."""
        if len(report.issues) > _MOST:
            return
        body = _adapter().dump_json(report)
        try:
            descriptor, name = tempfile.mkstemp(dir=made(self.path.parent), prefix=".", suffix=".part")
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(f"{self.state} {_sha256(body)}\n".encode() + body)
                Path(name).replace(self.path)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError:
            return


def memory(
    settings: Settings, corpora: Sequence[Corpus], *, near: bool, strict: bool, published: Path | None
) -> Memory | None:
    """Where the report of such a check is kept, and what it depends on; None if that cannot be known."""
    schema = [] if settings.article_schema is None else [settings.article_schema]
    if settings.cache is None or settings.against or settings.runs_code:
        return None
    articles = b"".join(source.stamp or b"\0" for corpus in corpora for source in corpus.sources)
    if len(articles) != sum(STAMP_SIZE * len(corpus.sources) for corpus in corpora):
        return None
    sidecars = [corpus.root / name for corpus in corpora for name in SIDECARS]
    try:
        others = dict(_stamps([*schema, *sidecars, *_of_dataset(published or settings.out)]))
    except _UnknowableError:
        return None
    stamps = articles + b"".join(others.values())
    if not are_settled(stamps, time.time_ns()):
        return None
    known = [
        (len(one.sources), one.ignored, one.issues, None if one.asked is None else sorted(one.asked)) for one in corpora
    ]
    paths = [path_bytes(source.path) for corpus in corpora for source in corpus.sources]
    state = [repr((of_everything(), known, list(others))).encode(), stamps, *paths]
    own = settings.model_dump_json(exclude={"jobs", "cache_size", "rehash"})
    way = [str(Path.cwd()), [str(corpus.root) for corpus in corpora], own, near, strict, str(published)]
    name = f"{_KIND}-{_sha256(repr(way).encode())[:32]}.json"
    return Memory(settings.cache / name, _sha256(b"\0".join(state)))


class _UnknowableError(Exception):
    """Something is no regular file, so that no stamp tells what it holds."""


def _of_dataset(out: Path) -> Iterator[Path]:
    """What is looked at of the dataset that was built before, and what a build leaves that was killed in between."""
    place = real(out)
    yield place / MANIFEST
    yield from sorted((place / "data").rglob("*.parquet"))
    yield place.with_name(f".{place.name}.previous")


def _stamps(paths: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """The stamps of those that exist, by path."""
    for path in paths:
        try:
            status = path.lstat()
        except OSError:
            continue
        if not stat.S_ISREG(status.st_mode):
            raise _UnknowableError
        yield str(path), stamp(status)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _adapter() -> "TypeAdapter[RunReport]":
    from pydantic import TypeAdapter

    return TypeAdapter(RunReport)
