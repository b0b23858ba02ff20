"""From the settings and what the flow has found to the parcel that `package` writes."""

import datetime
import os
from collections.abc import Sequence
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.against import Already, Reference
from dataset_tools.columns import METADATA
from dataset_tools.model import Issue, UserError
from dataset_tools.rules import issue
from dataset_tools.run_report import Counts, IdDecision
from dataset_tools.schema import COLUMNS, ArticleSchema
from dataset_tools.settings import Settings, digest
from dataset_tools.sidecar import Described
from dataset_tools.stages.deduplicate import Duplicates
from dataset_tools.stages.fingerprint import banding
from dataset_tools.stages.package import TRAIN, CardFacts, Form, Parcel, WriteRows, columns_of, splits_of
from dataset_tools.text import printable, shortened


def parcel_of(
    settings: Settings,
    article_schema: ArticleSchema,
    card: CardFacts,
    *,
    rows: pa.Table,
    write_rows: WriteRows,
    written: pa.Table,
    splits: Sequence[str],
    metadata: Described,
    published: Already,
    references: Sequence[Reference],
    duplicates: Duplicates,
    issues: Sequence[Issue],
    counts: Counts,
    ids: IdDecision,
) -> Parcel:
    """Everything that `package` needs; issues go into the audit in report order."""
    return Parcel(
        rows=rows,
        write_rows=write_rows,
        written=written,
        splits=splits,
        published=published.rows,
        removed=duplicates.removed,
        pairs=duplicates.pairs,
        issues=sorted(issues, key=lambda one: one.order),
        counts=counts,
        ids=ids,
        dedup=settings.dedup,
        dedup_facts=_dedup_facts(settings, duplicates, published),
        against=[one.facts() for one in references],
        schema=article_schema,
        split_rules=settings.split,
        form=_form(settings, metadata),
        metadata=metadata.facts,
        card=card,
        settings=settings.content_settings(),
        settings_sha256=digest(settings.content_settings()),
        cache=settings.cache,
    )


def card_facts(settings: Settings) -> CardFacts:
    """What the maintainer says of the dataset, in the settings and in the text beside them.

    Raises:
        UserError: if the text cannot be read.
    """
    card = settings.card
    try:
        text = card.text.read_text("utf-8") if card.text is not None and card.text.exists() else None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UserError(
            f"cannot read {printable(str(card.text))}: {reason}", "correct the file, or remove it"
        ) from None
    if text is not None and text.lstrip("\ufeff").startswith("---"):
        message = f"{printable(str(card.text))} begins with YAML, which the card has already"
        raise UserError(message, "remove the block, and say it in [tool.dataset-tools.card] of the settings")
    return CardFacts(
        name=card.pretty_name or "Dataset",
        description=card.description,
        license=card.license,
        language=card.language,
        task_categories=card.task_categories,
        tags=card.tags,
        creators=card.creators,
        version=card.version,
        date=card.date or _date_of_environment(),
        homepage=card.homepage,
        citation=card.citation,
        text=text,
    )


def _date_of_environment() -> str | None:
    """The day of SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch), None without it."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        return None
    try:
        return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        message = f"SOURCE_DATE_EPOCH is {shortened(seconds)}, not a number of seconds since 1970"
        raise UserError(message, "correct it, or unset it") from None


def check_columns(settings: Settings, metadata: Sequence[str] | None) -> None:
    """Hold the settings that name columns to those that there are; `metadata` is None if they are not known.

    Raises:
        UserError: if a setting names another one.
    """
    if metadata is None:
        return
    text = ("text",) if settings.package.text_column else ()
    wanted = [(f"package.columns names {one}", one, (*COLUMNS, *text, *metadata)) for one in settings.package.columns]
    wanted += [
        (f"the split {split} goes by {one}", one, tuple(metadata)) for one, split in columns_of(settings.split).items()
    ]
    for what, name, known in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            message = f"{printable(what)}, and there is no such column"
            if not known:
                hint = "put metadata.csv into the folder of the corpus, with the column id and this one"
                raise UserError(f"{message} of the metadata", hint)
            raise UserError(message, f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}")


def card_warnings(settings: Settings) -> list[Issue]:
    """What the card should state and only the maintainer knows."""
    missing = []
    if settings.card.license is None:
        missing.append(issue("P001", "no license is configured, so the dataset card states none"))
    if not settings.card.language:
        missing.append(issue("P002", "no language is configured, so the dataset card states none"))
    return missing


def document_splits(settings: Settings, written: pa.Table) -> list[str]:
    """The split of each row that is to be written."""
    names = {"id": "id", "path": "path", **{name: METADATA + name for name in columns_of(settings.split)}}
    return splits_of(pa.table({name: written[column] for name, column in names.items()}), settings.split)


def split_warnings(settings: Settings, splits: Sequence[str], duplicates: Duplicates) -> list[Issue]:
    """Splits that stay empty, and splits that near-duplicates may link; `splits` has that of each row to write."""
    used = set(splits)
    empty = [name for name in (TRAIN, *settings.split) if name not in used and splits]
    warnings = [issue("P003", f"the split {name} got no document and is left out") for name in empty]
    if len(used) > 1 and not settings.dedup.near:
        warnings.append(issue("P004", "near-duplicates were not removed, and some may lie in different splits"))
    if len(used) > 1 and settings.dedup.numbers == "keep" and pc.any(duplicates.pairs["numbers_only"]).as_py():
        message = "near-duplicates that differ in numbers only were kept, and some may lie in different splits"
        warnings.append(issue("P004", message))
    return warnings


def _form(settings: Settings, metadata: Described) -> Form:
    text = ("text",) if settings.package.text_column else ()
    every = ("id", "title", "body", *text, "path", "sha256", *metadata.columns.column_names)
    return Form(
        columns=settings.package.columns or every,
        shard_bytes=settings.package.shard_size,
        row_group_bytes=settings.package.row_group_size,
    )


def _dedup_facts(settings: Settings, duplicates: Duplicates, published: Already) -> dict[str, object]:
    if not settings.dedup.near:
        return {"near": False}
    cut = banding(settings.dedup.threshold)
    return {
        "near": True,
        "threshold": settings.dedup.threshold,
        "bands": cut.bands,
        "rows_per_band": cut.rows,
        "expected_recall_at_threshold": round(cut.recall(settings.dedup.threshold), 6),
        "numbers": settings.dedup.numbers,
        "bucket_limit": settings.dedup.bucket_limit,
        "skipped_comparisons": duplicates.skipped + published.skipped,
        "audit_pairs": {"found": duplicates.pairs_found, "listed": duplicates.pairs.num_rows},
    }
