"""The way back gives every byte and every name back, and never harms what was changed since."""

import json
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.fixes.plan import plan
from dataset_tools.fixes.undo import undo, write_undo
from dataset_tools.fixes.write import change
from dataset_tools.model import UserError
from tests.conftest import CorpusFolder, article
from tests.fixes.test_mend import CONTENT, SAFE, mender
from tests.fixes.test_plan import RESIDUE, made, planned
from tests.fixes.texts import contents


@pytest.fixture
def back(tmp_path: Path) -> Path:
    return tmp_path / "back.undo"


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def some(corpus: CorpusFolder) -> None:
    corpus.add(f"\ufeff{article(0)}")
    corpus.add(f"{article(1)}{RESIDUE}")
    corpus.add(article(2), name="002_0000000000000000.txt")
    corpus.add(article(3))


def test_every_byte_and_name_comes_back(corpus: CorpusFolder, back: Path) -> None:
    some(corpus)
    before = state(corpus.folder)
    found = planned(corpus.folder)
    write_undo(back, [found])
    assert state(corpus.folder) == before
    assert len(made(found)) == 3
    done = undo(back)
    assert state(corpus.folder) == before
    assert (len(done.restored), done.already, done.held) == (3, 0, ())
    again = undo(back)
    assert (again.restored, again.already, again.held) == ((), 3, ())


@given(files=st.lists(contents, min_size=1, max_size=4), recipe=st.sampled_from([*SAFE]), unsafe=st.booleans())
def test_whatever_files_hold_every_byte_and_name_comes_back(files: list[bytes], recipe: str, unsafe: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder, back = Path(place, "raw"), Path(place, "back")
        folder.mkdir()
        for number, data in enumerate(files):
            (folder / f"{number:03}_{number:016x}.txt").write_bytes(data)
        before = state(folder)
        found = planned(folder, recipe, unsafe=unsafe)
        write_undo(back, [found])
        made(found)
        assert planned(folder, recipe, unsafe=unsafe).changes == ()
        undo(back)
        assert state(folder) == before


def test_names_that_were_given_again_come_back_in_the_right_order(corpus: CorpusFolder, back: Path) -> None:
    names = [f"000_{one}.txt" for one in ("aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb", "cccccccccccccccc")]
    corpus.add("một\nhai\n", name=names[1])
    corpus.add("ba\nbốn\n", name=names[0])
    from dataset_tools.fixes.plan import Change, Plan, sha256

    changes = tuple(
        Change(path=old, wholly=True, before=sha256(data), after=sha256(data), name=new, codes=())
        for old, new, data in ((names[1], names[2], "một\nhai\n".encode()), (names[0], names[1], "ba\nbốn\n".encode()))
    )
    before = state(corpus.folder)
    write_undo(back, [Plan(root=str(corpus.folder), mender=mender(CONTENT), changes=changes, held=())])
    for one in changes:
        data = (corpus.folder / one.path).read_bytes()
        change(str(corpus.folder), one.path, one.name, data, data)
    undo(back)
    assert state(corpus.folder) == before


def test_changes_that_were_interrupted_are_taken_back_as_far_as_they_went(corpus: CorpusFolder, back: Path) -> None:
    some(corpus)
    before = state(corpus.folder)
    found = planned(corpus.folder)
    write_undo(back, [found])
    first, second, _ = found.changes
    old, new = found.content_of(first)
    change(found.root, first.path, first.name, old, new)
    old, new = found.content_of(second)
    change(found.root, second.path, second.path, old, new)  # killed before it was renamed
    done = undo(back)
    assert state(corpus.folder) == before
    assert (len(done.restored), done.already, done.held) == (2, 1, ())


def test_what_was_changed_since_stays_and_is_named(corpus: CorpusFolder, back: Path) -> None:
    some(corpus)
    found = planned(corpus.folder)
    write_undo(back, [found])
    made(found)
    edited = corpus.folder / found.changes[0].name
    edited.write_bytes(b"edited\n")
    renamed = next(one for one in found.changes if one.name != one.path)
    (corpus.folder / renamed.path).write_bytes(b"another file of the old name\n")
    done = undo(back)
    assert edited.read_bytes() == b"edited\n"
    assert (corpus.folder / renamed.path).read_bytes() == b"another file of the old name\n"
    assert {Path(one.path).name for one in done.held} == {found.changes[0].path, renamed.path}
    assert len(done.restored) == 1


def test_a_way_back_is_never_overwritten_and_nothing_is_left_beside_it(corpus: CorpusFolder, back: Path) -> None:
    some(corpus)
    back.write_bytes(b"mine\n")
    with pytest.raises(UserError, match="is there already"):
        write_undo(back, [planned(corpus.folder)])
    assert back.read_bytes() == b"mine\n"
    assert [path.name for path in back.parent.iterdir() if "undo" in path.name] == [back.name]


def test_a_way_back_that_cannot_be_written_is_an_error_of_the_user(corpus: CorpusFolder, tmp_path: Path) -> None:
    some(corpus)
    with pytest.raises(UserError, match="cannot write"):
        write_undo(tmp_path / "no" / "such" / "folder", [planned(corpus.folder)])


def test_only_its_owner_reads_the_old_bytes(corpus: CorpusFolder, back: Path) -> None:
    some(corpus)
    write_undo(back, [planned(corpus.folder)])
    assert back.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (lambda data: b"", "no undo file"),
        (lambda data: b"\xff\xfe", "no undo file"),
        (lambda data: b"[1]\n", "no undo file"),
        (lambda data: data.replace(b'"dataset-tools undo"', b'"x"'), "no undo file"),
        (lambda data: data.replace(b'"version": 1', b'"version": 2'), "another version"),
        (lambda data: data[: data.rindex(b"{")], "cut off: it has 2 of 3 changes"),
        (lambda data: data[:-40], "damaged"),
        (lambda data: data.replace(b'"content": "', b'"content": "AAAA'), "damaged"),
    ],
)
def test_a_damaged_way_back_changes_nothing(corpus: CorpusFolder, back: Path, damage, what: str) -> None:
    some(corpus)
    found = planned(corpus.folder)
    write_undo(back, [found])
    made(found)
    after = state(corpus.folder)
    back.write_bytes(damage(back.read_bytes()))
    with pytest.raises(UserError, match=what):
        undo(back)
    assert state(corpus.folder) == after


@pytest.mark.parametrize(
    "values",
    [{"path": "../x.txt"}, {"path": "/etc/x.txt"}, {"new_path": "a/../../x.txt"}, {"root": "raw"}, {"path": "a/x.txt"}],
)
def test_a_way_back_that_leads_out_of_its_root_is_none(
    corpus: CorpusFolder, back: Path, values: dict[str, str]
) -> None:
    some(corpus)
    write_undo(back, [planned(corpus.folder)])
    head, first, *rest = back.read_text("ascii").splitlines()
    back.write_text("\n".join([head, json.dumps({**json.loads(first), **values}), *rest]), "ascii")
    with pytest.raises(UserError, match="no undo file"):
        undo(back)


def test_a_name_that_is_not_utf_8_comes_back(corpus: CorpusFolder, back: Path) -> None:
    path = os.fsdecode(b"t\xff.txt")
    (corpus.folder / path).write_bytes(b"\xef\xbb\xbfa\nb\n")
    found = plan(corpus.folder, [path], mender(CONTENT), unsafe=False, published=frozenset(), linked=frozenset())
    write_undo(back, [found])
    made(found)
    assert (corpus.folder / path).read_bytes() == b"a\nb\n"
    undo(back)
    assert (corpus.folder / path).read_bytes() == b"\xef\xbb\xbfa\nb\n"
