"""Lines that stand in many documents are counted exactly and named where they stand first."""

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools.model import Files
from dataset_tools.stages.lines import LEAST_DOCUMENTS, MOST, SHARE, boilerplate, line_keys
from dataset_tools.stages.parse import parse
from tests.conftest import ROOT, CorpusFolder, article
from tests.stages.test_lint import PATTERN

FOOT = "Theo dõi chúng tôi để đọc tin mỗi sáng"


def documents(files: Files) -> pa.Table:
    """As `boilerplate` reads them."""
    articles = parse(files, file_name=PATTERN)
    bodies = pa.array(articles.bodies, pa.binary()).cast(pa.string())
    return pa.table({"row": files.rows, "path": files.paths, "body": bodies, "body_line": articles.body_lines})


def found(texts: Sequence[str], same: dict[int, int] | None = None) -> list[tuple[int | None, int | None, str]]:
    """Row, line and message of each issue; `same` says which documents have the text of which others."""
    data: list[bytes | None] = [text.encode() for text in texts]
    files = Files(rows=list(range(len(data))), paths=[f"{i}_a.txt" for i in range(len(data))], data=data, issues=[])
    articles = parse(files, file_name=PATTERN)
    keys = [str((same or {}).get(row, row)).encode() for row in files.rows]
    rows = pa.table(
        {
            "row": files.rows,
            "text_key": pa.array(keys, pa.binary()),
            "lines": pa.array(line_keys(articles.joined).keys, pa.binary()),
        }
    )

    def read(wanted: Sequence[int]) -> Iterator[pa.Table]:
        for row in wanted:
            yield documents(Files(rows=[row], paths=[files.paths[row]], data=[data[row]], issues=[]))

    return [(one.row, one.line, one.message) for one in boilerplate(rows, read)]


def bodies(*lines: str, count: int) -> list[str]:
    return [
        f"Bài {number}\nChuyện thứ {number} kể ở đây.\n" + "".join(f"{line}\n" for line in lines)
        for number in range(count)
    ]


def test_a_line_in_many_documents_is_named_at_the_first_of_them_with_its_count() -> None:
    texts = [*bodies(count=3), *bodies(FOOT, count=LEAST_DOCUMENTS)]
    message = f"the line '{FOOT}' stands in {LEAST_DOCUMENTS} of {LEAST_DOCUMENTS + 3} different texts"
    assert found(texts) == [(3, 3, message)]


def test_a_line_in_fewer_documents_is_not_named() -> None:
    assert found(bodies(FOOT, count=LEAST_DOCUMENTS - 1)) == []
    many = SHARE * (LEAST_DOCUMENTS + 2)
    assert found([*bodies(FOOT, count=LEAST_DOCUMENTS + 1), *bodies(count=many)]) == []
    assert len(found([*bodies(FOOT, count=LEAST_DOCUMENTS + 2), *bodies(count=many)[LEAST_DOCUMENTS + 2 :]])) == 1


def test_a_line_counts_once_in_a_document_and_once_in_documents_of_the_same_text() -> None:
    assert found(bodies(FOOT, FOOT, count=LEAST_DOCUMENTS - 1)) == []
    assert found(bodies(FOOT, count=LEAST_DOCUMENTS), same={1: 0}) == []


def test_lines_without_letters_and_titles_are_not_named() -> None:
    texts = [text.replace("Bài", "Giá vàng hôm nay\nBài") for text in bodies("* * *", "![]() |", "12", count=20)]
    assert found(texts) == []


def test_white_space_around_a_line_does_not_matter_and_the_column_is_that_of_its_text(corpus: CorpusFolder) -> None:
    for number in range(LEAST_DOCUMENTS):
        corpus.add(f"Bài {number}\n\n\n  \t{FOOT} \t\n{article(number)}" if number < 5 else f"{article(number)}{FOOT}")
    issues = [one for one in dataset_tools.validate(corpus.folder).issues if one.code == "W010"]
    assert [(one.line, one.column) for one in issues] == [(4, 4)]


def test_the_most_frequent_lines_are_named_and_the_others_counted() -> None:
    lines = [f"{FOOT}, số {number}" for number in range(MOST + 3)]
    texts = [*bodies(*lines, count=LEAST_DOCUMENTS), *bodies(lines[-1], count=1)]
    issues = found(texts)
    assert len(issues) == MOST
    assert sum("more lines" in message for *_, message in issues) == 1
    assert issues[0][2].startswith(f"the line '{lines[-1]}' stands in {LEAST_DOCUMENTS + 1} of")
    assert issues[-1][2].endswith("(and 3 more lines stand in many texts)")


def test_a_document_that_has_changed_since_is_not_named() -> None:
    rows = pa.table(
        {
            "row": range(LEAST_DOCUMENTS),
            "text_key": pa.array([bytes([row]) for row in range(LEAST_DOCUMENTS)], pa.binary()),
            "lines": pa.array(line_keys([f"t\n{FOOT}".encode()] * LEAST_DOCUMENTS).keys, pa.binary()),
        }
    )
    changed = Files(rows=[0], paths=["0_a.txt"], data=["t\nkhác hẳn".encode()], issues=[])
    assert boilerplate(rows, lambda _: [documents(changed)]) == []
    gone = Files(rows=[0], paths=["0_a.txt"], data=[None], issues=[])
    assert boilerplate(rows, lambda _: [documents(gone)]) == []


pieces = st.sampled_from(["dòng một", "dòng hai", " dòng ba ", "\t", "", "***", "dòng\u00a0bốn\u00a0"])


@settings(max_examples=60)
@given(st.lists(st.lists(pieces, max_size=6), min_size=LEAST_DOCUMENTS, max_size=14))
def test_counts_are_those_of_counting_line_by_line(documents: list[list[str]]) -> None:
    counts: dict[bytes, int] = {}
    for lines in documents:
        for line in {line.encode().strip() for line in lines} - {b""}:
            counts[line] = counts.get(line, 0) + 1
    many = {line.decode(): n for line, n in counts.items() if n >= LEAST_DOCUMENTS and line != b"***"}
    said = [
        message.split(" stands in ")[:2] for *_, message in found(["t\n" + "\n".join(lines) for lines in documents])
    ]
    assert {one.removeprefix("the line ")[1:-1]: int(rest.split()[0]) for one, rest in said} == many


def test_one_document_says_whether_a_line_of_it_repeats() -> None:
    joined = [None, b"t\na\nb", b"t\na\n a ", b"t\na\n\n\nb", b"a\na", b"t\n"]
    assert line_keys(joined).repeats == [None, False, True, False, False, False]
    assert [None if keys is None else len(keys) for keys in line_keys(joined).keys] == [None, 16, 8, 16, 8, 0]


@pytest.mark.parametrize("code", ["W010", "T007"])
def test_a_rule_of_several_documents_can_be_ignored(code: str) -> None:
    folder = ROOT / "tests" / "examples" / f"{code}_bad"
    assert {one.code for one in dataset_tools.validate(folder, select=[code]).issues} == {code}
    assert dataset_tools.validate(folder, select=[code], ignore=[code]).issues == ()


def test_a_build_has_the_same_issues_and_its_rows_are_as_ever(make_corpus: Callable[[str], CorpusFolder]) -> None:
    corpus = make_corpus("raw")
    for number in range(LEAST_DOCUMENTS):
        corpus.add(f"{article(number)}{FOOT}\n")
    checked, built = dataset_tools.validate(corpus.folder), dataset_tools.build(corpus.folder, "dist")
    assert [one.code for one in checked.issues] == ["W010"]
    assert [one for one in built.issues if one.code == "W010"] == list(checked.issues)
