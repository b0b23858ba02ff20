"""A corpus with all that a build has to decide: duplicates of every kind, errors, few and many of one kind."""

from tests.conftest import CorpusFolder, article


def mixed(corpus: CorpusFolder, count: int = 90) -> CorpusFolder:
    """Articles, of which some are identical, the same text, near, near in numbers only, or invalid."""
    for number in range(count):
        corpus.add(article(number), below="a" if number % 3 else "b")
    for number in range(0, count, 10):
        corpus.add(article(number), below="c")  # identical
        corpus.add(article(number + 1).upper().replace("Ả", "Ả"), below="c")  # the same text, in another form
        corpus.add(article(number + 2) + "Thêm một câu ngắn ở cuối bài.\n", below="c")  # near
    for number in range(12):
        corpus.add(crowd(number))
    corpus.add("chỉ có tiêu đề\n")
    corpus.add(b"Sai m\xe3\nkh\xf4ng ph\xe3i UTF-8\n", name_id="0123456789abcdef")
    corpus.add("?!\n...\n")  # without a word
    return corpus


def crowd(number: int) -> str:
    """Texts with page boilerplate that makes all of them near each other."""
    words = " ".join(f"khung{one}" for one in range(120))
    return f"Tin {number}\n{words} riêng{number}\n"
