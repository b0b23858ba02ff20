"""Whatever files hold and are called, `validate` ends with 0 or 1, and each report is well-formed and safe to show."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

import jsonschema
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

import dataset_tools
from dataset_tools.formats import RENDERERS, full
from dataset_tools.report import SourceLines
from dataset_tools.run_report import RunReport
from tests.conftest import ROOT, new_id
from tests.formats.reports import ATTACKS
from tests.formats.test_gitlab import DOCUMENTED
from tests.formats.test_junit import SCHEMAS
from tests.formats.test_sarif import VALIDATOR

EXAMPLES = [path.read_bytes() for path in sorted((ROOT / "tests" / "examples").rglob("*.txt"))]
LINES = sorted({line for data in EXAMPLES for line in data.split(b"\n")})
UNSAFE = ("Cc", "Cf", "Cs", "Zl", "Zp")
VISIBLE = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
"""Signs of category Cf that have a form of their own (Prepended_Concatenation_Mark)."""


class File(NamedTuple):
    """A name as bytes, and a content; where the name is None, it is the right one for the content."""

    name: bytes | None
    content: bytes


fragments = st.sampled_from(ATTACKS).map(lambda text: text.encode("utf-8", "surrogatepass"))
scraps = st.sampled_from(LINES) | fragments | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace"))
line_ends = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n", b"\r", b"\n\n", b""])
written = st.builds(
    lambda mark, parts: mark + b"".join(scrap + end for scrap, end in parts),
    st.sampled_from([b"", b"", b"", b"\xef\xbb\xbf", b"\xff\xfe"]),
    st.lists(st.tuples(scraps, line_ends), max_size=6),
)
others = st.text(max_size=30).flatmap(
    lambda text: st.sampled_from(["utf-16", "utf-32-be", "cp1258"]).map(lambda name: text.encode(name, "replace"))
)
contents = st.sampled_from(EXAMPLES) | written | written | others | st.binary(max_size=40)
pieces = st.sampled_from(
    [b"001", b"_", b"0123456789abcdef", b".txt", b".TXT", b" ", b"-", b"\xff", b"\r", b"%0A", b"."]
)
names = (
    st.lists(pieces | fragments | st.binary(min_size=1, max_size=4), min_size=1, max_size=8)
    .map(lambda parts: b"".join(parts).replace(b"/", b"").replace(b"\0", b"")[:200])
    .filter(lambda name: name not in (b"", b".", b".."))
)
files = st.lists(st.builds(File, st.none() | st.none() | names, contents), min_size=1, max_size=5)


def put(folder: bytes, given_files: list[File]) -> list[Path]:
    """Write the files that this file system takes."""
    paths = []
    for number, (name, content) in enumerate(given_files):
        right = new_id(content.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n"))
        path = os.path.join(folder, name if name is not None else f"{number:03}_{right}.txt".encode())
        try:
            with open(path, "wb") as file:
                file.write(content)
        except OSError:  # macOS takes no name that is not UTF-8
            continue
        paths.append(Path(os.fsdecode(path)))
    return paths


def rendered(report: RunReport, name: str) -> str:
    return full.render(report, SourceLines()) if name == "full" else RENDERERS[name](report)


def assert_safe(text: str) -> None:
    """No control character but LF, nothing that is invisible or turns text around, no half of a character."""
    strange = {character for character in set(text) if unicodedata.category(character) in UNSAFE}
    assert strange - VISIBLE <= {"\n"}
    assert text.endswith("\n")
    text.encode("utf-8")


def assert_well_formed(name: str, text: str, report: RunReport) -> None:
    found = len(report.issues)
    if name == "json":
        assert len(json.loads(text)["issues"]) == found
    elif name == "jsonl":
        kinds = [json.loads(line)["type"] for line in text.splitlines()]
        assert kinds == ["issue"] * found + ["summary"]
    elif name == "sarif":
        log = json.loads(text)
        VALIDATOR.validate(log)
        assert len(log["runs"][0]["results"]) == found
    elif name == "gitlab":
        violations = json.loads(text)
        jsonschema.validate(violations, DOCUMENTED)
        assert len(violations) == found
    elif name == "junit":
        suites = ET.fromstring(text.encode())
        for schema in SCHEMAS:
            schema.validate(suites)
    else:
        lines = text.splitlines()
        assert lines == text.split("\n")[:-1]
        commands = [line for line in lines if line.lstrip().startswith("::")]
        assert len(commands) == (found if name == "github" else 0)
        assert all(re.match(r"::(error|warning) (\w+=[^:,]*,)*title=[^:,]*::", line) for line in commands)
        assert not [line for line in lines if re.search(r"##(vso|teamcity)?\[", line)]
        if name == "concise":
            assert all(f" {one.code} " in line for one, line in zip(report.issues, lines, strict=False))


def assert_all_formats(report: RunReport) -> None:
    for name in RENDERERS:
        text = rendered(report, name)
        assert_safe(text)
        assert_well_formed(name, text, report)


HOSTILE = [
    File(b"::error file=a::b\n::stop-commands::x.txt", "Bài\n::error::a\n\u202eb\x1b[2J".encode()),
    File(b"\xff\xfe\r.txt", b"a\r::error::b"),
    File(b"001_0123456789abcdef.txt%0A::error::a", b"\0" * 40),
    File("##[group]a\u2028\u200b.TXT".encode(), "##vso[task.complete]\nb\u0085\u2066".encode()),
]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(files)
@example(HOSTILE)
def test_validate_ends_with_0_or_1_and_every_format_is_well_formed_and_safe(given_files: list[File]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = put(os.fsencode(folder), given_files)
        report = dataset_tools.validate(folder, *paths, near=True)
        assert report.checked == len(set(paths))
        assert report.exit_code == int(report.errors > 0)
        for one in report.issues:
            event(one.code)
        assert_all_formats(report)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(names, files)
@example(b"::error::\n\x1b[2J##[group]\xff", HOSTILE)
def test_the_folder_may_have_any_name_as_well(name: bytes, given_files: list[File]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(os.fsencode(folder), name)
        try:
            os.mkdir(place)
        except OSError:
            return
        put(place, given_files)
        assert_all_formats(dataset_tools.validate(os.fsdecode(place)))


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(RENDERERS)), files)
@example("full", HOSTILE)
@example("github", HOSTILE)
def test_the_command_line_prints_what_is_well_formed_and_safe_too(name: str, given_files: list[File]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = put(os.fsencode(folder), given_files)
        command = [sys.executable, "-m", "dataset_tools", "validate", "--output-format", name, folder, *paths]
        done = subprocess.run(command, capture_output=True, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)})
        report = dataset_tools.validate(folder, *paths)
    assert done.stderr == b""
    assert done.returncode == report.exit_code
    text = done.stdout.decode("utf-8")
    assert_safe(text)
    assert_well_formed(name, text, report)
