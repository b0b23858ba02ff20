"""Every rule is broken by an example or a scenario, which says all that must be found, and not by a near good one.

In `tests/examples`, `CODE[_what]_bad.txt` is one file that breaks a rule, and the `.txt` that ends with `_good` a near
one that does not. `CODE[_what]_bad/` is a small corpus, with its own settings if it has any; where it has a `before/`,
the corpus is its `raw/`, and the settings name `published` as the dataset, which is built of `before/`. The `.issues`
beside it has a line for each issue: line:column or -, code, and, in a folder, path. What Git cannot hold everywhere is
a scenario, a function of this module. What can be wrong with a dataset that was built is in `tests/verification`.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import dataset_tools
from dataset_tools.model import Issue
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport
from tests.conftest import ROOT, CorpusFolder, article, new_id
from tests.verification.damage import DAMAGES, build_small, rewritten
from tests.verification.test_loading import with_a_column_that_datasets_does_not_know

EXAMPLES = ROOT / "tests" / "examples"
BAD = sorted(EXAMPLES.glob("*_bad.txt"))
FOLDERS = sorted(EXAMPLES.glob("*_bad"))
SETTINGS = "dataset-tools.toml"


def code_of(example: Path) -> str:
    return example.name.split("_")[0]


def expected(example: Path) -> list[str]:
    return example.with_suffix(".issues").read_text("utf-8").splitlines()


def of_file(example: Path, corpus: CorpusFolder) -> list[str]:
    corpus.add(example.read_bytes(), name_id="0123456789abcdef")
    report = dataset_tools.validate(corpus.folder, select=["DEFAULT", code_of(example)], ignore=["I004"])
    return [f"{place(one)} {one.code}" for one in report.issues]


def place(one: Issue) -> str:
    return "-" if one.line is None else f"{one.line}:{one.column}"


def lines(report: RunReport, root: Path) -> list[str]:
    """The issues as `.issues` files of folders have them; a path relative to the root, `.` for the root itself."""
    return [f"{place(one)} {one.code} {os.path.relpath(one.path or root, root)}" for one in report.issues]


@pytest.mark.parametrize("example", BAD, ids=lambda path: path.stem)
def test_a_bad_file_has_the_issues_that_stand_beside_it(example: Path, corpus: CorpusFolder) -> None:
    assert of_file(example, corpus) == expected(example)


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*_good.txt")), ids=lambda path: path.stem)
def test_a_near_file_does_not_break_the_rule(example: Path, corpus: CorpusFolder) -> None:
    assert [line for line in of_file(example, corpus) if line.endswith(code_of(example))] == []


@pytest.mark.parametrize("example", FOLDERS, ids=lambda path: path.name)
def test_a_bad_folder_has_the_issues_that_stand_beside_it(example: Path, tmp_path: Path) -> None:
    folder = tmp_path / "example"
    shutil.copytree(example, folder)
    settings = folder / SETTINGS if (folder / SETTINGS).exists() else None
    raw = folder
    if (folder / "before").exists():
        raw = folder / "raw"
        assert dataset_tools.build(folder / "before", folder / "published", config_file=settings).ok
    report = dataset_tools.validate(raw, config_file=settings, near=True, select=["DEFAULT", code_of(example)])
    assert lines(report, raw) == expected(example)


class Scenario(NamedTuple):
    """What must be found, and what makes it and looks for it."""

    issues: tuple[str, ...]
    run: Callable[[Path], RunReport]


SCENARIOS: list[Scenario] = []


def finds(*issues: str) -> Callable[[Callable[[Path], RunReport]], Callable[[Path], RunReport]]:
    """Say what a scenario must find; it gets an empty folder."""

    def register(run: Callable[[Path], RunReport]) -> Callable[[Path], RunReport]:
        SCENARIOS.append(Scenario(issues, run))
        return run

    return register


ONE, TWO = article(1), article(2)
FIRST, SECOND = f"000_{new_id(ONE)}.txt", f"001_{new_id(TWO)}.txt"


def put(raw: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(text, "utf-8")


@contextlib.contextmanager
def as_somebody_else() -> Iterator[None]:
    """Without the rights of root, who can read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@finds(f"- F005 {SECOND}")
def a_file_that_this_user_may_not_read(raw: Path) -> RunReport:
    put(raw, {FIRST: ONE, SECOND: TWO})
    dataset_tools.validate(raw)  # so that everything is imported while it can be read
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, contextlib.chdir(folder):  # pytest's own are private
        shared = Path(folder)
        shared.chmod(0o755)
        put(shared, {FIRST: ONE, SECOND: TWO})
        (shared / SECOND).chmod(0)
        with as_somebody_else():
            report = dataset_tools.validate(".")
    return report


@finds(f"- F006 {SECOND}")
def a_file_of_gigabytes_without_content(raw: Path) -> RunReport:
    put(raw, {FIRST: ONE, SECOND: TWO})
    os.truncate(raw / SECOND, 5 << 30)
    return dataset_tools.validate(raw)


@finds(f"- F008 {SECOND}", "- F008 sâu/002_0123456789abcdef.txt")
def links_that_leave_the_corpus(raw: Path) -> RunReport:
    put(raw, {FIRST: ONE, f"../{SECOND}": TWO})
    (raw / SECOND).symlink_to(f"../{SECOND}")
    (raw / "sâu").mkdir()
    (raw / "sâu" / "002_0123456789abcdef.txt").symlink_to("/etc/hostname")
    return dataset_tools.validate(raw)


@finds("- F009 001_0123456789abcdef.txt", "- F009 002_0123456789abcdef.txt")
def links_that_lead_nowhere_or_to_themselves(raw: Path) -> RunReport:
    put(raw, {FIRST: ONE})
    (raw / "001_0123456789abcdef.txt").symlink_to("nowhere.txt")
    (raw / "002_0123456789abcdef.txt").symlink_to("002_0123456789abcdef.txt")
    return dataset_tools.validate(raw)


@finds("- F010 ống.txt")
def a_pipe_that_is_named(raw: Path) -> RunReport:
    os.mkfifo(raw / "ống.txt")
    return dataset_tools.validate(raw / "ống.txt")


@finds("- F010 001_0123456789abcdef.txt")
def a_link_to_a_pipe(raw: Path) -> RunReport:
    put(raw, {FIRST: ONE})
    os.mkfifo(raw / "ống")
    (raw / "001_0123456789abcdef.txt").symlink_to("ống")
    return dataset_tools.validate(raw)


@finds("- F011 ngoài", "- F011 vòng")
def links_to_a_folder_outside_and_to_the_corpus_itself(raw: Path) -> RunReport:
    put(raw, {FIRST: ONE, "../xa/001_0123456789abcdef.txt": TWO})
    (raw / "ngoài").symlink_to("../xa")
    (raw / "vòng").symlink_to(".")
    return dataset_tools.validate(raw)


@finds("- F012 .")
def an_empty_folder(raw: Path) -> RunReport:
    return dataset_tools.validate(raw)


def in_two_folders(raw: Path, one: str, other: str) -> RunReport:
    put(raw, {f"{one}/{FIRST}": ONE, f"{other}/{FIRST}": ONE, SECOND: TWO})
    if len(os.listdir(raw)) < 3:
        pytest.skip("this file system takes the two names for one")
    return dataset_tools.validate(raw)


@finds(f"- F013 Chợ/{FIRST}", f"- D001 chợ/{FIRST}", f"- F013 chợ/{FIRST}")
def folders_that_differ_in_case(raw: Path) -> RunReport:
    return in_two_folders(raw, "Chợ", "chợ")


@finds(f"- F013 che\u0302\u0301/{FIRST}", f"- D001 chế/{FIRST}", f"- F013 chế/{FIRST}")
def folders_that_differ_in_unicode_form(raw: Path) -> RunReport:
    return in_two_folders(raw, "che\u0302\u0301", "chế")


@finds(f"- F014 {SECOND}", f"- I001 {SECOND}")
def two_names_of_one_file(raw: Path) -> RunReport:
    put(raw, {FIRST: ONE})
    (raw / SECOND).hardlink_to(raw / FIRST)
    return dataset_tools.validate(raw)


def built(raw: Path, settings: str) -> RunReport:
    put(raw, {FIRST: ONE, SECOND: TWO, f"../{SETTINGS}": settings})
    return dataset_tools.build(raw, raw.parent / "dist", config_file=raw.parent / SETTINGS)


@finds(f"- D004 {SECOND}")
def a_file_that_another_dataset_has_published(raw: Path) -> RunReport:
    put(raw, {SECOND: TWO})
    assert dataset_tools.build(raw, raw.parent / "published").ok
    put(raw, {FIRST: ONE})
    return dataset_tools.validate(raw, against=str(raw.parent / "published"), ignore=["B004"])


@finds(f"- D004 {FIRST}")
def a_near_copy_of_a_file_that_another_dataset_has_published(raw: Path) -> RunReport:
    near = ONE.replace("x79", "x79 nữa")
    put(raw, {f"000_{new_id(near)}.txt": near})
    assert dataset_tools.build(raw, raw.parent / "published").ok
    shutil.rmtree(raw)
    put(raw, {FIRST: ONE, SECOND: TWO})
    return dataset_tools.validate(raw, against=str(raw.parent / "published"))


@finds("- P001 .", "- P002 .")
def a_dataset_about_which_nothing_is_said(raw: Path) -> RunReport:
    return built(raw, "")


@finds("- P001 .")
def a_dataset_with_a_language_and_no_license(raw: Path) -> RunReport:
    return built(raw, '[card]\nlanguage = ["vi"]\n')


@finds("- P003 .")
def a_split_too_small_for_two_documents(raw: Path) -> RunReport:
    return built(raw, '[split]\ntest = 0.000001\n[card]\nlanguage = ["vi"]\nlicense = "cc0-1.0"\n')


@finds("- P004 .")
def splits_of_a_dataset_whose_near_duplicates_stay(raw: Path) -> RunReport:
    return built(raw, '[split]\ntest = 0.5\n[dedup]\nnear = false\n[card]\nlanguage = ["vi"]\nlicense = "cc0-1.0"\n')


@finds("- P005 ../dist")
def a_dataset_without_a_document_of_its_corpus(raw: Path) -> RunReport:
    settings = '[card]\nlanguage = ["vi"]\nlicense = "cc0-1.0"\n'
    assert built(raw, settings).ok
    data = next((raw.parent / "dist" / "data").iterdir())
    rewritten(data, lambda table: table.slice(1))
    config = raw.parent / SETTINGS
    return dataset_tools.build(raw, raw.parent / "dist", config_file=config, check=True)


@finds("- V024 .")
def a_dataset_that_datasets_does_not_load(raw: Path) -> RunReport:
    dist = build_small(raw.parent / "small")
    shutil.rmtree(raw)
    return with_a_column_that_datasets_does_not_know(dist.rename(raw))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.run.__name__)
def test_a_scenario_has_the_issues_that_it_says(scenario: Scenario, tmp_path: Path) -> None:
    raw = tmp_path / "scenario" / "raw"
    raw.mkdir(parents=True)
    report = scenario.run(raw)
    root = raw if all(Path(one.path or "").is_absolute() for one in report.issues) else Path()
    assert lines(report, root) == list(scenario.issues)


def raised(issues: Iterable[str]) -> set[str]:
    return {line.split()[1] for line in issues}


def test_every_rule_of_the_catalogue_is_raised_by_some_example_or_scenario() -> None:
    found = {code for example in (*BAD, *FOLDERS) for code in raised(expected(example))}
    found |= {code for scenario in SCENARIOS for code in raised(scenario.issues)}
    found |= {code for damage in DAMAGES for code in damage.codes}
    assert found == set(RULES)


@pytest.mark.parametrize("example", [*BAD, *FOLDERS], ids=lambda path: path.name)
def test_an_example_breaks_the_rule_that_it_is_named_after(example: Path) -> None:
    assert code_of(example) in raised(expected(example))


def test_every_bad_file_has_a_near_good_one_and_no_issues_are_left_over() -> None:
    good = {path.name for path in EXAMPLES.glob("*_good.txt")}
    assert {path.name.replace("_bad.txt", "_good.txt") for path in BAD} == good
    assert {path.stem for path in EXAMPLES.glob("*.issues")} == {path.stem for path in (*BAD, *FOLDERS)}


def test_there_are_enough_bad_files() -> None:
    assert len(BAD) + len(FOLDERS) >= 60
