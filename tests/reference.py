"""docs/commands.md and docs/settings.md: made from the command line and from the settings.

`python -m tests.reference` writes both.
"""

import ast
import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.models import ArgumentInfo, OptionInfo

from dataset_tools import settings, values
from dataset_tools.cli import app
from tests.conftest import ROOT

_COMMANDS = """# Commands

Options win over [settings](settings.md). The exit code is 0 where no error was found, 1 where the data has errors, 2
where the call, a setting or a path is wrong, 3 for a defect of the tool, and 130 if it was stopped.
`dataset-tools --install-completion` lets your shell complete commands and options.
"""

_SHARED = """
## Options that many commands have

"""

_END = """
This page is made from {source} by `python -m tests.reference`, and a test keeps it equal.
"""

_SETTINGS = """# Settings

Settings are the table `[tool.dataset-tools]` of `pyproject.toml`, or they are in `dataset-tools.toml`, where names of
tables are without that prefix. The nearest such file is taken, upwards from the current folder, or the one that
`--config` names. Paths are relative to the file. An unknown key is an error that names the nearest known one. Options
of the [command line](commands.md) win.

```toml
# dataset-tools.toml
raw = "raw"
recipe = "sha256(title+body, nfc)[:16]"

[dedup]
threshold = 0.85

[card]
license = "cc-by-4.0"
language = ["vi"]
```
"""


@dataclass(frozen=True)
class Option:
    """An option: its long name, all its names with what it takes, and what it does, with its default."""

    name: str
    typed: str
    does: str


@dataclass(frozen=True)
class Command:
    """A command: how it is called, what it does, its arguments and options."""

    path: str
    does: str
    arguments: dict[str, str]
    options: list[Option]

    @property
    def usage(self) -> str:
        return " ".join([self.path, "[OPTIONS]", *self.arguments])


def every_command(of: typer.Typer = app, path: str = "dataset-tools") -> Iterator[Command]:
    """Every command of the command line, in the order of `--help`."""
    common = of.registered_callback
    yield Command(path, of.info.help, {"COMMAND": "One of those below."}, _options(common.callback) if common else [])
    for one in of.registered_commands:
        does = inspect.cleandoc(one.callback.__doc__)
        name = f"{path} {one.name or one.callback.__name__}"
        yield Command(name, does, _arguments(one.callback), _options(one.callback))
    for group in of.registered_groups:
        yield from every_command(group.typer_instance, f"{path} {group.name}")


def _parameters(function: Any, kind: type) -> Iterator[tuple[str, Any, Any, Any]]:
    """Name, type, what typer is told, and default of the options or arguments of a command."""
    for name, parameter in inspect.signature(function, eval_str=True).parameters.items():
        annotated = get_origin(parameter.annotation) is Annotated
        told = get_args(parameter.annotation)[-1] if annotated else parameter.default
        if isinstance(told, kind):
            default = parameter.default if annotated else told.default
            yield name, get_args(parameter.annotation)[0] if annotated else parameter.annotation, told, default


def _arguments(function: Any) -> dict[str, str]:
    arguments = {}
    for _, hint, told, default in _parameters(function, ArgumentInfo):
        needed = default is inspect.Parameter.empty
        several = any(get_origin(one) is list for one in (hint, *get_args(hint))) and told.metavar.isalpha()
        arguments[(told.metavar if needed else f"[{told.metavar}]") + "..." * several] = told.help
    return arguments


def _options(function: Any) -> list[Option]:
    return [_as_typed(*parameter) for parameter in _parameters(function, OptionInfo)]


def _as_typed(name: str, hint: Any, told: Any, default: Any) -> Option:
    # With Annotated, typer takes the first name for the default.
    names = [one for one in (told.default, *(told.param_decls or ())) if isinstance(one, str)]
    choices = [one for one in (hint, *get_args(hint)) if isinstance(one, type) and issubclass(one, Enum)]
    takes = "" if hint is bool else f" {told.metavar or '|'.join(one.value for one in choices[0])}"
    limits = [f"at least {told.min:g}"] if told.min is not None else []
    limits += [f"at most {told.max:g}"] if told.max is not None else []
    said = [f"It is {', '.join(limits)}."] if limits else []
    if told.show_default and default not in (None, False):
        said.append(f"By default {getattr(default, 'value', default)}.")
    long, *short = names or [f"--{name.replace('_', '-')}"]
    return Option(long, f"{', '.join([long, *short])}{takes}", " ".join([told.help, *said]))


def commands() -> str:
    """docs/commands.md: each command with what is its own, then the options that at least three of them have."""
    every = list(every_command())
    often = Counter(option for command in every for option in command.options)
    shared = [option for option, count in often.items() if count >= 3]
    return "".join(
        [
            _COMMANDS,
            *(_command(one, shared) for one in every),
            _SHARED,
            *map(_option, shared),
            _END.format(source="the command line"),
        ]
    )


def _command(command: Command, shared: list[Option]) -> str:
    own = [option for option in command.options if option not in shared]
    others = [f"`{option.name}`" for option in command.options if option in shared]
    parts = [f"\n## {command.path}\n\n```text\n{command.usage}\n```\n\n{_prose(command.does)}\n"]
    if command.arguments or own:
        parts.append("\n")
    parts += (f"* `{name}`: {_prose(text)}\n" for name, text in command.arguments.items())
    parts += map(_option, own)
    if others:
        parts.append(f"\nAnd as [many commands](#options-that-many-commands-have): {', '.join(others)}.\n")
    return "".join(parts)


def _option(option: Option) -> str:
    return f"* `{option.typed}`: {_prose(option.does)}\n"


def _prose(text: str) -> str:
    """Text of which Markdown makes nothing else."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{character}" if character in "\\*_[]|`" else character for character in escaped)


_KINDS = [
    (values.SomeGlobs, "a glob, or a list of globs"),
    (values.Globs, "a glob, or a list of globs"),
    (values.Words, "a word, or a list of words"),
    (values.Places, "a path or a URL, or a list of them"),
    (values.Languages, "a BCP 47 code, or a list of them"),
    (values.Tasks, "a task of the Hub, or a list of them"),
    (values.FilePath, "a path"),
    (values.ByteSize, "a size such as `32 MiB`"),
    (values.NoByteOrMore, "a size such as `32 MiB`, or 0"),
    (values.FileName, "a regular expression"),
    (values.RecipeName, "`auto`, `external`, or a recipe"),
    (values.License, "a license of the Hub"),
    (values.Version, "a version"),
    (values.Date, "a date such as `2026-11-25`"),
    (values.Url, "a URL"),
    (dict[str, values.Split], "names of splits, each with a share, globs, or a column and its values"),
    (dict[values.Glob, values.Words], "globs, each with rules"),
    (dict[str, Literal["error", "warning"]], "rules, each with `error` or `warning`"),
    (bool, "`true` or `false`"),
    (str, "a text"),
]
"""How the types of settings are called, those first that begin with another one."""

_UNITS = {"GB": 10**9, "MB": 10**6, "MiB": 1 << 20}


def all_settings() -> str:
    """docs/settings.md: each setting with its values, its default, and what it does."""
    return "".join([_SETTINGS, *_section(settings.Settings, ()), _END.format(source="`dataset_tools/settings.py`")])


def _section(model: type[BaseModel], place: tuple[str, ...]) -> Iterator[str]:
    table = f"`[{'.'.join(place)}]`" if place else "Top level"
    yield f"\n## {table}\n"
    about = _docstrings(model)
    hints = get_type_hints(model, include_extras=True)
    tables = []
    for name, field in model.model_fields.items():
        key = (*place, field.alias or name)
        if isinstance(field.default, BaseModel):
            tables.append((type(field.default), key))
        else:
            yield f"\n### `{'.'.join(key)}`\n\n{about[name]}\n\n{_kind(hints[name])}. {_default(field, hints[name])}\n"
    for below, key in tables:
        yield from _section(below, key)


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    (body,) = ast.parse(inspect.getsource(model)).body
    assert isinstance(body, ast.ClassDef)
    pairs = zip(body.body, body.body[1:], strict=False)
    return {
        field.target.id: " ".join(ast.literal_eval(text.value).split())
        for field, text in pairs
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr)
    }


def _kind(hint: Any) -> str:
    words = _words(hint)
    return words[0].upper() + words[1:]


def _words(hint: Any) -> str:
    parts = [one for one in get_args(hint) if one is not type(None)]
    known = _known(hint)
    if known is not None:
        return known
    if get_origin(hint) is Literal:
        return " or ".join(f"`{one}`" for one in parts)
    if get_origin(hint) is Annotated:
        return _number(parts[0], parts[1:]) if parts[0] in (int, float) else _words(parts[0])
    return " or ".join(_words(one) for one in parts)


def _known(hint: Any) -> str | None:
    for alias, words in _KINDS:
        if hint == alias or (
            get_origin(alias) is Annotated and get_args(hint)[: len(get_args(alias))] == get_args(alias)
        ):
            return words
    return None


def _number(kind: type, limits: list[Any]) -> str:
    limit = {name: value for one in limits for name, value in _limits(one)}
    what = "a whole number" if kind is int else "a number"
    low = f" of at least {limit['ge']:g}" if "ge" in limit else f" above {limit['gt']:g}" if "gt" in limit else ""
    high = f", at most {limit['le']:g}" if "le" in limit else f", below {limit['lt']:g}" if "lt" in limit else ""
    return f"{what}{low}{high}"


def _limits(one: Any) -> Iterator[tuple[str, float]]:
    for source in one.metadata if isinstance(one, FieldInfo) else [one]:
        yield from ((name, getattr(source, name)) for name in ("ge", "gt", "le", "lt") if hasattr(source, name))


def _default(field: FieldInfo, hint: Any) -> str:
    value = field.default
    if value is None or value in ((), {}):
        return "Default: none."
    if isinstance(value, bool):
        return f"Default: `{str(value).lower()}`."
    if isinstance(value, int) and _known(hint) is not None:
        return f"Default: `{next(f'{value // size} {unit}' for unit, size in _UNITS.items() if value % size == 0)}`."
    if isinstance(value, tuple):
        return f"Default: `{', '.join(value)}`."
    return f"Default: `{value}`."


if __name__ == "__main__":
    for name, text in (("commands", commands()), ("settings", all_settings())):
        (ROOT / "docs" / f"{name}.md").write_text(text, "utf-8")
