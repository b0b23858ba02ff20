"""How a dataset was made, from its manifest."""

import json
from collections.abc import Iterator

from dataset_tools.html_report.figures import File, Origin, Step
from dataset_tools.verification.description import CountsPart, Description


def funnel(counts: CountsPart) -> tuple[Step, ...]:
    """What became of the files, in the order in which they are left out; steps at which none was are there too."""
    return (
        Step("files found", counts.discovered),
        Step("left out: invalid", counts.invalid),
        Step("left out: published elsewhere", counts.published),
        Step("left out: identical to a kept one", counts.identical),
        Step("left out: same text", counts.same_text),
        Step("left out: near-duplicate", counts.near),
        Step("rows written", counts.written),
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
