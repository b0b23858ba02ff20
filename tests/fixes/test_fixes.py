"""Each fix of the catalogue: what it changes, what it leaves, and that a second time changes nothing."""

import unicodedata

import pytest
from hypothesis import example, given

from dataset_tools.fixes import FIXES, RENAMING
from dataset_tools.fixes.mend import to_the_end
from dataset_tools.rules import RULES
from tests.conftest import ROOT
from tests.fixes.texts import contents
from tests.transcoder import tcvn3, viscii, vni, windows_1258

TITLE = "Chợ phiên họp lại"
BODY = "Từ sáng sớm, bà con ba bản gùi rau, mật ong và gà xuống chợ phiên trên đồi. Đến trưa mới vãn."
TEXT = f"{TITLE}\n{BODY}\n"


def fixed(code: str, text: str | bytes) -> bytes:
    (fix,) = (one for one in FIXES if one.code == code)
    return fix.apply(text if isinstance(text, bytes) else text.encode())


def test_the_rules_that_can_be_mended_say_so_and_no_others() -> None:
    assert sorted(code for code, rule in RULES.items() if rule.mending) == sorted(
        [*(fix.code for fix in FIXES), *RENAMING]
    )


def test_what_may_be_safe_by_the_catalogue_of_rules_is_what_the_fixes_say() -> None:
    mendings = {fix.code: RULES[fix.code].mending for fix in FIXES}
    assert {code for code, one in mendings.items() if one and one.unseen} == {fix.code for fix in FIXES if fix.quiet}


@pytest.mark.parametrize("code", [fix.code for fix in FIXES])
def test_a_file_that_does_not_break_the_rule_stays_as_it_is(code: str) -> None:
    for good in sorted((ROOT / "tests" / "examples").glob(f"{code}*_good.txt")):
        assert fixed(code, good.read_bytes()) == good.read_bytes()


def test_the_byte_order_mark_goes_and_only_one_of_them() -> None:
    assert fixed("F002", f"\ufeff{TEXT}") == TEXT.encode()
    assert fixed("F002", f"\ufeff\ufeff{TEXT}") == f"\ufeff{TEXT}".encode()


def test_lines_end_with_lf_and_a_cr_within_a_line_stays() -> None:
    assert fixed("F003", "a\r\nb\r\r\nc\rd\n") == b"a\nb\nc\rd\n"


def test_a_lone_cr_becomes_a_line_end_and_none_is_doubled() -> None:
    assert fixed("F015", "a\rb\r\nc\r\r\nd\r") == b"a\nb\nc\nd\n"
    assert fixed("F015", "a\r\nb\r\n") == b"a\r\nb\r\n"


def test_the_text_is_composed_behind_a_mark_that_stays() -> None:
    decomposed = unicodedata.normalize("NFD", TEXT)
    assert fixed("U001", decomposed) == TEXT.encode()
    assert fixed("U001", f"\ufeff{decomposed}") == f"\ufeff{TEXT}".encode()


def test_invisible_characters_go_but_those_that_may_stand_for_a_space_stay() -> None:
    assert fixed("U002", "con\u00adthuyền, \u200bmới\u2060 ở x\ufeffóm\u200b.") == "conthuyền, mới ở xóm.".encode()
    assert fixed("U002", "con\u200bthuyền") == "con\u200bthuyền".encode()
    assert fixed("U002", "ข่าว\u200bวันนี้ 👩\u200d🌾") == "ข่าว\u200bวันนี้ 👩\u200d🌾".encode()
    assert fixed("U002", "\ufeffcon\ufeff") == "\ufeffcon".encode()


def test_white_space_before_line_ends_goes_and_lines_stay() -> None:
    assert fixed("U010", "a \t\r\n \n\u00a0b\u3000\n\nc  d \x0b \n ") == "a\r\n\n\u00a0b\n\nc  d \x0b\n".encode()


@pytest.mark.parametrize(
    ("wrong", "line"),
    [("cp1252", "bán rau má, cá và hoa quả"), ("latin-1", "Giá cả ở xóm Bãi vẫn đắt: bà con ba bản gùi cá")],
)
def test_mojibake_is_read_right_again_line_by_line(wrong: str, line: str) -> None:
    broken = line.encode().decode(wrong)
    assert fixed("U006", f"{TITLE}\n{broken}\n{BODY}\n") == f"{TITLE}\n{line}\n{BODY}\n".encode()


def test_mojibake_that_has_lost_a_byte_stays() -> None:
    lost = "má»›i á»Ÿ xÃ³m BÃ\ufffdi"
    assert fixed("U006", lost) == lost.encode()


def test_mojibake_that_was_read_wrongly_twice_is_read_right() -> None:
    broken = "bà con ba bản gùi rau má".encode().decode("latin-1").encode().decode("latin-1")
    assert fixed("U006", broken) == "bà con ba bản gùi rau má".encode()


@pytest.mark.parametrize(
    "encode",
    [
        windows_1258,
        viscii,
        tcvn3,
        vni,
        *(lambda text, name=name: text.encode(name) for name in ("utf-16", "utf-16-be")),
    ],
    ids=["windows-1258", "viscii", "tcvn3", "vni", "utf-16", "utf-16-be"],
)
def test_a_known_encoding_becomes_utf_8(encode) -> None:
    converted = fixed("F001", encode(TEXT.lower())).decode().removeprefix("\ufeff")
    assert unicodedata.normalize("NFC", converted) == TEXT.lower()


def test_capitals_of_all_vietnamese_encodings_come_back() -> None:
    text = f"{TITLE.upper()}\n{BODY}\n"
    for encode in (windows_1258, viscii, vni):
        assert unicodedata.normalize("NFC", fixed("F001", encode(text)).decode()) == text


def test_vni_that_does_not_give_the_same_bytes_back_stays() -> None:
    data = vni(TEXT)
    strange = data.replace(vni("ì"), "iø".encode("cp1252")).replace(vni("ợ"), "Ôï".encode("cp1252"))
    assert strange != data
    assert fixed("F001", strange) == strange


def test_ascii_in_utf_16_becomes_ascii() -> None:
    text = "Rain at noon\nThe river rises early this year.\n"
    assert fixed("F016", text.encode("utf-16-le")) == text.encode()
    assert fixed("F001", text.encode("utf-16-le")) == text.encode("utf-16-le")


@pytest.mark.parametrize(
    "data",
    [
        b"\x81\x8d\x8f\x90\x9d \xff",
        TEXT.encode() + b"\xe1\xba",
        TEXT.encode().replace(b"\xe1", b"\xff", 1),
        TEXT.encode("utf-16") + b"x",
        TEXT.encode("utf-16") + b"\x00\xd8",
        b"\xff\xfe" + "a\x01b".encode("utf-16-le"),
    ],
    ids=["unknown", "cut off", "damaged", "half a unit", "half a pair", "control"],
)
def test_bytes_whose_reading_is_not_certain_stay(data: bytes) -> None:
    assert fixed("F001", data) == data


def test_lines_of_web_pages_go_and_the_others_stay_to_the_byte() -> None:
    text = f"{TITLE} \r\n{BODY}\r\n\r\n![]() |\r\n{BODY}\r\nChia sẻ\r\nFacebook\r\n"
    without = f"{TITLE} \r\n{BODY}\r\n\r\n{BODY}\r\nChia sẻ\r\nFacebook\r\n"
    assert fixed("W001", text) == without.encode()
    assert fixed("W007", without) == f"{TITLE} \r\n{BODY}\r\n\r\n{BODY}\r\n".encode()


HEADLINES = "Nước lên sớm ở đầu nguồn\nGiá cá linh giảm một nửa\nLớp học bơi mở cửa trở lại\n"
DATED = "".join(f"{line} (1{n}/03/2026)\n" for n, line in enumerate(HEADLINES.splitlines()))


def test_a_list_of_other_headlines_goes_with_what_announces_it() -> None:
    assert fixed("W003", f"{TEXT}\n\nTin khác\n{HEADLINES}") == TEXT.encode()
    assert fixed("W008", f"{TEXT}{DATED}") == TEXT.encode()


@pytest.mark.parametrize(("code", "rest"), [("W001", "![]() |\n"), ("W003", f"Tin khác\n{HEADLINES}"), ("W008", DATED)])
def test_a_body_never_becomes_empty(code: str, rest: str) -> None:
    assert fixed(code, f"{TITLE}\n{rest}") == f"{TITLE}\n{rest}".encode()


@given(contents)
@example(b"\xef\xbb\xbf\xef\xbb\xbfa\r\r\n\xc3\xaf\xc2\xbb\xc2\xbf")
@example("\u200b\u200b \u00ad\u200ba\u200b\u200bb".encode())
def test_all_fixes_come_to_an_end_and_a_second_time_changes_nothing(data: bytes) -> None:
    once = to_the_end(data, FIXES)
    again = to_the_end(once.data, FIXES)
    assert (again.data, again.codes) == (once.data, ())
