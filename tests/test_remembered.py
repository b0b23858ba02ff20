"""The report of a check that was made before: it comes back where nothing has changed, and nowhere else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import dataset_tools
from dataset_tools import pipeline
from dataset_tools.config import load
from dataset_tools.model import UserError
from dataset_tools.run_report import RunReport
from tests.conftest import CorpusFolder, article

SCHEMA = "schema.yaml"
Check = Callable[[], RunReport]


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all files were written long ago; their inode times cannot be set."""
    monkeypatch.setattr("dataset_tools.stamps.SETTLED", 0)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each run that looks at the files themselves."""
    real, counted = pipeline.validate, []

    def validate(*arguments: object, **named: object) -> RunReport:
        counted.append(len(counted))
        return real(*arguments, **named)

    monkeypatch.setattr(pipeline, "validate", validate)
    return counted


@pytest.fixture
def project() -> CorpusFolder:
    """The current folder: articles, of which two are the same, metadata, a schema, settings, and what was built."""
    raw = CorpusFolder(Path("raw"))
    for number in range(4):
        raw.add(article(number))
    raw.add(article(2))
    ids = sorted({path.stem.partition("_")[2] for path in raw.folder.iterdir()})
    (raw.folder / "metadata.csv").write_text("id,nguồn\n" + "".join(f"{one},báo\n" for one in ids), "utf-8")
    built_in = Path(dataset_tools.__file__).parent / "schemas" / "article.yaml"
    Path(SCHEMA).write_bytes(built_in.read_bytes())
    Path("dataset-tools.toml").write_text(f'schema = "{SCHEMA}"\n', "utf-8")
    assert dataset_tools.build().ok
    return raw


def change_content(raw: CorpusFolder) -> None:
    path = sorted(raw.folder.glob("*.txt"))[0]
    status = path.stat()
    path.write_bytes(path.read_bytes().replace(b"0x1 ", b"0x9 "))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # all that a program can set is as before


def rename(raw: CorpusFolder) -> None:
    path = sorted(raw.folder.glob("*.txt"))[0]
    path.rename(path.with_name("9" + path.name))


def exchange_names(raw: CorpusFolder) -> None:
    one, other, *_ = sorted(raw.folder.glob("*.txt"))
    one.rename("kept")
    other.rename(one)
    Path("kept").rename(other)


def change_schema(_: CorpusFolder) -> None:
    text = Path(SCHEMA).read_text("utf-8")
    assert "max_value: 500" in text
    Path(SCHEMA).write_text(text.replace("max_value: 500", "max_value: 3"), "utf-8")


def change_metadata(raw: CorpusFolder) -> None:
    (raw.folder / "metadata.csv").write_text("id,nguồn\n0123456789abcdef,báo\n", "utf-8")


def damage_dataset(_: CorpusFolder) -> None:
    next(Path("dist/data").iterdir()).write_bytes(b"no Parquet")


CHANGES: dict[str, Callable[[CorpusFolder], object]] = {
    "content": change_content,
    "a new file": lambda raw: raw.add(article(9)),
    "a file less": lambda raw: sorted(raw.folder.glob("*.txt"))[0].unlink(),
    "a name": rename,
    "names exchanged": exchange_names,
    "another file": lambda raw: (raw.folder / "note.md").write_text("", "utf-8"),
    "the schema": change_schema,
    "the metadata": change_metadata,
    "no metadata": lambda raw: (raw.folder / "metadata.csv").unlink(),
    "the dataset": damage_dataset,
    "no dataset": lambda _: shutil.rmtree("dist"),
    "a build that was killed": lambda _: Path("dist").rename(".dist.previous"),
    "settings": lambda _: Path("dataset-tools.toml").write_text(f'schema = "{SCHEMA}"\nignore = ["T"]\n', "utf-8"),
}


def outcome(**named: object) -> RunReport | str:
    try:
        return dataset_tools.validate(**named)
    except UserError as error:
        return str(error)


@pytest.mark.parametrize("near", [False, True])
def test_what_has_not_changed_is_not_looked_at_again(near: bool, project: CorpusFolder, runs: list[int]) -> None:
    first = dataset_tools.validate(near=near)
    assert [one.code for one in first.issues] == ["D001"]
    assert first.ids
    assert first.metadata
    assert dataset_tools.validate(near=near) == first
    assert len(runs) == 1
    assert dataset_tools.validate(near=near, cache=False) == first
    assert len(runs) == 2


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_heeded(what: str, project: CorpusFolder, runs: list[int]) -> None:
    dataset_tools.validate()
    CHANGES[what](project)
    assert outcome() == outcome(cache=False)
    assert len(runs) == 3


def test_a_change_of_the_code_is_heeded(
    project: CorpusFolder, runs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset_tools.validate()
    monkeypatch.setattr("dataset_tools.remembered.of_everything", lambda: "another version")
    dataset_tools.validate()
    assert len(runs) == 2


OTHERS: dict[str, Check] = {
    "near": lambda: dataset_tools.validate(near=True),
    "strict": lambda: dataset_tools.validate(strict=True),
    "threshold": lambda: dataset_tools.validate(near=True, threshold=0.5),
    "rules": lambda: dataset_tools.validate(ignore=["T"]),
    "a file": lambda: dataset_tools.validate(sorted(Path("raw").glob("*.txt"))[0]),
    "two files": lambda: dataset_tools.validate(*sorted(Path("raw").glob("*.txt"))[:2]),
    "out": lambda: dataset_tools.validate(out="dist"),
    "contents": lambda: dataset_tools.validate(contents={"raw/a.txt": b"x"}),
    "against": lambda: dataset_tools.validate(against="dist"),
}


def test_each_question_has_its_own_answer(project: CorpusFolder) -> None:
    assert load().cache is not None
    fresh = [check() for check in OTHERS.values()]
    assert [check() for check in OTHERS.values()] == fresh
    shutil.rmtree(str(load().cache))
    assert [check() for check in reversed(OTHERS.values())] == fresh[::-1]


def test_paths_are_those_of_the_folder_that_it_is_called_from(
    project: CorpusFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = dataset_tools.validate(project.folder)
    monkeypatch.chdir("raw")
    there = dataset_tools.validate(Path())
    assert here.issues[-1].path == f"raw/{there.issues[-1].path}"


@pytest.mark.parametrize("what", ["a link", "schema.py", "schema.PY", "against", "rehash", "just written"])
def test_where_a_change_could_go_unseen_all_is_looked_at(
    what: str, project: CorpusFolder, runs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    named: dict[str, object] = {}
    if what == "a link":
        Path("elsewhere").write_text(article(9), "utf-8")
        (project.folder / "999_0123456789abcdef.txt").symlink_to(Path("elsewhere").absolute())
    elif what.startswith("schema"):
        Path(what).write_text(
            "import pandera.polars as pa\nschema = pa.DataFrameSchema({'title': pa.Column(str)})\n", "utf-8"
        )
        named["schema"] = what
    elif what == "against":
        named["against"] = "dist"
    elif what == "rehash":
        named["rehash"] = True
    else:
        monkeypatch.setattr("dataset_tools.stamps.SETTLED", 3600 * 10**9)
    for _ in range(2):
        dataset_tools.validate(**named)
    assert len(runs) == 2


def test_what_is_damaged_counts_as_not_there(project: CorpusFolder, runs: list[int]) -> None:
    first = dataset_tools.validate()
    (kept,) = Path(".dataset-tools-cache").glob("report-*.json")
    data = kept.read_bytes()
    for number in range(0, len(data), 97):
        kept.write_bytes(data[:number] + bytes([data[number] ^ 1]) + data[number + 1 :])
        assert dataset_tools.validate() == first, number
        assert len(runs) == 2 + number // 97
    kept.unlink()
    os.mkfifo(kept)
    assert dataset_tools.validate() == first


def test_the_command_imports_nothing_that_looks_at_texts(project: CorpusFolder) -> None:
    code = (
        "import sys; from dataset_tools import stamps; stamps.SETTLED = 0; from dataset_tools.cli import main\n"
        "try: main()\n"
        "finally: print(sorted({'polars', 'pyarrow', 'numpy', 'pandera', 'datasets'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, "validate", "-q"]
    outputs = [subprocess.run(command, capture_output=True, text=True, check=False).stdout for _ in range(2)]
    first, second = (output.rpartition("[") for output in outputs)
    assert first[0] == second[0] != ""
    assert "polars" in first[2]
    assert second[2] == "]\n"


def test_a_dataset_that_a_killed_build_has_left_aside_is_seen(project: CorpusFolder, runs: list[int]) -> None:
    Path("dist").rename("aside")
    dataset_tools.validate()
    Path("aside").rename(".dist.previous")
    assert dataset_tools.validate() == dataset_tools.validate(cache=False)
    assert len(runs) == 3
