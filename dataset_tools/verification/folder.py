"""The files of a dataset: which are there, of what kind, and whether they are those that were written.

Links are never followed, and nothing but regular files is opened; only folders that hold a named file are entered.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from dataset_tools.manifest import NAME, SUMS
from dataset_tools.model import Progress, kind_of_file
from dataset_tools.text import printable
from dataset_tools.verification.findings import Findings, UnreadableError

_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder of a dataset; paths are below it, with `/`."""

    root: Path

    @contextmanager
    def opened(self, path: str) -> Iterator[BufferedReader]:
        """A regular file, open for reading.

        Raises:
            UnreadableError: if it is not there, is something else, or reading it fails.
        """
        try:
            descriptor = os.open(self.root / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise UnreadableError("it is not a regular file")
                yield file
        except OSError as error:
            raise UnreadableError(os.strerror(error.errno).lower() if error.errno else str(error)) from None

    def read(self, path: str, most: int) -> bytes:
        """The whole of a file that has at most so many bytes.

        Raises:
            UnreadableError: if it cannot be read, or has more.
        """
        with self.opened(path) as file:
            data = file.read(most + 1)
        if len(data) > most:
            raise UnreadableError(f"it has more than {most:,} bytes")
        return data


def check_files(
    folder: Folder, named: Mapping[str, tuple[int, str]], found: Findings, progress: Progress
) -> dict[str, bool]:
    """Compare every file with its size and SHA-256; returns of those there if they are right."""
    present = _present(folder.root, {NAME, SUMS, *named}, found)
    there = {}
    progress.stage("Checksums", len(named))
    for path, (size, sha256) in sorted(named.items()):
        if path in present:
            there[path] = _is(folder, path, size, sha256, found)
        else:
            found.add("V002", "the manifest names this file, and it is not there", path)
        progress.advance(1)
    return there


def _is(folder: Folder, path: str, size: int, sha256: str, found: Findings) -> bool:
    try:
        with folder.opened(path) as file:
            there = file.seek(0, os.SEEK_END)
            if there != size:
                found.add("V004", f"it has {there:,} bytes, and the manifest says {size:,}", path)
                return False
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except UnreadableError as error:
        found.add("V002", f"it cannot be read: {error}", path)
        return False
    if digest != sha256:
        found.add("V004", f"its SHA-256 is {digest[:16]}…, and the manifest says {sha256[:16]}…", path)
    return digest == sha256


def _present(root: Path, named: set[str], found: Findings) -> set[str]:
    """The named paths that are regular files; all else that lies below the root is a finding."""
    folders = {path[:at] for path in named for at, character in enumerate(path) if character == "/"}
    present: set[str] = set()
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            with os.scandir(root / prefix) as entries:
                for entry in entries:
                    _entry(entry, prefix + entry.name, named, folders, found, present, pending)
        except OSError as error:
            reason = error.strerror or "it cannot be listed"
            found.add("V002", f"the folder cannot be listed: {reason.lower()}", prefix.rstrip("/") or None)
    return present


def _entry(
    entry: "os.DirEntry[str]",
    path: str,
    named: set[str],
    folders: set[str],
    found: Findings,
    present: set[str],
    pending: list[str],
) -> None:
    shown = printable(path)
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        found.add("V006", "a link; what it leads to is no part of the dataset", shown)
    elif stat.S_ISDIR(mode):
        if path in folders and path not in named:
            pending.append(f"{path}/")
        else:
            found.add("V003", "a folder in which the manifest names no file", shown)
    elif not stat.S_ISREG(mode):
        found.add("V006", f"not a regular file but {kind_of_file(mode)}", shown)
    elif path in named:
        present.add(path)
    else:
        found.add("V003", "the manifest does not name this file", shown)


def check_sums(folder: Folder, named: Mapping[str, tuple[int, str]], manifest: bytes, found: Findings) -> None:
    """Hold SHA256SUMS against the manifest, and the manifest against SHA256SUMS: each has exactly one right form."""
    sums = {path: sha256 for path, (_, sha256) in named.items()}
    sums[NAME] = hashlib.sha256(manifest).hexdigest()
    right = [f"{digest}  {path}" for path, digest in sorted(sums.items())]
    try:
        data = folder.read(SUMS, sum(map(len, right)) * 4 + _READ)
    except UnreadableError as error:
        found.add("V002", f"it cannot be read: {error}", SUMS)
        return
    lines = data.decode("utf-8", "backslashreplace").split("\n")
    end = f"  {NAME}"
    says = next((line[:64] for line in lines if line[64:] == end), None)
    if says is not None and says != sums[NAME]:
        found.add("V004", f"its SHA-256 is {sums[NAME][:16]}…, and {SUMS} says {printable(says[:16])}…", NAME)
        right = [f"{says}{end}" if line[64:] == end else line for line in right]
    if data != "".join(f"{line}\n" for line in right).encode():
        expected, there = set(right), set(lines)
        wrong = [line for line in lines if line and line not in expected]
        others = list(dict.fromkeys(line[66:] for line in (*wrong, *(line for line in right if line not in there))))
        about = ", ".join(printable(path)[:80] or "nothing" for path in others[:3])
        found.add("V005", f"it is not what the manifest gives{f'; see {about}' if about else ''}", SUMS)
