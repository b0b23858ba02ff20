"""Where a dataset is built and how it takes its place: beside it, whole, in one exchange.

For an output folder `dist` there can be, beside it: `.dist.lock` while a build runs; `.dist.building`, which holds the
dataset in the making and after a kill is removed by the next build; and, only on systems that cannot exchange two
folders at once, `.dist.previous` for the moment between two renames.
"""

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dataset_tools import manifest
from dataset_tools.model import UserError
from dataset_tools.text import printable, shown_path

_CARD = "README.md"
_MARKER = "made-by-dataset-tools"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_NO_EXCHANGE = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)


@dataclass(frozen=True, slots=True)
class Staging:
    """A build under way: `new` becomes the dataset, `work` is thrown away."""

    out: Path
    new: Path
    work: Path

    def publish(self) -> None:
        """Flush the new dataset to disk and put it into its place, whole, instead of the old one."""
        check_replaceable(self.out)
        _flush(self.new)
        if not self.out.exists():
            self.new.rename(self.out)
        elif not _exchange(self.new, self.out):
            previous = _beside(self.out, "previous")
            self.out.rename(previous)
            self.new.rename(self.out)
            previous.rename(self.new)  # not removed in its place: a kill would leave a part of it
        _flush_folder(self.out.parent)


@contextmanager
def staging(out: Path, raw: Path) -> Iterator[Staging]:
    """Lock an output folder and make room beside it; whatever happens inside, only `publish` changes the folder.

    Raises:
        UserError: if the folder is not ours to replace, lies inside raw or around it, or another build is writing it.
    """
    from filelock import FileLock, Timeout

    out = Path(os.path.realpath(out))
    _check_name(out)
    _check_apart(out, Path(os.path.realpath(raw)))
    lock = FileLock(_beside(out, "lock"), timeout=0)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        message = f"another build is writing to {shown_path(out)}"
        raise UserError(message, "wait until it has ended, or name another folder with --out") from None
    except OSError as error:
        raise disk_fault(error, out) from error
    building = _beside(out, "building")
    try:
        _recover(out)
        check_replaceable(out)
        _remove_stale(building)
        building.mkdir()
        (building / _MARKER).touch()
        for name in ("new", "work"):
            (building / name).mkdir()
        if manifest.read(_beside(out, "previous")) is not None:
            _beside(out, "previous").rename(building / "previous")
        yield Staging(out, building / "new", building / "work")
    except OSError as error:
        raise disk_fault(error, out) from error
    finally:
        _remove(building)
        # While it is held: whoever waits for the old file sees that it is gone and makes a new one.
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()


def recover(out: Path) -> None:
    """Put the old dataset back if a build was killed between two renames; does nothing while a build runs."""
    out = Path(os.path.realpath(out))
    if out.exists() or not _beside(out, "previous").exists():
        return
    from filelock import FileLock, Timeout

    try:
        with FileLock(_beside(out, "lock"), timeout=0):
            _recover(out)
    except Timeout:
        return


def _recover(out: Path) -> None:
    previous = _beside(out, "previous")
    if not out.exists() and manifest.read(previous) is not None:
        previous.rename(out)


def disk_fault(error: OSError, out: Path, named_by: str = "--out") -> Exception:
    """The error as a person should see it; one that says nothing of the disk stays what it is.

    `named_by` is the option or the variable that names another folder.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        what, hint = "the disk is full", f"free some space, or name a folder on another disk with {named_by}"
    elif error.errno == errno.EFBIG:
        what = "a file would be larger than is allowed there"
        hint = f"raise the limit (ulimit -f), or name a folder on another disk with {named_by}"
    elif error.errno == errno.EIO:
        what = os.strerror(error.errno).lower()
        hint = f"check the disk, or name a folder on another one with {named_by}"
    elif error.errno in (errno.ENOTDIR, errno.EEXIST):
        what, hint = "something in its path is not a folder", f"name another folder with {named_by}"
    elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENAMETOOLONG, errno.EBUSY, errno.EXDEV):
        what, hint = os.strerror(error.errno).lower(), f"make the folder writable, or name another one with {named_by}"
    else:
        return error
    return UserError(f"cannot write {shown_path(out)}: {what}", hint)


def _beside(out: Path, what: str) -> Path:
    return out.with_name(f".{out.name}.{what}")


def _check_name(out: Path) -> None:
    try:
        str(out).encode()
    except UnicodeEncodeError:
        message = f"{shown_path(out)} is not UTF-8, and Arrow cannot write there"
        raise UserError(message, "name another folder with --out") from None


def _check_apart(out: Path, raw: Path) -> None:
    if out.is_relative_to(raw) or raw.is_relative_to(out):
        message = f"the output {shown_path(out)} and the corpus {shown_path(raw)} lie inside each other"
        raise UserError(message, "name another output folder with --out")


def check_replaceable(out: Path) -> None:
    """Refuse a folder that holds anything but a dataset of ours.

    Raises:
        UserError: naming what is there.
    """
    hint = "name another folder with --out, or move these files away"
    shown = shown_path(out)
    if not os.path.lexists(out):
        return
    if not out.is_dir():
        raise UserError(f"{shown} is not a folder", "name another folder with --out")
    if os.path.ismount(out):
        raise UserError(f"{shown} is a mount point and cannot be exchanged as a whole", "name a folder inside it")
    present = sorted(entry.name for entry in out.iterdir())
    if not present:
        return
    found = manifest.read(out)
    if found is None:
        raise UserError(f"{shown} holds files that are not a dataset of dataset-tools: {_few(present)}", hint)
    if foreign := manifest.foreign_files(out, found):
        raise UserError(f"{shown} holds files that its manifest does not name: {_few(foreign)}", hint)
    card = out / _CARD
    if card.exists() and manifest.sha256_of(card) != found.files().get(_CARD, (0, ""))[1]:
        message = f"{shown_path(card)} was changed by hand, and a build would replace it"
        raise UserError(message, "put your own text into card.md beside the settings, then remove this file")


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(printable(name) for name in names[:3]) + more


def _remove_stale(building: Path) -> None:
    if not building.exists():
        return
    if not (building / _MARKER).exists() and any(building.iterdir()):
        message = f"{shown_path(building)} is in the way, and it is not from dataset-tools"
        raise UserError(message, "move it away")
    _remove(building)


def _remove(building: Path) -> None:
    """Remove what a build has left; the marker last, so that what cannot be removed is still known to be ours."""
    if not (building / _MARKER).exists():
        if building.exists() and not any(building.iterdir()):
            building.rmdir()
        return
    for name in ("new", "work", "previous"):
        for place, _, _ in os.walk(building / name):
            os.chmod(place, 0o700)  # the old dataset may have been made read-only
        shutil.rmtree(building / name, ignore_errors=True)
    if [entry.name for entry in building.iterdir()] == [_MARKER]:
        shutil.rmtree(building)


def _exchange(a: Path, b: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(b))


def _flush(folder: Path) -> None:
    for place, _, names in os.walk(folder):
        for name in names:
            with Path(place, name).open("rb") as file:
                os.fsync(file.fileno())
        _flush_folder(Path(place))


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
