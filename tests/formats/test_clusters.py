"""What `dedup` shows to people and programs."""

import json
from dataclasses import replace

import pytest

from dataset_tools.dedup_report import Candidates, Cluster, DedupReport, Document, RecallEstimate, Removal
from dataset_tools.formats.clusters import RENDERERS
from dataset_tools.run_report import Counts


def document(number: int) -> Document:
    return Document(path=f"raw/{number:03}_{number:016x}.txt", id=f"{number:016x}", title=f"Bài số {number}")


def removal(number: int, reason: str, similarity: float, *, numbers_only: bool = False) -> Removal:
    return Removal(document=document(number), reason=reason, similarity=similarity, numbers_only=numbers_only)


HISTOGRAM = [0] * 100
HISTOGRAM[66], HISTOGRAM[78], HISTOGRAM[80], HISTOGRAM[83], HISTOGRAM[99] = 1, 30, 60, 1, 7

REPORT = DedupReport(
    checked=7,
    ignored=1,
    counts=Counts(discovered=7, invalid=1, identical=1, same_text=1, near=2, written=2),
    policy="first",
    numbers="remove",
    threshold=0.8,
    candidates=Candidates(bands=18, rows_per_band=6, expected_recall=0.9957976808),
    clusters=(
        Cluster(
            kept=document(0),
            removed=(
                removal(3, "near", 0.80123, numbers_only=True),
                removal(4, "identical", 1.0),
                removal(5, "same_text", 1.0),
            ),
        ),
        Cluster(kept=document(1), removed=(removal(6, "near", 0.95),)),
    ),
    histogram=tuple(HISTOGRAM),
    skipped=1234,
    recall=RecallEstimate(sampled=3, among=5, found=3, missed=1, examples=(("raw/a.txt", "raw/b.txt", 0.8125),)),
    stopped="1 file has errors",
)


def test_full_shows_clusters_a_histogram_and_what_it_comes_to() -> None:
    lines = RENDERERS["full"](REPORT, None).split("\n")
    assert lines[:7] == [
        "kept         raw/000_0000000000000000.txt 'Bài số 0'",
        "  near 0.801 raw/003_0000000000000003.txt 'Bài số 3' (differs in numbers only)",
        "  identical  raw/004_0000000000000004.txt 'Bài số 4'",
        "  same text  raw/005_0000000000000005.txt 'Bài số 5'",
        "",
        "kept         raw/001_0000000000000001.txt 'Bài số 1'",
        "  near 0.950 raw/006_0000000000000006.txt 'Bài số 6'",
    ]
    assert lines[-14:] == [
        "Checked 7 files (1 other entry ignored): 4 duplicates in 2 clusters.",
        "Candidates: 18 bands of 6 values, expected to find 99.6% of the pairs at 0.8,",
        "  and more above.",
        "Skipped: 1,234 comparisons in buckets over bucket_limit; such documents stay.",
        "Recall: 75.00% (30.06% to 95.44% with 95% confidence); 3 documents compared with",
        "  all 5 different texts, exactly: 3 of 4 pairs at or above 0.8 are candidates.",
        "  missed 0.812 raw/a.txt raw/b.txt",
        "1 file with errors took no part; dataset-tools validate says which.",
        "A build would write nothing: 1 file has errors.",
        "  found     7",
        "  valid     6  1 with errors",
        "  distinct  2  1 identical, 1 with the same text, 2 near-duplicates (>= 0.8)",
        f"    next: dataset-tools dedup --show {0:016x} {3:016x}",
        "",
    ]


def test_concise_says_what_it_comes_to_in_a_sentence_a_line() -> None:
    lines = RENDERERS["concise"](REPORT, None).split("\n")
    recall = "75.00% (30.06% to 95.44% with 95% confidence); 3 documents compared with all 5 different texts, exactly"
    reasons = "1 identical, 1 with the same text, 2 near-duplicates (similarity >= 0.8)"
    assert lines[-8:] == [
        f"Checked 7 files (1 other entry ignored): 4 duplicates in 2 clusters: {reasons}.",
        "Candidates: 18 bands of 6 values, expected to find 99.6% of the pairs at 0.8, and more above.",
        "Skipped: 1,234 comparisons in buckets over bucket_limit; such documents stay.",
        f"Recall: {recall}: 3 of 4 pairs at or above 0.8 are candidates.",
        "  missed 0.812 raw/a.txt raw/b.txt",
        "1 file with errors took no part; dataset-tools validate says which.",
        "A build would write nothing: 1 file has errors.",
        "",
    ]


def test_the_histogram_has_a_bar_for_each_hundredth_and_a_line_at_the_threshold() -> None:
    lines = RENDERERS["full"](REPORT, None).split("\n")
    start = lines.index("Pairs compared, by similarity:")
    bars = lines[start + 1 : lines.index("", start)]
    assert bars[0] == "0.66 █ 1"
    assert bars[1] == "0.67 0"
    assert bars[12] == f"0.78 {'█' * 30} 30"
    assert bars[14].startswith("0.8  ───")
    assert "near from here on" in bars[14]
    assert bars[15] == f"0.80 {'█' * 60} 60"
    assert bars[-1] == "0.83 █ 1"
    assert max(map(len, bars)) <= 80


@pytest.mark.parametrize("histogram", [(), (0,) * 100])
def test_without_pairs_there_is_no_histogram(histogram: tuple[int, ...]) -> None:
    assert "by similarity" not in RENDERERS["full"](replace(REPORT, histogram=histogram), None)


def test_a_limit_says_what_is_left_out() -> None:
    text = RENDERERS["full"](REPORT, 1)
    assert "raw/003" in text
    assert "raw/004" not in text
    assert "\n  … and 2 more, as similar or more so\n" in text
    assert "\n… and 1 smaller or clearer cluster; --limit 0 shows all\n" in text


def test_a_corpus_without_duplicates_says_so() -> None:
    nothing = replace(
        REPORT,
        counts=Counts(discovered=7, written=7),
        clusters=(),
        histogram=(),
        threshold=None,
        candidates=None,
        skipped=0,
        recall=None,
        stopped=None,
        ignored=0,
    )
    expected = "Checked 7 files: no duplicate.\nNear-duplicates were not looked for (near = false).\n"
    assert RENDERERS["concise"](nothing, None) == expected
    assert RENDERERS["full"](nothing, 10) == f"{expected}    next: dataset-tools build\n"


def test_a_sample_without_pairs_says_that_nothing_can_be_said() -> None:
    nothing = RecallEstimate(sampled=3, among=5, found=0, missed=0, examples=())
    text = RENDERERS["concise"](replace(REPORT, recall=nothing), 1)
    assert "no pair at or above 0.8, so nothing can be said" in text


def test_concise_is_a_line_for_each_removed_document() -> None:
    lines = RENDERERS["concise"](REPORT, None).split("\n")
    assert lines[0] == "raw/003_0000000000000003.txt: near 0.801, numbers only, kept is raw/000_0000000000000000.txt"
    assert lines[3] == "raw/006_0000000000000006.txt: near 0.950, kept is raw/001_0000000000000001.txt"
    assert lines[4].startswith("Checked 7 files")


def test_json_and_jsonl_say_the_same() -> None:
    whole = json.loads(RENDERERS["json"](REPORT, None))
    assert (whole["version"], whole["command"]) == (1, "dedup")
    lines = [json.loads(line) for line in RENDERERS["jsonl"](REPORT, None).splitlines()]
    assert [line.pop("type") for line in lines] == ["cluster", "cluster", "summary"]
    assert lines[:-1] == whole["dedup"].pop("clusters")
    assert lines[-1]["dedup"] == whole["dedup"]
    assert lines[0]["kept"] == {"path": "raw/000_0000000000000000.txt", "id": "0" * 16, "title": "Bài số 0"}
    assert lines[0]["size"] == 3
    assert lines[0]["removed"][0]["similarity"] == 0.80123
    assert whole["dedup"]["recall"]["low"] == pytest.approx(0.3006, abs=1e-4)
    assert whole["dedup"]["counts"]["near"] == 2


@pytest.mark.parametrize("name", RENDERERS)
def test_titles_and_paths_cannot_drive_the_terminal(name: str) -> None:
    bad = Document(path="raw/\x1b]0;x\x07.txt", id=None, title="\x1b[2J\u202eđầu đề")
    text = RENDERERS[name](replace(REPORT, clusters=(Cluster(kept=bad, removed=(removal(1, "near", 0.9),)),)), None)
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
