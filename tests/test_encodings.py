import random
import re
import shutil
import subprocess
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset_tools import encodings
from dataset_tools.encodings import WINDOW, probable_encoding
from tests.transcoder import LETTERS, tcvn3, tcvn5712, viscii, vni, windows_1258

VIETNAMESE = """Chợ phiên vùng cao họp lại sau mùa mưa lũ
Từ sáng sớm, bà con các bản đã gùi ngô, khoai, mật ong xuống chợ; tiếng khèn vang khắp thung lũng.
Ông Vàng A Sử nói năm nay đường mới mở nên người mua đông hơn, giá cả cũng đỡ bấp bênh.
Ở góc chợ, mấy em nhỏ quây quần bên bếp lửa, chờ mẹ bán xong mẻ bánh ngô cuối cùng.
"""
CAPITALS = "THÔNG BÁO CỦA XÃ VỀ LỊCH TRỰC TẾT\nĐỀ NGHỊ CÁC TỔ ĐỌC KỸ VÀ THỰC HIỆN ĐÚNG GIỜ\n"
FRENCH = """Le marché rouvre après la crue
Dès l'aube, les paysans ont apporté du maïs, du miel et des légumes séchés ; la fête a duré jusqu'à la nuit tombée.
« L'été a été très pluvieux, mais la route réparée amène des acheteurs », a déclaré le maire du village voisin.
"""
ITALIAN = """Il mercato è già aperto
Più tardi la città sarà piena: c'è chi verrà da lì, chi da là, perché così è la festa e così sarà; però non si può
dire di sì a tutto. Il lunedì è giorno di quiete e ognuno farà ciò che può, né più né meno.
"""
POLISH = """Targ znów otwarty po powodzi
Już od świtu rolnicy zwozili miód, kukurydzę i świeże warzywa; muzykę było słychać w całej dolinie aż do północy.
Wójt powiedział, że dzięki nowej drodze przyjeżdża więcej ludzi, a ceny są łaskawsze niż w zeszłym roku.
"""
RUSSIAN = """Рынок снова открыт после наводнения
С самого утра крестьяне везли мёд, кукурузу и свежие овощи, а музыка звучала по всей долине до поздней ночи.
Староста сказал, что по новой дороге приезжает больше людей и цены стали лучше, чем в прошлом году.
"""
GREEK = """Η αγορά άνοιξε ξανά μετά την πλημμύρα
Από το πρωί οι αγρότες έφερναν μέλι, καλαμπόκι και φρέσκα λαχανικά, και η μουσική ακουγόταν σε όλη την κοιλάδα.
"""
JAPANESE = """洪水のあと市場がふたたび開く
朝早くから農家の人たちが蜂蜜やとうもろこし、新鮮な野菜を運び、谷には夜おそくまで音楽が響いていた。
村長は、新しい道ができてから訪れる人が増え、去年より値段も落ち着いていると話した。
"""
CHINESE = """洪水过后集市重新开放
一大早，农民们就把蜂蜜、玉米和新鲜蔬菜运到集市，音乐在山谷里一直响到深夜。
村长说，新路修好以后来的人多了，价格也比去年稳定。
"""
KOREAN = """홍수 뒤에 시장이 다시 열렸다
이른 아침부터 농부들이 꿀과 옥수수, 신선한 채소를 가져왔고 골짜기에는 밤늦게까지 음악이 울렸다.
마을 이장은 새 길이 난 뒤로 찾아오는 사람이 늘었고 값도 작년보다 안정되었다고 말했다.
"""
ENGLISH = """The market opens again after the flood
From early morning farmers carried honey, maize and fresh vegetables down to the square, and music rang all night.
The mayor said that the new road brings more people, and that prices are steadier than they were last year.
"""

UNICODE = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
NAMED = [
    *[(one.upper().replace("-LE", "LE").replace("-BE", "BE"), VIETNAMESE.encode(one)) for one in UNICODE],
    *[(one.upper()[:6], ("\ufeff" + VIETNAMESE).encode(one)) for one in UNICODE],
    ("UTF-16LE", JAPANESE.encode("utf-16-le")),
    ("UTF-16BE", ENGLISH.encode("utf-16-be")),
    ("TCVN3 (ABC)", tcvn3(VIETNAMESE)),
    ("TCVN3 (ABC)", tcvn5712(VIETNAMESE)),
    ("TCVN3 (ABC)", tcvn3(CAPITALS)),
    ("VISCII", viscii(VIETNAMESE)),
    ("VISCII", viscii(CAPITALS)),
    ("VNI", vni(VIETNAMESE)),
    ("VNI", vni(CAPITALS)),
    ("WINDOWS-1258", windows_1258(VIETNAMESE)),
    ("WINDOWS-1258", windows_1258(CAPITALS)),
    ("WINDOWS-1252", FRENCH.encode("cp1252")),
    ("WINDOWS-1250", POLISH.encode("cp1250")),
    ("ISO-8859-2", POLISH.encode("iso8859-2")),
    ("WINDOWS-1251", RUSSIAN.encode("cp1251")),
    ("KOI8-R", RUSSIAN.encode("koi8-r")),
    ("CP866", RUSSIAN.encode("cp866")),
    ("MACCYRILLIC", RUSSIAN.encode("mac-cyrillic")),
    ("ISO-8859-5", RUSSIAN.encode("iso8859-5")),
    ("WINDOWS-1253", GREEK.encode("cp1253")),
    ("CP932", JAPANESE.encode("shift_jis")),
    ("EUC-JP", JAPANESE.encode("euc_jp")),
    ("GB18030", CHINESE.encode("gb2312")),
    ("CP949", KOREAN.encode("euc_kr")),
]


def first_odd(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return max(0, data.find(0))


def name_of(data: bytes) -> str | None:
    encoding = probable_encoding(data, first_odd(data))
    return None if encoding is None else encoding.name


@pytest.mark.parametrize(("name", "data"), NAMED, ids=[name for name, _ in NAMED])
def test_a_text_in_another_encoding_gets_the_name_of_it(name: str, data: bytes) -> None:
    assert name_of(data) == name


@pytest.mark.parametrize("position", range(4))
def test_the_tables_of_vietnamese_encodings_have_all_letters(position: int) -> None:
    encode = (tcvn5712, viscii, windows_1258, vni)[position]
    _, decode = encodings._VIETNAMESE[position]
    assert len(set(LETTERS)) == 134
    assert unicodedata.normalize("NFC", decode(encode(LETTERS))) == LETTERS


def iconv(name: str, data: bytes) -> str:
    done = subprocess.run(["iconv", "-f", name, "-t", "UTF-8"], input=data, capture_output=True, check=True)
    return unicodedata.normalize("NFC", done.stdout.decode())


needs_iconv = pytest.mark.skipif(shutil.which("iconv") is None, reason="iconv is not installed")


@needs_iconv
def test_iconv_has_the_same_tables() -> None:
    assert iconv("TCVN5712-1", tcvn5712(LETTERS)) == LETTERS
    assert iconv("VISCII", viscii(LETTERS)) == LETTERS
    assert iconv("WINDOWS-1258", windows_1258(LETTERS)) == LETTERS


@needs_iconv
@pytest.mark.parametrize(("name", "data"), NAMED, ids=[name for name, _ in NAMED])
def test_the_command_of_the_hint_gives_the_text_back(name: str, data: bytes) -> None:
    encoding = probable_encoding(data, first_odd(data))
    assert encoding is not None
    command = re.search(r"convert it with: iconv -f (\S+) -t UTF-8 FILE", encoding.remedy)
    if name == "VNI":
        assert command is None
        assert "iconv does not know VNI" in encoding.remedy
        return
    assert command is not None
    text = iconv(command[1], data).removeprefix("\ufeff")
    texts = (VIETNAMESE, CAPITALS, FRENCH, POLISH, RUSSIAN, GREEK, JAPANESE, CHINESE, KOREAN, ENGLISH)
    assert text.casefold() in [one.casefold() for one in texts]  # TCVN3 has not all capitals


@needs_iconv
@pytest.mark.parametrize("name", sorted(set(encodings._CANDIDATES.values())))
def test_iconv_knows_every_name(name: str) -> None:
    assert iconv(name, b"ASCII") == "ASCII"


@pytest.mark.parametrize("length", [1, 2, 3, 5, 32, 100, 1000, 5000, 70000])
def test_random_bytes_have_no_name(length: int) -> None:
    generator = random.Random(length)
    for _ in range(50):
        data = generator.randbytes(length)
        assert name_of(b"\x80" + data) is None


@pytest.mark.parametrize("text", [FRENCH, ITALIAN])
@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac-roman"])
def test_other_languages_with_short_words_are_not_taken_for_vietnamese(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    for end in range(20, len(data), 7):
        assert name_of(data[:end]) not in ("TCVN3 (ABC)", "VISCII", "VNI", "WINDOWS-1258")


@pytest.mark.parametrize(
    "data",
    [
        VIETNAMESE.encode()[:-3] + b"\xff",
        VIETNAMESE.encode().replace("nước".encode(), "nước".encode("utf-16-le")[:5]) + b"\xe1\xbb",
        b"\xef\xbb\xbf" + ENGLISH.encode() + b"\x93",
        VIETNAMESE.encode() + windows_1258(VIETNAMESE),
        VIETNAMESE.encode() + vni(VIETNAMESE * 9),
        VIETNAMESE.encode().replace(b"\n", b"\xc2\n"),
    ],
)
def test_utf_8_with_other_bytes_in_it_is_not_to_be_converted(data: bytes) -> None:
    encoding = probable_encoding(data, first_odd(data))
    assert encoding is not None
    assert encoding.name == "damaged UTF-8"
    assert "iconv" not in encoding.remedy


def test_stray_bytes_in_an_english_text_are_no_letters_of_an_encoding() -> None:
    generator = random.Random(5)
    for _ in range(200):
        data = bytearray(ENGLISH, "ascii")
        data[generator.randrange(len(data))] = generator.randrange(0x80, 0x100)
        assert name_of(bytes(data)) is None


def test_nuls_alone_do_not_make_a_text_utf_16() -> None:
    for data in (
        b"a\0b",
        b"\0" * 64,
        ENGLISH.encode() + b"\0",
        b"one\0two\0three\0four\0",
        VIETNAMESE.encode() + b"\0\0",
    ):
        assert name_of(data) is None


@pytest.mark.parametrize("encode", [tcvn3, viscii, vni, windows_1258])
def test_no_more_is_looked_at_than_a_window(encode) -> None:
    head, noise = b"plain text\n" * 5000, random.Random(1).randbytes(100_000)
    data = head + encode(VIETNAMESE * 60)
    assert name_of(data) == name_of(data + noise)
    assert name_of(data) == name_of(noise[:0] + data) == name_of(encode(VIETNAMESE))
    assert len(data) > 4 * WINDOW


@pytest.mark.parametrize("before", [b"", b"Title\n", b"plain text " * 3000 + b"\n"])
def test_a_text_in_one_long_line_is_named_too(before: bytes) -> None:
    for name, data in (one for one in NAMED if not one[0].startswith("UTF")):
        assert name_of(before + data.replace(b"\n", b" ") * 200) == name


@given(st.binary(max_size=200), st.sampled_from([data for _, data in NAMED]), st.integers(0, 600))
@example(b"", b"", 0)
@example(b"\xff\xfe", b"", 0)
@example(b"\xff\xfe\0", b"", 0)
@example(b"\0", b"", 0)
def test_any_bytes_have_one_name_or_none(some: bytes, text: bytes, cut: int) -> None:
    for data in (some, text[:cut] + some, some + text[:cut]):
        name = name_of(data)
        assert name is None or name
        assert name == name_of(bytes(bytearray(data)))
