"""A check of pandera with its name, its label, and the line that asks for it."""

import copy
import inspect
from functools import partial
from typing import Any

from dataset_tools.schema.checks import REGISTERED_CHECKS
from dataset_tools.schema.model import ColumnCheck
from dataset_tools.text import printable

OWN = ""
"""The name of a check that a schema in Python defines itself; what it calls its function means nothing to us."""

_LONGEST = 200


def placed(check: Any, where: str) -> ColumnCheck:  # noqa: ANN401  pandera is not typed
    """Take a check of pandera; `where` is the file and the line that ask for it."""
    name = _name(check)
    if name == "str_matches":
        check = _anchored(check)
    # What pandera and register_check_method say by themselves is the call.
    by_itself = check.error is None or str(check.error).startswith(f"{name or check.name}(")
    label = _cut(check.error or (f"<lambda> ({where})" if check.name == "<lambda>" else check.name))
    return ColumnCheck(check=check, name=name, label=label, where=where, error=None if by_itself else label)


def _cut(text: object) -> str:
    shown = printable(str(text))
    return shown[:_LONGEST] + ("…" if len(shown) > _LONGEST else "")


def _name(check: Any) -> str:  # noqa: ANN401  pandera is not typed
    from pandera.api.function_dispatch import Dispatcher

    function = check._check_fn
    if isinstance(function, Dispatcher):
        return str(function.__name__)
    function = inspect.unwrap(function.func if isinstance(function, partial) else function)
    return next((name for name, ours in REGISTERED_CHECKS.items() if ours is function), OWN)


def _anchored(check: Any) -> Any:  # noqa: ANN401  pandera is not typed
    """Keep an alternative at the start: pandera for polars writes ^ before `a|b`, and finds b everywhere."""
    pattern = check._check_kwargs["pattern"]
    pattern = pattern if isinstance(pattern, str) else pattern.pattern
    check = copy.copy(check)
    check._check_kwargs = {**check._check_kwargs, "pattern": f"^(?:{pattern})"}
    return check
