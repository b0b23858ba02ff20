"""What has to be sent to a target, from what is there: a function of two manifests and a listing."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from dataset_tools import manifest
from dataset_tools.manifest import NAME, SUMS, Manifest
from dataset_tools.model import Progress, UserError
from dataset_tools.text import printable

PENDING = ".dataset-tools-push.json"
"""The note of a push that has begun and not ended: a manifest of all that may have been put there by now."""

_LAST = ("croissant.json", "README.md", SUMS, NAME)
"""What describes the data arrives after them."""


class FileFacts(NamedTuple):
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A dataset that is to be sent; `files` are all its files, `manifest` the bytes of its manifest."""

    folder: Path
    files: Mapping[str, FileFacts]
    manifest: bytes

    @classmethod
    def read(cls, folder: Path) -> "Outgoing":
        """The dataset in a folder that was verified.

        Raises:
            UserError: if it has vanished since.
        """
        try:
            data, sums = ((folder / name).read_bytes() for name in (NAME, SUMS))
        except OSError as error:
            raise changed(folder, error) from None
        found = manifest.parsed(data, printable(str(folder)))
        if found is None:
            raise changed(folder)
        named = {path: FileFacts(*facts) for path, facts in found.files().items()}
        own = {name: FileFacts(len(one), hashlib.sha256(one).hexdigest()) for name, one in ((NAME, data), (SUMS, sums))}
        return cls(folder, {**named, **own}, data)


def changed(folder: Path, error: OSError | None = None) -> UserError:
    """What to say of a dataset that was whole when it was verified and is not any more."""
    why = "" if error is None else f": {error.strerror or error}"
    return UserError(f"{printable(str(folder))} has changed while it was pushed{why}", "push again when no build runs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to upload, in this order; what is there and equal; what to remove; what is there of others.

    `pending` says whether an earlier push has begun and not ended. `note` is to lie there until this one has ended.
    """

    upload: tuple[str, ...]
    unchanged: tuple[str, ...]
    remove: tuple[str, ...]
    foreign: tuple[str, ...]
    pending: bool
    note: bytes

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.upload or self.remove or self.pending)


class Target(Protocol):
    """Where a dataset is sent to."""

    @property
    def shown(self) -> str:
        """Its name in messages."""

    @property
    def missing(self) -> bool:
        """Whether it has to be made although nothing need be sent, as is known after `listing`."""

    def listing(self) -> dict[str, int]:
        """The size of every file there, by its path; nothing if there is no such place yet."""

    def read(self, path: str, most: int) -> bytes:
        """The beginning of a file that is there: at most so many bytes."""

    def sha256(self, path: str) -> str:
        """SHA-256 of a file that is there, of which every byte is read."""

    def send(self, outgoing: Outgoing, wanted: Plan, progress: Progress) -> tuple[tuple[str, ...], str | None]:
        """Do what is planned; gives the files that arrived with other bytes, and the commit where there is one."""


_MOST = 16 << 20


def plan(outgoing: Outgoing, target: Target) -> Plan:
    """Compare a dataset with what is at the target; changes nothing.

    Raises:
        UserError: if files are there that no manifest of ours names, and that would be replaced or mixed with ours.
    """
    there = target.listing()
    old, pending = (_manifest(target, name, there) for name in (NAME, PENDING))
    begun = PENDING in there
    ours = {PENDING} if begun else set()
    for one in (old, pending):
        if one is not None:
            ours |= {NAME, SUMS, *one.files()}
    foreign = [path for path in sorted(there) if path not in ours]
    if foreign and not ours:
        message = f"{target.shown} holds files that are not a dataset of dataset-tools: {_few(foreign)}"
        raise UserError(message, "name an empty place, or move these files away")
    if taken := [path for path in foreign if path in outgoing.files]:
        message = f"{target.shown} holds files of others, which would be replaced: {_few(taken)}"
        raise UserError(message, "move these files away, or name another place")
    named = {} if old is None or begun else old.files()
    order = sorted(outgoing.files, key=lambda path: (_LAST.index(path) if path in _LAST else -1, path))
    same = {path for path in order if _is_there(path, outgoing.files[path], there, named, target)}
    return Plan(
        upload=tuple(path for path in order if path not in same),
        unchanged=tuple(sorted(same)),
        remove=tuple(path for path in sorted(there) if path in ours - {PENDING} and path not in outgoing.files),
        foreign=tuple(foreign),
        pending=begun,
        note=_note(outgoing, (ours - {PENDING, *outgoing.files}).intersection(there)),
    )


def _note(outgoing: Outgoing, others: Iterable[str]) -> bytes:
    """The manifest, naming other files of ours as well."""
    values = json.loads(outgoing.manifest)
    values["files"] += [{"path": path, "bytes": 0, "sha256": ""} for path in sorted(others)]
    return json.dumps(values).encode()


def _is_there(
    path: str, facts: FileFacts, there: Mapping[str, int], named: Mapping[str, tuple[int, str]], target: Target
) -> bool:
    """Whether a file is there with these bytes: as the manifest there says, else, for want of one, by reading it."""
    if there.get(path) != facts.size:
        return False
    return named[path] == facts if path in named else target.sha256(path) == facts.sha256


def _manifest(target: Target, name: str, there: Iterable[str]) -> Manifest | None:
    return manifest.parsed(target.read(name, _MOST), target.shown) if name in there else None


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
    return ", ".join(printable(name)[:100] for name in names[:3]) + more
