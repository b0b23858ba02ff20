"""Input made to do harm: nothing is executed, followed or waited for, every report is safe, every byte is kept."""

import hashlib
import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dataset_tools
from dataset_tools.formats import changes, clusters
from dataset_tools.text import printable, split_article
from tests.conftest import CorpusFolder, article
from tests.reliability.watch import Watch, watched
from tests.test_any_input import assert_all_formats, assert_safe

SECRET = "mật khẩu của người khác nằm ở ngoài kho ngữ liệu"
TRAP = "Path('pwned').touch()"


@pytest.fixture(autouse=True)
def watch() -> Iterator[Watch]:
    """In each test nothing is executed, and no file with the name that every attack would write is there after it."""
    with watched() as watch:
        yield watch
    assert list(Path().rglob("pwned")) == []


@pytest.fixture
def raw() -> CorpusFolder:
    corpus = CorpusFolder(Path("raw").absolute())
    for number in (1, 2):
        corpus.add(article(number))
    return corpus


@pytest.fixture
def secret(tmp_path: Path, watch: Watch) -> Path:
    path = tmp_path / "outside" / "secret.txt"
    path.parent.mkdir()
    path.write_text(f"{SECRET}\nthân bài\n", "utf-8")
    watch.opened.clear()
    return path


def rows(dist: str = "dist") -> list[dict[str, str]]:
    return [row for path in sorted(Path(dist, "data").iterdir()) for row in pq.read_table(path).to_pylist()]


def everything_is_safe() -> dict[str, str]:
    """Check, build, compare and verify the corpus, each report being safe; gives the first error of each path."""
    checked = dataset_tools.validate("raw", near=True)
    assert_all_formats(checked)
    built = dataset_tools.build(on_invalid="quarantine")
    assert_all_formats(built)
    assert built.ok
    verified = dataset_tools.verify("dist", load=True)
    assert_all_formats(verified)
    assert [one.code for one in verified.issues if one.severity == "error"] == []
    for render in clusters.RENDERERS.values():
        assert_safe(render(dataset_tools.dedup(), None))
    if Path("before").is_dir():
        for form, show in changes.RENDERERS.items():
            text = show(dataset_tools.diff("before", "dist", words=None), None)
            assert_safe(text if text.endswith("\n") else f"{text}\n")
            assert form != "json" or json.loads(text)
    errors = [one for one in checked.issues if one.severity == "error"]
    return {str(one.path): one.code for one in reversed(errors)}


TEXTS = {
    "what a terminal obeys (colours, clear, title of the window)": "\x1b[31m\x1b[2J\x1b]0;a\x07\x1b[c\x9b6n",
    "commands of GitHub's workflows": "::error file=a,line=1::b %0A::stop-commands::x",
    "commands of Azure and TeamCity": "##vso[task.setvariable variable=PATH]x ##[group] ##teamcity[message text='x']",
    "HTML with a script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "links and pictures of Markdown": "[a](javascript:alert(1)) ](javascript:b) ![c](https://example.invalid/c.png)",
    "what YAML takes for tags": f"!!python/object/apply:os.system [{TRAP}]",
    "the end of the front matter of a card": "--- license: mit ---",
    "formulas of a spreadsheet": "=cmd|'/c calc'!A0 @SUM(1) +1+1 -1",
    "text that turns around (right-to-left overrides)": "\u202egpj.exe\u2066\u2069\u200f",
    "code of a template": "{{ 7 * 7 }}{% for one in ().__class__.__mro__ %}{% endfor %}{# #}",
    "fields of a format string": "{0.__class__.__init__.__globals__} %s %n %(a)s",
    "commands of a shell": "$(touch pwned) `touch pwned`; touch pwned | touch pwned && touch pwned",
    "a pickle that would run a command": "cos\x0bsystem (S'touch pwned' tR.",
    "ends of JSON, XML and CDATA": '"}],"issues":[{ ]]> </testsuite> <!ENTITY a SYSTEM \'file:///etc/passwd\'> &a;',
    "line ends that only some programs know": "a\u2028b\u2029c\u0085d\x0be\x0cf",
    "letters that are not seen (tags, marks of byte order, joiners)": "\ufeffa\U000e0041\u200b\u200d\u2060",
    "two thousand accents on a letter": "a" + "\u0301" * 2000,
    "null bytes": "a\0b\0",
}


@pytest.mark.parametrize("what", TEXTS)
def test_a_text(what: str, raw: CorpusFolder) -> None:
    """Titles and texts with {}.

    Every report is safe. Each character is in the dataset, and none of this in the card and in Croissant. A title
    without a body is left out, on record.
    """
    assert dataset_tools.build(out="before").ok
    payload = TEXTS[what]
    title, body = f"Bài {payload}"[:400], f"Thân bài {payload} {payload}"
    good = raw.add(f"{title}\n{article(7).partition(chr(10))[2]}\n{body}\n")
    raw.add(f"{payload}\n")
    assert len(everything_is_safe()) == 1
    expected = split_article(good.read_text("utf-8"))
    (row,) = [one for one in rows() if one["path"] == good.name]
    assert (row["title"], row["body"]) == (expected.title, expected.body)
    assert row["sha256"] == hashlib.sha256(good.read_bytes()).hexdigest()
    for path in ("README.md", "croissant.json"):
        assert payload not in Path("dist", path).read_text("utf-8")


NAMES = {
    "a line break and a workflow command": b"a\n::error::b\r::stop-commands::x",
    "quotes, a semicolon and a command": b"'\"`;$(touch pwned)&|<>*?",
    "bytes that are not UTF-8": b"\xff\xfe\x80",
    "what a terminal obeys": b"\x1b[2J\x1b]0;a\x07\x9b",
    "text that turns around": "\u202etxt.exe\u2066".encode(),
    "a dash in front, as of an option": b"--out=pwned -rf",
    "%0A and what looks like a link": b"%0A%2e%2e](javascript:a)<b>",
    "as many bytes as a file system takes": "ế".encode() * 80,
    "what YAML, JSON and templates take for their own": b'!!python ]]> {{a}} ": [',
}


@pytest.mark.parametrize("what", NAMES)
def test_a_name(what: str, raw: CorpusFolder) -> None:
    """Names of files and folders with {}.

    Shown as escapes; a wrong name is an error, a right one in such a folder is in the dataset by a safe path.
    """
    folder = os.path.join(os.fsencode(raw.folder), NAMES[what])
    os.mkdir(folder)
    good = raw.add(article(5), below=os.fsdecode(NAMES[what]))
    wrong = os.path.join(os.fsencode(raw.folder), NAMES[what][:200] + b".txt")
    with open(wrong, "wb") as file:
        file.write(article(6).encode())
    errors = everything_is_safe()
    assert "F004" in errors.values()
    (path,) = [one["path"] for one in rows() if one["id"] == good.stem[4:]]
    assert path == printable(f"{os.fsdecode(NAMES[what])}/{good.name}")


@pytest.mark.parametrize("shift", range(4))
def test_characters_of_four_bytes_at_every_boundary(shift: int, raw: CorpusFolder) -> None:
    """2 MB of characters of four bytes, moved on by {} bytes, so that they lie across every boundary of a block.

    Each character is in the dataset.
    """
    good = raw.add(f"Bài bốn byte\n{'x' * shift}" + "".join(chr(0x20000 + i % 40_000) for i in range(500_000)) + "\n")
    assert dataset_tools.build(cache=False).ok
    (row,) = [one for one in rows() if one["path"] == good.name]
    assert row["body"] == split_article(good.read_text("utf-8")).body
    assert dataset_tools.verify("dist", full=True).ok


def test_a_title_of_ten_megabytes(raw: CorpusFolder) -> None:
    """A title of 10 MB, of markup and line separators.

    An error of the schema; its messages show the beginning and the length, in less than 1 KB each.
    """
    raw.add("<b>\u2028](a)" * 1_000_000 + "\nthân bài\n")
    errors = everything_is_safe()
    assert len(errors) == 1
    report = dataset_tools.validate("raw")
    assert max(len(one.message + one.hint) for one in report.issues) < 1000


@pytest.mark.parametrize("kind", ["PNG", "ZIP", "ELF", "gzip", "PDF"])
def test_a_file_of_another_kind(kind: str, raw: CorpusFolder) -> None:
    """A {} file that is called as an article is.

    F001, not UTF-8; it is not unpacked, not run, and stays out of the dataset.
    """
    data = {
        "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0",
        "ZIP": b"PK\x03\x04\x14\0\0\0\x08\0" + b"\xff" * 40,
        "ELF": b"\x7fELF\x02\x01\x01" + b"\0" * 57 + b"\xf0\xff",
        "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + b"\xff" * 40,
        "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</JS (app.alert(1))>>",
    }[kind]
    one = raw.add(data, name="009_0123456789abcdef.txt")
    assert everything_is_safe() == {f"raw/{one.name}": "F001"}
    assert one.name not in {row["path"] for row in rows()}


def everywhere() -> bytes:
    """All bytes of the dataset."""
    return (
        b"".join(path.read_bytes() for path in sorted(Path("dist").rglob("*")) if path.is_file())
        + repr(
            [
                [row.values() for row in pq.read_table(path).to_pylist()]
                for path in sorted(Path("dist").rglob("*.parquet"))
            ]
        ).encode()
    )


@pytest.mark.parametrize("target", ["a file outside", "a link that leads outside", "/proc/self/environ", "/dev/zero"])
def test_a_link_out_of_the_corpus(target: str, raw: CorpusFolder, secret: Path, watch: Watch) -> None:
    """An article that is a link to {}.

    F008; the target is not opened, and nothing of it is in the dataset or in a report.
    """
    place = {"a file outside": secret, "a link that leads outside": secret.with_name("link")}.get(target, Path(target))
    if place.name == "link":
        place.symlink_to(secret)
    link = raw.folder / "009_0123456789abcdef.txt"
    link.symlink_to(place)
    assert everything_is_safe() == {f"raw/{link.name}": "F008"}
    assert not {str(secret), str(place), str(link)} & set(watch.opened)
    assert SECRET.encode() not in everywhere()


def test_a_folder_that_leads_out_of_the_corpus(raw: CorpusFolder, secret: Path, watch: Watch) -> None:
    """A folder of the corpus that is a link to one outside, and one that leads in a circle.

    Not entered, and a warning says so.
    """
    secret.rename(secret.with_name("000_0123456789abcdef.txt"))
    (raw.folder / "tin").symlink_to(secret.parent)
    (raw.folder / "vòng").symlink_to(raw.folder)
    assert everything_is_safe() == {}
    assert not [one for one in watch.opened if str(secret.parent) in one or "/tin/" in one or "/vòng/" in one]
    assert len(rows()) == 2


@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a device", "a link in a circle"])
def test_what_is_no_file(kind: str, raw: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of an article: {}.

    It is not waited for and not read; where it counts as an article it is an error.
    """
    name = "009_0123456789abcdef.txt"
    here = Path().absolute()
    monkeypatch.chdir(raw.folder)  # the path of a socket must be short
    if kind == "a pipe":
        os.mkfifo(name)
    elif kind == "a socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(name)
    elif kind == "a link in a circle":
        os.symlink(name, name)
    else:
        try:
            os.mknod(name, 0o600 | 0o020000, os.makedev(1, 5))
        except OSError as error:
            pytest.skip(f"cannot make a device here: {error}")
    monkeypatch.chdir(here)
    assert set(everything_is_safe().values()) <= {"F009"}
    report = dataset_tools.validate(raw.folder / name)
    assert [one.code for one in report.issues if one.severity == "error"] in (["F009"], ["F010"])


def refused(**how: object) -> str:
    """The message and hint of a call that is wrong; nothing was built."""
    with pytest.raises(dataset_tools.UserError) as raised:
        dataset_tools.build("raw", "dist", **how)
    assert not Path("dist").exists()
    text = f"{raised.value.message} / {raised.value.hint}"
    assert len(text) < 1000
    assert_safe(printable(text) + "\n")
    return text


SCHEMAS = {
    "a tag that runs a command": ("a.yaml", f'columns: !!python/object/apply:os.system ["{TRAP}"]\n', ""),
    "a tag in a value": ("a.yaml", "columns:\n  title:\n    description: !!python/name:os.system\n", ""),
    "a billion laughs": (
        "a.yaml",
        "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
        "aliases are not supported",
    ),
    "ten thousand levels of YAML": ("a.yaml", "[" * 10_000, "nested too deeply"),
    "ten thousand levels of JSON": ("a.json", "[" * 10_000, "nested too deeply"),
    "a number of a million digits (YAML)": ("a.yaml", f"columns: {{title: {{str_length: {'9' * 1_000_000}}}}}\n", ""),
    "a number of a million digits (JSON)": ("a.json", f'{{"columns": {"9" * 1_000_000}}}', ""),
    "a regular expression of a gigabyte": (
        "a.yaml",
        "columns: {title: {str_matches: '(((a{1000}){1000}){1000})'}}\n",
        "",
    ),
    "what a terminal obeys": ("a.yaml", '"\\e[2J\\n::error::a": 1\n', ""),
    "bytes that are not UTF-8": ("a.yaml", "columns: \udcff\n", "UTF-8"),
}


@pytest.mark.parametrize("what", SCHEMAS)
def test_a_schema(what: str, raw: CorpusFolder) -> None:
    """A schema with {}.

    Exit 2 with one short message that names the file; nothing is executed, and nothing is built.
    """
    name, text, said = SCHEMAS[what]
    Path(name).write_bytes(text.encode("utf-8", "surrogateescape"))
    message = refused(schema=name)
    assert name in message
    assert said in message


def test_a_regular_expression_made_to_be_slow(raw: CorpusFolder) -> None:
    """A schema with `^(a+)+$`, and a title of 400 letters that Python's `re` would not be done with.

    The check is done in linear time and raises its issue.
    """
    raw.add("a" * 400 + "b\nthân bài\n")
    Path("a.yaml").write_text("columns:\n  title:\n    str_matches: '^(a+)+$'\n", "utf-8")
    report = dataset_tools.validate("raw", schema="a.yaml")
    assert len([one for one in report.issues if one.severity == "error"]) == 3


def test_code_beside_the_articles(raw: CorpusFolder) -> None:
    """Python files, settings and schemas that lie in the folder of the articles, as somebody sent them.

    None is imported, executed or obeyed.
    """
    code = f"from pathlib import Path\n{TRAP}\n"
    (raw.folder / "schemas").mkdir()
    for name in ("schemas/article.py", "sitecustomize.py", "conftest.py", "pandera.py", "polars.py", "setup.py"):
        (raw.folder / name).write_text(code, "utf-8")
    (raw.folder / "schemas" / "article.yaml").write_text("columns: !!python/name:os.system\n", "utf-8")
    (raw.folder / "dataset-tools.toml").write_text('schema = "schemas/article.py"\nout = "pwned"\n', "utf-8")
    (raw.folder / "pyproject.toml").write_text('[tool.dataset-tools]\nout = "pwned"\n', "utf-8")
    assert everything_is_safe() == {}


SETTINGS = {
    "a schema of YAML that runs a command": 'schema = "a.yaml"\n',
    "ten thousand levels": "a = " + "[" * 10_000,
    "a number of a million digits": "jobs = " + "9" * 1_000_000,
    "a threshold that is no number": "[dedup]\nthreshold = nan\n",
    "a key of terminal escapes": '"\\u001b[2J\\n::error::a" = 1\n',
    "an output folder that is the root of the system": 'out = "/"\n',
    "an output folder outside, full of other files": 'out = "../outside"\n',
    "a language that breaks out of the card": '[card]\nlanguage = ["vi\\n---\\nlicense: mit"]\n',
}


@pytest.mark.parametrize("what", SETTINGS)
def test_settings(what: str, raw: CorpusFolder, secret: Path) -> None:
    """Settings with {}.

    Exit 2 with one short message; nothing is executed, written or removed.
    """
    Path("a.yaml").write_text(f'columns: !!python/object/apply:os.system ["{TRAP}"]\n', "utf-8")
    Path("dataset-tools.toml").write_text(SETTINGS[what], "utf-8")
    with pytest.raises(dataset_tools.UserError) as raised:
        dataset_tools.build("raw")
    assert len(raised.value.message) < 1000
    assert not Path("dist").exists()
    assert [path.name for path in secret.parent.iterdir()] == ["secret.txt"]


def test_words_of_the_maintainer_that_could_break_the_card(raw: CorpusFolder) -> None:
    """A name and a description of the dataset with YAML, HTML, templates and the end of the front matter.

    They are values of the card: its front matter has no further key, and no script is in its page.
    """
    words = "---\\nlicense: mit\\n---\\n!!python/name:os.system {{ 7 * 7 }} <script>alert(1)</script>"
    Path("dataset-tools.toml").write_text(f'[card]\npretty_name = "{words}"\ndescription = "{words}"\n', "utf-8")
    assert dataset_tools.build().ok
    card = Path("dist/README.md").read_text("utf-8")
    front = re.split(r"^---$", card, flags=re.MULTILINE)[1]
    assert "\nlicense: mit" not in front
    assert "<script>" not in card.split(front)[1]
    assert "{{ 7 * 7 }}" in card
    assert dataset_tools.verify("dist", load=True).ok


SIDECARS = {
    "a link to a file outside": ("metadata.csv", None),
    "columns that are formulas or attributes": ("metadata.csv", b"id,=cmd|'/c calc'!A0,__class__\n"),
    "a thousand levels of JSON": ("metadata.jsonl", b'{"id": ' + b"[" * 1000 + b"]" * 1000 + b"}\n"),
    "a number of a million digits": ("metadata.jsonl", b'{"id": "a", "n": ' + b"9" * 1_000_000 + b"}\n"),
    "null bytes": ("metadata.csv", b"id,a\n\0\0,\0\n"),
    "bytes that are not UTF-8": ("metadata.csv", b"id,a\n\xff,\xfe\n"),
    "Parquet that is none": ("metadata.parquet", b"PAR1" + b"\xff" * 100 + b"PAR1"),
    "an open quote that never ends": ("metadata.csv", b'id,a\n"' + b"a" * 1_000_000),
}


@pytest.mark.parametrize("what", SIDECARS)
def test_metadata(what: str, raw: CorpusFolder, secret: Path, watch: Watch) -> None:
    """Metadata beside the articles with, or that are, {}.

    An error of the metadata (M001, where it cannot be read), short and safe; nothing is followed, executed or built.
    """
    name, data = SIDECARS[what]
    if data is None:
        (raw.folder / name).symlink_to(secret)
    else:
        (raw.folder / name).write_bytes(data)
    report = dataset_tools.build()
    assert_all_formats(report)
    found = [one for one in report.issues if one.severity == "error"]
    assert {one.code[0] for one in found} == {"M"}
    assert max(len(one.message) for one in found) < 500
    assert not Path("dist").exists()
    assert str(secret) not in watch.opened


def test_a_pipe_in_the_place_of_metadata(raw: CorpusFolder) -> None:
    """A pipe in the place of the metadata.

    M001; it is not waited for.
    """
    os.mkfifo(raw.folder / "metadata.csv")
    report = dataset_tools.build()
    assert [one.code for one in report.issues if one.severity == "error"] == ["M001"]
