"""docs/troubleshooting.md is true: each mistake is made, and what is printed stands on the page."""

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, chdir, contextmanager, nullcontext
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

import dataset_tools
from dataset_tools.cli import app
from tests import pages
from tests.conftest import ROOT, CorpusFolder, article, new_id

PAGE = pages.read("docs/troubleshooting.md")
SECTIONS = dict(re.findall(r"^## (.*)\n((?:(?!## ).*\n)*)", PAGE, re.MULTILINE))

runner = CliRunner()


def sessions(heading: str) -> list[tuple[str, str]]:
    """The commands of a section, each with what it prints."""
    return [(step.command, step.output) for step in pages.steps(SECTIONS[heading])]


def settings(text: str) -> Callable[[], None]:
    return lambda: write("dataset-tools.toml", text)


def write(path: str, data: str | bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(data.encode() if isinstance(data, str) else data)


def schema(old: str, new: str) -> Callable[[], None]:
    text = (ROOT / "dataset_tools" / "schemas" / "article.yaml").read_text("utf-8")
    assert old in text
    return lambda: write("schema.yaml", text.replace(old, new))


def no_corpus() -> None:
    shutil.rmtree("raw")


def only_markdown() -> None:
    shutil.rmtree("raw")
    write("raw/bài.md", "Trời nắng\nHôm nay trời nắng.\n")


def windows() -> None:
    text = article(3)
    write(f"raw/003_{new_id(text)}.txt", text.replace("\n", "\r\n"))


def edited() -> None:
    (path,) = Path("raw").glob("001_*")
    path.write_text(path.read_text("utf-8") + "Một câu thêm vào sau.\n", "utf-8")


def two_cases() -> None:
    text = article(4)
    write(f"raw/003_{new_id(text)}.txt", text)
    write(f"raw/003_{new_id(text).upper()}.txt", text)


def foreign() -> None:
    write("notes/README.md", "Ghi chú\n")


def git() -> None:
    subprocess.run(["git", "init", "-q", "."], check=True)


def missing_body() -> None:
    write(f"raw/003_{new_id('Chỉ có tiêu đề')}.txt", "Chỉ có tiêu đề\n")


def newer() -> None:
    assert dataset_tools.build("raw", "dist").ok
    path = Path("dist/manifest.json")
    path.write_text(path.read_text("utf-8").replace('"format": 1', '"format": 2'), "utf-8")


@contextmanager
def nobody(made: Callable[[], None]) -> Iterator[None]:
    """As somebody who is not root, who may do everything, once the mistake is made."""
    if os.geteuid() != 0:
        made()
        yield
        return
    runner.invoke(app, ["build", "raw", "--out", "before", "--no-cache"])  # nobody may not read the libraries either
    corpus = Path("raw").absolute()
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # those of pytest are for its user alone
        Path(folder).chmod(0o755)
        shutil.copytree(corpus, "raw")
        made()
        os.setegid(65534)
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)


def unreadable() -> None:
    write("raw/003_0123456789abcdef.txt", article(5))
    Path("raw/003_0123456789abcdef.txt").chmod(0)


def protected() -> None:
    Path("shared").mkdir(mode=0o555)


@contextmanager
def full() -> Iterator[None]:
    """A disk of 32 KB that has room for one file of 4 KB."""
    Path("disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", "disk"]
    done = subprocess.run(mount, capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount a small disk here: {done.stderr.decode().strip()}")
    try:
        write("disk/else", bytes(28 << 10))
        yield
    finally:
        subprocess.run(["umount", "-l", "disk"], check=True)


@contextmanager
def locked() -> Iterator[None]:
    with FileLock(".dist.lock"):
        yield


@contextmanager
def without_charts() -> Iterator[None]:
    assert dataset_tools.build("raw", "dist").ok
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "vl_convert", None)
        yield


Prepare = Callable[[], AbstractContextManager[None] | None]

MISTAKES: dict[str, Prepare] = {
    "The path is wrong": lambda: None,
    "There is no corpus in this folder": no_corpus,
    "No file is an article": only_markdown,
    "A file name does not fit": lambda: write("raw/trời-nắng.txt", article(3)),
    "The id is not that of the content": edited,
    "Windows line ends": windows,
    "A file is not UTF-8": lambda: write("raw/003_0123456789abcdef.txt", b"Tr\xeai n\xe0ng\nH\xf4m nay.\n"),
    "Two names that are one elsewhere": two_cases,
    "A file may not be read": lambda: nobody(unreadable),
    "Files have errors, so nothing was written": missing_body,
    "A setting is not known": settings("[dedup]\ntreshold = 0.7\n"),
    "A setting is in the wrong table": settings("threshold = 0.7\n"),
    "The settings are not TOML": settings("raw = articles\n"),
    "A recipe is not known": settings('recipe = "sha-256(title+body)"\n'),
    "An option is not known": lambda: None,
    "The schema has a typing mistake": schema("str_length", "str_lenght"),
    "The schema was written for something else": schema("polars_dataframe", "dataframe"),
    "The output folder holds something else": foreign,
    "The output lies in the corpus": lambda: None,
    "The output folder may not be written": lambda: nobody(protected),
    "The disk is full": full,
    "A file may not grow so large": lambda: None,
    "Another build is at work": locked,
    "The folder is no dataset": foreign,
    "The dataset is from another version": newer,
    "The published dataset is not there": lambda: None,
    "Git does not know the commit": git,
    "A library is not installed": without_charts,
}
"""How each mistake is made, by the heading of its section; it is made in a folder with a small corpus."""

ELSEWHERE = {"Python is too old"}


@pytest.fixture
def _corpus() -> None:
    corpus = CorpusFolder(Path("raw").absolute())
    for number in range(3):
        corpus.add(article(number))


def printed(command: str) -> tuple[int, str]:
    """What a command gives, in this process where it needs no shell."""
    if command.startswith("dataset-tools "):
        result = runner.invoke(app, shlex.split(command)[1:], prog_name="dataset-tools")
        return result.exit_code, result.output
    script = command.replace("dataset-tools", f"{shlex.quote(sys.executable)} -m dataset_tools")
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_section_is_tried() -> None:
    assert list(SECTIONS) == [*MISTAKES, *ELSEWHERE]
    assert len(MISTAKES) >= 20


@pytest.mark.usefixtures("_corpus")
@pytest.mark.parametrize("heading", MISTAKES)
def test_the_page_shows_what_is_printed(heading: str) -> None:
    with MISTAKES[heading]() or nullcontext():
        seen = [(command, *printed(command)) for command, _ in sessions(heading)]
    for (command, shown), (_, code, text) in zip(sessions(heading), seen, strict=True):
        assert text == shown, command
        assert "Traceback" not in text
        if code == 2:
            assert re.fullmatch(r"error: .+\n    next: .+\n", text)
        else:
            assert code == int(" error: " in text)
            assert re.search(r"^\S.*: [A-Z]\d{3} (error|warning): .+\n(  \|.*\n)*    next: .+\n", text, re.MULTILINE)


def old_python() -> str | None:
    """An interpreter that is older than the oldest one supported, if there is one."""
    uv = shutil.which("uv")
    found = [uv and subprocess.run([uv, "python", "find", "3.10"], capture_output=True, text=True, check=False).stdout]
    found += map(str, (Path.home() / ".pyenv" / "versions").glob("3.10.*/bin/python"))
    for name in (*(path.strip() for path in found if path), "python3.10", "python3.9"):
        if (
            shutil.which(name)
            and not subprocess.run([name, "-m", "pip", "-V"], capture_output=True, check=False).returncode
        ):
            return name
    return None


def test_the_package_says_which_python_it_needs() -> None:
    assert importlib.metadata.metadata("dataset-tools")["Requires-Python"] == ">=3.11"


def test_pip_of_an_older_python_says_what_the_page_shows(tmp_path: Path) -> None:
    python = old_python()
    if python is None:
        pytest.skip("no Python older than 3.11 is here: uv python install 3.10")
    wheel = tmp_path / "dataset_tools-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        folder = "dataset_tools-0.1.0.dist-info"
        needs = importlib.metadata.metadata("dataset-tools")["Requires-Python"]
        facts = f"Metadata-Version: 2.4\nName: dataset-tools\nVersion: 0.1.0\nRequires-Python: {needs}\n"
        archive.writestr(f"{folder}/METADATA", facts)
        archive.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{folder}/RECORD", "")
    install = [python, "-m", "pip", "install", "--no-index", "--no-deps", wheel]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    ((_, shown),) = sessions("Python is too old")
    number = r"\d+\.\d+\.\d+"
    assert re.sub(number, "N", shown.strip()) in re.sub(number, "N", done.stderr)
