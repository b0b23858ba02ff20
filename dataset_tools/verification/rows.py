"""The rows of a dataset, in document order over all splits: each by itself, and what they give together."""

import hashlib
import heapq
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from dataset_tools.content import row_sizes, value_bytes
from dataset_tools.model import Progress, Severity, UserError
from dataset_tools.recipes import Content, Recipe, parse_recipe
from dataset_tools.rules import RULES, rule_policy
from dataset_tools.settings import Settings
from dataset_tools.stages.package import columns_of, split_of
from dataset_tools.stages.package.splits import Rule
from dataset_tools.text import canonical, printable, same_text_key, shortened
from dataset_tools.verification.description import Description
from dataset_tools.verification.findings import Findings
from dataset_tools.verification.folder import Folder
from dataset_tools.verification.ledger import Entry, Ledger, Place
from dataset_tools.verification.order import FileNames, Globs
from dataset_tools.verification.shards import TEXT_COLUMNS, batches, rows_of
from dataset_tools.verification.texts import text_columns, title_and_body

_MAX_NAME = 4096
_ANYWHERE = ""
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Row(NamedTuple):
    """A row and where it is; `values` are those of all columns, in the order of the manifest."""

    key: str
    place: Place
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """What all rows gave; `fitting` of the `compared` ids follow the recipe.

    `content_sha256` is None where nothing says in which order the rows of several splits are.
    """

    splits: dict[str, int]
    content_sha256: str | None
    fitting: int
    compared: int


def check_rows(
    folder: Folder, one: Description, files: list[str], ledger: Ledger, found: Findings, progress: Progress
) -> Whole:
    """Check every row, and put it into the ledger.

    Raises:
        UnreadableError: if the rows cannot be read to their end.
    """
    checks = _Checks(one, files, found)
    streams = [
        _stream(folder, one, files, number, name, paths, checks)
        for number, (name, paths) in enumerate(one.shards().items())
    ]
    digest = hashlib.sha256()
    names = list(one.splits)
    has_paths = "path" in one.columns
    progress.stage("Rows", one.counts.written)
    previous: Row | None = None
    for row in heapq.merge(*streams, key=lambda row: row.key):
        digest.update(b"".join(map(value_bytes, (names[row.place.split], *row.values))))
        if has_paths and previous is not None and row.key == previous.key:
            checks.add("V018", "its path is that of another row", row.place)
        entry = checks.entry(row)
        if entry is not None:
            ledger.add(entry)
        previous = row
        progress.advance(1)
    ledger.close_entries()
    content_sha256 = digest.hexdigest() if has_paths or len(names) == 1 else None
    if content_sha256 is not None and content_sha256 != one.content_sha256:
        found.add("V019", f"the rows give {content_sha256[:16]}…, and the manifest says {one.content_sha256[:16]}…")
    checks.compare_sizes()
    return Whole(checks.rows, content_sha256, checks.fitting, checks.compared)


def _stream(
    folder: Folder, one: Description, files: list[str], split: int, name: str, paths: list[str], checks: "_Checks"
) -> Iterator[Row]:
    """The rows of one split."""
    at = one.columns.index("path") if "path" in one.columns else None
    last: str | None = None
    for path in paths:
        number = 0
        file = files.index(path)
        for batch in batches(folder, path, one.columns):
            checks.count(name, batch)
            for values in rows_of(batch):
                place = Place(split, file, number)
                stored = "" if at is None else values[at]
                fits = isinstance(stored, str) and len(stored) <= _MAX_NAME
                key = _ANYWHERE if at is None else checks.names.key(stored if fits else "")
                if last is not None and key < last:
                    checks.add("V018", f"{shortened(str(stored))} comes after a path that it should be before", place)
                last = key
                yield Row(key, place, values)
                number += 1


class _Checks:
    """Checks of single rows, with the counts that they give."""

    def __init__(self, one: Description, files: list[str], found: Findings) -> None:
        self.names = FileNames(one.settings.get("file_name"))
        self.fitting = self.compared = 0
        self._one = one
        self._files = files
        self._found = found
        self._text_columns = text_columns(one.columns)
        self._splits = list(one.splits)
        self._id_by = _id_by(one, found)
        self._strict = _ids_are_enforced(one.settings)
        self._rules = _split_rules(one)
        self._globs = Globs()
        self.rows = dict.fromkeys(one.splits, 0)
        self._bytes = dict.fromkeys(one.splits, 0)

    def add(self, code: str, message: str, place: Place) -> None:
        self._found.add(code, message, self._files[place.file], row=place.row)

    def count(self, split: str, batch: Any) -> None:  # noqa: ANN401  pyarrow is not typed
        import pyarrow as pa
        import pyarrow.types as kinds

        self.rows[split] += batch.num_rows
        table = pa.Table.from_batches([batch])
        of_others = [
            one.name for one in table.schema if not (kinds.is_string(one.type) or kinds.is_primitive(one.type))
        ]
        self._bytes[split] += int(row_sizes(table.drop_columns(of_others)).sum())
        self._bytes[split] += sum(table[name].nbytes for name in of_others)  # a build writes none of these types

    def compare_sizes(self) -> None:
        for name, split in self._one.splits.items():
            rows, size = self.rows[name], self._bytes[name]
            if rows != split.rows:
                self._found.add("V012", f"split {printable(name)}: {rows:,} rows, and the manifest says {split.rows:,}")
            elif size != split.num_bytes:
                message = (
                    f"split {printable(name)}: {size:,} bytes in memory, and the manifest says {split.num_bytes:,}"
                )
                self._found.add("V012", message)

    def entry(self, row: Row) -> Entry | None:
        """Check one row; None if there is nothing to remember it by."""
        values = dict(zip(self._one.columns, row.values, strict=True))
        missing = next((name for name, value in values.items() if value is None and name in TEXT_COLUMNS), None)
        if missing is not None:
            self.add("V023", f"{missing} is null", row.place)
            return None
        document_id, sha256, path = values["id"], values["sha256"], values.get("path")
        fault = _fault(document_id, path, sha256)
        if fault is not None:
            self.add("V023", fault, row.place)
            return None
        article = title_and_body([values[name] for name in self._text_columns]) if self._text_columns else None
        if article is not None and values.get("text", "\n\n".join(article)) != "\n\n".join(article):
            self.add("V023", "text is not title, blank line, body", row.place)
        self._check_id(row.place, document_id, article, path, sha256)
        self._check_split(row.place, values)
        text = None if article is None else same_text_key(canonical(*article))
        return Entry(row.place, document_id, text, path, sha256)

    def _check_split(self, place: Place, values: Mapping[str, Any]) -> None:
        if self._rules is None:
            return
        split = self._splits[place.split]
        right = split_of(values["id"], self._rules, path=values.get("path", ""), values=values, matches=self._globs)
        if right != split:
            message = f"{shortened(values['id'])} belongs to {printable(right)}, not to {printable(split)}"
            self.add("V017", message, place)

    def _check_id(
        self, place: Place, document_id: str, article: tuple[str, str] | None, path: str | None, sha256: str
    ) -> None:
        in_path = document_id if path is None else self.names.id_in(path)
        if in_path != document_id:
            said = "has none" if in_path is None else f"has {shortened(in_path)}"
            self.add("V013", f"the id is {shortened(document_id)}, and its path {said}", place)
        right = self._id_by(document_id, article, sha256)
        if right is None:
            return
        self.compared += 1
        if right == document_id:
            self.fitting += 1
        elif self._strict:
            self.add("V013", f"the id is {shortened(document_id)}, and {self._one.ids.recipe} gives {right}", place)


def _fault(document_id: str, path: str | None, sha256: str) -> str | None:
    """What no build writes in the columns that name a document."""
    if not document_id or len(document_id) > _MAX_NAME:
        return f"an id of {len(document_id):,} characters"
    if not _SHA256.fullmatch(sha256):
        return f"sha256 is {shortened(sha256)}"
    if path is None:
        return None
    parts = path.split("/")
    if not path or len(path) > _MAX_NAME or path != printable(path) or {"", ".", ".."} & set(parts):
        return f"the path {shortened(path)} is none that a build writes"
    return None


def _id_by(one: Description, found: Findings) -> Callable[[str, tuple[str, str] | None, str], str | None]:
    """Gives the id that a row (id, title and body, sha256) should have; None where the row does not say."""
    recipe = _recipe(one, found)
    if recipe is None or recipe.part == "text" or (recipe.part == "file" and recipe.algorithm != "sha256"):
        return lambda *_: None
    if recipe.part == "file":
        return lambda document_id, _article, sha256: sha256[: recipe.digits or len(document_id)]

    def by_content(document_id: str, article: tuple[str, str] | None, _sha256: str) -> str | None:
        if article is None:
            return None
        title, body = article
        joined = f"{title}\n{body}".encode()
        content = Content(b"", joined, title.encode(), body.encode(), joined)
        return content.id_by(recipe, len(document_id))

    return by_content


def _recipe(one: Description, found: Findings) -> Recipe | None:
    try:
        return None if one.ids.recipe is None else parse_recipe(one.ids.recipe)
    except UserError as error:
        found.add("V007", f"ids: {error.message}", "manifest.json")
        return None


def _ids_are_enforced(settings: Mapping[str, Any]) -> bool:
    """Whether the settings of the build let no row pass whose id is not that of the recipe."""
    try:
        policy = rule_policy(
            RULES,
            select=settings["select"],
            ignore=settings["ignore"],
            per_path_ignore=settings["per_path_ignore"],
            severity={word: Severity(name) for word, name in settings["severity"].items()},
        )
    except (UserError, KeyError, TypeError, ValueError, AttributeError, re.error):
        return True
    off = policy.off.union(*(codes for _, codes in policy.off_below))
    return "I001" not in off and "I001" not in policy.severities


def _split_rules(one: Description) -> Mapping[str, Rule] | None:
    """Who is in which split; None if the columns do not say it."""
    try:
        rules = Settings.model_validate({"split": one.settings.get("split")}).split
    except ValidationError:
        return None
    needed = set(columns_of(rules)) | ({"path"} if any(isinstance(rule, tuple) for rule in rules.values()) else set())
    return rules if needed <= set(one.columns) else None


def check_unique(ledger: Ledger, one: Description, files: list[str], found: Findings) -> None:
    """No id and no text is there twice, neither in one split nor in two."""
    names = list(one.splits)
    for column, code, what in (("id", "V014", "the id"), ("text", "V015", "the text")):
        for place, first, document_id in ledger.repeated(column):
            where = f"row {first.row} of {files[first.file]}"
            if place.split == first.split:
                found.add(
                    code, f"{what} of {shortened(document_id)} is that of {where}", files[place.file], row=place.row
                )
                continue
            splits = f"{printable(names[first.split])} and in {printable(names[place.split])}"
            message = f"{what} of {shortened(document_id)} is in {splits}: see {where}"
            found.add("V016", message, files[place.file], row=place.row)
