"""Which rules are in force, which are errors, and the catalogue as text."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.cli import app
from dataset_tools.formats import RENDERERS
from dataset_tools.model import Severity
from dataset_tools.rules import GROUPS, RULES, issue, rule_policy
from dataset_tools.rules.page import explained, page
from tests.conftest import ROOT, CorpusFolder, article

ERROR, WARNING = Severity
ALWAYS = {code for code, rule in RULES.items() if rule.always}


@pytest.fixture
def residue(corpus: CorpusFolder) -> Path:
    corpus.add(article(1) + "![]() |\n")
    corpus.add(article(2) + "| a | |\nchữ\u200bchữ\n")
    return corpus.folder


def codes(report: dataset_tools.RunReport) -> list[str]:
    return [one.code for one in report.issues]


def test_all_but_the_rules_that_are_off_by_default_are_in_force_unless_something_is_said(residue: Path) -> None:
    assert rule_policy(RULES).off == {code for code, rule in RULES.items() if not rule.default}
    assert codes(dataset_tools.validate(residue)) == ["W001", "W002", "U002"]


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ({"ignore": ["W001"]}, ["W002", "U002"]),
        ({"ignore": ["W"]}, ["U002"]),
        ({"ignore": ["table-row", "u002"]}, ["W001"]),
        ({"ignore": ["W001,W002"]}, ["U002"]),
        ({"select": ["W"]}, ["W001", "W002"]),
        ({"select": ["W"], "ignore": ["W002"]}, ["W001"]),
    ],
)
def test_select_and_ignore_take_codes_beginnings_and_names(options: dict, left: list[str], residue: Path) -> None:
    assert codes(dataset_tools.validate(residue, **options)) == left


def test_ignore_of_a_call_adds_to_that_of_the_settings(residue: Path) -> None:
    Path("dataset-tools.toml").write_text('ignore = ["W001"]', "utf-8")
    assert codes(dataset_tools.validate(residue)) == ["W002", "U002"]
    assert codes(dataset_tools.validate(residue, ignore=["U"])) == ["W002"]


def test_what_is_ignored_is_not_in_the_audit_either_and_strict_does_not_count_it(residue: Path) -> None:
    report = dataset_tools.build(residue, "dist", ignore=["W", "U", "P"], strict=True)
    assert (report.ok, codes(report)) == (True, [])


def test_an_error_that_is_ignored_lets_the_file_in(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(2), name_id="0" * 16)
    assert not dataset_tools.build(corpus.folder, "dist").ok
    assert dataset_tools.build(corpus.folder, "dist", ignore=["I001"]).ok


@pytest.mark.parametrize("word", sorted(ALWAYS))
def test_what_nothing_can_do_without_cannot_be_ignored(word: str) -> None:
    with pytest.raises(dataset_tools.UserError, match="cannot be ignored"):
        rule_policy(RULES, ignore=[word])
    assert not ALWAYS & rule_policy(RULES, select=["W"], ignore=[word[0]]).off


@pytest.mark.parametrize(("word", "hint"), [("W0001", "did you mean W001?"), ("tabel-row", "did you mean table-row?")])
def test_what_is_no_rule_is_refused_with_the_nearest(word: str, hint: str) -> None:
    with pytest.raises(dataset_tools.UserError, match="is no rule") as raised:
        rule_policy(RULES, ignore=[word])
    assert raised.value.hint.startswith(hint)


def test_the_page_of_rules_is_what_the_catalogue_says() -> None:
    assert (ROOT / "docs" / "rules.md").read_text("utf-8") == page(GROUPS)


def test_rule_lists_and_explains() -> None:
    runner = CliRunner()
    listed = runner.invoke(app, ["rule"]).stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(RULES)
    by_code, by_name = (runner.invoke(app, ["rule", word]).stdout for word in ("w003", "headline-tail"))
    assert by_code == by_name
    assert by_code == explained(RULES["W003"])
    unknown = runner.invoke(app, ["rule", "X1"])
    assert (unknown.exit_code, unknown.stderr.splitlines()[0]) == (2, "error: 'X1' is no rule")


def settings_file(text: str) -> None:
    Path("dataset-tools.toml").write_text(text, "utf-8")


def severities(report: dataset_tools.RunReport) -> dict[str, str]:
    return {one.code: one.severity.value for one in report.issues}


class TestAPathWhereARuleIsIgnored:
    @pytest.fixture
    def archive(self, corpus: CorpusFolder) -> Path:
        corpus.add(article(1) + "![]() |\n")
        corpus.add(article(2) + "![]() |\n| a | |\n", below="archive/2020")
        corpus.add(article(3) + "| a | |\n", below="archived")
        return corpus.folder

    @pytest.mark.parametrize(
        ("table", "left"),
        [
            ("'archive/**' = ['W']", ["W001", "W002"]),
            ("'archive/**' = 'W001, table-row'", ["W001", "W002"]),
            ("'archive/**' = ['W001']", ["W001", "W002", "W002"]),
            ("'archive/*' = ['W']", ["W001", "W002", "W001", "W002"]),
            ("'archive*/**' = ['W002']\n'[0-9]*' = ['W001']", ["W001"]),
            ("'**' = ['ALL']", []),
        ],
    )
    def test_has_no_issue_of_it_and_others_keep_theirs(self, table: str, left: list[str], archive: Path) -> None:
        settings_file(f"[per_path_ignore]\n{table}")
        assert sorted(codes(dataset_tools.validate(archive))) == sorted(left)

    def test_is_below_the_root_whatever_is_named_in_the_call(self, archive: Path) -> None:
        settings_file(f"raw = '{archive}'\n[per_path_ignore]\n'archive/**' = ['W']")
        assert codes(dataset_tools.validate(archive / "archive")) == []
        assert codes(dataset_tools.validate(*(archive / "archive" / "2020").iterdir())) == []

    def test_lets_a_file_in_that_would_be_an_error(self, corpus: CorpusFolder) -> None:
        corpus.add(article(1))
        corpus.add(article(2), name_id="0" * 16, below="old")
        settings_file("[per_path_ignore]\n'old/**' = ['id-mismatch']")
        report = dataset_tools.build(corpus.folder, "dist")
        assert report.dataset is not None
        assert (report.dataset.counts.written, codes(report)) == (2, ["P001", "P002"])

    def test_keeps_what_nothing_can_do_without(self, corpus: CorpusFolder) -> None:
        corpus.add(b"\xff")
        settings_file("[per_path_ignore]\n'**' = ['F']")
        assert "F001" in codes(dataset_tools.validate(corpus.folder))
        settings_file("[per_path_ignore]\n'**' = ['F001']")
        with pytest.raises(dataset_tools.UserError, match=r"F001 \(not-utf-8\) cannot be ignored: text in another"):
            dataset_tools.validate(corpus.folder)

    def test_is_no_issue_of_the_corpus_as_a_whole(self, corpus: CorpusFolder) -> None:
        corpus.add(article(1))
        settings_file("[per_path_ignore]\n'**' = ['ALL']")
        assert codes(dataset_tools.build(corpus.folder, "dist")) == ["P001", "P002"]


class TestSeverity:
    def test_is_that_of_the_longest_key_whatever_their_order(self) -> None:
        said = {"W002": WARNING, "W": ERROR, "image-markup": WARNING, "W00": WARNING, "ALL": ERROR, "w003": ERROR}
        for keys in (list(said), list(reversed(said))):
            found = rule_policy(RULES, severity={key: said[key] for key in keys}).severities
            assert {code: found.get(code) for code in ("W001", "W002", "W003", "W004", "U001", "F001")} == {
                "W001": None, "W002": None, "W003": ERROR, "W004": None, "U001": ERROR, "F001": None,
            }  # fmt: skip

    def test_of_a_rule_that_two_keys_contradict_is_refused(self) -> None:
        with pytest.raises(
            dataset_tools.UserError, match=r"W001 is both error \('W001'\) and warning \('image-markup'\)"
        ):
            rule_policy(RULES, severity={"W001": ERROR, "image-markup": WARNING})
        rule_policy(RULES, severity={"W001": ERROR, "image-markup": ERROR})

    @pytest.mark.parametrize("code", sorted(ALWAYS))
    def test_of_what_nothing_can_do_without_stays_error(self, code: str) -> None:
        for word in (code, RULES[code].name):
            with pytest.raises(dataset_tools.UserError, match=rf"{code} \(.*\) cannot be a warning: "):
                rule_policy(RULES, severity={word: WARNING})
        assert code not in rule_policy(RULES, severity={code[0]: WARNING, "ALL": WARNING}).severities
        assert rule_policy(RULES, severity={code: ERROR}).severities == {}

    @pytest.mark.parametrize("word", ["", "X", "W0001", "W001,W002", "\x1b[2J"])
    def test_of_what_is_no_rule_is_refused(self, word: str) -> None:
        with pytest.raises(dataset_tools.UserError, match="is no rule") as raised:
            rule_policy(RULES, severity={word: ERROR})
        assert "\x1b" not in raised.value.message

    def test_raised_to_error_keeps_files_out_in_every_way(self, corpus: CorpusFolder) -> None:
        corpus.add(article(1))
        bad = corpus.add(article(2) + "![]() |\n")
        settings_file("[severity]\nW001 = 'error'")
        report = dataset_tools.validate(corpus.folder)
        assert (report.exit_code, report.errors, report.warnings) == (1, 1, 0)
        report = dataset_tools.build(corpus.folder, "dist")
        assert (report.exit_code, Path("dist").exists()) == (1, False)
        assert report.stopped == "1 file has errors; mend them, or leave them out with --on-invalid quarantine"
        report = dataset_tools.build(corpus.folder, "dist", on_invalid="quarantine")
        assert report.dataset is not None
        assert (report.dataset.counts.invalid, report.dataset.counts.written) == (1, 1)
        assert severities(report) == {"P001": "warning", "P002": "warning", "W001": "error"}
        audited = pq.read_table("dist/audit/issues.parquet").to_pylist()
        assert [(one["severity"], one["path"]) for one in audited if one["code"] == "W001"] == [("error", bad.name)]
        (removed,) = pq.read_table("dist/audit/removed.parquet").to_pylist()
        assert (removed["path"], removed["reason"]) == (bad.name, "invalid")
        settings_file("max_invalid = 0\n[severity]\nW001 = 'error'")
        stopped = dataset_tools.build(corpus.folder, "dist", on_invalid="quarantine").stopped
        assert stopped == "1 file has errors, and max_invalid is 0"

    def test_lowered_to_warning_lets_files_in(self, corpus: CorpusFolder) -> None:
        corpus.add(article(1))
        corpus.add(article(2), name_id="0" * 16)
        settings_file("[severity]\nI001 = 'warning'")
        assert dataset_tools.validate(corpus.folder).exit_code == 0
        assert dataset_tools.validate(corpus.folder, strict=True).exit_code == 1
        report = dataset_tools.build(corpus.folder, "dist")
        assert report.dataset is not None
        assert (report.dataset.counts.written, severities(report)["I001"]) == (2, "warning")
        assert (report.ids[0].explained, report.ids[0].total) == (1, 2)

    def test_of_duplicates_is_for_validate_and_a_build_removes_them_all_the_same(self, corpus: CorpusFolder) -> None:
        corpus.add(article(1))
        corpus.add(article(1))
        settings_file("[severity]\nD = 'error'")
        assert dataset_tools.validate(corpus.folder).exit_code == 1
        report = dataset_tools.build(corpus.folder, "dist")
        assert report.dataset is not None
        assert (report.dataset.counts.identical, report.dataset.counts.written) == (1, 1)

    @pytest.mark.parametrize(("rule", "split"), [("P001", ""), ("P004", "[dedup]\nnear = false\n[split]\ntest = 0.5")])
    def test_of_what_is_about_no_file_stops_a_build_that_leaves_files_out(
        self, rule: str, split: str, corpus: CorpusFolder
    ) -> None:
        for number in range(8):
            corpus.add(article(number))
        settings_file(f"on_invalid = 'quarantine'\n[severity]\n{rule} = 'error'\n{split}")
        report = dataset_tools.build(corpus.folder, "dist")
        assert (report.exit_code, Path("dist").exists()) == (1, False)
        assert report.stopped == f"{rule}: an error that is not about an article, so there is nothing to leave out"

    @pytest.mark.parametrize(("options", "counts"), [("[severity]\nS001 = 'warning'", 1), ("ignore = 'S001'", 0)])
    @pytest.mark.parametrize("on_invalid", ["fail", "quarantine"])
    def test_of_unique_columns_holds_too(
        self, options: str, counts: int, on_invalid: str, corpus: CorpusFolder
    ) -> None:
        Path("unique.yaml").write_text("columns: {title: {unique: true}}", "utf-8")
        corpus.add("Một\n" + article(1))
        corpus.add("Một\n" + article(2))
        settings_file(options)
        report = dataset_tools.build(corpus.folder, "dist", schema="unique.yaml", on_invalid=on_invalid)
        assert report.dataset is not None
        assert (report.dataset.counts.written, codes(report).count("S001")) == (2, counts)

    def test_of_a_rule_that_is_ignored_does_not_bring_it_back(self, residue: Path) -> None:
        settings_file("ignore = ['W']\n[severity]\nW = 'error'")
        assert codes(dataset_tools.validate(residue)) == ["U002"]

    def test_shows_in_every_format(self, residue: Path) -> None:
        settings_file("[severity]\nW001 = 'error'")
        report = dataset_tools.validate(residue)
        marks = {
            "full": ": W001 error: ", "github": "::error file=", "gitlab": '"major"', "junit": 'type="W001"',
            "markdown": "| W001 image-markup | error | 1 |", "sarif": '"level": "error",\n          "message"',
            "json": '"severity": "error"', "jsonl": '"severity": "error"', "concise": "1 error, 2 warnings",
        }  # fmt: skip
        assert set(marks) == set(RENDERERS)
        assert [name for name, mark in marks.items() if mark not in RENDERERS[name](report)] == []


def test_checks_of_rules_that_are_off_everywhere_are_not_run_and_others_are() -> None:
    policy = rule_policy(RULES, ignore=["W"], per_path_ignore={"**": ["U"]}, severity={"T": ERROR})
    assert {code[0] for code in policy.off if RULES[code].default} == {"W"}


@given(
    st.lists(st.sampled_from([*RULES, "W", "ALL", "table-row"]), max_size=3),
    st.dictionaries(st.sampled_from(["a/**", "**", "?"]), st.lists(st.sampled_from(["W", "U", "T004"]), max_size=2)),
    st.dictionaries(st.sampled_from(["W", "U", "T0", "ALL"]), st.sampled_from(Severity)),
)
def test_a_policy_applied_twice_is_the_policy_applied_once(ignore: list, paths: dict, severity: dict) -> None:
    policy = rule_policy(RULES, ignore=set(ignore) - ALWAYS, per_path_ignore=paths, severity=severity)
    found = [issue(code, "x", path=path) for code in RULES for path in (None, "a/b", "c", "d/e")]
    once = policy.apply(found)
    assert policy.apply(once) == once
    assert {one.code for one in once} >= ALWAYS
    assert all(one.severity is ERROR for one in once if one.code in ALWAYS)
