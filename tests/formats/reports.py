"""Reports that the tests of the formats share: one to read, and any that Hypothesis thinks of."""

from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from dataset_tools.rules import RULES, issue
from dataset_tools.run_report import BuiltDataset, Counts, IdDecision, RunReport

WHOLE = issue("F004", "tên tệp không khớp", path="raw/tin/a b.txt", row=0)
PLACED = issue("F003", "3 dòng kết thúc bằng CR LF", path="raw/001.txt", row=1, line=2, column=7, hint="đổi sang LF")
OF_CORPUS = issue("P001", "chưa có giấy phép")
IDS = IdDecision(root="raw", recipe="sha256(file)[:16]", decided_by="detected", explained=1, total=2)
REPORT = RunReport(
    command="validate", checked=1200, ignored=1, issues=(OF_CORPUS, WHOLE, PLACED), ids=(IDS,), exit_code=1
)
CLEAN = replace(REPORT, checked=1, ignored=0, issues=(), ids=(), exit_code=0)
BUILT = BuiltDataset(
    out=Path("dist"),
    counts=Counts(discovered=1200, invalid=1, published=2, identical=3, same_text=4, near=5, written=1185),
    splits={"train": 1100, "validation": 85},
    content_sha256="c" * 64,
    pin='recipe = "sha256(file)[:16]"',
)

ATTACKS = [
    "::error file=a::b", "::stop-commands::x", "##[add-matcher]a", "##vso[task.setvariable]a", "%0A", "%25", "%",
    ",col=1", ":", "\n", "\r", "\n::error::a", "\t", "\x00", "\x1b[2J", "\x7f", "\x85", "\x9b", "\u200b", "\u2028",
    "\u202e", "\ud800", "\udcff", "\ufeff", "\ufffe", "\uffff", "\U000e0041", "\U0010ffff", "'", '"', "<script>",
    "</testsuite>", "]]>", "<!--", "&lt;", "&#10;", "](javascript:a)", "[a](b)", "![a](http://b)", "https://a.bc",
    "www.a.bc", "a@b.cd", "@user", "|", "\\|", "\\", "`", "``", "*a*", "~~a~~", "$a$", "# ", "{0}", "{{", "}", "/",
    "../", "ế", "世", "e\u0302\u0301", "👨",
]  # fmt: skip
hostile = st.lists(st.sampled_from(ATTACKS) | st.text(max_size=5), max_size=6).map("".join)
"""Text with whatever means something in some format."""

places = st.none() | st.integers(1, 10**9)
issues = st.builds(
    lambda code, message, **rest: issue(code, message, **rest),
    st.sampled_from(list(RULES)),
    hostile,
    path=st.none() | hostile | hostile.map("/{}".format),
    hint=hostile,
    line=places,
    column=places,
)
decisions = st.builds(
    IdDecision,
    root=st.just("raw"),
    recipe=st.just("md5(file)"),
    decided_by=st.just("settings"),
    explained=st.just(1),
    total=st.just(1),
)
built = st.builds(lambda out: replace(BUILT, out=Path(out)), hostile)
reports = st.builds(
    RunReport,
    command=st.sampled_from(["validate", "build"]),
    checked=st.integers(0, 10**9),
    ignored=st.integers(0, 10**9),
    issues=st.lists(issues, max_size=4).map(tuple),
    left_out=st.just(()) | st.lists(issues, min_size=1, max_size=3).map(tuple),
    ids=st.lists(decisions, max_size=2).map(tuple),
    exit_code=st.sampled_from([0, 1]),
    threshold=st.none() | st.just(0.8),
    dataset=st.none() | built,
    stopped=st.none() | st.just("có lỗi"),
)
