"""The fixes of files in other encodings."""

from dataset_tools.encodings import probable_encoding, reading


def as_utf8(data: bytes) -> bytes:
    """The text in UTF-8, if its encoding is known and writing the text in it gives the same bytes; else the bytes."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return _converted(data, error.start)
    return data


def as_ascii(data: bytes) -> bytes:
    """The text of ASCII in UTF-16 or UTF-32, which is UTF-8 by its bytes; as it is if it is none."""
    first = data.find(b"\0")
    return _converted(data, first) if first >= 0 and data.isascii() else data


def _converted(data: bytes, odd: int) -> bytes:
    """`odd` is where something stands that is no text in UTF-8."""
    encoding = probable_encoding(data, odd)
    text = None if encoding is None else reading(data, encoding)
    return data if text is None else text.encode()
