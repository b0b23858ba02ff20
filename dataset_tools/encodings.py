"""Which encoding bytes that are not UTF-8 are probably in: a name that is nearly always right, or none.

Encodings of Unicode are told by their byte-order mark or by where the NULs lie, the legacy encodings of Vietnamese by
whether syllables of Vietnamese come out, all others by the statistics of chardet.
"""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

WINDOW = 16 << 10
"""So many bytes are looked at, at most: a quarter of them before the first byte that is not UTF-8."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name of an encoding, and what to do with a file in it, as the hint of an issue."""

    name: str
    remedy: str


def probable_encoding(data: bytes, odd: int) -> Encoding | None:
    """The encoding of a text that is not UTF-8, or None where no encoding is much more likely than the others.

    `odd` is the offset of the first byte that is not UTF-8, or of the first NUL if there is no other: ASCII text in
    UTF-16 is UTF-8 by its bytes.
    """
    start = max(0, odd - WINDOW // 4) & ~3  # UTF-32 has four bytes a character
    window = data[start : start + WINDOW]
    name = _by_mark(data[:4]) or _by_nuls(window)
    if name is not None:
        return _known_to_iconv(name)
    if b"\0" in window or window.isascii():
        return None
    middle = odd - start
    if data.startswith(codecs.BOM_UTF8) or _is_partly_utf8(window, middle):
        return Encoding("damaged UTF-8", "restore this part of the text from its source: other parts are UTF-8")
    around = window[max(0, middle - 512) : middle + 1536]
    return _vietnamese(around) or _by_statistics(window)


def _known_to_iconv(name: str) -> Encoding:
    return Encoding(name, f"convert it with: iconv -f {name} -t UTF-8 FILE")


_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16: its mark begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_WITHOUT_MARK = (("UTF-32LE", 4), ("UTF-32BE", 4), ("UTF-16LE", 2), ("UTF-16BE", 2))
_LITTLE_ENDIAN = (codecs.BOM_UTF32_LE, codecs.BOM_UTF16_LE)
_NO_TEXT = frozenset(("Cc", "Cn", "Co", "Cs"))
"""Unicode categories of which a text has nothing but white space: control, unassigned, private, surrogate."""


def _by_mark(head: bytes) -> str | None:
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def _by_nuls(window: bytes) -> str | None:
    """UTF-16 or UTF-32, where that reading gives a text with some ASCII in it: its NULs come from there.

    Bytes that are ASCII themselves must give nothing but ASCII: else NULs between words would make Chinese of them.
    """
    if b"\0" not in window:
        return None
    for name, size in _WITHOUT_MARK:
        if len(window) % size == 0:
            text = window.decode(name, "replace")
            enough = max(2, len(text) if window.isascii() else len(text) // 100)
            if sum(map(str.isascii, text)) >= enough and all(map(_belongs_to_text, set(text))):
                return name
    return None


def _belongs_to_text(character: str) -> bool:
    return character.isspace() or (character != "\ufffd" and unicodedata.category(character) not in _NO_TEXT)


_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


def _is_partly_utf8(window: bytes, odd: int) -> bool:
    """Whether four UTF-8 characters stand before the first other byte, or four for each other byte above 0x7F.

    Both hardly ever happen in another encoding.
    """
    rest, characters = _UTF8_CHARACTER.subn(b"", window)
    return characters >= 4 * len(_HIGH.findall(rest)) or len(_UTF8_CHARACTER.findall(window, 0, odd)) >= 4


_TCVN = (  # TCVN 5712 VN1, of which TCVN3 is the part without capitals with a tone; the bytes from 0x80
    "ÀẢÃÁẠẶẬÈẺẼÉẸỆÌỈĨÍỊÒỎÕÓỌỘỜỞỠỚỢÙỦŨ\xa0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴ"
    "ẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
_TCVN_BELOW = {1: "Ú", 2: "Ụ", 4: "Ừ", 5: "Ử", 6: "Ữ", 17: "Ứ", 18: "Ự", 19: "Ỳ", 20: "Ỷ", 21: "Ỹ", 22: "Ý", 23: "Ỵ"}
_VISCII = (  # RFC 1456; the bytes from 0x80
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_BELOW = {2: "Ẳ", 5: "Ẵ", 6: "Ẫ", 20: "Ỷ", 25: "Ỹ", 30: "Ỵ"}
_VNI = {  # what letters of windows-1252 stand for: marks of the letter before, or a letter of their own
    "ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "à": "\u0302\u0300", "á": "\u0302\u0301", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306", "è": "\u0306\u0300", "é": "\u0306\u0301", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
    "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ",
}  # fmt: skip
_VNI_TABLE = str.maketrans(_VNI | {mark.upper(): letter.upper() for mark, letter in _VNI.items()})


def _table(upper_half: str, below: dict[int, str]) -> str:
    """The characters of all 256 bytes."""
    return "".join(below.get(code, chr(code)) for code in range(128)) + upper_half


_TABLES = {"TCVN3 (ABC)": _table(_TCVN, _TCVN_BELOW), "VISCII": _table(_VISCII, _VISCII_BELOW)}


def _decoder(name: str) -> Callable[[bytes], str]:
    return lambda data: codecs.charmap_decode(data, "strict", _TABLES[name])[0]


_VIETNAMESE: tuple[tuple[Encoding, Callable[[bytes], str]], ...] = (
    (
        Encoding(
            "TCVN3 (ABC)",
            "convert it with: iconv -f TCVN5712-1 -t UTF-8 FILE, "
            "and check capital letters and quotation marks, which TCVN3 leaves to fonts",
        ),
        _decoder("TCVN3 (ABC)"),
    ),
    (_known_to_iconv("VISCII"), _decoder("VISCII")),
    (_known_to_iconv("WINDOWS-1258"), lambda data: data.decode("cp1258", "replace")),
    (
        Encoding("VNI", "convert it from VNI Windows to Unicode with the toolkit of UniKey: iconv does not know VNI"),
        lambda data: data.decode("cp1252", "replace").translate(_VNI_TABLE),
    ),
)

_WORD = re.compile(r"[^\x00-@\[-`{-\xbf\u2000-\u2bff]+")  # as good here as [^\W\d_], and several times as fast
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SYLLABLE = re.compile(
    r"(?:ngh?|nh|gi|gh?|qu|kh?|ph?|th?|tr|ch?|[bdđhlmnrsvx])?"
    r"(?:"
    r"(?:[aăâeêioôơuưy]|i[aê]|yê|u[aâêôơy]|uy[aê]|ư[aơ]|o[aăeo])(?:ch?|m|n[gh]?|p|t)?"
    r"|[ao]i|ao|[aâê]u|[aâ]y|eo|iê?u|yêu|[ôơuư]i|ưu|u[ôâ][iy]|ươ[iu]|oa[ioy]|oeo|uy?u"
    r")"
)


@lru_cache(maxsize=1 << 14)
def _is_syllable(word: str) -> bool:
    """Whether a word of small letters in NFC could be a syllable of Vietnamese, by its letters and its tone."""
    if len(word) > len("nghiêng"):
        return False
    decomposed = unicodedata.normalize("NFD", word)
    tones = _TONE.findall(decomposed)
    plain = unicodedata.normalize("NFC", _TONE.sub("", decomposed))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(plain):
        return False
    return not plain.endswith(("c", "ch", "p", "t")) or word.isascii() or tones in (["\u0301"], ["\u0323"])


def _vietnamese(sample: bytes) -> Encoding | None:
    """The encoding under which nearly all words with marks, and most of the others, are syllables of Vietnamese.

    If several are, the one under which more words have capitals only where capitals stand.
    """
    best, best_share = None, 0.0
    for encoding, decode in _VIETNAMESE:
        words = Counter(_WORD.findall(unicodedata.normalize("NFC", decode(sample))))
        syllables = [word for word in words if _is_syllable(word.lower())]
        good = [word for word in syllables if not word.isascii()]
        marked = sum(count for word, count in words.items() if not word.isascii())
        if (
            len({word for word in good if len(word) > 1}) < 3
            or 5 * sum(words[word] for word in good) < 4 * marked
            or 2 * sum(words[word] for word in syllables) < words.total()
        ):
            continue
        share = sum(words[word] for word in good if word.islower() or word.istitle() or word.isupper()) / marked
        if share > best_share:
            best, best_share = encoding, share
    return best


_CANDIDATES = {
    **{f"cp{number}": f"WINDOWS-{number}" for number in range(1250, 1258)},
    **{f"iso8859-{part}": f"ISO-8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    **{f"cp{page}": f"CP{page}" for page in (437, 737, 775, 850, 852, 855, 857, 858, *range(860, 867), 869, 1125)},
    **{name: name.upper() for name in ("cp874", "cp932", "cp949", "gb18030", "johab", "koi8-r", "koi8-u")},
    "big5hkscs": "BIG5-HKSCS",
    "euc_jis_2004": "EUC-JP",
    "mac-cyrillic": "MACCYRILLIC",
    "mac-latin2": "MAC-CENTRALEUROPE",
    "mac-roman": "MACINTOSH",
}
"""What chardet chooses from, as iconv calls it; of encodings that differ in rare characters alone, the widest."""

_CONFIDENCE = 0.2
"""Of chardet, at least; measured with benchmarks/encodings.py."""


def _by_statistics(window: bytes) -> Encoding | None:
    import chardet

    found = chardet.detect(window, compat_names=False, include_encodings=_CANDIDATES)
    name = found["encoding"]
    if name not in _CANDIDATES or found["confidence"] < _CONFIDENCE:
        return None
    text = codecs.getincrementaldecoder(name)("replace").decode(window)
    if not _looks_written(text):
        return None
    most_common = "cp1252"
    return _known_to_iconv(_CANDIDATES[most_common if text == window.decode(most_common, "replace") else name])


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_IN_WORDS = re.compile(r"(?<=[A-Za-z])[^\w\x00-\x7f‘’·‐‑–—](?=[A-Za-z])|(?<=[a-z])[^\W\x00-\x7f]")


def _looks_written(text: str) -> bool:
    """Whether there are at least three characters beyond ASCII, all belong to texts, and most stand where they may.

    Statistics of the ASCII around it take a stray byte in an English text for a letter of some encoding; but symbols
    do not stand within words, nor capitals or letters of another script after small letters.
    """
    characters = len(_NOT_ASCII.findall(text))
    strange = sum(not ("ª" <= one <= "ɏ" and one.islower()) for one in _IN_WORDS.findall(text))
    return characters >= 3 and 5 * strange <= characters and all(map(_belongs_to_text, set(text)))


def reading(data: bytes, encoding: Encoding) -> str | None:
    """The whole text, if writing it in that encoding gives these very bytes, and it has nothing that no text has."""
    try:
        text, again = _there_and_back(data, encoding.name)
    except (UnicodeError, LookupError):
        return None
    return text if again == data and all(map(_belongs_to_text, set(text))) else None


def _there_and_back(data: bytes, name: str) -> tuple[str, bytes]:
    if name in _TABLES:
        text = codecs.charmap_decode(data, "strict", _TABLES[name])[0]
        return text, codecs.charmap_encode(text, "strict", codecs.charmap_build(_TABLES[name]))[0]
    if name == "VNI":
        text = unicodedata.normalize("NFC", data.decode("cp1252").translate(_VNI_TABLE))
        return text, "".join(_VNI_WRITTEN.get(letter, letter) for letter in text).encode("cp1252")
    codec = _CODECS.get(name, name)
    if name in ("UTF-16", "UTF-32"):  # with a mark, which becomes the first character
        codec = f"{name}{'LE' if data.startswith(_LITTLE_ENDIAN) else 'BE'}"
    text = data.decode(codec)
    return text, text.encode(codec)


_CODECS = {name: codec for codec, name in _CANDIDATES.items()}


def _vni_written() -> dict[str, str]:
    """Letters beyond ASCII as VNI writes them, in letters of windows-1252; one letter wins over a letter and a mark."""
    vowels = "aeiouyôö"
    marks = [mark for mark, stands_for in _VNI.items() if unicodedata.combining(stands_for[0])]
    sequences = [vowel + mark for vowel in vowels for mark in marks]
    sequences += [one for one in _VNI if one not in marks]
    return {
        unicodedata.normalize("NFC", written.translate(_VNI_TABLE)): written
        for lower in sequences
        for written in (lower, lower.upper())
    }


_VNI_WRITTEN = _vni_written()
