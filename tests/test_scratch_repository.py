"""A repository from its first minute: init, add, and the real pre-commit, which stops what does not belong there."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, article, new_id

SHARED = ROOT.parent / "shared"
SCRIPTS = Path(sys.executable).parent


@dataclass(frozen=True)
class Texts:
    """Two files to begin with, and ten that come in: seven good ones, then one with a wrong id, a copy, no UTF-8."""

    seeds: dict[str, bytes]
    incoming: dict[str, bytes]


def own() -> Texts:
    def named(index: int, text: str) -> tuple[str, bytes]:
        return f"{index:03}_{new_id(text)}.txt", text.encode()

    good = dict(named(number, article(number)) for number in range(10, 17))
    first = next(iter(good.values()))
    bad = {
        f"017_{new_id(article(99))}.txt": article(17).encode(),
        f"018_{next(iter(good))[4:]}": first,
        "019_00000000000000aa.txt": b"Ti\xeau \xf0\xe9\n" + first,
    }
    return Texts(dict(named(number, article(number)) for number in (0, 3)), {**good, **bad})


def shared() -> Texts:
    if not (SHARED / "corpora").is_dir():
        pytest.skip("the real corpora are not beside this checkout")
    seeds = {path.name: path.read_bytes() for path in (SHARED / "corpora" / "seeds").iterdir()}
    with tarfile.open(SHARED / "corpora" / "vi-news-3k.tar.gz") as archive:
        members = sorted((one for one in archive.getmembers() if one.isfile()), key=lambda one: one.name)[::300]
        files = {Path(one.name).name: archive.extractfile(one).read() for one in members}  # type: ignore[union-attr]
    names = list(files)[:8]
    good = {name: files[name] for name in names[:7]}
    digest = hashlib.sha256(good[names[0]]).hexdigest()[:16]
    assert digest in names[0]
    bad = {
        f"900001_{digest[::-1]}.txt": files[names[7]],
        f"900002_{digest}.txt": good[names[0]],
        "900003_00000000000000aa.txt": good[names[1]].decode().encode("cp1258", "replace"),
    }
    return Texts(seeds, {**good, **bad})


def run(*command: str | Path, fails: bool = False) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def tool(*arguments: str | Path, fails: bool = False) -> str:
    return run(SCRIPTS / "dataset-tools", *arguments, fails=fails)


def commit(message: str, *, fails: bool = False) -> str:
    run("git", "add", "-A")
    return run("git", "commit", "-q", "-m", message, fails=fails)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home without settings of Git, where pre-commit keeps what it has made, and for what the tests share."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("PRE_COMMIT_HOME", str(home / "pre-commit"))
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("HOME", str(home))
        for who in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{who}_NAME", "Người thử")
            patch.setenv(f"GIT_{who}_EMAIL", "test@example.org")
        yield home


@pytest.fixture(scope="module", params=[own, shared], ids=["own", "shared"])
def begun(request: pytest.FixtureRequest, environment: Path) -> tuple[Path, Texts]:
    """A Git repository with two articles, set up, and with pre-commit installed; ten files wait beside it."""
    texts = request.param()
    place = environment / request.param.__name__
    for folder, files in (("repository/raw", texts.seeds), ("incoming", texts.incoming)):
        (place / folder).mkdir(parents=True)
        for name, data in files.items():
            (place / folder / name).write_bytes(data)
    with contextlib.chdir(place / "repository"):
        run("git", "init", "-q")
        assert "no error" in tool("init")
        run(sys.executable, "-m", "pre_commit", "install")
        assert "Passed" in commit("Begin a corpus")
    return place, texts


@pytest.fixture
def repository(begun: tuple[Path, Texts], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Texts:
    """The current folder: a copy of that repository."""
    place, texts = begun
    shutil.copytree(place, tmp_path / "place", symlinks=True)
    monkeypatch.chdir(tmp_path / "place" / "repository")
    return texts


def articles() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path("raw").iterdir()}


def test_bad_files_are_refused_by_add_and_good_ones_committed(repository: Texts) -> None:
    *good, wrong, copy, binary = [Path("../incoming", name) for name in repository.incoming]
    said = tool("add", "../incoming", fails=True)
    assert f"../incoming/{wrong.name}: I001 error: the id" in said
    assert f"../incoming/{copy.name}: D001 error: the same bytes as ../incoming/{good[0].name}" in said
    assert f"../incoming/{binary.name}:1:" in said
    assert "F001 error: not UTF-8" in said
    assert "Nothing was added to raw; refused: 3 of 10 files." in said
    assert articles() == repository.seeds

    said = tool("add", *good)
    assert "Added 7 files to raw" in said
    names = sorted(articles())
    assert [name.partition("_")[0] for name in names] == ["000", "003", "004", "005", "006", "007", "008", "009", "010"]
    assert sorted(articles().values()) == sorted([*repository.seeds.values(), *(path.read_bytes() for path in good)])
    assert "Passed" in commit("Add seven articles")
    tool("build", "-q")
    tool("verify", "-q")


@pytest.mark.parametrize(("position", "code"), [(7, "I001"), (9, "F001")])
def test_pre_commit_stops_a_bad_file_that_was_put_there_by_hand(repository: Texts, position: int, code: str) -> None:
    name, data = list(repository.incoming.items())[position]
    if code == "I001" and "external" in Path("dataset-tools.toml").read_text("utf-8"):
        name, code = f"900001{next(iter(repository.seeds))[3:]}", "I002"  # all that can be told of external ids
    Path("raw", name).write_bytes(data)
    said = commit("Add a bad article", fails=True)
    assert f"raw/{name}" in said
    assert f"{code} error" in said
    assert run("git", "log", "--format=%s") == "Begin a corpus\n"


@pytest.mark.parametrize("begun", [own], indirect=True, ids=["own"])
def test_hooks_that_mend_white_space_never_see_the_corpus(repository: Texts) -> None:
    Path("mend.py").write_text(
        "import pathlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    path = pathlib.Path(name)\n"
        "    path.write_bytes(path.read_bytes().rstrip() + b'\\n\\n\\n')\n",
        "utf-8",
    )
    with Path(".pre-commit-config.yaml").open("a", encoding="utf-8") as file:
        file.write(f"      - {{id: mend, name: mend, entry: '{sys.executable} mend.py', language: system}}\n")
    Path("notes.md").write_text("Ghi chú", "utf-8")
    before = articles()
    run("git", "add", "-A")
    run(sys.executable, "-m", "pre_commit", "run", "--all-files", fails=True)
    assert Path("notes.md").read_bytes().endswith(b"\n\n\n")
    assert articles() == before
    assert "no error" in tool("init")


@pytest.mark.parametrize("begun", [own], indirect=True, ids=["own"])
def test_what_git_gives_back_has_the_bytes_that_were_added(repository: Texts) -> None:
    before = articles()
    run("git", "clone", "-q", "-c", "core.autocrlf=true", ".", "../clone")
    clone = {path.name: path.read_bytes() for path in Path("../clone/raw").iterdir()}
    assert clone == before
