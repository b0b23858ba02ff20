"""How incoming files become part of a corpus: checked as if they were in it, named, and put there all or none.

arrivals -> names -> [ corpus | arrivals ] -> prepare -> rules, duplicates -> refuse | place
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.add_report import Addition, AddReport
from dataset_tools.against import Reference, published_copies, published_warnings
from dataset_tools.arrivals import Arrivals, arrivals, names_for
from dataset_tools.corpora import discovered, size_of
from dataset_tools.distinct import deduplicated, duplicate_warnings, in_references, valid_rows, without
from dataset_tools.engines.local import LocalEngine
from dataset_tools.findings import corpus_issues
from dataset_tools.identification import Identified
from dataset_tools.metadata import Metadata, read_metadata
from dataset_tools.model import Corpus, Issue, Progress, Severity, Silent, Source, UserError
from dataset_tools.placing import locked, place
from dataset_tools.published import Published, read_published
from dataset_tools.recipes import AUTO, DEFAULT, EXTERNAL, Recipe, parse_recipe
from dataset_tools.report import report_path
from dataset_tools.run_report import IdDecision, PublishedCopy, RunReport
from dataset_tools.running import (
    engine_for,
    preparation,
    prepared,
    read_references,
    scratch_folder,
)
from dataset_tools.settings import Settings
from dataset_tools.spool import Spool
from dataset_tools.text import printable


def add(
    settings: Settings,
    paths: Sequence[Path],
    *,
    dry_run: bool = False,
    strict: bool = False,
    progress: Progress | None = None,
) -> AddReport:
    """Check incoming files, and copy them into `settings.raw` under their right names: all of them, or none.

    A file is refused for an error, and for being a copy, or nearly one, of a document of the corpus, of a published
    dataset of `settings.against`, or of another file that is given. What is in the corpus is never changed.

    Args:
        settings: all settings.
        paths: files, and folders of files, outside the corpus.
        dry_run: only say what would be done.
        strict: whether a warning is enough to refuse a file.
        progress: is told how far the run is.

    Raises:
        UserError: if a path, the settings or the schema is wrong, what ids are is not known, or another call is adding.
    """
    progress = progress or Silent()
    if not settings.raw.is_dir():
        message = f"there is no folder {printable(str(settings.raw))} to add files to"
        raise UserError(message, "set up a corpus with dataset-tools init, or make the folder")
    if dry_run:
        checked, _ = _checked(settings, paths, progress, strict=strict)
        return replace(checked, dry_run=True)
    with locked(settings.raw) as finished:
        checked, contents = _checked(settings, paths, progress, strict=strict)
        if checked.ok:
            place(settings.raw, contents)
    return replace(checked, finished=tuple(report_path(printable(name), settings.raw) for name in finished))


def _checked(
    settings: Settings, paths: Sequence[Path], progress: Progress, *, strict: bool
) -> tuple[AddReport, dict[str, bytes]]:
    """What is to be said of the files, and what each is to be called."""
    (corpus,) = discovered(settings, [settings.raw])
    before = read_published(settings.out)
    others = read_references(settings, progress, replaced=settings.out)
    with engine_for(settings, size_of([corpus])) as engine, scratch_folder() as folder:
        metadata = read_metadata(settings, settings.raw)
        check = _Check(settings, corpus, metadata, before, others, Spool(folder), engine, progress)
        there = check.prepared(corpus)
        recipe = _recipe(settings, there.decision, before)
        lengths = {len(one) for one in there.rows["id"].drop_null().unique().to_pylist()}
        given = arrivals(settings, paths, recipe, lengths.pop() if len(lengths) == 1 else None, engine)
        names = names_for(corpus, given.files, settings.file_name)
        joined, numbers = _joined(corpus, given, names)
        issues, copies = check.of(joined, numbers, given, there.decision)
    rows = {one.row for one in issues if one.severity is Severity.ERROR or strict}
    contents = {
        name: one.data
        for name, one in zip(names, given.files, strict=True)
        if name is not None and one.data is not None
    }
    checked = RunReport(
        command="add",
        checked=len(given.files),
        ignored=given.ignored,
        issues=tuple(sorted(issues, key=lambda one: one.order)),
        ids=(),
        exit_code=int(bool(rows)),
        against=tuple(one.facts() for one in others),
        published=tuple(copies),
        contents={one.shown: one.data for one in given.files if one.data is not None},
    )
    additions = tuple(
        Addition(one.shown, report_path(printable(name), settings.raw), one.id)
        for number, (name, one) in enumerate(zip(names, given.files, strict=True))
        if number not in rows and name is not None and one.id is not None
    )
    refused_files = tuple(one.shown for number, one in enumerate(given.files) if number in rows)
    report = AddReport(
        raw=printable(str(settings.raw)),
        recipe=EXTERNAL if recipe is None else str(recipe),
        checked=checked,
        additions=additions,
        refused=refused_files,
        dry_run=False,
    )
    return report, contents


def _recipe(settings: Settings, there: IdDecision, before: Published | None) -> Recipe | None:
    """What new ids are the hash of; None for external ones.

    Raises:
        UserError: if the only document of the corpus does not tell.
    """
    if settings.recipe != AUTO:
        return None if settings.recipe == EXTERNAL else parse_recipe(settings.recipe)
    if there.decided_by != "undecided":
        return None if there.recipe is None else parse_recipe(there.recipe)
    if before is not None and before.manifest.decided:
        return None if before.manifest.recipe is None else parse_recipe(before.manifest.recipe)
    if there.total:
        message = f"what ids are the hash of is not known: no recipe explains the only one in {there.root}"
        raise UserError(message, f'put recipe = "{EXTERNAL}", or the recipe, into the settings')
    return parse_recipe(DEFAULT)


def _joined(corpus: Corpus, given: Arrivals, names: Sequence[str | None]) -> tuple[Corpus, list[int]]:
    """The corpus with the files that have a name in it, after all others; and the numbers of these files."""
    numbers = [number for number, name in enumerate(names) if name is not None]
    new = []
    for number in numbers:
        name, data = names[number], given.files[number].data
        assert name is not None
        assert data is not None
        new.append(Source(name, len(data), content=data))
    return replace(corpus, sources=(*corpus.sources, *new)), numbers


@dataclass(frozen=True, slots=True)
class _Check:
    """What the corpus, and then the corpus with the new files in it, are prepared and compared with."""

    settings: Settings
    corpus: Corpus
    metadata: Metadata
    before: Published | None
    others: Sequence[Reference]
    spool: Spool
    engine: LocalEngine
    progress: Progress

    def prepared(self, corpus: Corpus) -> Identified:
        """The rows of the corpus; those of an earlier run, or of an earlier call, are in the cache."""
        return prepared(
            self.settings,
            corpus,
            self.metadata.schema,
            self.before,
            self.others,
            preparation(self.settings, self.engine, self.spool),
            self.progress,
            near=self.settings.dedup.near,
        )

    def of(
        self, joined: Corpus, numbers: Sequence[int], given: Arrivals, there: IdDecision
    ) -> tuple[list[Issue], list[PublishedCopy]]:
        """All issues of the new files, and those of them that are published.

        Raises:
            UserError: if the new files would change what the ids of the corpus are.
        """
        settings, first = self.settings, len(self.corpus.sources)
        policy = settings.rule_policy()
        found = self.prepared(joined)
        if there.decided_by != "undecided" and found.decision.recipe != there.recipe:
            old, new = there.recipe or EXTERNAL, found.decision.recipe or EXTERNAL
            message = f"with these files the ids of {there.root} would count as {new}, not as {old}"
            raise UserError(message, f'put recipe = "{old}" into the settings, so that ids stay what they are')
        shown = [given.files[number].shown for number in numbers]
        described = self.metadata.of(found.rows, frozenset(range(first, found.rows.num_rows)))
        issues = policy.apply(
            [*described.issues, *corpus_issues(found, self.before, self.others, self.spool, accepted=())]
        )
        valid = valid_rows(found.rows, issues)
        new = valid.filter(pc.greater_equal(valid["row"], first))
        already = in_references(settings, new, self.others, self.spool)
        # What is there stays, whatever the policy of builds is: new files come last.
        keeping = settings.model_copy(
            update={"dedup": settings.dedup.model_copy(update={"policy": "first", "priority": ()})}
        )
        duplicates = deduplicated(
            keeping, without(valid, already.rows), self.spool, self.engine, self.progress, near=settings.dedup.near
        )
        kept = frozenset(duplicates.removed["kept_row"].to_pylist())  # of all others nothing is said
        paths = [
            report_path(path, joined.root) if row in kept else path
            for row, path in enumerate(found.rows["path"].to_pylist()[:first])
        ]
        named = found.rows.set_column(1, "path", pa.array([*paths, *shown], pa.string()))
        copies = [
            _refusal(one) for one in (*published_warnings(named, already.rows), *duplicate_warnings(named, duplicates))
        ]
        placed = [
            replace(one, row=numbers[one.row - first], path=shown[one.row - first])
            for one in [*issues, *copies]
            if one.row is not None and one.row >= first
        ]
        # What is wrong with the bytes of a file was found when it was read, and once more in its place.
        return list(dict.fromkeys([*policy.apply(given.issues), *placed])), published_copies(named, already.rows, str)


def _refusal(one: Issue) -> Issue:
    """A duplicate is left out of a build without ado; here it is why a file is not taken."""
    return replace(one, severity=Severity.ERROR, hint="leave the file out: what it says is there already")
