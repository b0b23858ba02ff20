"""What finds a damage of a dataset: `verify`, `datasets` with all its checks, and mlcroissant where it is installed.

    python -m benchmarks.damage

prints the table of docs/verify.md, where each damage is done to a copy of a small dataset, and then what becomes of
single bits that are flipped in the data of dist/. A test runs the rows of the table.
"""

import importlib.util
import random
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import datasets

import dataset_tools
from tests.verification.damage import DAMAGES, TRAIN, Damage, build_small, flip

PASSES, LOADS, REFUSES = "passes it", "loads it", "refuses it"

VERIFY, DATASETS, MLCROISSANT = "`verify`", '`load_dataset(verification_mode="all_checks")`', "`mlcroissant validate`"


def by_verify(dist: Path) -> str:
    """The rules that are broken."""
    return ", ".join(sorted({one.code for one in dataset_tools.verify(dist).issues})) or PASSES


def by_datasets(dist: Path) -> str:
    """Whether `datasets` loads all splits of a folder that way in which it checks most."""
    with tempfile.TemporaryDirectory() as cache:
        try:
            datasets.load_dataset(str(dist), verification_mode="all_checks", cache_dir=cache)
        except Exception:
            return REFUSES
    return LOADS


def by_mlcroissant(dist: Path) -> str:
    """Whether mlcroissant takes the metadata as valid."""
    with warnings.catch_warnings(action="ignore"):  # of the libraries that it is made of
        import mlcroissant

        try:
            mlcroissant.Dataset(jsonld=dist / "croissant.json")
        except (mlcroissant.ValidationError, ValueError):
            return REFUSES
    return PASSES


CHECKS = {VERIFY: by_verify, DATASETS: by_datasets} | (
    {MLCROISSANT: by_mlcroissant} if importlib.util.find_spec("mlcroissant") else {}
)
"""What looks for damages, by what it is called in the table."""


def row(small: Path, damage: Damage) -> dict[str, str]:
    """What each makes of a damage."""
    with tempfile.TemporaryDirectory() as folder:
        dist = Path(shutil.copytree(small, Path(folder) / "dist"))
        damage.do(dist)
        return {name: found_by(dist) for name, found_by in CHECKS.items()}


def table(small: Path) -> Iterator[str]:
    """The lines of the table."""
    heads = ["what was done", *CHECKS]
    rows = [heads, ["---"] * len(heads), *([damage.what, *row(small, damage).values()] for damage in DAMAGES)]
    yield from (f"| {' | '.join(cells)} |" for cells in rows)


def flipped_bits(example: Path, places: int) -> str:
    """How many flipped bits in the larger data file are found, each in a copy of its own."""
    size = (example / TRAIN).stat().st_size
    found = [0, 0]
    for at in random.Random(1).sample(range(size), places):
        with tempfile.TemporaryDirectory() as folder:
            dist = Path(shutil.copytree(example, Path(folder) / "dist"))
            flip(dist / TRAIN, at)
            found[0] += by_verify(dist) != PASSES
            found[1] += by_datasets(dist) == REFUSES
    return f"Of {places} bits, each flipped alone, verify finds {found[0]}, and datasets {found[1]}."


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as work:
        print("\n".join(table(build_small(Path(work)))))
    print(flipped_bits(Path(__file__).parent.parent / "dist", 200))
