"""Safe is what changes no id and no word; what is not is done only if it is asked for, and gives the right name."""

import hashlib
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools.fixes.mend import Mended, Mender
from dataset_tools.model import Files
from dataset_tools.recipes import EXTERNAL, Content, parse_recipe
from dataset_tools.rules import RULES, rule_policy
from dataset_tools.settings import FILE_NAME
from dataset_tools.stages.identify import Contents
from dataset_tools.stages.parse import parse
from dataset_tools.text import split_article
from tests.fixes.texts import contents

TITLE = "Chợ phiên họp lại"
BODY = "Từ sáng sớm, bà con ba bản gùi rau, mật ong và gà xuống chợ phiên trên đồi. Đến trưa mới vãn."
TEXT = f"{TITLE}\n{BODY}\n"
CONTENT, NO_FORM, FOLDED = "sha256(title+body, nfc)", "sha256(title+body)", "sha256(title+body, folded)"


def mender(recipe: str | None, *, select: tuple[str, ...] = ("DEFAULT", "U010"), decided: bool = True) -> Mender:
    return Mender(
        file_name=re.compile(FILE_NAME),
        recipe=None if recipe in (None, EXTERNAL) else parse_recipe(recipe or ""),
        decided=decided,
        policy=rule_policy(RULES, select=select),
    )


def content(data: bytes) -> Content | None:
    files = Files(rows=[0], paths=["x.txt"], data=[data], issues=[])
    return Contents(files, parse(files, file_name=re.compile(FILE_NAME))).contents[0]


def id_of(recipe: str, data: bytes) -> str | None:
    found = content(data)
    return found and found.id_by(parse_recipe(recipe), 16)


def name(name_id: str | None) -> str:
    return f"000_{name_id}.txt"


def safely(recipe: str | None, data: str | bytes, name_id: str | None = None, **options: bool) -> Mended:
    data = data if isinstance(data, bytes) else data.encode()
    if name_id is None:
        name_id = id_of(recipe, data) if recipe not in (None, EXTERNAL) else "0123456789abcdef"
    return mender(recipe, **options).safely(f"tin/{name(name_id)}", data)


QUIET = {
    "mark": f"\ufeff{TEXT}",
    "line ends": TEXT.replace("\n", "\r\n"),
    "form": unicodedata.normalize("NFD", TEXT),
    "white space": TEXT.replace("\n", " \n"),
}
LOUD = {
    "residue": f"{TEXT}![]() |\n",
    "invisible": TEXT.replace("phiên trên", "phiên \u200btrên"),
    "soft hyphen": TEXT.replace("phiên", "ph\u00adiên"),
    "lone cr": TEXT.replace("chợ phiên trên", "chợ phiên\rtrên"),
    "mojibake": f"{TEXT}{'bán rau má, cá và hoa quả'.encode().decode('cp1252')}\n",
    "encoding": TEXT.encode("utf-16"),
}
SAFE = {
    CONTENT: {"mark", "line ends", "form"},
    NO_FORM: {"mark", "line ends"},
    FOLDED: {"mark", "line ends", "form", "white space"},
    "sha256(file)": set(),
    "sha256(text)": {"mark", "line ends"},
    "sha256(title)": {"mark", "line ends", "white space"},
    EXTERNAL: set(QUIET),
}


@pytest.mark.parametrize("recipe", SAFE)
@pytest.mark.parametrize("what", [*QUIET, *LOUD])
def test_what_is_safe_is_what_the_recipe_does_not_see(recipe: str, what: str) -> None:
    text = {**QUIET, **LOUD}[what]
    data = text if isinstance(text, bytes) else text.encode()
    assert safely(recipe, data).data == (TEXT.encode() if what in SAFE[recipe] else data)


@pytest.mark.parametrize("recipe", [CONTENT, "sha256(file)"])
@pytest.mark.parametrize("what", [*QUIET, *LOUD])
def test_every_fix_is_safe_that_gives_the_content_of_which_the_id_is_the_hash(recipe: str, what: str) -> None:
    text = {**QUIET, **LOUD}[what]
    mended = mender(recipe).wholly("000_x.txt", text if isinstance(text, bytes) else text.encode())
    assert safely(recipe, text, id_of(recipe, mended.data)).data == mended.data


def test_one_fix_is_safe_though_all_together_are_not() -> None:
    text = TEXT.replace("\n", " \n")
    mended = safely("sha256(file)", text.replace("\n", "\r\n"), id_of("sha256(file)", text.encode()))
    assert (mended.data, mended.codes) == (text.encode(), ("F003",))


@pytest.mark.parametrize("text", [f"\ufeff\ufeff{TEXT}", TEXT.replace("\n", "\r\r\n")], ids=["two marks", "two crs"])
def test_what_is_seen_once_the_first_of_two_is_gone_is_not_safe(text: str) -> None:
    mended = safely(CONTENT, text)
    assert mended.data == text.encode()


def test_nothing_is_safe_where_nobody_knows_what_the_ids_are() -> None:
    assert safely(None, QUIET["mark"], decided=False).data == QUIET["mark"].encode()


def test_only_rules_in_force_are_mended_below_the_paths_where_they_are() -> None:
    path = f"tin/{name('0123456789abcdef')}"
    data = f"\ufeff{TEXT}".replace("\n", "\r\n").encode()
    assert mender(EXTERNAL, select=("F002",)).safely(path, data).codes == ("F002",)
    policy = rule_policy(RULES, per_path_ignore={"tin/**": ["F002"]})
    some = Mender(file_name=re.compile(FILE_NAME), recipe=None, decided=True, policy=policy)
    assert some.safely(path, data).codes == ("F003",)
    assert some.safely("x/y.txt", data).codes == ("F002", "F003")


def test_all_fixes_give_the_file_the_id_of_its_new_content() -> None:
    data = LOUD["residue"].encode()
    mended = mender(CONTENT).wholly(name(id_of(CONTENT, data)), data)
    assert (mended.data, mended.name) == (TEXT.encode(), name(id_of(CONTENT, TEXT.encode())))
    assert mended.codes == ("W001",)


def test_a_wrong_id_and_a_wrong_name_become_right_ones() -> None:
    right = id_of(CONTENT, TEXT.encode())
    for wrong, codes in (
        (name("0" * 16), ("I001",)),
        (f"000_{'A' * 16}.txt", ("F004", "I001")),
        (f"000_{right}.TXT", ("F004",)),
        (f"000-{right}.txt", ("F004",)),
    ):
        assert mender(CONTENT).wholly(wrong, TEXT.encode()) == Mended(data=TEXT.encode(), name=name(right), codes=codes)


def test_a_name_stays_where_no_small_change_leads_to_a_right_one_or_nobody_knows_the_id() -> None:
    for wrong in ("notes.txt", "000_123.txt", "\udcff000_0123456789abcdef.TXT"):
        assert mender(CONTENT).wholly(wrong, TEXT.encode()).name == wrong
    wrong_id = name("0" * 16)
    assert mender(EXTERNAL).wholly(wrong_id, TEXT.encode()).name == wrong_id
    assert mender(CONTENT, select=("W",)).wholly(wrong_id, TEXT.encode()).name == wrong_id


def test_a_file_keeps_its_wrong_id_where_only_safe_fixes_are_asked_for() -> None:
    mended = safely(CONTENT, f"\ufeff{TEXT}", "0" * 16)
    assert (mended.data, mended.name) == (TEXT.encode(), name("0" * 16))


def test_text_that_nobody_could_read_is_safe_only_if_the_id_says_so() -> None:
    data = TEXT.encode("utf-16")
    assert safely(EXTERNAL, data).data == data
    assert safely(CONTENT, data, "0" * 16).data == data
    assert safely(CONTENT, data, id_of(CONTENT, TEXT.encode())).data == TEXT.encode()
    assert safely("sha256(title)", data, id_of("sha256(title)", TEXT.encode())).data == data


@given(data=contents, recipe=st.sampled_from([*SAFE]), right=st.booleans())
@example(data="\ufeff\ufeffA\nB".encode(), recipe=CONTENT, right=True)
def test_whatever_a_file_holds_safe_fixes_change_no_id_and_no_word(data: bytes, recipe: str, right: bool) -> None:
    name_id = id_of(recipe, data) if recipe != EXTERNAL and right else None
    name_id = name_id or "0123456789abcdef"
    mended = safely(recipe, data, name_id)
    assert mended.name == name(name_id)
    assert safely(recipe, mended.data, name_id) == Mended(data=mended.data, name=name(name_id))
    if mended.data == data:
        return
    if recipe != EXTERNAL:
        assert id_of(recipe, mended.data) == id_of(recipe, data)
    assert words(mended.data) == words(data)


def words(data: bytes) -> list[list[str]]:
    text = data.decode().removeprefix("\ufeff").replace("\r\n", "\n")
    return [unicodedata.normalize("NFC", part).split() for part in split_article(text)[:2]]


@given(data=contents, recipe=st.sampled_from([*SAFE]))
def test_whatever_a_file_holds_all_fixes_give_a_name_that_is_right_and_a_second_time_nothing(
    data: bytes, recipe: str
) -> None:
    some = mender(recipe)
    mended = some.wholly("000_0123456789abcdef.txt", data)
    assert some.wholly(mended.name, mended.data) == Mended(data=mended.data, name=mended.name)
    right = None if recipe == EXTERNAL else id_of(recipe, mended.data)
    assert mended.name == name(right or "0123456789abcdef")


def test_the_digits_of_a_recipe_count() -> None:
    data = TEXT.encode()
    assert mender("md5(file)[:16]").wholly(name("0" * 16), data).name == name(hashlib.md5(data).hexdigest()[:16])
    assert mender("md5(file)[:12]").wholly(name("0" * 16), data).name == name("0" * 16)
