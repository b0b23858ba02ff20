"""The manifest as `verify` reads it: nothing in it is believed before it has the right shape, and few things after."""

import json
import os
import re
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dataset_tools.manifest import FORMAT, GENERATOR, NAME, SUMS
from dataset_tools.settings import digest
from dataset_tools.stages.package import croissant
from dataset_tools.text import printable, shortened
from dataset_tools.verification.findings import Findings, UnreadableError
from dataset_tools.verification.folder import Folder

MAX_MANIFEST = 16 << 20
_MAX_DEPTH = 16
CARD = "README.md"
"""The dataset card."""

CROISSANT = croissant.NAME
"""The same for programs."""

_SHARD = re.compile(r"data/(\w+)-(\d{5})-of-(\d{5})\.parquet", re.ASCII)

Count = Annotated[int, Field(ge=0, lt=1 << 63)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=1000)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class CountsPart(_Part):
    """Where every discovered document went."""

    discovered: Count
    invalid: Count
    published: Count
    identical: Count
    same_text: Count
    near: Count
    written: Count


class SplitPart(_Part):
    """What is in a split; bytes in Arrow memory."""

    rows: Count
    num_bytes: Count


class IdsPart(_Part):
    """What ids are the hash of."""

    recipe: Name | None
    explained: Count
    total: Count


class PairsPart(_Part):
    """How many pairs near the threshold there are, and how many of them are listed."""

    found: Count
    listed: Count


class DedupPart(_Part):
    """How duplicates were looked for; all but `near` only where that is true."""

    near: bool
    threshold: Annotated[float, Field(ge=0.1, le=1)] = 1.0
    bands: Annotated[int, Field(ge=1, le=1024)] = 1
    rows_per_band: Annotated[int, Field(ge=1, le=1024)] = 1
    numbers: Literal["remove", "keep"] = "remove"
    bucket_limit: Annotated[int, Field(ge=1)] = 100
    skipped_comparisons: Count = 0
    audit_pairs: PairsPart | None = None


class AgainstPart(_Part):
    """A published dataset that documents were compared with."""

    content_sha256: Name


class FilePart(_Part):
    """A file of the dataset."""

    path: Name
    bytes: Count
    sha256: Sha256


class Description(_Part):
    """The parts of a manifest that can be verified."""

    generator: Literal["dataset-tools"]
    format: Literal[1]
    counts: CountsPart
    content_sha256: Sha256
    splits: Annotated[dict[Name, SplitPart], Field(max_length=1000)]
    columns: Annotated[list[Name], Field(min_length=3, max_length=1000)]
    ids: IdsPart
    deduplication: DedupPart
    against: list[AgainstPart]
    settings: dict[str, Any]
    settings_sha256: Sha256
    versions: dict[str, str]
    files: Annotated[list[FilePart], Field(min_length=1)]

    def named(self) -> dict[str, tuple[int, str]]:
        """Every file but the manifest and the checksums: path to size and SHA-256."""
        return {one.path: (one.bytes, one.sha256) for one in self.files}

    def has_own_columns(self) -> bool:
        """Whether the columns of every dataset are there, each once."""
        there = set(self.columns)
        return {"id", "sha256"} <= there and bool({"body", "text"} & there) and len(there) == len(self.columns)

    def shards(self) -> dict[str, list[str]]:
        """The data files of each split, in their order."""
        shards: dict[str, list[str]] = {name: [] for name in self.splits}
        for path in sorted(one.path for one in self.files):
            match = _SHARD.fullmatch(path)
            if match is not None and match[1] in shards:
                shards[match[1]].append(path)
        return shards


class Read(NamedTuple):
    """A manifest that can be worked with, and its bytes."""

    description: Description
    data: bytes


def read_manifest(folder: Folder, found: Findings) -> Read | None:
    """The manifest of a folder; None if nothing can be verified without a better one."""
    try:
        data = folder.read(NAME, MAX_MANIFEST)
        return Read(_described(data), data)
    except UnreadableError as error:
        there = os.path.lexists(folder.root / NAME)
        message = str(error) if there else "there is none, so this is no dataset that build has written"
        found.add("V001", message, NAME)
        return None


def _described(data: bytes) -> Description:
    try:
        values = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else printable(str(error))[:200]
        raise UnreadableError(f"it is not JSON: {reason}") from None
    if not isinstance(values, dict) or values.get("generator") != GENERATOR:
        raise UnreadableError("it is not from dataset-tools")
    written_as = values.get("format")
    if isinstance(written_as, int) and written_as > FORMAT:
        raise UnreadableError(f"it has the format {str(written_as)[:20]}, and this version reads format {FORMAT}")
    if is_deep(values):
        raise UnreadableError("it is nested too deeply")
    try:
        description = Description.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = printable(".".join(map(str, first["loc"])))[:100]
        raise UnreadableError(f"{where}: {printable(first['msg'])[:200]}") from None
    for one in description.files:
        if not _is_plain(one.path):
            raise UnreadableError(f"it names a file that no build writes: {shortened(one.path)}")
    if len(description.named()) != len(description.files):
        raise UnreadableError("it names a file twice")
    return description


def _is_plain(path: str) -> bool:
    """Whether a path stays below the folder, and is what it looks like."""
    parts = path.split("/")
    return (
        path == printable(path) and "\\" not in path and not {"", ".", ".."} & set(parts) and path not in (NAME, SUMS)
    )


def is_deep(values: object) -> bool:
    """Whether values of JSON are nested deeper than a build writes any, so that following them may not end well."""
    level = [values]
    for _ in range(_MAX_DEPTH):
        containers = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [inner for one in containers for inner in one]
        if not level:
            return False
    return True


def check_description(one: Description, found: Findings) -> None:
    """Whether a manifest agrees with itself."""
    counts = one.counts
    gone = counts.invalid + counts.published + counts.identical + counts.same_text + counts.near
    if counts.discovered != gone + counts.written:
        message = f"{counts.discovered:,} discovered, {gone:,} left out, {counts.written:,} written"
        found.add("V007", f"counts do not add up: {message}", NAME)
    rows = sum(split.rows for split in one.splits.values())
    if rows != counts.written:
        found.add("V007", f"the splits have {rows:,} rows, and {counts.written:,} were written", NAME)
    if one.ids.explained > one.ids.total:
        found.add("V007", f"ids: {one.ids.explained:,} of {one.ids.total:,} are explained", NAME)
    if _settings_digest(one.settings) != one.settings_sha256:
        found.add("V007", "settings_sha256 is not the digest of the settings", NAME)
    if not one.has_own_columns():
        found.add("V007", f"columns that no build writes: {shortened(', '.join(one.columns), 200)}", NAME)
    for name, paths in one.shards().items():
        right = [f"data/{name}-{number:05}-of-{len(paths):05}.parquet" for number in range(len(paths))]
        if not paths or paths != right:
            found.add("V007", f"the files of the split {printable(name)} are not numbered as they should be", NAME)
    if CARD not in one.named():
        found.add("V007", "it names no dataset card", NAME)
    if CROISSANT not in one.named():
        found.add("V007", f"it names no {CROISSANT}", NAME)
    data = {path for paths in one.shards().values() for path in paths}
    for path in sorted(one.named()):
        if path.startswith("data/") and path not in data:
            found.add("V007", f"{printable(path)} belongs to no split", NAME)


def _settings_digest(settings: dict[str, Any]) -> str | None:
    try:
        return digest(settings)
    except (KeyError, AttributeError, TypeError, ValueError):
        return None
