"""Read: the bytes of each file of a batch, or an issue that says why there are none."""

import errno
import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dataset_tools.model import Files, Issue, Source, kind_of_file
from dataset_tools.rules import issue
from dataset_tools.stamps import is_settled, stamp


def read(sources: Sequence[Source], rows: Sequence[int], *, root: Path, max_file_size: int) -> Files:
    """Read every source once; a file that cannot be read has None as its bytes, and an issue."""
    base = os.path.realpath(root)
    data: list[bytes | None] = []
    stamps: list[bytes | None] = []
    issues: list[Issue] = []
    for source, row in zip(sources, rows, strict=True):
        found = _read_one(source, base, max_file_size)
        if isinstance(found, _Refusal):
            issues.append(issue(found.code, found.message, path=source.shown, row=row, hint=found.hint))
            found = _NOTHING
        data.append(found.data)
        stamps.append(None if source.is_link else found.stamp)
    paths = [source.shown for source in sources]
    return Files(rows=list(rows), paths=paths, data=data, issues=issues, stamps=stamps)


class _Refusal(NamedTuple):
    """The rule and the message that say why there are no bytes, and a hint that fits better than that of the rule."""

    code: str
    message: str
    hint: str | None = None


class _Found(NamedTuple):
    """The bytes of a file, and its stamp unless it may change unseen."""

    data: bytes | None
    stamp: bytes | None


_NOTHING = _Found(None, None)
_IN_MOTION = "run it again once nothing writes to the corpus any more"


def _read_one(source: Source, base: str, max_file_size: int) -> _Found | _Refusal:
    if source.content is not None:
        too_much = len(source.content) > max_file_size
        return (
            _Refusal("F006", f"more than the {max_file_size:,} bytes that max_file_size allows")
            if too_much
            else _Found(source.content, None)
        )
    path = f"{base}/{source.path}"
    if source.is_link:
        path = os.path.realpath(path)
        if not os.path.exists(path):
            return _Refusal("F009", "link to a file that does not exist or cannot be reached")
        if os.path.commonpath((path, base)) != base:
            return _Refusal("F008", "link to something outside the corpus")
    try:
        # A link or a pipe that has taken the place of a file is not followed and must not hold the tool up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return _Refusal("F005", "the file vanished while the corpus was read", _IN_MOTION)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return _Refusal("F010", "not a regular file but a socket or a device")
        if error.errno == errno.ELOOP:
            return _Refusal("F005", "a link took the place of the file while the corpus was read", _IN_MOTION)
        return _Refusal("F005", f"cannot be opened: {error.strerror}")
    try:
        return _content(descriptor, max_file_size)
    except OSError as error:
        return _Refusal("F005", f"cannot be read: {error.strerror}")
    finally:
        os.close(descriptor)


def _content(descriptor: int, max_file_size: int) -> _Found | _Refusal:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return _Refusal("F010", f"not a regular file but {kind_of_file(status.st_mode)}")
    if status.st_size > max_file_size:
        return _Refusal("F006", f"{status.st_size:,} bytes; max_file_size allows {max_file_size:,}")
    content = os.read(descriptor, status.st_size + 1)
    if len(content) != status.st_size:
        message = f"the file changed while it was read: it had {status.st_size:,} bytes when it was opened"
        return _Refusal("F005", message, _IN_MOTION)
    return _Found(content, stamp(status) if is_settled(status, time.time_ns()) else None)
