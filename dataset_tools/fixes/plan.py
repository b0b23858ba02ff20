"""What is to be changed in one corpus, decided before anything is: names that collide, published ids, links."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from dataset_tools.fixes.mend import Mended, Mender
from dataset_tools.fixes.write import NotTheSameError, content, folder_of
from dataset_tools.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One file that is to be changed: by all fixes or the safe ones, from which bytes (SHA-256), and its new name."""

    path: str
    wholly: bool
    before: str
    after: str
    name: str
    codes: tuple[str, ...]

    @property
    def new_path(self) -> str:
        """Where the file is then, below the root."""
        return beside(self.path, self.name)


@dataclass(frozen=True, slots=True)
class Held:
    """A file with something that is not mended, and why."""

    path: str
    reason: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The changes of one corpus in the order in which they can be made, and what is held back."""

    root: str
    mender: Mender
    changes: tuple[Change, ...]
    held: tuple[Held, ...]

    def content_of(self, one: Change) -> tuple[bytes, bytes]:
        """The bytes before and after a change.

        Raises:
            NotTheSameError: if the file is not what it was when the plan was made.
            OSError: if it cannot be read.
        """
        data = read(self.root, one.path)
        if data is None or sha256(data) != one.before:
            raise NotTheSameError("it was changed meanwhile")
        return data, _mended(self.mender, one.path, data, wholly=one.wholly).data


def beside(path: str, name: str) -> str:
    """The path of another name in the same folder."""
    folder, slash, _ = path.rpartition("/")
    return f"{folder}{slash}{name}"


def sha256(data: bytes) -> str:
    """The digest by which a plan knows bytes."""
    return hashlib.sha256(data).hexdigest()


def read(root: str, path: str) -> bytes | None:
    """The bytes of a file below a root; None if it is gone, a link, or behind one.

    Raises:
        OSError: if it cannot be read.
    """
    try:
        with folder_of(root, path) as (folder, name):
            return content(folder, name)
    except NotTheSameError:
        return None


def plan(
    root: Path,
    paths: Iterable[str],
    mender: Mender,
    *,
    unsafe: bool,
    published: frozenset[str],
    linked: frozenset[str],
) -> Plan:
    """Decide what becomes of each of some files.

    Args:
        root: the folder of the corpus.
        paths: the files, below the root, in document order; no links.
        mender: how they are mended.
        unsafe: whether fixes are applied that change ids, words and names.
        published: the ids that must not come to mean something else, or to nothing.
        linked: files that a link leads to, which keep their names.
    """
    base = os.path.realpath(root)
    changes: list[Change] = []
    held: list[Held] = []
    for path in paths:
        try:
            data = read(base, path)
        except OSError as error:
            held.append(Held(path, f"cannot be read: {error.strerror}", "make the file readable for this user"))
            continue
        if data is None:
            held.append(Held(path, "it is gone, or a link has taken its place", "run it again"))
            continue
        for wholly in (True, False) if unsafe else (False,):
            one = _change(mender, path, data, wholly=wholly)
            reason = None if one is None else _reason(one, mender, published, linked)
            if one is not None and reason is None:
                changes.append(one)
            if reason is None:
                break
            if wholly is unsafe:  # the first reason says it all
                held.append(reason)
    return _without_collisions(Plan(root=base, mender=mender, changes=tuple(changes), held=tuple(held)))


def _mended(mender: Mender, path: str, data: bytes, *, wholly: bool) -> Mended:
    return mender.wholly(path, data) if wholly else mender.safely(path, data)


def _change(mender: Mender, path: str, data: bytes, *, wholly: bool) -> Change | None:
    mended = _mended(mender, path, data, wholly=wholly)
    if mended.data == data and mended.name == path.rpartition("/")[2]:
        return None
    return Change(
        path=path,
        wholly=wholly,
        before=sha256(data),
        after=sha256(mended.data),
        name=mended.name,
        codes=mended.codes,
    )


def _reason(one: Change, mender: Mender, published: frozenset[str], linked: frozenset[str]) -> Held | None:
    """Why a change must not be made, or None."""
    name = one.path.rpartition("/")[2]
    match = mender.file_name.fullmatch(name)
    name_id = match["id"] if match else None
    renamed = one.name != name
    if renamed and one.path in linked:
        return Held(one.path, "a link leads to it, and would lead nowhere", "remove the link, or rename both by hand")
    if name_id in published:
        loose = mender.recipe is None or not mender.recipe.binds_content
        if renamed or (loose and one.after != one.before):
            what = f"its new name would be {printable(one.name)}" if renamed else "its content would be another one"
            reason = f"the id {name_id} is published, and {what}"
            return Held(one.path, reason, "leave it as it was published, or say --republish")
    return None


def _without_collisions(found: Plan) -> Plan:
    """Order the changes so that no file is renamed to a name that is still taken, and hold back those that collide.

    What is held back is still changed as far as its name stays.
    """
    counts = Counter(one.new_path for one in found.changes)
    changes: list[Change] = []
    held = list(found.held)
    waiting: list[Change] = []
    for one in found.changes:
        if one.new_path == one.path:
            changes.append(one)
        elif counts[one.new_path] > 1:
            held.append(_collision(one, "another file would get that name as well"))
        else:
            waiting.append(one)
    left: set[str] = set()  # names that are free by then
    while waiting:
        free = [one for one in waiting if one.new_path in left or not _exists(found.root, one.new_path)]
        if not free:
            break
        changes += free
        moved = {one.path for one in free}
        left |= moved
        waiting = [one for one in waiting if one.path not in moved]
    held += [_collision(one, "there is a file of that name already") for one in waiting]
    given_up = {one.path for one in held} - {one.path for one in changes}
    rest = [_only_safe(found, one) for one in found.changes if one.path in given_up]
    return replace(found, changes=(*changes, *(one for one in rest if one is not None)), held=tuple(held))


def _collision(one: Change, why: str) -> Held:
    hint = "see which of the two files is the right one, and remove or rename the other"
    return Held(one.path, f"its new name would be {printable(one.name)}: {why}", hint)


def _exists(root: str, path: str) -> bool:
    return os.path.lexists(f"{root}/{path}")


def _only_safe(found: Plan, one: Change) -> Change | None:
    data = read(found.root, one.path)
    return None if data is None else _change(found.mender, one.path, data, wholly=False)
