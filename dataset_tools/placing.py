"""How new files come into the folder of a corpus: all or none, never over another file, each one whole.

The files are written into a hidden folder inside the corpus and flushed to disk. One renaming of that folder decides:
before it, a kill leaves nothing but that folder, which the next call removes; after it, whatever is not in its place
yet is put there by the next call, first of all.
"""

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from dataset_tools.model import UserError
from dataset_tools.text import printable

_LOCK, _WRITING, _DECIDED = ".dataset-tools-add.lock", ".dataset-tools-add.writing", ".dataset-tools-add.decided"
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@contextmanager
def locked(raw: Path) -> Iterator[tuple[str, ...]]:
    """Keep others from adding to a corpus; gives the names of files that a killed call had left to be put in place.

    Raises:
        UserError: if another call is adding, or the folder cannot be written to.
    """
    shown = printable(str(raw))
    lock = FileLock(raw / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        hint = "wait until it has ended, then add again"
        raise UserError(f"another call is adding files to {shown}", hint) from None
    except OSError as error:
        raise _fault(error, raw) from error
    try:
        _remove(raw / _WRITING)
        yield _finish(raw)
    finally:
        # While it is held: whoever waits for the old file sees that it is gone and makes a new one.
        with suppress(OSError):
            Path(lock.lock_file).unlink()
        lock.release()


def place(raw: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a corpus that is locked, by their names there.

    Raises:
        UserError: if one of the names is taken, or the disk is full; then none of them is there.
    """
    writing, decided = raw / _WRITING, raw / _DECIDED
    try:
        writing.mkdir()
        for name, data in files.items():
            _write(writing / name, data)
        _flush(writing)
        writing.rename(decided)
        _flush(raw)
        for name in files:
            _name(decided / name, raw / name)
        _flush(raw)
    except BaseException as error:
        for name in files if decided.is_dir() else ():
            if _is_named(decided / name, raw / name):
                (raw / name).unlink()
        _remove(writing)
        _remove(decided)
        if isinstance(error, OSError):
            raise _fault(error, raw) from error
        raise
    _remove(decided)


def _finish(raw: Path) -> tuple[str, ...]:
    """Put what a killed call had decided on into its place."""
    decided = raw / _DECIDED
    if decided.is_symlink() or not decided.is_dir():
        return ()
    names = []
    for path in sorted(decided.iterdir()):
        there = raw / path.name
        if not os.path.lexists(there):
            _name(path, there)
            names.append(path.name)
        elif not there.is_file() or there.is_symlink() or there.read_bytes() != path.read_bytes():
            message = f"{printable(str(there))} has taken the name of a file that a killed call was adding"
            raise UserError(message, f"compare it with {printable(str(path))}, and remove or rename one of the two")
    _flush(raw)
    _remove(decided)
    return tuple(names)


def _name(source: Path, target: Path) -> None:
    """Give a file its name as a second one, which, unlike a renaming, never replaces another file."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS or os.path.lexists(target):
            raise
        source.rename(target)  # a file system without hard links


def _is_named(source: Path, target: Path) -> bool:
    """Whether `_name` has done so, and it is not the file of somebody else that has the name."""
    return os.path.lexists(target) and (not source.exists() or target.samefile(source))


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)


def _fault(error: OSError, raw: Path) -> UserError:
    shown = printable(str(raw))
    if isinstance(error, FileExistsError):
        taken = printable(str(error.filename2 or error.filename))
        return UserError(f"{taken} came into being meanwhile", "add again: other names are given then")
    what = (error.strerror or str(error)).lower()
    return UserError(f"cannot write to {shown}: {what}", "make the folder writable and free some space, then add again")
