"""The promise with published documents, against a reference that is short enough to be obviously right."""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_tools.against import compare
from dataset_tools.against.compare import Already, PublishedCriterion, Reference, already_published
from dataset_tools.stages.fingerprint import banding, fingerprint
from dataset_tools.stages.same_text import outlines
from dataset_tools.text import canonical, same_text_key, shingles, similarity
from tests.against.helpers import CUT, edited, opened, parquet, words_of

Text = tuple[str, str]


def sha256(text: Text) -> str:
    return hashlib.sha256(repr(text).encode()).hexdigest()


def published_in(path: Path, texts: Sequence[Text], threshold: float = 0.8, **columns: object) -> Reference:
    titles, bodies = [title for title, _ in texts], [body for _, body in texts]
    parquet(
        path,
        row_group_size=4,
        title=pa.array(titles, pa.string()),
        body=pa.array(bodies, pa.string()),
        **{"sha256": pa.array([sha256(text) for text in texts], pa.string()), **columns},
    )
    (reference,) = opened(path, cut=banding(threshold))
    return reference


def run(
    texts: Sequence[Text],
    *references: Reference,
    threshold: float = 0.8,
    near: bool = True,
    limit: int = 100,
    keep_numbers: bool = False,
) -> Already:
    canonicals = [canonical(*text) for text in texts]
    rows = pa.table(
        {
            "row": pa.array(range(len(texts)), pa.int64()),
            "sha256": pa.array([sha256(text) for text in texts], pa.string()),
            "outline": pa.array(outlines([f"{title}\n{body}".encode() for title, body in texts]), pa.binary()),
            "bands": pa.array(fingerprint(canonicals, banding(threshold)), pa.binary()),
        }
    )
    table = pa.Table.from_pylist(
        [{"title": title, "body": body} for title, body in texts],
        pa.schema([("title", pa.string()), ("body", pa.string())]),
    )
    criterion = PublishedCriterion(near=near, threshold=threshold, bucket_limit=limit, keep_numbers=keep_numbers)
    return already_published(rows, lambda wanted: table.take(pa.array(wanted)), references, criterion)


def found(already: Already) -> dict[int, tuple[str, str, float]]:
    return {row["row"]: (row["kept_id"], row["relation"], row["similarity"]) for row in already.rows.to_pylist()}


def text_of(plan: tuple[int, int, int, bool]) -> Text:
    number, changes, seed, upper = plan
    title, body = "Bài", " ".join(edited(words_of(number), changes, seed))
    return (title.upper(), body.upper()) if upper else (title, body)


documents = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 12), st.integers(0, 2), st.booleans()).map(text_of), max_size=9
)


@settings(max_examples=60)
@given(
    sets=st.lists(documents, min_size=1, max_size=2),
    incoming=documents,
    threshold=st.sampled_from([0.5, 0.7, 0.8, 0.9]),
    order=st.randoms(use_true_random=False),
)
def test_the_promise_holds_for_any_published_documents(
    tmp_path_factory: pytest.TempPathFactory,
    sets: list[list[Text]],
    incoming: list[Text],
    threshold: float,
    order: random.Random,
) -> None:
    folder = tmp_path_factory.mktemp("sets")
    references = [published_in(folder / f"{n}.parquet", texts, threshold) for n, texts in enumerate(sets)]

    def bands(text: Text) -> set[int]:
        return set(np.frombuffer(fingerprint([canonical(*text)], banding(threshold))[0] or b"", "<u8").tolist())

    expected: dict[int, tuple[tuple[int, int], str, float]] = {}  # the reference: the docstring, word by word
    for row, text in enumerate(incoming):
        matches = []
        for place, other in [((n, m), other) for n, texts in enumerate(sets) for m, other in enumerate(texts)]:
            score = similarity(shingles(canonical(*text)), shingles(canonical(*other)))
            same = same_text_key(canonical(*text)) == same_text_key(canonical(*other))
            relation = 0 if text == other else 1 if same else 2
            if relation < 2 or (score >= threshold and bands(text) & bands(other)):
                matches.append((-score, relation, place))
        if matches:
            score, relation, place = min(matches)
            expected[row] = (place, ("identical", "same_text", "near")[relation], -score)

    already = run(incoming, *references, threshold=threshold)
    names = {row: (f"#{place[1]}", relation, score) for row, (place, relation, score) in expected.items()}
    assert found(already) == names
    digests = {row["row"]: (row["kept_in"], row["name"]) for row in already.rows.to_pylist()}
    for row, (place, _, score) in expected.items():
        assert score >= threshold
        assert digests[row] == (references[place[0]].content_sha256, f"{place[0]}.parquet")

    shuffled = list(range(len(incoming)))
    order.shuffle(shuffled)
    again = found(run([incoming[row] for row in shuffled], *references, threshold=threshold))
    assert {shuffled[row]: match for row, match in again.items()} == names


@settings(max_examples=15)
@given(published=documents, incoming=documents, at_once=st.integers(1, 3))
def test_the_result_does_not_depend_on_how_texts_are_loaded(
    tmp_path_factory: pytest.TempPathFactory, published: list[Text], incoming: list[Text], at_once: int
) -> None:
    reference = published_in(tmp_path_factory.mktemp("sets") / "a.parquet", published)
    whole = found(run(incoming, reference))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compare, "TEXTS_AT_ONCE", at_once)
        patch.setattr(compare, "BYTES_AT_ONCE", at_once * 1000)
        assert found(run(incoming, reference)) == whole


def test_published_documents_are_not_compared_with_each_other() -> None:
    copies = [text_of((0, changes, 1, False)) for changes in (0, 1, 1)]
    reference = published_in(Path("a.parquet"), copies)
    assert found(run([copies[1]], reference)) == {0: ("#1", "identical", 1.0)}


def test_the_most_similar_is_named_and_of_equals_the_first() -> None:
    words = words_of(0)
    near, nearer = ("Bài", " ".join(edited(words, 2, 1))), ("Bài", " ".join(edited(words, 1, 2)))
    reference = published_in(Path("a.parquet"), [near, nearer, nearer])
    (match,) = found(run([("Bài", " ".join(words))], reference)).values()
    assert match[:2] == ("#1", "near")


def test_a_document_without_words_is_published_only_if_its_text_is() -> None:
    reference = published_in(Path("a.parquet"), [("!!!", "???"), ("", "")])
    assert found(run([("!!!", "? ??"), ("!!!", "???\n"), ("?", "!")], reference)) == {1: ("#0", "same_text", 1.0)}


def test_without_near_only_bytes_and_texts_count() -> None:
    words = words_of(0)
    reference = published_in(Path("a.parquet"), [("Bài", " ".join(words))])
    incoming = [("Bài", " ".join(edited(words, 1, 1))), ("BÀI", " ".join(words))]
    assert list(found(run(incoming, reference, near=False))) == [1]
    assert list(found(run(incoming, reference))) == [0, 1]


def test_a_dataset_without_digests_is_compared_by_texts() -> None:
    reference = published_in(Path("a.parquet"), [text_of((0, 0, 0, False))], sha256=pa.array([1], pa.int64()))
    assert found(run([text_of((0, 0, 0, False))], reference)) == {0: ("#0", "same_text", 1.0)}


def test_only_the_first_of_a_bucket_are_compared_and_what_is_skipped_is_counted() -> None:
    words = " ".join(words_of(0))
    reference = published_in(Path("a.parquet"), [("Bài", f"{words}{mark}") for mark in "!?."])
    few, many = (run([("Bài", words)], reference, limit=limit) for limit in (1, 3))
    assert found(few) == found(many) == {0: ("#0", "near", 1.0)}
    assert (few.skipped, many.skipped) == (2 * CUT.bands, 0)


def test_documents_that_differ_in_numbers_only_are_marked_or_kept() -> None:
    words = words_of(0)
    reference = published_in(Path("a.parquet"), [("Giá", " ".join([*words, "58", "triệu"]))])
    incoming = [("Giá", " ".join([*words, "61", "triệu"])), ("Giá", " ".join([*words, "61", "tỷ"]))]
    assert run(incoming, reference).rows["numbers_only"].to_pylist() == [True, False]
    assert run(incoming, reference, keep_numbers=True).rows["row"].to_pylist() == [1]
