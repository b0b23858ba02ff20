"""Columns made of the bytes that were read are those that the decoded parts would give."""

import re

from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.columns import article_frame, article_table
from dataset_tools.model import Files
from dataset_tools.stages.parse import parse
from dataset_tools.text import split_article

PATTERN = re.compile(r"\d+_(?P<id>\w+)\.txt")
pieces = st.sampled_from(["Bài", "chữ", " ", "\n", "\r\n", "\r", "\t", "\ufeff", "\u3000", "a", "|"])
contents = (st.lists(pieces, max_size=10).map("".join) | st.text(max_size=20)).map(str.encode) | st.binary(max_size=8)


@given(st.lists(contents, max_size=4))
def test_each_part_is_that_of_the_text_whatever_the_bytes_around_it(data: list[bytes]) -> None:
    files = Files(
        rows=[7 + i for i in range(len(data))],
        paths=[f"{i}_a.txt" for i in range(len(data))],
        data=list(data),
        issues=[],
    )
    articles = parse(files, file_name=PATTERN)
    texts = [None if text is None else text.decode() for text in articles.texts]
    expected = [(files.rows[i], text, *split_article(text)) for i, text in enumerate(texts) if text is not None]
    frame = article_frame(article_table(files, articles, ["0"] * len(data), [None] * len(data)))
    assert frame.select("row", "text", "title", "body", "body_line").rows() == expected
    assert articles.joined == [None if text is None else "\n".join(split_article(text)[:2]).encode() for text in texts]
