"""From the settings and what the flow has found to the parcel that `package` writes."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from dataset_tools.against import Already, Reference
from dataset_tools.config import Settings, digest
from dataset_tools.model import Counts, IdDecision, Issue, UserError
from dataset_tools.rules import issue
from dataset_tools.schema import ArticleSchema
from dataset_tools.stages.deduplicate import Duplicates
from dataset_tools.stages.fingerprint import banding
from dataset_tools.stages.package import CardFacts, Form, Parcel, split_of
from dataset_tools.text import printable


def parcel_of(
    settings: Settings,
    article_schema: ArticleSchema,
    card: CardFacts,
    *,
    rows: pa.Table,
    texts: Iterator[tuple[int, pa.Table]],
    written: pa.Table,
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
        texts=texts,
        written=written["row"].combine_chunks(),
        published=published.rows,
        removed=duplicates.removed,
        pairs=duplicates.pairs,
        issues=sorted(issues, key=lambda one: one.order),
        counts=counts,
        ids=ids,
        dedup=settings.dedup,
        dedup_facts=_dedup_facts(settings, duplicates, published),
        against=[one.facts() for one in references],
        schema_sha256=article_schema.sha256,
        schema_columns=article_schema.columns,
        shares=settings.split,
        form=_form(settings),
        card=card,
        settings=settings.content_settings(),
        settings_sha256=digest(settings.content_settings()),
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
        license=card.license,
        language=card.language,
        task_categories=card.task_categories,
        tags=card.tags,
        homepage=card.homepage,
        citation=card.citation,
        text=text,
    )


def card_warnings(settings: Settings) -> list[Issue]:
    """What the card should state and only the maintainer knows."""
    missing = []
    if settings.card.license is None:
        missing.append(issue("P001", "no license is configured, so the dataset card states none"))
    if not settings.card.language:
        missing.append(issue("P002", "no language is configured, so the dataset card states none"))
    return missing


def split_warnings(settings: Settings, written: pa.Table, duplicates: Duplicates) -> list[Issue]:
    """Splits that stay empty, and splits that near-duplicates may link."""
    used = {split_of(document_id, settings.split) for document_id in written["id"].to_pylist()}
    empty = [name for name in ("train", *settings.split) if name not in used and written.num_rows]
    warnings = [issue("P003", f"the split {name} got no document and is left out") for name in empty]
    if len(used) > 1 and not settings.dedup.near:
        warnings.append(issue("P004", "near-duplicates were not removed, and some may lie in different splits"))
    if len(used) > 1 and settings.dedup.numbers == "keep" and pc.any(duplicates.pairs["numbers_only"]).as_py():
        message = "near-duplicates that differ in numbers only were kept, and some may lie in different splits"
        warnings.append(issue("P004", message))
    return warnings


def _form(settings: Settings) -> Form:
    return Form(
        text_column=settings.package.text_column,
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
