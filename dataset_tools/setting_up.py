"""Setting up a corpus folder: look at what is there, write settings that fit, and what keeps its bytes as they are."""

import json
import os
import re
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any

from dataset_tools import config, validation
from dataset_tools.ids import ids
from dataset_tools.init_report import InitReport, SetUpFile
from dataset_tools.looking import SIMPLE_PATH, Languages, Naming, corpus_folder, languages, naming
from dataset_tools.model import Progress, Silent, UserError
from dataset_tools.naming import DIGITS
from dataset_tools.recipes import AUTO, DEFAULT, EXTERNAL
from dataset_tools.run_report import IdDecision, RunReport
from dataset_tools.settings import FILE_NAME, Settings
from dataset_tools.stages.discover import PLACEHOLDER
from dataset_tools.text import printable

_SETTINGS, _SCHEMA = "dataset-tools.toml", "schemas/article.yaml"
_PRE_COMMIT, _WORKFLOW = ".pre-commit-config.yaml", ".github/workflows/dataset.yml"
_BY_LINES = (".gitattributes", ".gitignore")
_OUT = "dist"
_AT_TOP = (_PRE_COMMIT, _WORKFLOW)
_DIGITS = "hex_digest: {{digits: {}}}"
"""How the built-in schema states the length of ids."""

_TEMPLATES = {
    _SETTINGS: "dataset-tools.toml.jinja",
    _WORKFLOW: "dataset.yml.jinja",
    _PRE_COMMIT: "pre-commit-config.yaml.jinja",
    ".gitattributes": "gitattributes.jinja",
    ".gitignore": "gitignore.jinja",
}


def init(folder: Path, progress: Progress | None = None) -> InitReport:
    """Set up a folder for a corpus: settings, schema, workflow, pre-commit, Git attributes; nothing is overwritten.

    Args:
        folder: the folder of the project, which is made if it is not there.
        progress: is told how far looking at the corpus is.

    Raises:
        UserError: if the folder cannot be used, or a file cannot be written.
    """
    own, done = _own_settings(folder), []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        raw = corpus_folder(folder) if own is None else _configured(folder, config.load(own).raw)
        (folder / raw).mkdir(exist_ok=True)
        if not any((folder / raw).iterdir()):
            done.append(_put(folder, f"{raw}/{PLACEHOLDER}", ""))
    except OSError as error:
        raise _cannot_write(folder, error) from None
    found = _look(folder, raw, own, progress or Silent())
    files = _files(found)
    top = _top_of_repository(folder)
    for path, text in files.items():
        if path in _AT_TOP and top is not None:
            done.append(SetUpFile(path=path, what="left_out", top=printable(str(top))))
        elif path == _SETTINGS and own is not None:
            done.append(SetUpFile(path=own.name, what="kept", lacks=tuple(_pin(config.load(own), found.ids))))
        else:
            done.append(_put(folder, path, text))
    settings = config.load(own or folder / _SETTINGS)
    checked = validation.validate(settings, [settings.raw], progress=progress) if found.files else None
    return InitReport(
        folder=printable(str(folder)),
        found=tuple(_sentences(found)),
        files=tuple(done),
        checked=None if checked is None else _summary(checked),
        next=tuple(_next(folder, settings, checked)),
    )


def _configured(folder: Path, raw: Path) -> str:
    """The folder of articles that the settings name, as seen from the folder of the project."""
    path = _below(folder, raw)
    if path is None:
        message = f"the settings name the folder of articles {printable(str(raw))}"
        raise UserError(message, "let raw be a folder below that of the settings, of letters, digits, _, - and .")
    return path


def _below(folder: Path, place: Path) -> str | None:
    """A place as seen from the folder of the project; None if it lies elsewhere, or Git would not read it as it is."""
    path = os.path.relpath(place.absolute(), folder.absolute())
    return path if SIMPLE_PATH.fullmatch(path) else None


def _pin(settings: Settings, ids: IdDecision) -> list[str]:
    """The line that settings without a recipe lack."""
    recipe, _ = _recipe(ids)
    return [f"recipe = {_toml(recipe)}"] if settings.recipe == AUTO and recipe is not None else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the folder of articles has in it; `out` is that of the dataset, None if it lies elsewhere."""

    raw: str
    out: str | None
    files: int
    naming: Naming | None
    include: tuple[str, ...]
    ids: IdDecision
    languages: Languages


def _own_settings(folder: Path) -> Path | None:
    """The settings file that is in the folder itself already."""
    found = config.find(folder.absolute())
    return found if found is not None and found.parent == folder.absolute() else None


def _look(folder: Path, raw: str, own: Path | None, progress: Progress) -> _Found:
    named = naming(folder / raw)
    include = () if named is None or named.ending == ".txt" else ("**/*.txt", f"**/*{named.ending}")
    values: dict[str, Any] = {}
    if include:
        values["include"] = list(include)
    if named is not None:
        values["file_name"] = named.pattern
    if own is not None:
        settings = config.load(own)
    else:
        places = {"raw": folder / raw, "out": folder / _OUT}
        settings = Settings.model_validate(values).beside(folder).model_copy(update=places)
    report = ids(settings, [settings.raw], progress=progress)
    return _Found(
        raw=raw,
        out=_below(folder, settings.out),
        files=report.checked,
        naming=named,
        include=include,
        ids=report.folders[0].decision,
        languages=languages(settings.raw, settings.include, settings.max_file_size),
    )


def _files(found: _Found) -> dict[str, str]:
    """The files of the set-up, by their paths, as they would be written into an empty folder."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("dataset_tools", "templates"),
        autoescape=select_autoescape(("html",)),  # none of these is HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
    )
    environment.filters |= {"toml": _toml, "regex": re.escape}
    named = found.naming if found.naming is not None and found.naming.pattern != FILE_NAME else None
    recipe, reason = _recipe(found.ids)
    values = {
        "raw": found.raw,
        "out": _OUT,
        "folders": [one for one in (found.raw, found.out) if one is not None],
        "include": list(found.include),
        "file_name": None if named is None else named.pattern,
        "named": "" if named is None else _named(named),
        "recipe": recipe,
        "reason": reason,
        "languages": [name for name, _ in found.languages.found],
        "looked_at": _looked_at(found.languages),
        "requirement": _requirement(),
    }
    files = {path: environment.get_template(template).render(values) for path, template in _TEMPLATES.items()}
    schema = resources.files("dataset_tools").joinpath("schemas/article.yaml").read_text("utf-8")
    if found.naming is not None:
        schema = schema.replace(_DIGITS.format(DIGITS), _DIGITS.format(found.naming.digits))
    return {_SETTINGS: files.pop(_SETTINGS), _SCHEMA: schema, **files}


def _toml(value: str | list[str]) -> str:
    """A value as TOML has it, and YAML too: strings of JSON are strings of both."""
    return json.dumps(value, ensure_ascii=False)


def _recipe(ids: IdDecision) -> tuple[str | None, str]:
    """The recipe to pin, None if it cannot be known yet, and why."""
    if ids.total == 0:
        return DEFAULT, "no file has an id yet, and this is the recipe for new corpora"
    if ids.decided_by == "undecided":
        return None, "one file is too little to tell; put the recipe here before there are more"
    if ids.recipe is None:
        return EXTERNAL, f"no recipe explains any of the {ids.total:,} ids, so form and uniqueness are checked"
    return ids.recipe, f"this explains {ids.explained:,} of {ids.total:,} ids"


def _named(named: Naming) -> str:
    return f"{named.files:,} of {named.total:,} files with an id are named like {named.example}."


def _looked_at(found: Languages) -> str:
    counts = ", ".join(f"{name} {count:,}" for name, count in found.found)
    return f"Found in {found.looked_at:,} texts: {counts}."


def _requirement() -> str | None:
    """What pip installs this very version from, on any machine; None if it came from a folder of this one (PEP 610)."""
    try:
        text = metadata.distribution("dataset-tools").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    origin = json.loads(text) if text else {}
    url, commit = str(origin.get("url", "")), origin.get("vcs_info", {}).get("commit_id")
    if not url.startswith("https://"):
        return None
    return f"dataset-tools @ git+{url}@{commit}" if commit else f"dataset-tools @ {url}"


def _top_of_repository(folder: Path) -> Path | None:
    """The top of the Git repository that the folder lies in; None if it lies in none, or is the top itself."""
    place = Path(os.path.realpath(folder))
    if (place / ".git").exists():
        return None
    return next((one for one in place.parents if (one / ".git").exists()), None)


def _put(folder: Path, path: str, text: str) -> SetUpFile:
    """Write a file unless there is one."""
    target = folder / path
    try:
        if os.path.lexists(target):
            return SetUpFile(path=path, what="kept", lacks=tuple(_lacking(path, target.read_text("utf-8"), text)))
        target.parent.mkdir(parents=True, exist_ok=True)
        if not Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(folder)):
            message = f"{printable(str(target.parent))} is a link out of {printable(str(folder))}"
            raise UserError(message, "remove the link, or set up another folder")
        with target.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except (OSError, UnicodeDecodeError) as error:
        raise _cannot_write(target, error) from None
    return SetUpFile(path=path, what="written")


def _lacking(path: str, there: str, text: str) -> list[str]:
    """What a file that is there would need: single lines where lines stand for themselves, else all of it."""
    if path not in _BY_LINES:
        return [] if path == _SCHEMA or "dataset-tools" in there else text.splitlines()
    known = {line.strip() for line in there.splitlines()}
    return [line for line in text.splitlines() if line not in known and not line.startswith("#")]


def _cannot_write(path: Path, error: OSError | UnicodeDecodeError) -> UserError:
    what = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8"
    return UserError(f"cannot set up {printable(str(path))}: {what}", "mend that, or name another folder")


def _sentences(found: _Found) -> list[str]:
    lines = []
    if not found.files:
        lines.append(f"Found no article in {found.raw}.")
    else:
        lines.append(f"Found {found.files:,} file{'' if found.files == 1 else 's'} in {found.raw}.")
        lines.append(f"Names: {_named(found.naming)}" if found.naming else "Names: none has an id.")
    if found.ids.total:
        lines.append(f"{found.ids.sentence()}.")
    if found.languages.looked_at:
        counts = ", ".join(f"{name} {count:,}" for name, count in found.languages.found)
        lines.append(f"Languages: {counts or 'none known'}, of {found.languages.looked_at:,} texts looked at.")
    return lines


def _summary(report: RunReport) -> str:
    errors = ", ".join(f"{count:,} {code}" for code, count in _counted(report).items())
    said = f"{report.errors:,} error{'' if report.errors == 1 else 's'}" if report.errors else "no error"
    warnings = f"{report.warnings:,} warning{'' if report.warnings == 1 else 's'}"
    return f"Checked {report.checked:,} files: {said}{f' ({errors})' if errors else ''}, {warnings}."


def _counted(report: RunReport) -> dict[str, int]:
    codes = [one.code for one in report.found if one.severity == "error"]
    return {code: codes.count(code) for code in sorted(set(codes))}


def _next(folder: Path, settings: Settings, checked: RunReport | None) -> list[str]:
    there = "" if folder.absolute() == Path.cwd() else f"cd {printable(str(folder))} && "
    if checked is None:
        command = "dataset-tools add FILE... copies articles into the corpus under their right names"
    elif checked.errors:
        command = "dataset-tools validate shows each error, and what to do about it"
    else:
        command = f"dataset-tools build writes the dataset to {settings.out.name}"
    return [f"{there}{command}", "pip install pre-commit && pre-commit install checks every commit"]
