"""Load a built dataset with Hugging Face `datasets`, after looking whether it is whole."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from dataset_tools import manifest
from dataset_tools.model import UserError
from dataset_tools.staging import recover
from dataset_tools.text import printable

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict, IterableDataset, IterableDatasetDict

Verify = Literal["fast", "full", "off"]


def load(
    dist: str | Path, split: str | None = None, *, streaming: bool = False, verify: Verify = "fast"
) -> "Dataset | DatasetDict | IterableDataset | IterableDatasetDict":
    """Load a dataset that `build` has written; returns what `datasets.load_dataset` returns.

    Args:
        dist: the folder of the dataset.
        split: one split, as a `Dataset`; all of them, as a `DatasetDict`, if None.
        streaming: read while iterating, instead of into the cache of `datasets` first.
        verify: `fast` compares the size of every file with the manifest, `full` the SHA-256 as well, `off` nothing.

    Raises:
        UserError: if there is no such folder, or it is not a dataset of ours, or not whole.
    """
    import datasets

    if verify not in get_args(Verify):
        raise UserError(f"verify must be one of {', '.join(get_args(Verify))}", "correct the argument")
    folder = Path(dist)
    recover(folder)
    if not folder.is_dir():
        # `datasets` would ask the Hub for a dataset of that name.
        raise UserError(f"{printable(str(folder))} is not a folder", "check the path, or build the dataset first")
    if verify != "off":
        check_whole(folder, full=verify == "full")
    return datasets.load_dataset(str(folder.absolute()), split=split, streaming=streaming)


def check_whole(folder: Path, *, full: bool) -> None:
    """Compare every file with the manifest: its size, and its SHA-256 if `full`.

    Raises:
        UserError: naming the first file that is missing or differs.
    """
    shown = printable(str(folder))
    found = manifest.read(folder)
    if found is None:
        raise UserError(f"{shown} is not a dataset of dataset-tools: it has no manifest", "build it first")
    hint = "build the dataset again, or get a whole copy of it"
    for path, (size, sha256) in found.files().items():
        file = folder / path
        if not file.is_file():
            raise UserError(f"{shown} is not whole: {printable(path)} is missing", hint)
        if file.stat().st_size != size or (full and manifest.sha256_of(file) != sha256):
            raise UserError(f"{shown} is damaged: {printable(path)} is not what the manifest says", hint)
