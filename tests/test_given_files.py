"""Some files of a folder, given by name: what is said of them is what a check of the whole folder says of them."""

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools.model import Issue
from tests.conftest import CorpusFolder, article, new_id

NAMES_ANOTHER = {"D001", "D002", "D003", "F014", "I006", "T007"}
"""Rules whose message names the document that another one is compared with; both are concerned."""


def about(issues: tuple[Issue, ...], paths: list[Path]) -> list[tuple[str, str | None, str]]:
    """Those that are about one of these files, on their own path or in the message."""
    names = {path.name for path in paths}
    return [
        (one.code, one.path, one.message)
        for one in issues
        if Path(one.path or "").name in names or (one.code in NAMES_ANOTHER and any(n in one.message for n in names))
    ]


def said(issues: tuple[Issue, ...]) -> list[tuple[str, str | None, str]]:
    return [(one.code, one.path, one.message) for one in issues]


@pytest.fixture
def folder(corpus: CorpusFolder) -> dict[str, Path]:
    """A corpus in which every rule about several documents is broken by a pair of its own."""
    near = article(4).split()
    return {
        "kept": corpus.add(article(1)),
        "identical": corpus.add(article(1)),
        "same text": corpus.add(article(1).upper()),
        "of near": corpus.add(article(4)),
        "near": corpus.add(" ".join([*near[:4], *near[5:]]).replace(" ", "\n", 3)),
        "first of id": corpus.add(article(6)),
        "second of id": corpus.add(article(7), name_id=new_id(article(6))),
        "title": corpus.add("Giá vàng\n" + article(8)),
        "same title": corpus.add("Giá vàng\n" + article(9)),
        "alone": corpus.add(article(10)),
    }


@pytest.mark.parametrize(
    ("one", "codes"),
    [
        ("kept", ["D001", "D002"]),
        ("identical", ["D001"]),
        ("same text", ["D002"]),
        ("of near", ["D003"]),
        ("near", ["D003"]),
        ("first of id", ["I002"]),
        ("second of id", ["I001", "I002"]),
        ("title", ["T007"]),
        ("same title", ["T007"]),
        ("alone", []),
    ],
)
@pytest.mark.parametrize("cache", [True, False])
def test_one_file_is_compared_with_all_others_of_its_folder(
    one: str, codes: list[str], cache: bool, folder: dict[str, Path]
) -> None:
    raw = folder[one].parent
    whole = dataset_tools.validate(raw, near=True, select=["I", "D", "T007"], cache=cache)
    report = dataset_tools.validate(folder[one], near=True, select=["I", "D", "T007"], cache=cache)
    assert [issue.code for issue in report.issues] == codes
    assert said(report.issues) == about(whole.issues, [folder[one]])
    assert (report.checked, report.ids[0].total) == (1, 1)
    assert report.ids[0].explained == (one != "second of id")


def test_errors_of_other_files_are_not_reported_and_do_not_count(folder: dict[str, Path]) -> None:
    report = dataset_tools.validate(folder["alone"])
    assert (report.issues, report.exit_code) == ((), 0)
    assert dataset_tools.validate(folder["alone"].parent).exit_code == 1


def test_files_of_a_published_dataset_are_compared_with_it_and_with_their_folder(
    folder: dict[str, Path], make_corpus, tmp_path: Path
) -> None:
    old = make_corpus("old")
    old.add(article(10))
    old.add(article(4))
    out = tmp_path / "published"
    assert dataset_tools.build(old.folder, out).ok
    raw = folder["alone"].parent
    whole = dataset_tools.validate(raw, against=out)
    for name, codes in (("alone", ["D004"]), ("near", ["D004"]), ("identical", ["D001"])):
        report = dataset_tools.validate(folder[name], against=out, select=["I", "D"])
        assert [one.code for one in report.issues] == codes
        assert said(report.issues) == [one for one in about(whole.issues, [folder[name]]) if one[0][0] in "ID"]
        assert [Path(one.path).name for one in report.published] == [folder[name].name] * (codes == ["D004"])
    assert pq.read_table(out / "data").num_rows == 2


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_files_that_the_cache_knows_load_neither_pandera_nor_pandas_and_start_no_worker(
    folder: dict[str, Path], tmp_path: Path
) -> None:
    dataset_tools.validate(folder["alone"].parent)
    code = f"""
import sys
from multiprocessing import forkserver
from dataset_tools import running
from dataset_tools.cli import main
running.PARALLEL_BYTES = 0
sys.argv = ["dataset-tools", "validate", "--jobs", "2", {str(folder["alone"])!r}]
try:
    main()
except SystemExit as stop:
    assert stop.code == 0
print([name for name in ("pandas", "pandera", "datasets") if name in sys.modules])
print(forkserver._forkserver._forkserver_pid)
"""
    assert run(code).splitlines()[-2:] == ["[]", "None"]


def in_a_process(*arguments: str, after: str = "") -> list[str]:
    """What a command prints, and after it other code in the same process."""
    code = f"""
import sys
from dataset_tools.cli import main
sys.argv = ["dataset-tools", *{arguments!r}]
try:
    main()
except SystemExit as stop:
    assert stop.code in (0, 1), stop.code
{after}
"""
    return run(code).splitlines()


NEEDLESS = (
    *("pandas", "datasets", "filelock", "pyarrow.parquet", "pandera.strategies.pandas_strategies"),
    *("dataset_tools.building", "dataset_tools.parcel", "dataset_tools.stages.package", "dataset_tools.dedup_report"),
    *("dataset_tools.against.documents", "dataset_tools.schema.python_file", "dataset_tools.formats.sarif"),
)
"""What only a build, a published dataset, a schema in Python or another format needs."""


def test_files_that_were_changed_are_held_to_the_schema_with_no_needless_import(folder: dict[str, Path]) -> None:
    dataset_tools.validate(folder["alone"].parent)
    folder["alone"].write_text("\n" + folder["alone"].read_text("utf-8"), "utf-8")
    *report, loaded = in_a_process(
        *("validate", "--output-format", "concise", str(folder["alone"])),
        after=f"print([name for name in {('pandera', 'polars', *NEEDLESS)!r} if name in sys.modules])",
    )
    assert any(" T001 " in line for line in report)
    assert loaded == "['pandera', 'polars']"


def test_a_schema_in_python_may_use_pandas_and_all_of_pandera(corpus: CorpusFolder, tmp_path: Path) -> None:
    schema = tmp_path / "article.py"
    schema.write_text(
        "import pandas as pd\nimport pandera.pandas\nimport pandera.polars as pa\n"
        "known = pandera.pandas.DataFrameSchema({}).validate(pd.DataFrame({'title': ['Chợ']}))\n"
        "schema = pa.DataFrameSchema({'title': pa.Column(str, pa.Check.isin(list(known['title'])))})\n",
        "utf-8",
    )
    corpus.add("Chợ\n" + article(1))
    bad = corpus.add("Núi\n" + article(2))
    report = in_a_process("validate", "--schema", str(schema), "--output-format", "concise", str(corpus.folder))
    (said,) = [line for line in report if " S001 " in line]
    assert bad.name in said
    assert "does not pass isin(['Chợ'])" in said


def test_a_build_has_pandas_for_datasets_but_not_for_pandera(corpus: CorpusFolder, tmp_path: Path) -> None:
    corpus.add(article(1))
    *_, loaded = in_a_process(
        *("build", "--quiet", str(corpus.folder), "--out", str(tmp_path / "dist")),
        after="print([name for name in ('pandera', 'pandas', 'pandera.engines.pandas_engine') if name in sys.modules])",
    )
    assert loaded == "['pandera', 'pandas']"


def test_after_work_without_pandas_who_asks_arrow_for_a_table_of_pandas_gets_one() -> None:
    code = """
import sys
from dataset_tools.processes import without_pandas
with without_pandas():
    import pyarrow as pa
    table = pa.table({"a": [1, 2]})
print("pandas" in sys.modules, table.to_pandas().shape, "pandas" in sys.modules)
"""
    assert run(code) == "False (2, 1) True\n"


PIECES = ["một hai ba bốn năm sáu", "bảy tám chín mười mười một", "núi sông biển trời mây gió", "Chợ nổi", "chợ  nổi"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4), min_size=2, max_size=8),
    wrong=st.sets(st.integers(0, 7), max_size=2),
    chosen=st.sets(st.integers(0, 7), min_size=1, max_size=3),
    policy=st.sampled_from(["first", "longest"]),
)
def test_any_files_of_any_folder_get_what_a_check_of_the_folder_says_of_them(
    texts: list[list[str]], wrong: set[int], chosen: set[int], policy: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = CorpusFolder(tmp_path_factory.mktemp("any") / "raw")
    bodies = ["\n".join([pieces[0], *pieces]) + "\n" for pieces in texts]
    paths = [folder.add(body, name_id="0" * 16 if number in wrong else None) for number, body in enumerate(bodies)]
    given_paths = sorted({paths[number % len(paths)] for number in chosen})
    config = folder.folder.parent / "dataset-tools.toml"
    config.write_text(f'[dedup]\npolicy = "{policy}"\nthreshold = 0.4\n', "utf-8")
    whole = dataset_tools.validate(folder.folder, near=True, config_file=config)
    some = dataset_tools.validate(*given_paths, near=True, config_file=config)
    of_files = tuple(one for one in some.issues if Path(one.path or "") != folder.folder)
    assert said(of_files) == about(whole.issues, given_paths)
    assert some.checked == len(given_paths)
