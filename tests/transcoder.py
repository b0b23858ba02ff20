"""Vietnamese text as bytes of the encodings that were in use before Unicode; Python knows but one of them."""

import unicodedata

ROWS = "àảãáạ ăằẳẵắặ âầẩẫấậ èẻẽéẹ êềểễếệ ìỉĩíị òỏõóọ ôồổỗốộ ơờởỡớợ ùủũúụ ưừửữứự ỳỷỹýỵ đ"
LETTERS = ROWS.replace(" ", "")
LETTERS += LETTERS.upper()
"""The 134 letters of Vietnamese that ASCII has not."""

_TCVN = (
    "b5b6b7b8b9 a8bbbcbdbec6 a9c7c8c9cacb cccecfd0d1 aad2d3d4d5d6 d7d8dcddde dfe1e2e3e4 "
    "abe5e6e7e8e9 aceaebecedee eff1f2f3f4 adf5f6f7f8f9 fafbfcfdfe ae"
)
_TCVN_CAPITALS = (
    "8081828384 a1afbabfc085 a2c1c2c3c486 8788898a8b a3c5cdd9da8c 8d8e8f9091 9293949596 "
    "a4dbe0f0ff97 a598999a9b9c 9d9e9f0102 a60405061112 1314151617 a7"
)
_VISCII = (
    "e0e4e3e1d5 e5a2c6c7a1a3 e2a5a6e7a4a7 e8eba8e9a9 eaabacadaaae ecefeeedb8 f2f6f5f3f7 "
    "f4b0b1b2afb5 bdb6b7debefe f9fcfbfaf8 dfd7d8e6d1f1 cfd6dbfddc f0"
)
_VISCII_CAPITALS = (
    "c0c4c3c180 c58202058183 c28586068487 c8cb88c989 ca8b8c8d8a8e cc9bcecd98 d299a0d39a "
    "d49091928f93 b49697b39594 d99c9dda9e bfbbbcffbab9 9f1419dd1e d0"
)
_VNI = (
    "aø aû aõ aù aï aê aè aú aü aé aë aâ aà aå aã aá aä eø eû eõ eù eï eâ eà eå eã eá eä ì æ ó í ò oø oû oõ où oï "
    "oâ oà oå oã oá oä ô ôø ôû ôõ ôù ôï uø uû uõ uù uï ö öø öû öõ öù öï yø yû yõ yù î ñ "
)


def _letters(lower: str, upper: str) -> dict[str, bytes]:
    codes = bytes.fromhex(lower + upper)
    return {letter: codes[i : i + 1] for i, letter in enumerate(LETTERS)}


def _encode(text: str, letters: dict[str, bytes]) -> bytes:
    return b"".join(
        letters.get(letter) or letter.encode("cp1252", "replace") for letter in unicodedata.normalize("NFC", text)
    )


_TCVN_LETTERS = _letters(_TCVN, _TCVN_CAPITALS)
_VISCII_LETTERS = _letters(_VISCII, _VISCII_CAPITALS)
_VNI_LETTERS = dict(zip(LETTERS, [code.encode("cp1252") for code in (_VNI + _VNI.upper()).split()], strict=True))
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_NOT_IN_1258 = frozenset(
    letter for letter in LETTERS if letter not in bytes(range(128, 256)).decode("cp1258", "ignore")
)
_TCVN3_CAPITALS = "ĂÂÊÔƠƯĐ"


def tcvn5712(text: str) -> bytes:
    """TCVN 5712-1, with all capitals."""
    return _encode(text, _TCVN_LETTERS)


def tcvn3(text: str) -> bytes:
    """TCVN3, where other capitals are small letters that a font shows as capitals."""
    return tcvn5712("".join(one if one.isascii() or one in _TCVN3_CAPITALS else one.lower() for one in text))


def viscii(text: str) -> bytes:
    """VISCII (RFC 1456)."""
    return _encode(text, _VISCII_LETTERS)


def vni(text: str) -> bytes:
    """VNI for Windows: the marks stand behind their letter."""
    return _encode(text, _VNI_LETTERS)


def windows_1258(text: str) -> bytes:
    """Windows-1258: a tone stands behind its letter where the two are not one letter of the table."""
    return b"".join(map(_windows_1258, unicodedata.normalize("NFC", text)))


def _windows_1258(letter: str) -> bytes:
    if letter in _NOT_IN_1258:
        *base, tone = sorted(unicodedata.normalize("NFD", letter), key=_TONES.find)
        letter = unicodedata.normalize("NFC", "".join(base)) + tone
    return letter.encode("cp1258", "replace")
