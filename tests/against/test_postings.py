from hypothesis import given
from hypothesis import strategies as st

from dataset_tools.against.postings import Postings
from dataset_tools.text import shingles, similarity

texts = st.lists(st.sampled_from("abc"), min_size=1, max_size=9).map(" ".join)


@given(many=st.lists(texts, max_size=6), one=texts)
def test_similarities_are_those_of_the_definition(many: list[str], one: str) -> None:
    own = shingles(one)
    assert Postings(many).similarities(own).tolist() == [similarity(own, shingles(text)) for text in many]
