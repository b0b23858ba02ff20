"""What a schema file says, each value with the line on which it begins."""

from dataclasses import dataclass
from typing import Any, NoReturn

from dataset_tools.model import UserError
from dataset_tools.text import printable

MAX_DEPTH = 20
"""Levels of nesting that are read; a schema needs five."""


def is_writable(text: str) -> bool:
    """Whether a text can be written as UTF-8: half of a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the line on which it begins; `value` is a scalar, a list of Located, or a dict of str to Located."""

    value: Any
    line: int
    where: str

    @property
    def place(self) -> str:
        """The file and the line."""
        return f"{self.where}:{self.line}"

    def fail(self, message: str, hint: str) -> NoReturn:
        """Refuse the file because of this value."""
        raise UserError(f"{self.place}: {printable(message)}", printable(hint))

    def mapping(self, what: str) -> "dict[str, Located]":
        """The keys and values; anything but a mapping is refused."""
        if not isinstance(self.value, dict):
            self.fail(f"{what} must be a mapping of keys to values", "see the built-in schema for an example")
        return self.value

    def plain(self) -> Any:  # noqa: ANN401  whatever the file holds
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: entry.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [entry.plain() for entry in self.value]
        return self.value

    def whole_text(self) -> "Located":
        """Itself, unless it is a text that cannot be written."""
        if isinstance(self.value, str) and not is_writable(self.value):
            self.fail("a text has half of a surrogate pair", "write the character itself")
        return self
