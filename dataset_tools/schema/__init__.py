"""The schema of an article: a file in YAML, JSON or Python that says what pandera checks in each column.

`load` reads and tries it; `compiled` gives the rules to run, in any process; `check_failures` runs them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

from dataset_tools.model import UserError
from dataset_tools.schema import json_text, yaml_text
from dataset_tools.schema.checks import REGISTERED_CHECKS, offending_place
from dataset_tools.schema.located import Located
from dataset_tools.schema.model import (
    COLUMNS,
    CheckFailure,
    ColumnRules,
    Form,
    SchemaSource,
)
from dataset_tools.schema.run import cannot_run, check_failures, trial_articles, try_out
from dataset_tools.schema.strict import rules_of, unique_columns
from dataset_tools.schema.words import in_words
from dataset_tools.text import printable

__all__ = (
    "COLUMNS",
    "REGISTERED_CHECKS",
    "ArticleSchema",
    "CheckFailure",
    "ColumnRules",
    "SchemaSource",
    "cannot_run",
    "check_failures",
    "compiled",
    "in_words",
    "load",
    "of_articles",
    "offending_place",
    "trial_articles",
    "try_out",
)

_FORMS: dict[str, Form] = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".py": "python"}


@dataclass(frozen=True, slots=True)
class ArticleSchema:
    """A schema that was read and tried."""

    source: SchemaSource

    @property
    def sha256(self) -> str:
        """The digest of the schema file."""
        return self.source.sha256

    @property
    def unique(self) -> tuple[str, ...]:
        """The columns whose values must differ among the rows written."""
        if self.source.form == "python":
            return tuple(column.name for column in compiled(self.source) if column.unique)
        return unique_columns(_read(self.source))  # without pandera, which takes long to import

    @property
    def rules(self) -> tuple[ColumnRules, ...]:
        """What is asked of each column that the schema names, and what it says of it."""
        return compiled(self.source)

    @property
    def further(self) -> tuple[ColumnRules, ...]:
        """What is asked of columns that come from the metadata."""
        return tuple(column for column in self.rules if column.name not in COLUMNS)


def load(path: Path | None, further: Sequence[str] | None = ()) -> ArticleSchema:
    """Read a schema file, or the built-in schema for None. A Python file is executed.

    `further` are the columns of the metadata that it can speak of beside those of an article, None if these are not
    known.

    Raises:
        UserError: if the file cannot be read, is not a schema, or says something that would be ignored; with its line.
    """
    built_in = _built_in()
    source = built_in if path is None else _source(path)
    source = replace(source, further=None if further is None else tuple(further))
    if (source.form, source.data) != (
        built_in.form,
        built_in.data,
    ):  # which a test tries out, so that not every run has to
        try_out(of_articles(source), trial_articles())
    return ArticleSchema(source)


@lru_cache(maxsize=4)
def compiled(source: SchemaSource) -> tuple[ColumnRules, ...]:
    """The rules of a schema, for each column that it names; `unique` is not a matter of batches.

    Raises:
        UserError: as `load`, which finds everything that does not depend on the process.
    """
    if source.form == "python":
        from dataset_tools.schema.python_file import rules_of_module

        return rules_of_module(source)
    return rules_of(_read(source), source.further)


def _read(source: SchemaSource) -> Located:
    """What a schema in YAML or JSON says."""
    read = json_text.read if source.form == "json" else yaml_text.read
    return read(source.data.decode().removeprefix("\ufeff"), source.where)


def of_articles(source: SchemaSource) -> tuple[ColumnRules, ...]:
    """The rules of a schema for the columns that every article has."""
    return tuple(column for column in compiled(source) if column.name in COLUMNS)


@cache
def _built_in() -> SchemaSource:
    data = resources.files("dataset_tools").joinpath("schemas/article.yaml").read_bytes()
    return SchemaSource("yaml", data, "the built-in schema")


def _source(path: Path) -> SchemaSource:
    where = printable(str(path))
    try:
        data = path.read_bytes()
        data.decode()
    except OSError as error:
        raise UserError(
            f"cannot read the schema {where}: {error.strerror}",
            "name an existing schema with --schema, or leave the setting out to use the built-in one",
        ) from None
    except UnicodeDecodeError:
        raise UserError(f"the schema {where} is not UTF-8", "save it as UTF-8") from None
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise UserError(f"the schema {where} is of no known form", f"name it {', '.join(_FORMS)}")
    return SchemaSource(form, data, where, path.absolute())
