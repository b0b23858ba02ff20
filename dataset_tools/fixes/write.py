"""Change files so that each is the old one or the new one at any moment; what others have changed meanwhile stays.

A file is known by its folder below a root and its name. Folders are opened one by one and files without following
links, so that nothing is read or written that is not below the root.
"""

import ctypes
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dataset_tools.model import UserError
from dataset_tools.text import printable

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_RENAME_NOREPLACE = 1
_UNKNOWN_CALL = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


class NotTheSameError(Exception):
    """What is there is not what was to be changed: other bytes, no file any more, or a file of that name already."""


@contextmanager
def folder_of(root: str, path: str) -> Iterator[tuple[int, str]]:
    """A descriptor of the folder that a path below a root names, and the name in it.

    Raises:
        NotTheSameError: if one of the folders is gone, or a link.
    """
    *folders, name = path.split("/")
    descriptor = os.open(root, _FOLDER)
    try:
        for folder in folders:
            try:
                below = os.open(folder, _FOLDER | os.O_NOFOLLOW, dir_fd=descriptor)
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                    raise
                raise NotTheSameError("its folder is gone, or has become a link") from None
            os.close(descriptor)
            descriptor = below
        yield descriptor, name
    finally:
        os.close(descriptor)


def content(folder: int, name: str) -> bytes | None:
    """The bytes of a regular file, None if there is none; links are not followed."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO):
            return None
        raise
    with os.fdopen(descriptor, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def change(root: str, path: str, new_name: str, before: bytes, after: bytes) -> None:
    """Give a file other bytes, and then another name, if these differ.

    Killed at any moment, it leaves the old bytes or the new ones, under the old name or the new one.

    Raises:
        NotTheSameError: if the file does not hold `before` any more, or there is something of the new name already.
        OSError: if the disk does not let it.
    """
    with folder_of(root, path) as (folder, name):
        if content(folder, name) != before:
            raise NotTheSameError("it was changed meanwhile")
        if new_name != name and _exists(folder, new_name):
            raise NotTheSameError(f"there is a {printable(new_name)} already")
        if after != before:
            _replace(folder, name, before, after)
        if new_name != name:
            try:
                rename(folder, name, new_name)
            except OSError as error:
                if after != before:
                    _replace(folder, name, after, before)
                if isinstance(error, FileExistsError):
                    raise NotTheSameError(f"there is a {printable(new_name)} already") from None
                raise
        os.fsync(folder)


def _exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _replace(folder: int, name: str, before: bytes, after: bytes) -> None:
    """Write a file beside the old one, as private or public as that, and put it into its place."""
    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    beside = f".dataset-tools-{secrets.token_hex(8)}.tmp"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(after)
            file.flush()
            if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                with suppress(PermissionError):  # only root may give files away
                    os.fchown(descriptor, status.st_uid, status.st_gid)
            os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
            os.fsync(descriptor)
        if content(folder, name) != before:
            raise NotTheSameError("it was changed meanwhile")
        os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=folder)
        raise


def rename(folder: int, old: str, new: str) -> None:
    """Rename within a folder without replacing anything, in one step where the system can do that.

    Raises:
        FileExistsError: if there is something of the new name.
    """
    if not _renameat2(folder, old, new):
        os.link(old, new, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        os.unlink(old, dir_fd=folder)


def _renameat2(folder: int, old: str, new: str) -> bool:
    """Rename in one step; False where the system or the disk cannot."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(folder, os.fsencode(old), folder, os.fsencode(new), _RENAME_NOREPLACE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _UNKNOWN_CALL:
        return False
    raise OSError(code, os.strerror(code), new)


def disk_fault(error: OSError, path: str) -> UserError:
    """The error as a person should see it."""
    reason = (error.strerror or str(error)).lower()
    hint = "see to it that the disk has space and the folder can be written, and run it again: nothing was lost"
    return UserError(f"cannot change {printable(path)}: {reason}", hint)
