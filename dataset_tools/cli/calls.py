"""What a call has said of what it looks at, so that the next call can say it again."""

import os
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from dataset_tools.formats.call import Call

_TOLD = frozenset(
    (
        *("config", "schema", "out", "against", "select", "ignore", "strict", "near", "threshold", "changed_since"),
        *("policy", "on_invalid", "accept_changed", "unsafe_fixes", "republish", "private", "revision", "raw"),
    )
)
"""The parameters that say what is looked at and what for; others say how it is shown, or how fast it is."""


def call_of(context: typer.Context) -> "Call":
    """The arguments that the call was given, and its options among `_TOLD`, as they were typed."""
    from dataset_tools.formats.call import Call

    places: list[str] = []
    options: list[tuple[str, ...]] = []
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE":
            continue
        values = _words(context.params[name])
        if parameter.param_type_name == "argument":
            places += values
        elif name in _TOLD:
            longest = max(parameter.opts, key=len)
            options += [(longest,)] if not values else [(longest, value) for value in values]
    return Call(command=context.info_name or "", places=tuple(places), options=tuple(options))


def without_default(call: "Call", folder: Path) -> "Call":
    """The call without the only folder that it names, if that is the one which is taken anyway."""
    if len(call.places) == 1 and os.path.realpath(call.places[0]) == os.path.realpath(folder):
        return replace(call, places=())
    return call


def _words(value: Any) -> list[str]:  # noqa: ANN401  whatever an option holds
    """The values as words; none for a flag."""
    if isinstance(value, list | tuple):
        return [word for one in value for word in _words(one)]
    if isinstance(value, bool):
        return []
    return [str(value.value if isinstance(value, Enum) else value)]
