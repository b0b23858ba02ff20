"""Texts that hold what words, shingles and their fast paths could trip over."""

from hypothesis import strategies as st

from dataset_tools.text import canonical

WORDS = [
    "nước",
    "lên",
    "đồng",
    "bằng",
    "chợ",
    "nổi",
    "25",
    "000",
    "_",
    "x_1",
    "không",
    "có",
    "gì",
    "ạ",
    "😀",
    "𝒜𝒷",
    "²",
    "ok",
]
SPACELESS = "กขลາက一二三ひらカｶ𠀀々ー"
texts = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join),
    st.text(st.sampled_from(SPACELESS + "a1_ \n"), max_size=30),
    st.text(st.sampled_from("aăế_1٣²\u0301\u0e34 \n\t-.😀𝒜𠀀一\U000323af\U000e0041\U0010ffff\0"), max_size=20),
    st.text(max_size=12),
).map(lambda text: canonical(*text.partition("\n")[::2]))
