"""Discover: from the paths that were given to the files of a corpus, in document order."""

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dataset_tools.globs import glob
from dataset_tools.model import Corpus, Issue, Source, UserError, involving, kind_of_file
from dataset_tools.rules import issue
from dataset_tools.stamps import stamp
from dataset_tools.text import nfc, printable

Choose = Callable[[Path], Callable[[str], bool]]
"""Gives, for the folder of a corpus, what says of a path below it whether it is to be looked at."""

SIDECARS = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
"""What the file of metadata beside the articles can be called; it is neither an article nor ignored."""
PLACEHOLDER = ".gitkeep"
"""What lets Git keep a folder without articles; it is not counted as ignored either."""


def discover(
    paths: Sequence[Path],
    *,
    raw: Path,
    include: Sequence[str],
    file_name: re.Pattern[str],
    contents: Mapping[Path, bytes] | None = None,
    among: Choose | None = None,
) -> list[Corpus]:
    """Find the articles that `paths` name, as one corpus per root, roots in the order in which they are first named.

    The root of a path is `raw` if that contains it, else the folder itself or the file's parent. Articles are the
    regular files below a folder that match `include` and are not hidden, and every file that is named itself. The files
    of `contents`, which need not exist, are named too, and hold what it says. Where `among` is given, a file that is
    named must also be one that it chooses. A corpus has the other articles of its root as well, unless none is named.

    Raises:
        UserError: if a path does not exist or a folder cannot be listed.
    """
    contents = contents or {}
    roots: dict[Path, Path] = {}
    named: dict[Path, list[Path]] = {}
    for path in (*paths, *contents):  # contents last: what the call says of a file wins over what the disk does
        if path in contents:
            _check_could_be_file(path)
        elif not os.path.lexists(path):
            message = f"no such file or folder: {printable(str(path))}"
            hint = "name the folder of the articles, or set one up with dataset-tools init"
            raise UserError(message, hint if path == raw else "check the path, or run from another folder")
        root = _root_of(path, raw)
        named.setdefault(roots.setdefault(real(root), root), []).append(path)
    return [_corpus(root, members, include, file_name, contents, among) for root, members in named.items()]


def _check_could_be_file(path: Path) -> None:
    shown = printable(str(path))
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        raise UserError(f"{shown} cannot be the name of a file", "name the file as the system does") from None
    if os.path.isdir(path) or path.name == "..":
        raise UserError(f"{shown} is a folder, and the text given is that of a file", "name the file")
    if not os.path.isdir(path.parent):
        raise UserError(f"there is no folder {printable(str(path.parent))}", "name a file in a folder that exists")


def _root_of(path: Path, raw: Path) -> Path:
    real_raw = real(raw)
    is_folder = os.path.isdir(path)
    place = real(path) if is_folder else real(path.parent) / path.name
    if place.is_relative_to(real_raw) and os.path.isdir(real_raw):
        return raw
    return path if is_folder else path.parent


def real(path: Path) -> Path:
    """The absolute path without links; a link that leads nowhere or in a circle stays as it is."""
    return Path(os.path.realpath(path))


def _corpus(
    root: Path,
    paths: Sequence[Path],
    include: Sequence[str],
    file_name: re.Pattern[str],
    contents: Mapping[Path, bytes],
    among: Choose | None,
) -> Corpus:
    base = real(root)
    patterns = any_of(include)
    walk = _Walk(base, patterns)
    for path in paths:
        if path in contents:
            walk.given(path, contents[path])
        elif os.path.isdir(path):
            walk.below(real(path))
        else:
            walk.named(path)
    ignored = walk.ignored - walk.found.keys()
    if among is not None:
        walk.keep(among(root))
    issues = [walk.issues[path] for path in sorted(walk.issues)]
    if not walk.found and not issues and not walk.names_sidecar and among is None:
        where, matched = printable(str(root)), ", ".join(include)
        other = f"{len(ignored):,} other {'file' if len(ignored) == 1 else 'files'}"
        message = f"no article found in {where}: no file matches {matched} ({other})"
        issues.append(issue("F012", message))
    there = _Walk(base, patterns)
    whole = among is None and any(os.path.isdir(path) and real(path) == base for path in paths)
    if walk.found and not whole:
        there.below(base)
    found = there.found | walk.found
    sources = [found[path] for path in sorted(found, key=document_order(file_name))]
    asked = None if whole else frozenset(row for row, source in enumerate(sources) if source.path in walk.found)
    shared = [*colliding(sources), *_linked(sources, there.inodes | walk.inodes)]
    return Corpus(
        root=root,
        sources=tuple(sources),
        ignored=len(ignored),
        issues=(*issues, *involving(shared, asked)),
        asked=asked,
    )


def document_order(file_name: re.Pattern[str]) -> Callable[[str], str]:
    """Gives the sort key of documents: folder (bytewise), index as a number, name (bytewise).

    Names without an index come after those that have one.
    """
    match, has_index = file_name.fullmatch, "index" in file_name.groupindex

    def key(path: str) -> str:
        folder, _, name = path.rpartition("/")
        found = match(name) if has_index else None
        index = found["index"] if found else None
        number = _NO_NUMBER if index is None else _number(index)
        return f"{_bytewise(folder)}\0{number}\0{_bytewise(name)}"

    return key


_NO_NUMBER = chr(sys.maxunicode)
"""Comes after every number."""


def _number(index: str) -> str:
    """A string that sorts as the number does: how many digits it has, and these; an index that is none counts as 0."""
    digits = index if index.isascii() and index.isdigit() else str(int(index)) if index.isdecimal() else ""
    digits = digits.lstrip("0")
    return f"{chr(len(digits))}{digits}"


def _bytewise(path: str) -> str:
    """A string that sorts as the bytes of a path do."""
    return path if path.isascii() else os.fsencode(path).decode("latin-1")


def colliding(sources: Sequence[Source]) -> list[Issue]:
    """An issue for each file whose path is that of another one where neither case nor Unicode form count."""
    keys = [_caseless(source.path) for source in sources]
    if len(set(keys)) == len(keys):
        return []
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        rows.setdefault(key, []).append(row)
    issues = []
    for row, key in enumerate(keys):
        others = ", ".join(sources[other].shown for other in rows[key] if other != row)
        if others:
            message = f"the same name as {others} where case or Unicode form does not count (macOS, Windows)"
            issues.append(issue("F013", message, path=sources[row].shown, row=row))
    return issues


def _caseless(path: str) -> str:
    return path.lower() if path.isascii() else nfc(path.casefold())


def _linked(sources: Sequence[Source], inodes: Mapping[str, tuple[int, int]]) -> list[Issue]:
    """An issue for each name of a file that has another name before it."""
    first: dict[tuple[int, int], int] = {}
    issues = []
    for row, source in enumerate(sources) if inodes else ():
        inode = inodes.get(source.path)
        earlier = row if inode is None else first.setdefault(inode, row)
        if earlier != row:
            message = f"another name of {sources[earlier].shown}: the two are one file (a hard link)"
            issues.append(issue("F014", message, path=source.shown, row=row, other=earlier))
    return issues


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """What matches the paths that one of these globs matches."""
    return re.compile("|".join(f"(?:{glob(pattern).pattern})" for pattern in patterns) or r"(?!)", re.DOTALL)


@dataclass(slots=True)
class _Walk:
    """What is found below one root, by relative path, so that a place that is named twice counts once."""

    base: Path
    include: re.Pattern[str]
    found: dict[str, Source] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    issues: dict[str, Issue] = field(default_factory=dict)
    inodes: dict[str, tuple[int, int]] = field(default_factory=dict)  # of files that have several names
    names_sidecar: bool = False

    def named(self, path: Path) -> None:
        """Take one file, whatever its name."""
        relative = self._relative(path)
        if relative in SIDECARS:
            self.names_sidecar = True
            return
        status = path.lstat()
        is_link = stat.S_ISLNK(status.st_mode)
        if is_link or stat.S_ISREG(status.st_mode):
            self._take(relative, status, is_link=is_link)
        else:
            message = f"not a regular file but {kind_of_file(status.st_mode)}"
            self.issues[relative] = issue("F010", message, path=printable(relative))

    def given(self, path: Path, content: bytes) -> None:
        """Take one file as if it held this."""
        relative = self._relative(path)
        self.found[relative] = Source(relative, len(content), content=content)
        self.issues.pop(relative, None)

    def keep(self, chosen: Callable[[str], bool]) -> None:
        """Forget all but the chosen files."""
        self.found = {path: source for path, source in self.found.items() if chosen(path)}
        self.issues = {path: one for path, one in self.issues.items() if chosen(path)}

    def _relative(self, path: Path) -> str:
        return (real(path.parent) / path.name).relative_to(self.base).as_posix()

    def below(self, folder: Path) -> None:
        """Take the articles below a folder."""
        prefix = "" if folder == self.base else folder.relative_to(self.base).as_posix() + "/"
        pending = [(str(folder), prefix)]
        is_included = self.include.fullmatch
        while pending:
            place, prefix = pending.pop()
            with _listed(place) as entries:
                for entry in entries:  # one at a time: an entry keeps all that was asked about it
                    path = prefix + entry.name
                    if entry.name.startswith("."):
                        if entry.name != PLACEHOLDER:
                            self.ignored.add(path)
                    elif entry.is_file(follow_symlinks=False) and is_included(path) and path not in SIDECARS:
                        self._take(path, entry.stat(follow_symlinks=False), is_link=False)
                    elif entry.is_dir(follow_symlinks=False):
                        pending.append((entry.path, path + "/"))
                    else:
                        self._other(entry, path)

    def _other(self, entry: "os.DirEntry[str]", path: str) -> None:
        """What is neither an article that is a file of its own nor a folder."""
        if path in SIDECARS:
            return
        is_link = entry.is_symlink()
        if is_link and os.path.isdir(entry.path):
            message = "link to a folder: not followed, what is behind it is not part of the corpus"
            self.issues[path] = issue("F011", message, path=printable(path))
            self.ignored.add(path)
        elif is_link and self.include.fullmatch(path):
            self._take(path, entry.stat(follow_symlinks=False), is_link=True)
        else:
            self.ignored.add(path)

    def _take(self, path: str, status: os.stat_result, *, is_link: bool) -> None:
        if is_link:
            self.found[path] = Source(path, status.st_size, is_link=True)
            return
        self.found[path] = Source(path, status.st_size, False, None, stamp(status))
        if status.st_nlink > 1:
            self.inodes[path] = status.st_dev, status.st_ino


@contextmanager
def _listed(folder: str) -> Iterator[Iterator["os.DirEntry[str]"]]:
    try:
        with os.scandir(folder) as entries:
            yield entries
    except OSError as error:
        raise UserError(
            f"cannot list the folder {printable(folder)}: {error.strerror}",
            "make it readable for this user, or name the folders that should be checked",
        ) from None
