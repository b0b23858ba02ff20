"""Deduplication as a whole: `dedup` says what `build` does, policies, numbers, limits, recall, two documents."""

import random
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dataset_tools
from dataset_tools import config, duplicates
from dataset_tools.dedup_report import DedupReport, RecallEstimate
from dataset_tools.model import UserError
from tests.conftest import CorpusFolder
from tests.conftest import article as article_of
from tests.test_pipeline import manifest, removed


def article(number: int) -> str:
    return article_of(number, 200)


def changed(text: str, changes: int, seed: int = 1) -> str:
    """A near copy of an article: some words are others."""
    words = text.split(" ")
    for place in random.Random(seed).sample(range(5, len(words) - 5), changes):
        words[place] = f"khác{seed}x{place}"
    return " ".join(words)


def near(number: int, changes: int, seed: int = 1) -> str:
    return changed(article(number), changes, seed)


def bulletin(price: int) -> str:
    """A text that differs from another such only in its number."""
    return article(7).replace("x40 ", f"x40 giá {price} triệu ")


@pytest.fixture
def traps(corpus: CorpusFolder) -> CorpusFolder:
    for number in range(4):
        corpus.add(article(number))
    corpus.add(article(0))
    corpus.add(article(0).upper())
    corpus.add(near(0, 1))
    corpus.add(near(1, 2))
    corpus.add(near(2, 9))
    corpus.add(bulletin(58))
    corpus.add(bulletin(61))
    return corpus


def as_recorded(report: DedupReport) -> list[tuple]:
    return sorted(
        (
            Path(one.document.path).name,
            one.reason,
            Path(cluster.kept.path).name,
            cluster.kept.id,
            one.similarity,
            one.numbers_only,
        )
        for cluster in report.clusters
        for one in cluster.removed
    )


@pytest.mark.parametrize("settings", ["", "[dedup]\nnear = false", "[dedup]\nnumbers = 'keep'\npolicy = 'longest'"])
def test_what_dedup_shows_is_what_build_removes(settings: str, traps: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text(settings, "utf-8")
    report = dataset_tools.dedup(traps.folder)
    assert dataset_tools.build(traps.folder, "dist").ok
    keys = ("path", "reason", "kept_path", "kept_id", "similarity", "numbers_only")
    assert as_recorded(report) == sorted(tuple(row[key] for key in keys) for row in removed(Path("dist")))
    assert (report.ok, report.checked) == (True, 11)
    counts = manifest(Path("dist"))["counts"]
    assert {name: getattr(report.counts, name) for name in counts} == counts


def test_dedup_changes_nothing(traps: CorpusFolder) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in Path().rglob("*"))
    dataset_tools.dedup(traps.folder)
    duplicates.compare(config.load(), *(path.name for path in sorted(traps.folder.iterdir())[:2]), traps.folder)
    assert sorted((path, path.stat().st_mtime_ns) for path in Path().rglob("*")) == before


def test_the_largest_cluster_comes_first_and_in_it_the_least_similar(traps: CorpusFolder) -> None:
    clusters = dataset_tools.dedup(traps.folder).clusters
    assert [len(cluster.removed) for cluster in clusters] == [3, 1, 1]
    assert [one.reason for one in clusters[0].removed] == ["near", "identical", "same_text"]
    assert clusters[1].least < clusters[2].least
    assert clusters[0].kept.title == "Bài số 0"


def test_the_number_of_workers_changes_nothing(corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dataset_tools.prepare.BATCH_ROWS", 7)
    for number in range(20):
        corpus.add(article(number))
        corpus.add(near(number, 1 + number % 5))
    reports = [dataset_tools.dedup(corpus.folder, jobs=jobs) for jobs in (1, 2)]
    assert reports[0] == reports[1]
    assert reports[0].removed > 5


class TestPriority:
    @pytest.fixture
    def three(self, corpus: CorpusFolder) -> CorpusFolder:
        corpus.add(article(1), below="a")
        corpus.add(near(1, 1), below="archive")
        corpus.add(near(1, 1, seed=2), below="official")
        return corpus

    def test_keeps_what_the_earliest_pattern_matches(self, three: CorpusFolder) -> None:
        text = "[dedup]\npolicy = 'priority'\npriority = ['official/**', 'archive/**']"
        Path("dataset-tools.toml").write_text(text, "utf-8")
        assert dataset_tools.build(three.folder, "dist").ok
        assert {row["kept_path"].split("/")[0] for row in removed(Path("dist"))} == {"official"}
        assert manifest(Path("dist"))["settings"]["dedup"]["priority"] == ["official/**", "archive/**"]
        assert "by the priority of its path" in Path("dist/README.md").read_text("utf-8")

    def test_leaves_ties_to_document_order(self, three: CorpusFolder) -> None:
        Path("dataset-tools.toml").write_text("[dedup]\npolicy = 'priority'\npriority = ['a*/**']", "utf-8")
        (cluster,) = dataset_tools.dedup(three.folder).clusters
        assert "/a/" in cluster.kept.path


class TestNumbers:
    def test_are_a_reason_like_others_unless_the_settings_say_keep(self, corpus: CorpusFolder) -> None:
        corpus.add(bulletin(58))
        corpus.add(bulletin(61))
        assert dataset_tools.build(corpus.folder, "dist").ok
        assert [(row["reason"], row["numbers_only"]) for row in removed(Path("dist"))] == [("near", True)]

    def test_keep_leaves_both_in_and_on_record(self, corpus: CorpusFolder) -> None:
        for text in (bulletin(58), bulletin(61), bulletin(61), bulletin(61).upper(), bulletin(58).replace("x9 ", "y ")):
            corpus.add(text)
        Path("dataset-tools.toml").write_text("[dedup]\nnumbers = 'keep'", "utf-8")
        assert dataset_tools.build(corpus.folder, "dist").ok
        found = [(row["path"][:3], row["reason"], row["kept_path"][:3]) for row in removed(Path("dist"))]
        assert found == [("002", "identical", "001"), ("003", "same_text", "001"), ("004", "near", "000")]
        pairs = pq.read_table("dist/audit/pairs.parquet").to_pylist()
        assert [(row["path_a"][:3], row["path_b"][:3]) for row in pairs if row["numbers_only"]] == [("000", "001")]
        assert manifest(Path("dist"))["deduplication"]["numbers"] == "keep"
        assert "differ in numbers only were not removed" in Path("dist/README.md").read_text("utf-8")

    @pytest.mark.parametrize(("numbers", "kept"), [("remove", "000"), ("keep", "001")])
    def test_keep_takes_the_next_most_similar(self, numbers: str, kept: str, corpus: CorpusFolder) -> None:
        corpus.add(bulletin(58))
        corpus.add(changed(bulletin(61), 4))
        corpus.add(bulletin(61))
        Path("dataset-tools.toml").write_text(f"[dedup]\nnumbers = '{numbers}'", "utf-8")
        (cluster,) = dataset_tools.dedup(corpus.folder).clusters
        assert [Path(path).name[:3] for path in (cluster.kept.path, cluster.removed[0].document.path)] == [kept, "002"]
        assert cluster.removed[0].numbers_only is (numbers == "remove")

    def test_keep_warns_when_splits_may_be_linked(self, corpus: CorpusFolder) -> None:
        for number in range(30):
            corpus.add(article(100 + number))
        corpus.add(bulletin(58))
        corpus.add(bulletin(61))
        Path("dataset-tools.toml").write_text("[dedup]\nnumbers = 'keep'\n[split]\ntest = 0.5", "utf-8")
        report = dataset_tools.build(corpus.folder, "dist")
        assert [one.message for one in report.issues if one.code == "P004"] == [
            "near-duplicates that differ in numbers only were kept, and some may lie in different splits"
        ]


class TestLimits:
    def stopped(self, corpus: CorpusFolder, settings: str) -> str:
        Path("dataset-tools.toml").write_text(f"[dedup]\n{settings}", "utf-8")
        report = dataset_tools.build(corpus.folder, "dist")
        assert (report.exit_code, report.dataset, Path("dist").exists()) == (1, None, False)
        assert dataset_tools.dedup(corpus.folder).stopped == report.stopped
        return report.stopped or ""

    def test_max_removed_stops_a_build_with_the_rate_examples_and_what_to_do(self, traps: CorpusFolder) -> None:
        said = self.stopped(traps, "max_removed = 0.4")
        assert said.startswith("5 of 11 valid documents (45.5%) would be removed as duplicates, and max_removed is 0.4")
        assert said.count(" for ") == 3
        assert "0.9" in said
        assert said.endswith("see them with dataset-tools dedup, and raise the limit if they are duplicates")

    def test_max_cluster_stops_a_build_and_names_the_largest(self, traps: CorpusFolder) -> None:
        said = self.stopped(traps, "max_cluster = 2")
        kept = sorted(traps.folder.iterdir())[0].name
        assert said.startswith("3 documents would be removed in favour of ")
        assert f"{kept}; max_cluster is 2 (the least similar: " in said
        traps.add(near(1, 1, seed=3))
        assert ", and too many for 1 other as well; max_cluster is 1 " in self.stopped(traps, "max_cluster = 1")

    def test_limits_that_are_just_met_stop_nothing(self, traps: CorpusFolder) -> None:
        Path("dataset-tools.toml").write_text("[dedup]\nmax_cluster = 3\nmax_removed = 0.46", "utf-8")
        assert dataset_tools.build(traps.folder, "dist").ok


def test_files_with_errors_take_no_part_and_it_is_said(traps: CorpusFolder) -> None:
    traps.add(article(3), name="tên sai.txt")
    report = dataset_tools.dedup(traps.folder)
    assert (report.counts.invalid, report.removed) == (1, 5)
    assert report.exit_code == 1
    assert report.stopped == "1 file has errors; mend them, or leave them out with --on-invalid quarantine"
    Path("dataset-tools.toml").write_text("on_invalid = 'quarantine'", "utf-8")
    assert dataset_tools.dedup(traps.folder).ok


def test_any_folder_can_be_looked_at_whatever_corpus_the_settings_are_of(traps: CorpusFolder) -> None:
    Path("dataset-tools.toml").write_text("raw = 'elsewhere'", "utf-8")
    assert dataset_tools.dedup(traps.folder).removed == 5


@pytest.mark.parametrize("policy", ["first", "longest"])
def test_threshold_and_policy_of_the_call_count(policy: str, corpus: CorpusFolder) -> None:
    corpus.add(near(1, 4))
    corpus.add(near(1, 4, seed=2) + "dài hơn\n")
    assert dataset_tools.dedup(corpus.folder, threshold=0.9).clusters == ()
    (cluster,) = dataset_tools.dedup(corpus.folder, threshold=0.3, policy=policy).clusters
    assert Path(cluster.kept.path).name[:3] == ("001" if policy == "longest" else "000")


class TestRecall:
    def test_counts_every_pair_of_the_sample_once(self, corpus: CorpusFolder) -> None:
        for number in range(6):
            corpus.add(article(number))
            corpus.add(near(number, 1))
            corpus.add(near(number, 1, seed=2))
        report = dataset_tools.dedup(corpus.folder, threshold=0.7, estimate_recall=100)
        assert report.recall == RecallEstimate(sampled=18, among=18, found=18, missed=0, examples=())

    def test_says_which_pairs_are_missed(self, corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
        corpus.add(article(1))
        corpus.add(near(1, 1))
        monkeypatch.setattr(
            "dataset_tools.prepare.fingerprint", lambda texts, cut: [f"{len(t):08}".encode() for t in texts]
        )
        recall = dataset_tools.dedup(corpus.folder, estimate_recall=2).recall
        assert recall is not None
        assert (recall.found, recall.missed, recall.recall) == (0, 1, 0.0)
        assert recall.examples[0][2] > 0.8

    def test_a_part_of_the_documents_is_compared_with_all(self, corpus: CorpusFolder) -> None:
        for number in range(10):
            corpus.add(article(number))
            corpus.add(near(number, 1))
        recall = dataset_tools.dedup(corpus.folder, estimate_recall=5).recall
        assert recall is not None
        assert (recall.sampled, recall.among, recall.missed) == (5, 20, 0)
        assert 3 <= recall.found <= 5
        assert recall == dataset_tools.dedup(corpus.folder, estimate_recall=5).recall

    @pytest.mark.parametrize("threshold", [0.3, 0.5, 0.8, 0.95, 1.0])
    def test_no_pair_escapes_that_the_definition_finds(self, threshold: float, corpus: CorpusFolder) -> None:
        from dataset_tools.text import canonical, shingles, similarity, split_article

        texts = [near(number % 3, (number * 7) % 20, seed=number) for number in range(30)]
        texts += [f"Ngắn {number % 7}\nmột hai\n" for number in range(9)]
        for text in texts:
            corpus.add(text)
        sets = {shingles(canonical(*split_article(text)[:2])) for text in texts}
        many = list(sets)
        pairs = sum(similarity(a, b) >= threshold for i, a in enumerate(many) for b in many[:i])
        recall = dataset_tools.dedup(corpus.folder, threshold=threshold, estimate_recall=1000).recall
        assert recall is not None
        assert recall.found + recall.missed == pairs

    def test_is_refused_where_near_duplicates_are_not_looked_for(self, corpus: CorpusFolder) -> None:
        Path("dataset-tools.toml").write_text("[dedup]\nnear = false", "utf-8")
        with pytest.raises(UserError, match="near = false"):
            dataset_tools.dedup(corpus.folder, estimate_recall=1)

    def test_the_interval_is_that_of_wilson(self) -> None:
        recall = RecallEstimate(sampled=1, among=1, found=81, missed=182, examples=())
        assert recall.interval() == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe 1998, table I
        assert RecallEstimate(sampled=1, among=1, found=20, missed=0, examples=()).interval()[1] == 1.0
        nothing = RecallEstimate(sampled=1, among=1, found=0, missed=0, examples=())
        assert (nothing.recall, nothing.interval()) == (None, (0.0, 1.0))


class TestTwoDocuments:
    def test_show_their_words_similarity_and_bands(self, traps: CorpusFolder) -> None:
        paths = sorted(traps.folder.iterdir())
        found = duplicates.compare(config.load(), paths[9].name[4:20], str(paths[10]), traps.folder)
        assert (found.relation, found.numbers_only) == ("near", True)
        assert [one for one in found.words if one[0] != "same"] == [("removed", "58"), ("added", "61")]
        assert found.similarity == found.shared / (sum(found.shingles) - found.shared)
        assert found.bands == tuple(sorted(found.bands))
        assert 1 <= found.bands[0] <= found.bands[-1] <= 18

    @pytest.mark.parametrize(("other", "relation"), [(4, "identical"), (5, "same_text"), (6, "near"), (1, "different")])
    def test_are_what_a_build_would_call_them(self, other: int, relation: str, traps: CorpusFolder) -> None:
        names = [sorted(traps.folder.iterdir())[number].name for number in (0, other)]
        assert duplicates.compare(config.load(), *names, traps.folder).relation == relation

    def test_must_be_there_and_be_meant(self, traps: CorpusFolder) -> None:
        settings = config.load()
        known = sorted(traps.folder.iterdir())[0].name
        with pytest.raises(UserError, match="has the id or path 'nobody'"):
            duplicates.compare(settings, "nobody", known, traps.folder)
        with pytest.raises(UserError, match="2 documents have the id") as raised:
            duplicates.compare(settings, known[4:20], known, traps.folder)
        assert known in raised.value.hint

    def test_must_have_a_text(self, traps: CorpusFolder) -> None:
        bad = traps.add(b"\xff\xfe", name=f"099_{'f' * 16}.txt")
        with pytest.raises(UserError, match=r"099_f+\.txt cannot be compared: .*UTF-8"):
            duplicates.compare(config.load(), bad.name, sorted(traps.folder.iterdir())[0].name, traps.folder)

    def test_need_not_be_valid(self, traps: CorpusFolder) -> None:
        lone = traps.folder / "tên sai.txt"
        shutil.copy(sorted(traps.folder.iterdir())[0], lone)
        found = duplicates.compare(config.load(), lone.name, sorted(traps.folder.iterdir())[0].name, traps.folder)
        assert (found.relation, found.first.id) == ("identical", None)
