"""Who takes part: the commands, the virtual environments they run in, what they read, and where their result lies."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PERMUTATIONS = 128

TEXT_DEDUP = ("text-dedup==0.4.1",)
DATATROVE = ("datatrove[io,processing]==0.10.1", "spacy>=3.8")
"""spaCy has the tokeniser of words that datatrove takes by default."""

OURS_SETTINGS = "[dedup]\nthreshold = {threshold}\n"

TEXT_DEDUP_SETTINGS = """[input]
input_type = "local_files"
file_type = "parquet"

[input.read_arguments]
path = "parquet"
data_files = "{parquet}/*.parquet"
split = "train"

[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_perm = {permutations}
threshold = {threshold}
ngram_size = 5
check_false_positive = true
num_proc = {workers}

[output]
output_dir = "out"

[debug]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """A folder of files, the same texts in a folder of Parquet files, and how they are to be deduplicated."""

    files: Path
    parquet: Path
    threshold: float
    workers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """Someone who takes part.

    `command` is run in a new folder, in which the file `settings` (name, text) lies. `kept` takes that folder and gives
    the paths of the documents that were kept; it is None where nothing is written. `why_not` says why it cannot run.
    """

    name: str
    work: str
    python: Path
    command: Sequence[str]
    settings: tuple[str, str] = ("none", "")
    kept: Callable[[Path], Iterable[str]] | None = None
    libraries: Sequence[str] = ()
    why_not: str | None = None

    def environment(self, folder: Path) -> Mapping[str, str]:
        """Variables of the command: caches are empty, nothing is downloaded, byte code is kept."""
        ours = {"PYTHONPATH": str(ROOT)} if self.python == Path(sys.executable) else {}
        others = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return {**others, **ours, "HF_HOME": str(folder / "huggingface"), "HF_HUB_OFFLINE": "1"}


def virtual_environment(place: Path, interpreter: Path, packages: Sequence[str]) -> str | None:
    """Make one with these packages unless it is there; what went wrong, or None."""
    if (place / "bin" / "python").exists():
        return None
    for command in (
        [str(interpreter), "-m", "venv", str(place)],
        [str(place / "bin" / "python"), "-m", "pip", "install", "-q", *packages],
    ):
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            return f"{' '.join(command)}: {error}"
        if done.returncode:
            shutil.rmtree(place, ignore_errors=True)  # half of one would be taken for whole the next time
            return f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr.strip()[-2000:]}"
    return None


def ours(corpus: Corpus) -> list[Contestant]:
    """The tool's commands on the files, and its deduplication alone on Parquet."""
    python = Path(sys.executable)
    settings = ("dataset-tools.toml", OURS_SETTINGS.format(threshold=corpus.threshold))
    tool = [str(python), "-m", "dataset_tools"]
    libraries = ("polars", "pyarrow", "numpy", "rensa", "pandera")
    build = Contestant(
        name="dataset-tools build",
        work="text files → checked against schema and rules, ids, deduplicated, Parquet with card and audit",
        python=python,
        command=[*tool, "build", str(corpus.files), "--out", "out", "--config", settings[0]],
        settings=settings,
        kept=lambda folder: _column(folder.glob("out/data/*.parquet"), "path"),
        libraries=libraries,
    )
    alone = Contestant(
        name="dataset-tools, deduplication alone",
        work="Parquet → fingerprints, candidates, exact comparison → Parquet",
        python=python,
        command=[
            *(str(python), "-m", "benchmarks.dedup.alone", str(corpus.parquet), "kept"),
            *(str(corpus.threshold), str(corpus.workers)),
        ],
        kept=lambda folder: _column(folder.glob("kept/*.parquet"), "path"),
        libraries=libraries,
    )
    dedup = Contestant(
        name="dataset-tools dedup",
        work="text files → checked as by build, deduplicated, shown as JSON",
        python=python,
        command=[*tool, "dedup", str(corpus.files), "--output-format", "json", "--config", settings[0]],
        settings=settings,
        libraries=libraries,
    )
    known = subprocess.run([*tool, "dedup", "--help"], capture_output=True, check=False, cwd=ROOT).returncode == 0
    return [alone, build, dedup] if known else [alone, build]


def text_dedup(corpus: Corpus, place: Path, why_not: str | None) -> Contestant:
    """text-dedup, its MinHash command, false positives removed."""
    settings = TEXT_DEDUP_SETTINGS.format(
        parquet=corpus.parquet, permutations=PERMUTATIONS, threshold=corpus.threshold, workers=corpus.workers
    )
    python = place / "bin" / "python"
    return Contestant(
        name="text-dedup",
        work=f"Parquet → {PERMUTATIONS} permutations, word 5-grams, threshold {corpus.threshold}, pairs verified "
        f"(`check_false_positive`), {corpus.workers} processes → Arrow",
        python=python,
        command=[str(python), "-m", "text_dedup.minhash"],
        settings=("config.toml", settings),
        kept=lambda folder: _arrow_column(folder.glob("out/*.arrow"), "path"),
        libraries=("text-dedup", "datasets", "polars", "pyarrow", "numpy"),
        why_not=why_not,
    )


def datatrove(corpus: Corpus, place: Path, why_not: str | None, *, normalisation: str) -> Contestant:
    """The MinHash pipeline of datatrove; `normalisation` is default, or kept for that of diacritics and digits off."""
    python = place / "bin" / "python"
    how = {"default": "", "kept": ", diacritics and digits kept"}[normalisation]
    return Contestant(
        name=f"datatrove{how}",
        work=f"Parquet → 14 buckets of 8 hashes, word 5-grams{how}, not verified, {corpus.workers} workers → Parquet",
        python=python,
        command=[
            *(str(python), str(HERE / "datatrove_minhash.py"), str(corpus.parquet), "out", "scratch"),
            *(str(corpus.workers), normalisation),
        ],
        kept=lambda folder: _column(folder.glob("out/*.parquet"), "id"),
        libraries=("datatrove", "spacy", "pyarrow", "numpy"),
        why_not=why_not,
    )


def versions(contestant: Contestant) -> str:
    """The interpreter and the libraries that make the speed, as they are installed."""
    code = (
        "import sys; from importlib.metadata import version; "
        "print('Python', sys.version.split()[0], *(f'{name} {version(name)}' for name in sys.argv[1:]), sep=', ')"
    )
    if contestant.why_not is not None:
        return "not installed"
    command = [str(contestant.python), "-c", code, *contestant.libraries]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip().replace("Python, ", "Python ") if done.returncode == 0 else "not known"


def _column(files: Iterable[Path], name: str) -> Iterable[str]:
    return [one for path in files for one in pq.ParquetFile(path).read([name])[name].to_pylist()]


def _arrow_column(files: Iterable[Path], name: str) -> Iterable[str]:
    return [one for path in files for one in pa.ipc.open_stream(path).read_all()[name].to_pylist()]
