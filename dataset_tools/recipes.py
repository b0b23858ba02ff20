"""Recipes of ids: what an id is the hash of, `ALGORITHM(PART[, FORM])[:DIGITS]`."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import product

from dataset_tools.model import UserError
from dataset_tools.text import collapse, is_nfc, nfc, shortened

EXTERNAL = "external"
"""Settings value: ids are hashes of something that is not in the files."""

AUTO = "auto"
"""Settings value: find out."""

DEFAULT = "sha256(title+body, nfc)[:16]"
"""The recipe for a new corpus: it survives byte-order marks, line ends and Unicode forms."""

PARTS = ("file", "text", "title+body", "body", "title")
"""What can be hashed, in the order in which ties are decided."""

_FORMS = (None, "nfc", "folded")
_CATALOGUE_ALGORITHMS = ("sha256", "sha1", "md5", "blake2b", "sha512", "blake3", "xxh64", "xxh3_64")
_XXHASH = ("xxh32", "xxh64", "xxh3_64", "xxh3_128")
ALGORITHMS = (*sorted(a for a in hashlib.algorithms_guaranteed if not a.startswith("shake")), "blake3", *_XXHASH)
"""hashlib's algorithms of fixed length, BLAKE3 and xxHash."""

_SYNTAX = re.compile(
    r"\s*(\w+)\s*\(\s*(\w+(?:\s*\+\s*\w+)?)\s*(?:,\s*(\w+)\s*)?\)\s*(?:\[\s*:\s*([0-9]{1,4})\s*\])?\s*"
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make an id; `digits` is None for as many as the id in the file name has."""

    algorithm: str
    part: str
    form: str | None = None
    digits: int | None = None

    def __str__(self) -> str:
        """The recipe as it is written in the settings."""
        form = f", {self.form}" if self.form else ""
        cut = f"[:{self.digits}]" if self.digits is not None else ""
        return f"{self.algorithm}({self.part}{form}){cut}"

    @property
    def binds_content(self) -> bool:
        """Whether another title or body always has another id."""
        return self.part in ("file", "text", "title+body") and self.form != "folded"


@cache
def catalogue() -> tuple[Recipe, ...]:
    """The recipes that `auto` tries, in the order in which ties are decided: that for new corpora first."""
    first = Recipe("sha256", "title+body", "nfc")
    others = (
        Recipe(algorithm, part, form)
        for algorithm, part, form in product(_CATALOGUE_ALGORITHMS, PARTS, _FORMS)
        if not (part == "file" and form)
    )
    return tuple(dict.fromkeys((first, *others)))


def parse_recipe(text: str) -> Recipe:
    """Read a recipe as it is written in the settings.

    Raises:
        UserError: if it is not a recipe; the hint names what is nearest.
    """
    example = f'write a recipe such as recipe = "{DEFAULT}", or "{EXTERNAL}", or "{AUTO}"'
    match = _SYNTAX.fullmatch(text)
    if match is None:
        raise UserError(f"{shortened(text)} is not an id recipe: expected ALGORITHM(PART[, FORM])[:DIGITS]", example)
    algorithm, part, form, digits = match.groups()
    part = re.sub(r"\s", "", part)
    for value, known, what in ((algorithm, ALGORITHMS, "algorithm"), (part, PARTS, "part"), (form, _FORMS[1:], "form")):
        if value is not None and value not in known:
            near = get_close_matches(value, known, n=1)
            guess = f"did you mean {near[0]}? " if near else ""
            raise UserError(
                f"{shortened(value)} is not a known {what} of an id recipe", f"{guess}known: {', '.join(known)}"
            )
    if part == "file" and form:
        raise UserError(
            f"{shortened(text)}: the bytes of a file have no form", f'write "{algorithm}(file)", or use text'
        )
    recipe = Recipe(algorithm, part, form, None if digits is None else int(digits))
    length = len(digest(algorithm, b""))
    if recipe.digits is not None and not 8 <= recipe.digits <= length:
        raise UserError(f"{shortened(text)}: an id of {algorithm} has 8 to {length} digits, not {digits}", example)
    return recipe


def digest(algorithm: str, data: bytes) -> str:
    """The lower-case hexadecimal digest."""
    return _function(algorithm)(data)


@cache
def _function(algorithm: str) -> Callable[[bytes], str]:
    if algorithm == "blake3":
        import blake3

        return lambda data: str(blake3.blake3(data).hexdigest())
    if algorithm in _XXHASH:
        import xxhash

        return lambda data: str(getattr(xxhash, algorithm)(data).hexdigest())
    function = getattr(hashlib, algorithm)
    return lambda data: str(function(data, usedforsecurity=False).hexdigest())


class Content:
    """The parts of one file as recipes see them; forms and digests are made once, when they are first asked for."""

    __slots__ = ("_digests", "_inputs", "_is_nfc")

    def __init__(
        self,
        data: bytes,
        text: bytes | None,
        title: bytes | None,
        body: bytes | None,
        joined: bytes | None,
        *,
        is_nfc: bool | None = None,
        sha256: str | None = None,
    ) -> None:
        """Take the bytes and, if they are a text, its parts in UTF-8 as `Articles` has them.

        `sha256` is that of the bytes, where it is known. `is_nfc` says whether the text is known to be in Unicode
        normalization form C; if it is None, that is found out when it matters.
        """
        self._inputs: dict[tuple[str, str | None], bytes | None] = {
            ("file", None): data,
            ("text", None): text,
            ("title", None): title,
            ("body", None): body,
            ("title+body", None): joined,
        }
        self._digests: dict[tuple[str, int], str] = {} if sha256 is None else {("sha256", id(data)): sha256}
        self._is_nfc = is_nfc

    def id_by(self, recipe: Recipe, digits: int) -> str | None:
        """The id that a recipe gives, or None if the file has no text; `digits` is used where the recipe has none."""
        data = self._input(recipe.part, recipe.form)
        if data is None:
            return None
        key = (recipe.algorithm, id(data))
        if key not in self._digests:
            self._digests[key] = digest(recipe.algorithm, data)
        return self._digests[key][: recipe.digits or digits]

    @property
    def normal(self) -> str | None:
        """Title, LF, body in NFC, of which `dataset_tools.text.canonical` also folds the case; None without a text."""
        joined = self._inputs["title+body", None]
        return None if joined is None else self._in_nfc(joined)

    def _is_normal(self) -> bool:
        """Whether the text is in NFC; every part of it is so, too, and most texts are."""
        if self._is_nfc is None:
            self._is_nfc = is_nfc((self._inputs["text", None] or b"").decode())
        return self._is_nfc

    def _in_nfc(self, part: bytes) -> str:
        return part.decode() if self._is_normal() else nfc(part.decode())

    def _input(self, part: str, form: str | None) -> bytes | None:
        key = (part, form)
        if key not in self._inputs:
            self._inputs[key] = self._made(self._inputs[part, None], form)
        return self._inputs[key]

    def _made(self, part: bytes | None, form: str | None) -> bytes | None:
        if part is None or (form == "nfc" and self._is_normal()):
            return part
        normal = self._in_nfc(part)
        return (collapse(normal.casefold()) if form == "folded" else normal).encode()
