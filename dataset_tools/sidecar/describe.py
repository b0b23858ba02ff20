"""Put the rows of a sidecar to those of the articles, and hold them to the schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.columns import METADATA
from dataset_tools.model import Issue
from dataset_tools.rules import issue
from dataset_tools.run_report import MetadataFacts
from dataset_tools.schema import ArticleSchema, CheckFailure, cannot_run, check_failures, try_out
from dataset_tools.sidecar.table import KINDS, TYPES, Rows, Sidecar
from dataset_tools.text import shortened

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """The columns of a sidecar, a value (or null) for each row of the articles, and what is wrong with them."""

    columns: pa.Table
    issues: tuple[Issue, ...]
    facts: MetadataFacts | None

    def beside(self, articles: pa.Table) -> pa.Table:
        """The rows of the articles with these columns beside their own."""
        for name in self.columns.column_names:
            articles = articles.append_column(METADATA + name, self.columns[name])
        return articles


def described(
    sidecar: Sidecar | None, schema: ArticleSchema, articles: pa.Table, *, asked: frozenset[int] | None
) -> Described:
    """Find the metadata of each article.

    Args:
        sidecar: what was read, None if there is none.
        schema: may speak of the columns, and of their types.
        articles: the columns row, id, path and sha256, one row for each article.
        asked: the rows of those that the facts count; None for all, and then an id that none has is an error.

    Raises:
        UserError: if a check of the schema cannot run.
    """
    nothing = articles.select([])
    if sidecar is None:
        return Described(columns=nothing, issues=(), facts=None)
    if sidecar.rows is None:
        return Described(columns=nothing, issues=sidecar.issues, facts=None)
    found = _Found(sidecar.name, sidecar.rows, articles)
    typed, issues = found.typed(schema)
    issues += found.repeated()
    issues += found.unmatched(whole=asked is None)
    if typed is None:
        return Described(columns=nothing, issues=tuple(issues), facts=None)
    columns = typed.drop_columns(["id"]).take(pa.array(found.positions, mask=found.positions < 0)).combine_chunks()
    issues += found.failing(schema, columns)
    there = articles["row"].filter(pa.array(found.positions >= 0))
    facts = MetadataFacts(
        file=sidecar.name,
        sha256=sidecar.sha256,
        columns=tuple(columns.column_names),
        described=len(there) if asked is None else len(asked.intersection(there.to_pylist())),
    )
    return Described(columns=columns, issues=tuple(issues), facts=facts)


class _Found:
    """A sidecar and the articles, and which row of the one belongs to which row of the other."""

    def __init__(self, name: str, rows: Rows, articles: pa.Table) -> None:
        self.name, self.rows, self.articles = name, rows, articles
        ids = rows.table["id"].combine_chunks()
        self.ids = ids
        found = pc.index_in(articles["id"], value_set=ids, skip_nulls=True)
        self.unparsed: set[tuple[int, str]] = set()
        self.positions: npt.NDArray[np.int64] = pc.fill_null(found, -1).cast(pa.int64()).to_numpy()
        self.by_position = np.argsort(self.positions, kind="stable")

    def _issue(self, code: str, message: str, position: int, article: int | None = None) -> Issue:
        """An issue of a row of the sidecar, or of its value for an article."""
        line = None if self.rows.lines is None else self.rows.lines[position]
        where = "" if line is not None else f"row {position + 1}: "
        of = "" if article is None else f" ({self.articles['path'][article].as_py()})"
        row = None if article is None else self.articles["row"][article].as_py()
        column = None if line is None else 1
        return issue(code, f"{where}{message}{of}", path=self.name, line=line, column=column, row=row)

    def _articles(self, position: int) -> list[int | None]:
        """The articles that a row of the sidecar belongs to, None alone if there are none."""
        start, stop = np.searchsorted(self.positions, [position, position + 1], sorter=self.by_position)
        return self.by_position[start:stop].tolist() or [None]

    def typed(self, schema: ArticleSchema) -> tuple[pa.Table | None, list[Issue]]:
        """The table in the types that the schema says, None if it says others; what is not of them is null."""
        table, issues = self.rows.table, []
        for name, dtype in ((rule.name, rule.dtype) for rule in schema.further):
            if dtype is None or name not in table.column_names or table.schema.field(name).type == TYPES[dtype]:
                continue
            place = table.schema.get_field_index(name)
            kind = table.schema.field(name).type
            if self.rows.untyped:
                values, wrong = parsed(table[name].combine_chunks(), dtype)
                table = table.set_column(place, name, values)
                for position in wrong:
                    self.unparsed.add((position, name))
                    given = shortened(self.rows.table[name][position].as_py())
                    message = f"{name}: {given} is not {dtype}"
                    issues += [self._issue("M005", message, position, one) for one in self._articles(position)]
            elif (kind == pa.int64() and dtype == "Float64") or table[name].null_count == table.num_rows:
                table = table.set_column(place, name, table[name].cast(TYPES[dtype]))
            else:
                message = f"the column {name} is {KINDS[kind]}, and the schema says dtype {dtype}"
                hint = "correct the dtype in the schema, or the values"
                return None, [issue("M001", message, path=self.name, hint=hint)]
        return table, issues

    def repeated(self) -> list[Issue]:
        """An issue for each row whose id an earlier row has, or that has none."""
        first: dict[str, int] = {}
        issues = []
        for position, name_id in enumerate(self.ids.to_pylist()):
            if name_id is None:
                issues.append(self._issue("M002", "the id is missing", position))
            elif first.setdefault(name_id, position) != position:
                earlier = first[name_id]
                where = f"row {earlier + 1}" if self.rows.lines is None else f"line {self.rows.lines[earlier]}"
                message = f"the id {shortened(name_id)} is there twice, first in {where}"
                issues.append(self._issue("M003", message, position))
        return issues

    def unmatched(self, *, whole: bool) -> list[Issue]:
        """Rows without an article, if all are known, and articles without a row."""
        issues = []
        if whole:
            known = pc.is_in(self.ids, value_set=self.articles["id"].combine_chunks().drop_null())
            unknown = pc.and_(pc.invert(known), pc.is_valid(self.ids))
            for position in np.flatnonzero(unknown.to_numpy(zero_copy_only=False)).tolist():
                message = f"no article has the id {shortened(self.ids[position].as_py())}"
                issues.append(self._issue("M002", message, position))
        has_id = pc.is_valid(self.articles["id"]).to_numpy()
        for article in np.flatnonzero((self.positions < 0) & has_id).tolist():
            path, row = self.articles["path"][article].as_py(), self.articles["row"][article].as_py()
            issues.append(issue("M004", f"{self.name} has no row with its id", path=path, row=row))
        return issues

    def failing(self, schema: ArticleSchema, columns: pa.Table) -> Iterator[Issue]:
        """An issue for each value of an article that does not pass a check of the schema."""
        import polars as pl

        rules = [rule for rule in schema.further if rule.name in columns.column_names]
        if not rules:
            return
        articles = np.flatnonzero(self.positions >= 0)
        table = self.articles.select(["id", "path", "sha256"])
        for name in columns.column_names:
            table = table.append_column(name, columns[name])
        frame = pl.from_arrow(table.take(articles))
        assert isinstance(frame, pl.DataFrame)
        try_out(rules, _trial(frame.schema))
        for failure in check_failures(rules, frame):
            if failure.broken is not None:
                raise cannot_run(failure, frame["path"][failure.rows[0]])
            values = frame[failure.column]
            for place in failure.rows:
                article = int(articles[place])
                position = int(self.positions[article])
                if (position, failure.column) not in self.unparsed:
                    yield self._issue("S001", _message(failure, values[place]), position, article)


def parsed(texts: pa.Array, dtype: str) -> tuple[pa.Array, list[int]]:
    """Text as values of a type, null where it is none, and the positions of these."""
    import polars as pl

    series = pl.Series(texts)
    if dtype == "Boolean":
        values = series.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    else:
        values = series.cast(pl.Float64 if dtype == "Float64" else pl.Int64, strict=False)
    if dtype == "Float64":
        values = values.set(~values.is_finite().fill_null(True), None)
    wrong = (series.is_not_null() & values.is_null()).arg_true().to_list()
    return values.to_arrow(), wrong


def _message(failure: CheckFailure, value: Any) -> str:  # noqa: ANN401  any scalar
    if value is None:
        return f"{failure.column}: is missing"
    shown = shortened(str(value))
    if failure.error is not None:
        return f"{failure.column}: {shown}: {failure.error}"
    return f"{failure.column}: {shown} does not pass {failure.label}"


def _trial(schema: "pl.Schema") -> "pl.DataFrame":
    """A few made-up rows, to try checks out on."""
    import polars as pl

    values: dict[pl.DataType, list[Any]] = {
        pl.String(): ["", "a", "a", "Chợ nổi, 2024.", None],
        pl.Int64(): [0, 1, 1, -2024, None],
        pl.Float64(): [0.0, 0.5, 0.5, -2024.0, None],
        pl.Boolean(): [True, False, True, False, None],
    }
    return pl.DataFrame({name: values[dtype] for name, dtype in schema.items()}, schema=schema)
