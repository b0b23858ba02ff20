"""How a dataset was made, from its manifest."""

import json
from collections.abc import Iterator

from dataset_tools.html_report.figures import File, Origin, Step
from dataset_tools.verification.description import CountsPart, Description


def funnel(counts: CountsPart) -> tuple[Step, ...]:
    """What became of the files, in the order in which they are left out; steps at which none was are there too."""
    return (
        Step("files found", "all that the settings take for articles", counts.discovered),
        Step("invalid", "left out: a rule of severity error is broken", counts.invalid),
        Step("published", "left out: in another dataset already", counts.published),
        Step("identical", "left out: the same bytes as a kept document", counts.identical),
        Step("same text", "left out: the same but for case, white space or Unicode form", counts.same_text),
        Step("near-duplicate", "left out: as similar to a kept document as the threshold says", counts.near),
        Step("rows written", "in the dataset", counts.written),
    )


def origin(one: Description) -> Origin:
    """Settings, versions and checksums."""
    dedup = one.deduplication
    recipe = one.ids.recipe or "external: no recipe explains any"
    facts = [("near-duplicates", "removed" if dedup.near else "not looked for")]
    if dedup.near:
        facts += [
            ("threshold", f"{dedup.threshold:g}"),
            ("candidates", f"{dedup.bands} bands of {dedup.rows_per_band} values"),
            ("comparisons left out by bucket_limit", f"{dedup.skipped_comparisons:,}"),
        ]
    facts += [("compared with, by content SHA-256", other.content_sha256) for other in one.against]
    return Origin(
        content_sha256=one.content_sha256,
        ids=f"{recipe}; {one.ids.explained:,} of {one.ids.total:,} explained",
        facts=tuple(facts),
        settings=tuple(_flat(one.settings, "")),
        versions=tuple(sorted(one.versions.items())),
        files=tuple(File(path=part.path, bytes=part.bytes, sha256=part.sha256) for part in one.files),
    )


def _flat(values: dict[str, object], prefix: str) -> Iterator[tuple[str, str]]:
    """Every setting by its dotted key."""
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", json.dumps(value, ensure_ascii=False)
