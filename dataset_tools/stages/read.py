"""Read: the bytes of each file of a batch, or an issue that says why there are none."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from dataset_tools.model import Files, Issue, Source
from dataset_tools.rules import issue


def read(sources: Sequence[Source], rows: Sequence[int], *, root: Path, max_file_size: int) -> Files:
    """Read every source once; a file that cannot be read has None as its bytes, and an issue."""
    base = os.path.realpath(root)
    data: list[bytes | None] = []
    issues: list[Issue] = []
    for source, row in zip(sources, rows, strict=True):
        content = _read_one(source, base, max_file_size)
        if isinstance(content, tuple):
            code, message = content
            issues.append(issue(code, message, path=source.shown, row=row))
            data.append(None)
        else:
            data.append(content)
    return Files(rows=list(rows), paths=[source.shown for source in sources], data=data, issues=issues)


def _read_one(source: Source, base: str, max_file_size: int) -> bytes | tuple[str, str]:
    if source.content is not None:
        too_much = len(source.content) > max_file_size
        return ("F006", f"more than the {max_file_size:,} bytes that are allowed") if too_much else source.content
    path = f"{base}/{source.path}"
    if source.is_link:
        path = os.path.realpath(path)
        if not os.path.exists(path):
            return "F009", "link to a file that does not exist or cannot be reached"
        if os.path.commonpath((path, base)) != base:
            return "F008", "link to something outside the corpus"
    try:
        # A link or a pipe that has taken the place of a file is not followed and must not hold the tool up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return "F005", "the file vanished while the corpus was read"
    except OSError as error:
        return "F005", f"cannot be opened: {error.strerror}"
    try:
        return _content(descriptor, max_file_size)
    except OSError as error:
        return "F005", f"cannot be read: {error.strerror}"
    finally:
        os.close(descriptor)


def _content(descriptor: int, max_file_size: int) -> bytes | tuple[str, str]:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        return "F010", "not a regular file but a pipe, socket, device or folder"
    if status.st_size > max_file_size:
        return "F006", f"{status.st_size:,} bytes; at most {max_file_size:,} are allowed"
    content = os.read(descriptor, status.st_size + 1)
    if len(content) != status.st_size:
        return "F005", f"changed while it was read: {status.st_size:,} bytes were there before"
    return content
