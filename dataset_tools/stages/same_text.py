"""Same text: the keys of `dataset_tools.text.same_text_key`, by columns."""

from collections.abc import Sequence

import pyarrow as pa

from dataset_tools.text import key_of_collapsed, same_text_key

_RARE = r"[^\S \n]|[\x1c-\x1f]"
r"""White space that is neither space nor LF (Rust's `\s` lacks \x1c to \x1f, which Python's has)."""


def same_text_keys(canonical_texts: Sequence[str | None], joined: Sequence[bytes | None]) -> list[bytes | None]:
    """The key of each canonical text, None for None; most have no rare white space, and need no splitting.

    `joined` are the texts in UTF-8 before they were made canonical, which changes nothing in how rare white space is.
    """
    import polars as pl

    rare = pl.Series(values=pa.array(joined, pa.binary()).view(pa.string())).str.contains(_RARE)
    return [
        None if text is None else same_text_key(text) if slow else key_of_collapsed(_collapsed(text))
        for text, slow in zip(canonical_texts, rare.to_list(), strict=True)
    ]


def _collapsed(text: str) -> str:
    """A text without rare white space, collapsed."""
    text = text.replace("\n", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip(" ")
