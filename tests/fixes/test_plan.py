"""What is held back: published ids, names that are taken, files that links lead to."""

import os
from pathlib import Path

import pytest

from dataset_tools.fixes.plan import Plan, plan
from dataset_tools.fixes.write import NotTheSameError, change
from tests.conftest import CorpusFolder, article, new_id
from tests.fixes.test_mend import CONTENT, EXTERNAL, id_of, mender

RESIDUE = "![]() |\n"


def planned(
    folder: Path, recipe: str = CONTENT, *, unsafe: bool = True, published: set[str] = frozenset(), linked: str = ""
) -> Plan:
    paths = sorted(path.name for path in folder.iterdir())
    return plan(
        folder, paths, mender(recipe), unsafe=unsafe, published=frozenset(published), linked=frozenset({linked})
    )


def made(found: Plan) -> list[tuple[str, str]]:
    for one in found.changes:
        change(found.root, one.path, one.name, *found.content_of(one))
    return [(one.path, one.name) for one in found.changes]


def test_a_published_document_keeps_its_id_unless_that_is_asked_for(corpus: CorpusFolder) -> None:
    text = f"\ufeff{article(1)}{RESIDUE}"
    path = corpus.add(text)
    name_id = path.name[4:20]
    found = planned(corpus.folder, published={name_id})
    ((one,), (held,)) = (found.changes, found.held)
    assert (one.name, one.codes) == (path.name, ("F002",))
    assert held.reason == f"the id {name_id} is published, and its new name would be 000_{new_id(article(1))}.txt"
    assert held.hint == "leave it as it was published, or say --republish"
    assert planned(corpus.folder).held == ()


@pytest.mark.parametrize("recipe", [EXTERNAL, "sha256(title)", "sha256(title+body, folded)"])
def test_where_an_id_does_not_say_what_a_text_is_a_published_one_keeps_its_bytes(
    corpus: CorpusFolder, recipe: str
) -> None:
    text = article(1).replace("\n", "\r\n")
    name_id = "0123456789abcdef" if recipe == EXTERNAL else id_of(recipe, text.encode()) or ""
    corpus.add(text, name_id=name_id)
    found = planned(corpus.folder, recipe, published={name_id}, unsafe=False)
    assert (found.changes, [one.reason for one in found.held]) == (
        (),
        [f"the id {name_id} is published, and its content would be another one"],
    )
    assert len(planned(corpus.folder, recipe, unsafe=False).changes) == 1


def test_a_wrong_id_that_is_published_is_not_renamed(corpus: CorpusFolder) -> None:
    corpus.add(article(1), name_id="0123456789abcdef")
    found = planned(corpus.folder, published={"0123456789abcdef"})
    assert (found.changes, len(found.held)) == ((), 1)


def test_two_files_that_would_get_the_same_name_keep_theirs_and_get_the_fixes_that_are_safe(
    corpus: CorpusFolder,
) -> None:
    corpus.add(article(1), name="000_0000000000000001.txt")
    corpus.add(f"\ufeff{article(1)}", name="000_0000000000000002.txt")
    found = planned(corpus.folder)
    assert made(found) == [("000_0000000000000002.txt", "000_0000000000000002.txt")]
    why = f"its new name would be 000_{new_id(article(1))}.txt: another file would get that name as well"
    assert [(one.path, one.reason) for one in found.held] == [
        ("000_0000000000000001.txt", why),
        ("000_0000000000000002.txt", why),
    ]
    assert (corpus.folder / "000_0000000000000002.txt").read_bytes() == article(1).encode()


def test_a_name_that_is_taken_is_not_given_again(corpus: CorpusFolder) -> None:
    kept = corpus.add(article(1))
    corpus.add(article(1), name="000_0000000000000001.txt")
    found = planned(corpus.folder)
    assert made(found) == []
    assert [one.reason for one in found.held] == [
        f"its new name would be {kept.name}: there is a file of that name already"
    ]


def test_names_that_become_free_are_given_again_in_the_right_order(corpus: CorpusFolder) -> None:
    names = [f"000_{new_id(article(number))}.txt" for number in range(4)]
    for number in range(3):
        corpus.add(article(number), name=names[number + 1])
    found = planned(corpus.folder)
    assert sorted(made(found)) == sorted((names[number + 1], names[number]) for number in range(3))
    assert [(corpus.folder / names[number]).read_text("utf-8") for number in range(3)] == list(map(article, range(3)))
    assert planned(corpus.folder).changes == ()


def test_two_files_with_each_others_names_are_left_to_a_person(corpus: CorpusFolder) -> None:
    names = [f"000_{new_id(article(number))}.txt" for number in range(2)]
    corpus.add(article(0), name=names[1])
    corpus.add(article(1), name=names[0])
    found = planned(corpus.folder)
    assert (found.changes, sorted(one.path for one in found.held)) == ((), sorted(names))


def test_a_file_that_a_link_leads_to_keeps_its_name(corpus: CorpusFolder) -> None:
    path = corpus.add(f"{article(1)}{RESIDUE}")
    found = planned(corpus.folder, linked=path.name)
    assert (found.changes, [one.reason for one in found.held]) == (
        (),
        ["a link leads to it, and would lead nowhere"],
    )


def test_a_file_that_is_gone_or_cannot_be_read_is_held_back(
    corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = corpus.add(f"\ufeff{article(1)}")
    found = plan(corpus.folder, ["gone.txt"], mender(CONTENT), unsafe=True, published=frozenset(), linked=frozenset())
    assert [one.reason for one in found.held] == ["it is gone, or a link has taken its place"]
    opened = os.open

    def refused(name: str, *arguments: int, **options: int) -> int:
        if name == path.name:
            raise PermissionError(13, "Permission denied")
        return opened(name, *arguments, **options)

    monkeypatch.setattr(os, "open", refused)
    assert [one.reason for one in planned(corpus.folder).held] == ["cannot be read: Permission denied"]


def test_a_plan_knows_when_a_file_is_no_longer_what_it_was(corpus: CorpusFolder) -> None:
    path = corpus.add(f"\ufeff{article(1)}")
    found = planned(corpus.folder)
    path.write_bytes(article(2).encode())
    with pytest.raises(NotTheSameError):
        found.content_of(found.changes[0])
