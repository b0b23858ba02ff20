"""Two texts side by side."""

from dataset_tools.html_report.sides import alone, cut_runs, sides


def test_words_of_one_text_alone_are_told_from_those_of_both() -> None:
    first, second = sides("một hai ba bốn", "một hai năm bốn sáu")
    assert first == (("same", "một hai"), ("only", "ba"), ("same", "bốn"))
    assert second == (("same", "một hai"), ("only", "năm"), ("same", "bốn"), ("only", "sáu"))


def test_what_is_the_same_is_cut_to_what_stands_beside_a_difference() -> None:
    words = [f"w{i}" for i in range(100)]
    first, second = sides(" ".join([*words, "cũ"]), " ".join([*words, "mới"]))
    assert first == (("gap", "88 words that are the same"), ("same", " ".join(words[88:])), ("only", "cũ"))
    assert second[-1] == ("only", "mới")
    between = list(cut_runs([("only", "a"), ("same", " ".join(words)), ("only", "b")]))
    assert [kind for kind, _ in between] == ["only", "same", "gap", "same", "only"]
    assert between[2] == ("gap", "76 words that are the same")


def test_long_words_are_compared_whole_and_shown_cut() -> None:
    first, second = sides(f"đầu {'x' * 1000}a", f"đầu {'x' * 1000}b")
    assert first == (("same", "đầu"), ("only", f"{'x' * 80}… (+921 characters)"))
    assert second == first
    assert sides("x" * 1000, "x" * 1000)[0] == (("same", f"{'x' * 80}… (+920 characters)"),)


def test_long_runs_and_many_runs_say_how_much_is_left_out() -> None:
    assert list(cut_runs([("only", " ".join(["a"] * 151))]))[-1] == ("gap", "1 more words")
    many = [("only" if number % 2 else "same", f"w{number}") for number in range(250)]
    shown = list(cut_runs(many))
    assert (len(shown), shown[-1]) == (201, ("gap", "50 more runs of words"))


def test_very_long_texts_are_compared_at_their_beginning() -> None:
    first, second = sides("a " * 4001, "a " * 4000)
    assert first[-1] == ("gap", "1 more words, not compared")
    assert second == (("gap", "4,000 words that are the same"),)


def test_a_text_alone_is_its_beginning() -> None:
    assert alone("a b") == (("same", "a b"),)
    assert alone("a " * 152)[1] == ("gap", "2 more words")
