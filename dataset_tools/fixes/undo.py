"""The way back: a file that holds, for each change, the old bytes and name, and how to put them back.

It is written whole before anything is changed, as JSON lines in ASCII: a first one that says what it is and how many
changes follow, and for each of these `root`, `path` and `new_path` below it, `sha256` of the new bytes, and the old
ones in `content`, compressed by zlib, in base 64.
"""

import base64
import binascii
import json
import os
import secrets
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dataset_tools.fixes.plan import Held, Plan, read, sha256
from dataset_tools.fixes.write import NotTheSameError, change, disk_fault, rename
from dataset_tools.model import UserError
from dataset_tools.text import printable

_KIND = "dataset-tools undo"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Record:
    """One change, as a line has it."""

    root: str
    path: str
    new_path: str
    sha256: str
    content: str

    def old(self) -> bytes:
        return zlib.decompress(base64.b64decode(self.content, validate=True))


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: the files that are as they were now, how many were so already, and those that are not.

    Paths are absolute.
    """

    restored: tuple[str, ...]
    already: int
    held: tuple[Held, ...]


def write_undo(file: Path, plans: Iterable[Plan]) -> None:
    """Write what is needed to take all changes of these plans back; the file appears whole or not at all.

    Raises:
        UserError: if there is something of that name, or it cannot be written.
        NotTheSameError: if a file of the plans was changed meanwhile.
    """
    shown = printable(str(file))
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}.tmp")
    some = list(plans)
    try:
        with open(beside, "x", encoding="ascii", opener=_private) as lines:
            count = sum(len(one.changes) for one in some)
            lines.write(json.dumps({"kind": _KIND, "version": _VERSION, "changes": count}) + "\n")
            for record in _records(some):
                lines.write(json.dumps(asdict(record)) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
        _put(beside, file)
    except FileExistsError:
        message = f"{shown} is there already, and may be the way back from an earlier change"
        raise UserError(message, "name another file with --undo") from None
    except OSError as error:
        message = f"cannot write {shown}: {(error.strerror or str(error)).lower()}"
        raise UserError(message, "name another file with --undo; nothing was changed") from None
    finally:
        with suppress(OSError):
            beside.unlink()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _put(beside: Path, file: Path) -> None:
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        rename(folder, beside.name, file.name)
        os.fsync(folder)
    finally:
        os.close(folder)


def _records(plans: Iterable[Plan]) -> Iterator[_Record]:
    for one in plans:
        for changed in one.changes:
            before, _ = one.content_of(changed)
            packed = base64.b64encode(zlib.compress(before)).decode()
            yield _Record(
                root=one.root, path=changed.path, new_path=changed.new_path, sha256=changed.after, content=packed
            )


def undo(file: Path) -> Undone:
    """Give every file its old bytes and its old name, last changes first.

    Files that were changed since stay as they are. Those that are as they were already, because the change or an undo
    was interrupted, need nothing.

    Raises:
        UserError: if the file is not a whole undo file, or a file cannot be written.
    """
    restored: list[str] = []
    already = 0
    held: list[Held] = []
    for record in reversed(_read(file)):
        place = f"{record.root}/{record.path}"
        try:
            if _put_back(record):
                restored.append(place)
            else:
                already += 1
        except NotTheSameError as error:
            held.append(Held(place, str(error), "restore it by hand, if it should be: the undo file has its old bytes"))
        except OSError as error:
            raise disk_fault(error, place) from None
    return Undone(tuple(restored), already, tuple(held))


def _put_back(record: _Record) -> bool:
    """Put one file back; False if it is there as it was.

    Raises:
        NotTheSameError: if neither the old nor the new file is there.
    """
    old = record.old()
    name = record.path.rpartition("/")[2]
    there = _read_at(record, record.new_path)
    if there is not None and sha256(there) == record.sha256 and (record.path, old) != (record.new_path, there):
        change(record.root, record.new_path, name, there, old)
        return True
    before = _read_at(record, record.path)
    if before == old:
        return False
    if before is not None and sha256(before) == record.sha256:  # interrupted before it was renamed
        change(record.root, record.path, name, before, old)
        return True
    raise NotTheSameError("it was changed since, or is gone")


def _read_at(record: _Record, path: str) -> bytes | None:
    return read(record.root, path) if Path(record.root).is_dir() else None


def _read(file: Path) -> list[_Record]:
    shown = printable(str(file))
    hint = "name the file that validate --fix --undo has written"
    try:
        lines = file.read_text("ascii").splitlines()
    except OSError as error:
        raise UserError(f"cannot read {shown}: {(error.strerror or str(error)).lower()}", hint) from None
    except UnicodeDecodeError:
        raise UserError(f"{shown} is no undo file", hint) from None
    try:
        head, *rest = map(json.loads, lines)
        if head["kind"] != _KIND:
            raise UserError(f"{shown} is no undo file", hint)
        if head["version"] != _VERSION:
            raise UserError(f"{shown} was written by another version of dataset-tools", "upgrade dataset-tools")
        records = [_record(one) for one in rest]
    except (ValueError, TypeError, KeyError, RecursionError, binascii.Error, zlib.error):
        raise UserError(f"{shown} is no undo file, or a damaged one", hint) from None
    if len(records) != head["changes"]:
        message = f"{shown} is cut off: it has {len(records):,} of {head['changes']:,} changes"
        raise UserError(message, "get a whole copy of it; nothing was changed")
    return records


def _record(values: dict[str, Any]) -> _Record:
    record = _Record(**values)
    parts = (*record.path.split("/"), *record.new_path.split("/"))
    same_folder = record.path.rpartition("/")[0] == record.new_path.rpartition("/")[0]
    if not Path(record.root).is_absolute() or not same_folder or any(part in ("", ".", "..") for part in parts):
        raise ValueError("a path that leads elsewhere")
    record.old()
    return record
