import pickle
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.model import Issue, Severity, Source, UserError, decode_issues, encode_issues

places = st.none() | st.integers(1, 10**6)
issues = st.builds(
    Issue,
    code=st.sampled_from(["F001", "T002"]),
    severity=st.sampled_from(Severity),
    message=st.text(),
    hint=st.text(),
    path=st.none() | st.text(),
    line=places,
    column=places,
    row=st.none() | st.integers(0, 2**62),
)
ISSUE = Issue(code="F001", severity=Severity.ERROR, message="không phải UTF-8", hint="chuyển mã")


@given(st.lists(st.lists(issues, max_size=3), max_size=4))
def test_issues_cross_process_borders_unchanged(rows):
    columns = [encode_issues(row) for row in rows]
    assert [column is None for column in columns] == [not row for row in rows]
    found = decode_issues(range(10, 10 + len(rows)), columns)
    assert found == [replace(issue, row=10 + number) for number, row in enumerate(rows) for issue in row]
    assert all(isinstance(issue.severity, Severity) for issue in found)


def test_a_user_error_crosses_process_borders_with_its_hint():
    error = pickle.loads(pickle.dumps(UserError("sai đường dẫn", "xem lại")))
    assert (type(error), error.message, error.hint, str(error)) == (
        UserError,
        "sai đường dẫn",
        "xem lại",
        "sai đường dẫn; xem lại",
    )


def test_reports_are_ordered_corpus_first_then_documents_from_top_to_bottom():
    ordered = [
        ISSUE,
        replace(ISSUE, row=0),
        replace(ISSUE, row=0, line=1, column=1),
        replace(ISSUE, row=0, line=1, column=1, code="F002"),
        replace(ISSUE, row=0, line=1, column=1, code="F002", message="z"),
        replace(ISSUE, row=0, line=1, column=2),
        replace(ISSUE, row=0, line=2, column=1),
        replace(ISSUE, row=2),
        replace(ISSUE, row=10),
    ]
    shuffled = random.Random(3).sample(ordered, len(ordered))
    assert sorted(shuffled, key=lambda one: one.order) == ordered


def test_a_source_shows_bytes_that_are_not_utf_8_as_escapes():
    assert Source("bài/a\udcff\n.txt", 1).shown == "bài/a\\xff\\x0a.txt"
