"""The call that a report answers, so that the next one can be shown as it has to be typed."""

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_MOST_PLACES = 3
"""A call with more files and folders is not typed again for people."""

OF_CORPUS = frozenset(("--config", "--schema", "--threshold", "--against", "--select", "--ignore", "--strict"))
"""What says how a corpus is looked at, whatever the command is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The arguments of a call, and those of its options that say what is looked at, each with its values.

    How it is shown, and how fast it is, says nothing about what to do next.
    """

    command: str
    places: tuple[str, ...] = ()
    options: tuple[tuple[str, ...], ...] = ()

    def again(self, *more: str) -> str:
        """The same call with more options."""
        if len(self.places) > _MOST_PLACES:
            return f"the same call with {shlex.join(more)}" if more else "the same call"
        return _typed(self.command, self.places, self.options, more)

    def then(
        self, command: str, *more: str, places: Sequence[str] | None = None, keep: Collection[str] = OF_CORPUS
    ) -> str:
        """Another command about the same places, or others, with those of the options that it shares."""
        kept = [option for option in self.options if option[0] in keep]
        return _typed(command, self.places if places is None else places, kept, more)

    def said(self, option: str) -> bool:
        """Whether the call has an option."""
        return any(one[0] == option for one in self.options)


def _typed(command: str, places: Sequence[str], options: Sequence[Sequence[str]], more: Sequence[str]) -> str:
    return shlex.join(["dataset-tools", command, *places, *(word for option in options for word in option), *more])
