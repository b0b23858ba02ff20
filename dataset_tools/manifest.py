"""The manifest of a built dataset: what made it and what is in it. Whoever meets a dataset reads it here."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataset_tools.model import UserError
from dataset_tools.text import shown_path

NAME = "manifest.json"
SUMS = "SHA256SUMS"
GENERATOR = "dataset-tools"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as it stands in the file; `values` is the whole JSON object."""

    values: dict[str, Any]

    @property
    def recipe(self) -> str | None:
        """The id recipe, or None for external ids."""
        recipe = self.values["ids"]["recipe"]
        return None if recipe is None else str(recipe)

    @property
    def decided(self) -> bool:
        """Whether the recipe was known, rather than left open for want of documents."""
        return bool(self.values["ids"]["decided_by"] != "undecided")

    @property
    def content_sha256(self) -> str:
        """The digest of all rows."""
        return str(self.values["content_sha256"])

    def files(self) -> dict[str, tuple[int, str]]:
        """Every file that the manifest names, but for itself and the checksums: path to size and SHA-256."""
        return {entry["path"]: (entry["bytes"], entry["sha256"]) for entry in self.values["files"]}


def read(dist: Path) -> Manifest | None:
    """The manifest of a built dataset; None if there is none of ours.

    Raises:
        UserError: if a newer version of the tool has written it.
    """
    try:
        return parsed((dist / NAME).read_bytes(), shown_path(dist))
    except OSError:
        return None


def parsed(data: bytes, shown: str) -> Manifest | None:
    """The manifest in the bytes of a file, None if it is none of ours; `shown` names the dataset.

    Raises:
        UserError: if a newer version of the tool has written it.
    """
    try:
        values = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or values.get("generator") != GENERATOR:
        return None
    written_as = values.get("format")
    if isinstance(written_as, int) and written_as > FORMAT:
        message = f"{shown} was written by a newer version of dataset-tools"
        raise UserError(message, "upgrade dataset-tools from where you installed it")
    try:
        manifest = Manifest(values)
        manifest.files(), manifest.recipe, manifest.content_sha256, manifest.decided
    except (KeyError, TypeError, AttributeError):
        return None
    return manifest


def foreign_files(dist: Path, manifest: Manifest) -> list[str]:
    """What lies in a built dataset and is not named by its manifest, sorted."""
    named = {NAME, SUMS, *manifest.files()}
    return sorted(path for path in files_below(dist) if path not in named)


def files_below(folder: Path) -> Iterator[str]:
    """Everything below a folder that is not itself a folder, as relative paths with `/`, unsorted."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name).relative_to(folder).as_posix() for name in (*names, *links))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
