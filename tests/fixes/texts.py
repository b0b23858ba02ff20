"""Bytes that fixes could trip over."""

import unicodedata

from hypothesis import strategies as st

from tests.conftest import ROOT

EXAMPLES = [path.read_bytes() for path in sorted((ROOT / "tests" / "examples").rglob("*.txt"))]
LINES = sorted({line for data in EXAMPLES for line in data.split(b"\n")})
MARKS = [
    "\ufeff",
    "\u200b",
    "\u00ad",
    "\u00a0",
    "e\u0302\u0301",
    "\u212b",
    "\\",
    "\\x41",
    "\t",
    " ",
    "\x1b[31m",
    "##[group]",
]
SIGNS = [one.encode() for one in MARKS] + [b"\r", b"\xff", b"\x00", b"\xe1\xba", b"::error::", b"\xed\xa0\x80"]

_scraps = (
    st.sampled_from(LINES)
    | st.sampled_from(SIGNS)
    | st.text(max_size=12).map(lambda text: text.encode("utf-8", "replace"))
)
_ends = st.sampled_from([b"\n", b"\n", b"\r\n", b"\r", b" \n", b"", b"\n\n"])
_written = st.lists(st.tuples(_scraps, _ends), max_size=8).map(lambda parts: b"".join(a + b for a, b in parts))
_changed = st.sampled_from(EXAMPLES).flatmap(
    lambda data: st.sampled_from(
        [
            b"\xef\xbb\xbf" + data,
            data.replace(b"\n", b"\r\n"),
            unicodedata.normalize("NFD", data.decode("utf-8", "replace")).encode(),
            data.decode("latin-1").encode(),
            data.decode("utf-8", "replace").encode("utf-16"),
            data.decode("utf-8", "replace").encode("cp1258", "replace"),
        ]
    )
)
contents = st.sampled_from(EXAMPLES) | _written | _written | _changed | st.binary(max_size=60)
"""Files of any kind."""
