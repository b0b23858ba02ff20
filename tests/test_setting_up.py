"""Setting up a corpus folder: settings that fit what is there, nothing overwritten, and all passes at once."""

import hashlib
import os
import subprocess
import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest
import yaml

import dataset_tools
from dataset_tools import config
from dataset_tools.init_report import InitReport
from dataset_tools.model import UserError
from dataset_tools.setting_up import init
from tests.conftest import CorpusFolder, article, new_id

WRITTEN = [
    "dataset-tools.toml",
    "schemas/article.yaml",
    ".github/workflows/dataset.yml",
    ".pre-commit-config.yaml",
    ".gitattributes",
    ".gitignore",
]
VIETNAMESE = (
    "Sáng sớm, những người đánh cá trở về bến cùng mẻ lưới đầy. Trên bờ, các bà các chị đã chờ sẵn để phân loại "
    "tôm, cua và những rổ cá tươi rồi chuyển ngay lên chợ huyện. Năm nay biển động ít hơn, nên mỗi chuyến đi "
    "được nhiều hơn, và giá bán ở chợ cũng giữ được như mọi năm.\n"
)
ENGLISH = (
    "The ferry left the harbour before sunrise, and the crew checked the nets on the way out. By noon the weather had "
    "changed and the boats turned back, but the catch was good and the market stayed open until the evening.\n"
)


def outcomes(report: InitReport) -> dict[str, str]:
    return {one.path: one.what for one in report.files}


def written() -> dict:
    return tomllib.loads(Path("dataset-tools.toml").read_text("utf-8"))


def corpus(*texts: str, name: str = "raw") -> CorpusFolder:
    folder = CorpusFolder(Path(name))
    for number, text in enumerate(texts):
        folder.add(f"Bài số {number}\n{text}")
    return folder


def test_an_empty_folder_gets_all_files_and_the_next_command() -> None:
    report = init(Path())
    assert outcomes(report) == dict.fromkeys(["raw/.gitkeep", *WRITTEN], "written")
    assert report.next[0].startswith("dataset-tools add FILE...")
    assert written()["recipe"] == "sha256(title+body, nfc)[:16]"
    assert dataset_tools.validate().exit_code == 0
    Path("a.txt").write_text(article(1), "utf-8")
    from dataset_tools.incoming import add

    assert add(config.load(), [Path("a.txt")]).ok
    assert dataset_tools.build().ok


def test_a_dataset_in_the_current_folder_says_nothing_of_another_one() -> None:
    Path("dist").mkdir()
    Path("dist/manifest.json").write_text('{"generator": "dataset-tools", "format": 99}', "utf-8")
    corpus(VIETNAMESE, name="other/raw")
    assert init(Path("other")).checked is not None


def test_git_keeps_the_empty_folder_of_articles() -> None:
    init(Path())
    assert os.listdir("raw") == [".gitkeep"]
    corpus(VIETNAMESE, name="other/raw")
    init(Path("other"))
    assert not Path("other/raw/.gitkeep").exists()


def test_what_was_written_fits_the_corpus_and_passes_at_once() -> None:
    corpus(VIETNAMESE, VIETNAMESE.replace("cá", "mực"))
    report = init(Path())
    values = written()
    assert (values["raw"], values["recipe"]) == ("raw", "sha256(title+body, nfc)[:16]")
    assert values["card"]["language"] == ["vi"]
    assert "file_name" not in values
    assert "include" not in values
    text = Path("dataset-tools.toml").read_text("utf-8")
    assert "# What ids are the hash of: this explains 2 of 2 ids.\n" in text
    assert report.checked is not None
    assert "no error" in report.checked
    assert report.next[0].startswith("dataset-tools build")
    assert dataset_tools.validate().exit_code == 0
    assert dataset_tools.build().ok


def test_other_names_endings_folders_recipes_and_languages_are_found() -> None:
    for number in range(3):
        text = f"Report {number}\n{ENGLISH}{number}\n"
        digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        path = Path("articles", f"{number:02}-{digest}.md")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    init(Path())
    values = written()
    assert values["raw"] == "articles"
    assert values["include"] == ["**/*.txt", "**/*.md"]
    assert values["file_name"] == r"^(?P<index>\d{2,})\-(?P<id>[0-9a-f]{40})\.md$"
    assert values["recipe"] == "sha1(file)[:40]"
    assert values["card"]["language"] == ["en"]
    report = dataset_tools.validate(near=False)
    assert (report.checked, report.exit_code) == (3, 0)
    assert Path(".gitattributes").read_text("utf-8").splitlines()[1] == "articles/** -text"
    assert yaml.safe_load(Path(".pre-commit-config.yaml").read_text("utf-8"))["exclude"] == "^(articles|dist)/"


def test_several_languages_are_listed_the_most_frequent_first() -> None:
    corpus(ENGLISH, VIETNAMESE, VIETNAMESE + "Chiều xuống.\n")
    init(Path())
    assert written()["card"]["language"] == ["vi", "en"]


def test_external_ids_are_pinned_with_the_reason() -> None:
    raw = CorpusFolder(Path("raw"))
    for number in range(2):
        raw.add(article(number), name_id=f"{number + 10:016x}")
    init(Path())
    assert written()["recipe"] == "external"
    assert "no recipe explains any of the 2 ids" in Path("dataset-tools.toml").read_text("utf-8")
    assert dataset_tools.validate().exit_code == 0


def test_one_file_that_nothing_explains_leaves_the_recipe_open() -> None:
    CorpusFolder(Path("raw")).add(article(0), name_id="00000000000000aa")
    init(Path())
    assert written()["recipe"] == "auto"
    assert dataset_tools.validate().exit_code == 0


def test_files_that_are_not_utf_8_are_counted_and_validate_is_named() -> None:
    raw = corpus(VIETNAMESE, VIETNAMESE.replace("cá", "mực"))
    raw.add("Tiêu đề\nNội dung bài báo\n".encode("cp1258", "replace"), name_id="00000000000000aa")
    report = init(Path())
    assert report.checked is not None
    assert "1 F001" in report.checked
    assert report.next[0].startswith("dataset-tools validate")


def test_nothing_is_overwritten_and_what_is_lacking_is_shown() -> None:
    corpus(VIETNAMESE)
    mine = {path: f"# mine: {path}\n" for path in WRITTEN if path != "dataset-tools.toml"}
    mine["schemas/article.yaml"] += resources.files("dataset_tools").joinpath("schemas/article.yaml").read_text("utf-8")
    mine |= {"dataset-tools.toml": '# mine\nraw = "raw"\n', ".gitattributes": "# mine\nraw/** -text\n"}
    for path, text in mine.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text, "utf-8")
    report = init(Path())
    assert {path: Path(path).read_text("utf-8") for path in mine} == mine
    lacks = {one.path: one.lacks for one in report.files}
    assert set(outcomes(report).values()) == {"kept"}
    assert lacks["dataset-tools.toml"] == ('recipe = "sha256(title+body, nfc)[:16]"',)
    assert lacks[".gitattributes"] == ("dist/** -text",)
    assert "exclude: ^(raw|dist)/" in lacks[".pre-commit-config.yaml"]
    assert lacks["schemas/article.yaml"] == ()


def test_a_second_call_writes_nothing_and_lacks_nothing() -> None:
    corpus(VIETNAMESE)
    init(Path())
    before = {path: path.stat().st_mtime_ns for path in map(Path, WRITTEN)}
    report = init(Path())
    assert {(one.what, one.lacks) for one in report.files} == {("kept", ())}
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_settings_in_pyproject_say_where_the_articles_lie() -> None:
    corpus(VIETNAMESE, name="data/texts")
    Path("pyproject.toml").write_text('[tool.dataset-tools]\nraw = "data/texts"\nout = "data/built"\n', "utf-8")
    report = init(Path())
    assert not Path("dataset-tools.toml").exists()
    assert not Path("raw").exists()
    assert outcomes(report)["pyproject.toml"] == "kept"
    lines = Path(".gitattributes").read_text("utf-8").splitlines()
    assert lines[1:] == ["data/texts/** -text", "data/built/** -text"]
    hooks = yaml.safe_load(Path(".pre-commit-config.yaml").read_text("utf-8"))
    assert hooks["exclude"] == "^(data/texts|data/built)/"
    assert dataset_tools.validate().exit_code == 0


def test_articles_beside_the_set_up_are_to_be_moved_first() -> None:
    corpus(VIETNAMESE, name=".")
    with pytest.raises(UserError, match=r"mkdir raw && mv"):
        init(Path())
    assert not Path("dataset-tools.toml").exists()


def test_a_folder_name_that_git_and_pre_commit_would_read_differently_is_refused() -> None:
    corpus(VIETNAMESE, name="my (raw) texts")
    with pytest.raises(UserError, match="rename it to raw"):
        init(Path())


def test_no_file_is_written_through_a_link_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    Path(".github").symlink_to(tmp_path / "outside")
    with pytest.raises(UserError, match="link out of"):
        init(Path())
    assert [path for path in (tmp_path / "outside").rglob("*") if path.is_file()] == []


def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path) -> None:
    Path(".gitignore").symlink_to(tmp_path / "target")
    with pytest.raises(UserError, match="cannot set up"):
        init(Path())
    assert not (tmp_path / "target").exists()


def test_below_the_top_of_a_repository_what_counts_only_there_is_left_out() -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    report = init(Path("corpus"))
    assert outcomes(report)[".pre-commit-config.yaml"] == "left_out"
    assert outcomes(report)[".github/workflows/dataset.yml"] == "left_out"
    assert not Path("corpus/.github").exists()
    assert Path("corpus/.gitattributes").exists()
    assert report.next[0].startswith("cd corpus && ")


def test_git_leaves_every_byte_of_the_corpus_alone(make_corpus: Callable[[str], CorpusFolder]) -> None:
    init(Path())
    text = b"Ti\xc3\xaau \xc4\x91\xe1\xbb\x81\r\nth\xc3\xa2n b\xc3\xa0i\r\n"
    Path("raw/000_00000000000000aa.txt").write_bytes(text)
    for command in (
        ["git", "init", "-q"],
        ["git", "config", "core.autocrlf", "true"],
        ["git", "add", "-A"],
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    Path("raw/000_00000000000000aa.txt").unlink()
    subprocess.run(["git", "checkout", "-q", "raw"], check=True)
    assert Path("raw/000_00000000000000aa.txt").read_bytes() == text
    shown = subprocess.run(
        ["git", "cat-file", "blob", "HEAD:raw/000_00000000000000aa.txt"], check=True, capture_output=True
    )
    assert shown.stdout == text


def test_the_workflow_is_yaml_and_never_installs_what_others_call_dataset_tools() -> None:
    init(Path())
    job = yaml.safe_load(Path(".github/workflows/dataset.yml").read_text("utf-8"))["jobs"]["dataset"]
    installs = [step["run"] for step in job["steps"] if "pip install" in step.get("run", "")]
    assert installs == [
        'python -m pip install "${DATASET_TOOLS:?set the variable DATASET_TOOLS to what pip is to install}"'
    ]
    assert job["env"]["DATASET_TOOLS"] == "${{ vars.DATASET_TOOLS }}" or " @ " in job["env"]["DATASET_TOOLS"]


def test_an_installation_from_a_repository_is_installed_from_there_in_the_workflow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from importlib import metadata

    class Installed:
        def read_text(self, name: str) -> str:
            assert name == "direct_url.json"
            return '{"url": "https://host.example/me/tool.git", "vcs_info": {"vcs": "git", "commit_id": "abc123"}}'

    monkeypatch.setattr(metadata, "distribution", lambda _: Installed())
    init(Path())
    job = yaml.safe_load(Path(".github/workflows/dataset.yml").read_text("utf-8"))["jobs"]["dataset"]
    assert job["env"]["DATASET_TOOLS"] == "dataset-tools @ git+https://host.example/me/tool.git@abc123"


def test_the_schema_is_the_built_in_one() -> None:
    init(Path())
    built_in = resources.files("dataset_tools").joinpath("schemas/article.yaml").read_bytes()
    assert Path("schemas/article.yaml").read_bytes() == built_in


def test_the_recipe_that_is_pinned_gives_new_files_their_ids() -> None:
    init(Path())
    Path("a.txt").write_text(article(3), "utf-8")
    from dataset_tools.incoming import add

    assert add(config.load(), [Path("a.txt")]).additions[0].id == new_id(article(3))
