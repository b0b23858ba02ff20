"""The structure of the code: imports run one way, and heavy libraries load late."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "dataset_tools"

LAYERS = [
    ["text", "globs", "processes", "encodings", "stamps", "versions"],
    ["light"],
    ["model", "hub"],
    ["run_report"],
    [
        "rules",
        "recipes",
        "units",
        "manifest",
        "spool",
        "columns",
        "content",
        "file_names",
        "cache",
        "dedup_report",
        "diff_report",
        "ids_report",
        "add_report",
        "init_report",
        "push_report",
        "changed",
        "neighbours",
    ],
    ["values", "segments", "placing", "staging"],
    ["settings"],
    ["config", "schema", "engines"],
    ["stages", "formats"],
    ["corpora", "remembered"],
    ["prepare", "published", "against", "report", "sidecar", "fixes"],
    ["known", "parcel", "metadata", "verification", "naming", "looking"],
    ["preparation"],
    ["identification", "distinct", "clusters", "difference", "recall", "cluster"],
    ["findings", "running", "comparison", "publishing"],
    ["building"],
    ["pipeline", "duplicates", "ids", "arrivals", "loading"],
    ["validation"],
    ["checking", "incoming", "setting_up", "mending", "html_report"],
    ["api"],
    ["cli"],
]
"""From the leaves up; a module may import what stands above it in this list, and the rest of its own folder."""

ABOVE = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or not path.name.startswith("__"))


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dataset_tools"):
            if node.module == "dataset_tools":
                names += [f"dataset_tools.{alias.name}" for alias in node.names]
            else:
                names.append(node.module)
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names if alias.name.startswith("dataset_tools")]
    return [name for name in names if name != "dataset_tools.__version__"]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    home = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for name in imported(path):
        other = name.split(".")[1]
        assert other == home or ABOVE[other] < ABOVE[home], f"{path.name} imports {name}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "stages").glob("*.py")), ids=lambda path: path.stem)
def test_stages_never_import_each_other(path: Path) -> None:
    assert not [name for name in imported(path) if name.startswith("dataset_tools.stages")]


@pytest.mark.parametrize("path", [p for p in modules() if "cli" not in p.parts], ids=lambda path: path.stem)
def test_only_the_command_line_knows_typer_and_rich(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [name for name in names if name.split(".")[0] in ("typer", "rich")]


HEAVY = ("pandera", "polars", "pyarrow", "datasets", "numpy", "pandas")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        *(
            [name, "--help"]
            for name in ("build", "validate", "verify", "dedup", "diff", "ids", "add", "init", "report", "push")
        ),
    ],
)
def test_help_and_version_load_no_heavy_library(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["dataset-tools", *{arguments!r}]
from dataset_tools.cli import main
try:
    main()
except SystemExit as stop:
    assert stop.code == 0, stop.code
print("loaded:", [name for name in {HEAVY!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("loaded: []\n")


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, dataset_tools; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_modules_stay_short() -> None:
    long = {path.name: len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > 350} == {}
