"""Whether `datasets` loads a dataset, and what it makes of it."""

import tempfile

from dataset_tools.text import shortened
from dataset_tools.verification.description import Description
from dataset_tools.verification.findings import Findings
from dataset_tools.verification.folder import Folder

_SHOWN = 200


def check_loading(folder: Folder, one: Description, found: Findings) -> bool:
    """Load the folder as people do, into a cache of its own; returns whether that gives what the manifest says.

    The folder must have been verified: the card names the files that are opened.
    """
    import datasets

    bars = datasets.is_progress_bar_enabled()
    datasets.disable_progress_bars()
    try:
        with tempfile.TemporaryDirectory(prefix="dataset-tools-") as cache:
            loaded = datasets.load_dataset(str(folder.root.absolute()), cache_dir=cache)
            there = {name: (split.num_rows, split.column_names) for name, split in loaded.items()}
            del loaded
    except Exception as error:
        found.add("V024", f"{type(error).__name__}: {shortened(str(error), _SHOWN)}")
        return False
    finally:
        if bars:
            datasets.enable_progress_bars()
    right = {name: (split.rows, one.columns) for name, split in one.splits.items()}
    if there != right:
        said = f"it gives {shortened(str(there), _SHOWN)}, and the manifest says {shortened(str(right), _SHOWN)}"
        found.add("V024", said)
    return there == right
