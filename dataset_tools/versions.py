"""The versions of everything that decides what is found in a file."""

import hashlib
import sys
import unicodedata
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_LIBRARIES = (
    *("blake3", "chardet", "ftfy", "numpy", "pandera", "polars", "py3langid"),
    *("pyarrow", "pyyaml", "regex", "rensa", "xxhash"),
)


@cache
def of_everything() -> str:
    """A digest of our own code and of the versions of libraries, of Python and of its Unicode tables.

    Of the code, not of its version: who develops it must not be shown what it found before a change.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parent
    for path in sorted(path for path in package.rglob("*") if path.suffix not in ("", ".pyc")):
        digest.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    known = [sys.version, sys.byteorder, unicodedata.unidata_version, *map(_version, _LIBRARIES)]
    digest.update("\0".join(known).encode())
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
