"""The command line: exit codes, streams, messages."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dataset_tools import __version__
from dataset_tools.cli import app, options
from dataset_tools.formats import RENDERERS, statistics
from tests.conftest import ROOT, CorpusFolder, article

runner = CliRunner()


def call(*arguments: str | Path) -> Result:
    return runner.invoke(app, [str(argument) for argument in arguments])


def test_the_formats_offered_are_those_of_the_registry() -> None:
    assert [one.value for one in options.OutputFormat] == list(RENDERERS)


def test_the_version_is_that_of_the_package() -> None:
    assert call("--version").stdout == f"dataset-tools {__version__}\n"


@pytest.mark.parametrize("command", [[], ["validate"], ["build"]])
def test_every_option_has_help(command: list[str]) -> None:
    text = call(*command, "--help").stdout
    assert "[OPTIONS]" in text
    for option in re.findall(r"^  (?:-\w, )?--[\w-]+", text, re.MULTILINE):
        assert re.search(rf"{re.escape(option)}.*\s{{2,}}\S|{re.escape(option)}.*\n\s+\S", text), option


def test_shell_completion_is_offered() -> None:
    assert "--install-completion" in call("--help").stdout


def test_no_command_shows_the_help() -> None:
    assert "Usage:" in call().output


def test_json_goes_to_standard_output_whole_and_parses(corpus: CorpusFolder) -> None:
    corpus.add("chỉ có tiêu đề\n")
    result = call("validate", corpus.folder, "--output-format", "json")
    report = json.loads(result.stdout)
    assert (result.exit_code, report["version"], report["command"]) == (1, 1, "validate")
    assert report["summary"] == {
        "checked": 1, "ignored": 0, "errors": 1, "warnings": 0,
        "errors_left_out": 0, "warnings_left_out": 0, "exit_code": 1,
    }  # fmt: skip
    (issue,) = report["issues"]
    assert set(issue) == {
        "code", "rule", "severity", "path", "line", "column", "message", "hint", "fixable",
    }  # fmt: skip
    assert report["validate"]["ids"][0]["recipe"] == "sha256(title+body, nfc)[:16]"


def test_json_of_a_build_says_what_was_written(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    report = json.loads(call("build", corpus.folder, "-o", "dist", "--output-format", "json").stdout)
    assert report["build"]["counts"]["written"] == 1
    assert report["build"]["out"] == "dist"
    assert len(report["build"]["content_sha256"]) == 64


def test_the_report_can_go_to_a_file(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    result = call("validate", corpus.folder, "--output-file", "report.txt")
    assert (result.exit_code, result.stdout) == (0, "")
    assert Path("report.txt").read_text("utf-8").startswith("Checked 1 file: no issue.")
    result = call("validate", corpus.folder, "--output-file", "no/such/folder/report.txt")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 2)


def test_quiet_says_nothing_when_there_is_nothing(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    assert call("validate", corpus.folder, "-q").output == ""
    corpus.add("chỉ có tiêu đề\n")
    assert "B001" in call("validate", corpus.folder, "-q").output


def test_strict_makes_warnings_count(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    corpus.add(article(1))
    assert call("validate", corpus.folder).exit_code == 0
    assert call("validate", corpus.folder, "--strict").exit_code == 1
    result = call("build", corpus.folder, "-o", "dist", "--strict")
    assert (result.exit_code, Path("dist").exists()) == (1, False)


WRONG_CALLS = {
    "a path that does not exist": (["validate", "nowhere"], "no such file or folder: nowhere"),
    "a corpus that does not exist": (["build", "nowhere"], "nowhere does not exist"),
    "an unknown option": (["validate", "--nearr"], "--nearr"),
    "an unknown command": (["valdate"], "validate"),
    "an unknown option of all": (["--nearr"], "--nearr"),
    "an unknown command of the cache": (["cache", "empty"], "cache --help"),
    "a missing argument": (["add"], "FILE"),
    "a threshold out of range": (["validate", "--threshold", "2"], "--threshold"),
    "no jobs": (["build", "--jobs", "0"], "--jobs"),
    "an unknown format": (["validate", "--output-format", "yaml"], "yaml"),
    "no issues at most": (["validate", "--max-issues", "0"], "--max-issues"),
    "statistics that are limited": (
        ["build", "--statistics", "--max-issues", "3"],
        "--statistics shows no single issues",
    ),
    "settings that do not exist": (["validate", "-c", "nowhere.toml"], "nowhere.toml"),
    "a schema that does not exist": (["validate", ".", "--schema", "nowhere.yaml"], "nowhere.yaml"),
}


@pytest.mark.parametrize(("arguments", "named"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_is_exit_2_and_names_what_is_wrong(arguments: list[str], named: str) -> None:
    result = call(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr
    assert re.fullmatch(r"error: .+\n    next: .+\n", result.stderr)


@pytest.mark.parametrize("name", sorted({*RENDERERS} - {*statistics.RENDERERS}))
@pytest.mark.parametrize("command", ["validate", "build"])
def test_statistics_in_a_format_of_single_issues_are_refused_before_anything_is_done(command: str, name: str) -> None:
    result = call(command, "nowhere", "--statistics", "--output-format", name)
    assert (result.exit_code, result.stdout, result.stderr) == (
        2,
        "",
        f"error: --statistics has no form in the format {name}\n    next: use one of full, concise, json\n",
    )


@pytest.mark.parametrize("command", ["validate", "build"])
def test_statistics_and_limits_change_what_is_shown_and_not_the_exit_code(command: str, corpus: CorpusFolder) -> None:
    corpus.add("Bài một\r\n" + "thân bài " * 20 + "\r\n")
    corpus.add("chỉ có tiêu đề\n", below="z")
    shown = call(command, corpus.folder, "--ignore", "P", "--max-issues", "1", "--output-format", "concise")
    assert shown.exit_code == 1
    assert " B001 " in shown.stdout.splitlines()[0]
    assert "Shown: 1 of 2 issues, errors first; left out: 1 warning." in shown.stdout.splitlines()
    counted = call(command, corpus.folder, "--ignore", "P", "--statistics")
    assert counted.exit_code == 1
    assert [line.split()[:2] for line in counted.stdout.splitlines()[:2]] == [["1", "B001"], ["1", "F003"]]
    as_json = call(command, corpus.folder, "--ignore", "P", "--statistics", "--output-format", "json")
    assert [one["code"] for one in json.loads(as_json.stdout)] == ["B001", "F003"]


def test_values_of_the_settings_cannot_drive_the_terminal() -> None:
    Path("empty").mkdir()
    for text in ('include = ["\\u001b[2J"]', '[severity]\n"\\u001b" = "error"', 'raw = "a"\nout = "\\u001b[2J"'):
        Path("dataset-tools.toml").write_text(text, "utf-8")
        result = call("build", "empty")
        assert (result.exit_code, r"\x1b" in result.stderr, "\x1b" in result.stderr) == (2, True, False)


def test_a_misspelt_setting_is_exit_2_and_names_the_nearest() -> None:
    Path("dataset-tools.toml").write_text("[dedup]\ntreshold = 0.7", "utf-8")
    result = call("validate", ".")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: dataset-tools.toml: dedup.treshold is not a setting\n    next: did you mean threshold?\n",
    )


def test_a_misspelt_check_of_the_schema_is_exit_2_and_names_line_and_nearest() -> None:
    Path("schema.yaml").write_text("columns:\n  title:\n    checks:\n      str_lenght: 3\n", "utf-8")
    result = call("validate", ".", "--schema", "schema.yaml")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: schema.yaml:4: 'str_lenght' is not a key of the checks\n    next: did you mean str_length?\n",
    )


def test_an_empty_folder_is_a_warning_of_validate_and_an_error_of_build() -> None:
    Path("empty").mkdir()
    result = call("validate", "empty")
    assert (result.exit_code, "F012" in result.stdout) == (0, True)
    result = call("build", "empty")
    assert (result.exit_code, result.stderr.startswith("error: no article found in empty")) == (2, True)


def one_file(name: str, content: bytes) -> Path:
    path = Path(name) / "000_0123456789abcdef.txt"
    path.parent.mkdir()
    path.write_bytes(content)
    return path.parent


def a_dangling_link() -> Path:
    folder = one_file("link", b"")
    (folder / "000_0123456789abcdef.txt").unlink()
    (folder / "000_0123456789abcdef.txt").symlink_to("nowhere.txt")
    return folder


ODD_FILES = {
    "random bytes": (lambda: one_file("random", bytes(range(256)) * 8), "F001"),
    "zero bytes": (lambda: one_file("zero", b""), "F007"),
    "white space only": (lambda: one_file("white", b" \n\t\n"), "F007"),
    "a title without a body": (lambda: one_file("title", b"title"), "B001"),
    "lines that end with CR alone": (lambda: one_file("mac", b"title\rbody\rmore\r"), "B001"),
    "a body without a title": (lambda: one_file("body", b"\nbody"), "T001"),
    "50 MB on one line": (lambda: one_file("big", b"a" * 50_000_000), "F006"),
    "a long first line": (lambda: one_file("long", b"a" * 3_000_000 + b"\nbody"), "T002"),
    "UTF-16": (lambda: one_file("utf16", "tiêu đề\nbài".encode("utf-16")), "F001"),
    "a dangling link": (a_dangling_link, "F009"),
}


@pytest.mark.parametrize(("make", "code"), ODD_FILES.values(), ids=ODD_FILES)
def test_an_odd_file_is_exit_1_with_its_rule_and_never_a_traceback(make, code: str) -> None:
    folder = make()
    result = call("validate", folder, "--output-format", "concise")
    assert result.exit_code == 1
    assert re.search(rf"^{folder}/000_0123456789abcdef\.txt(:\d+:\d+)?: {code} ", result.stdout, re.MULTILINE)
    assert len(result.stdout) < 1000
    built = call("build", folder, "-o", "dist", "--on-invalid", "quarantine")
    assert (built.exit_code, "no document is left to write" in built.stdout) == (1, True)
    assert not Path("dist").exists()


def test_a_folder_with_the_name_of_an_article_is_a_folder() -> None:
    (Path("folder") / "x.txt").mkdir(parents=True)
    assert "no article found in folder: no file matches **/*.txt (0 other files)" in call("validate", "folder").stdout
    assert call("build", "folder").exit_code == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not read the file")
def test_a_file_that_this_user_may_not_read_is_exit_1_and_said_so(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    secret = corpus.add(article(2))
    secret.chmod(0)
    for folder in [corpus.folder, *corpus.folder.parents]:
        if folder.stat().st_mode & 0o005 != 0o005:
            folder.chmod(folder.stat().st_mode | 0o005)
    call("validate", corpus.folder)  # nobody may not read the libraries either, so they are loaded first
    os.setegid(65534)
    os.seteuid(65534)
    try:
        result = call("validate", corpus.folder, "--output-format", "concise")
    finally:
        os.seteuid(0)
        os.setegid(0)
    assert (result.exit_code, result.stderr) == (1, "")
    assert f"{secret.name}: F005 cannot be opened: Permission denied" in result.stdout


def test_a_defect_is_exit_3_with_a_log_and_no_traceback(corpus: CorpusFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataset_tools.pipeline

    def defect(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(dataset_tools.pipeline, "validate", defect)
    result = call("validate", corpus.folder)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "Traceback" not in result.stderr
    log = Path(re.search(r"the log (\S+)", result.stderr)[1])
    assert "ZeroDivisionError: division by zero" in log.read_text("utf-8")
    log.unlink()


def test_a_reader_that_goes_away_is_no_defect(corpus: CorpusFolder) -> None:
    for number in range(300):
        corpus.add("chỉ có tiêu đề\n", name_id=f"{number:016x}")
    command = f"{sys.executable} -m dataset_tools validate {corpus.folder} 2>errors | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert "I002" in done.stdout or "B001" in done.stdout
    assert Path("errors").read_text("utf-8") == ""


def on_a_terminal(command: list[str], **environment: str) -> str:
    """What a person sees, standard output and error together, 80 columns wide."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm", **environment}
    )
    os.close(theirs)
    seen = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
        elif process.poll() is not None:
            break
    process.wait(timeout=60)
    os.close(ours)
    return seen.decode()


def test_progress_and_colour_show_on_a_terminal_and_can_be_switched_off(corpus: CorpusFolder) -> None:
    for number in range(50):
        corpus.add(article(number))
    corpus.add("chỉ có tiêu đề\n")
    command = [sys.executable, "-m", "dataset_tools", "validate", str(corpus.folder)]
    assert "Checking" in on_a_terminal(command)
    assert "\x1b[31m" in on_a_terminal(command)
    plain = on_a_terminal([*command, "--no-progress"], NO_COLOR="1")
    assert "\x1b" not in plain
    assert "Checking" not in plain


def test_nothing_but_the_report_goes_into_a_pipe(corpus: CorpusFolder) -> None:
    corpus.add(article(1))
    command = [sys.executable, "-m", "dataset_tools", "build", str(corpus.folder), "-o", "dist"]
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "LC_ALL": "C"})
    assert done.stderr == b""
    assert b"\x1b" not in done.stdout
    forced = subprocess.run(
        command, capture_output=True, check=True, env={**os.environ, "FORCE_COLOR": "1", "LC_ALL": "C"}
    )
    assert b"\x1b[" in forced.stdout


def test_names_and_texts_cannot_drive_the_terminal(corpus: CorpusFolder) -> None:
    corpus.add("\x1b[2J\x07đầu đề\n", name="\x1b]0;mine\x07.txt")
    os.rename(corpus.add("x\n", name="x.txt"), os.fsencode(corpus.folder) + b"/\xff\xfe.txt")
    for name in RENDERERS:
        output = call("validate", corpus.folder, "--output-format", name).stdout
        assert "\x1b" not in output
        assert "\x07" not in output
    assert r"\x1b]0;mine\x07.txt" in output.replace("\\\\", "\\")
    assert r"\xff\xfe.txt" in output.replace("\\\\", "\\")


def test_both_ways_to_call_it_are_the_same() -> None:
    script = Path(sys.executable).parent / "dataset-tools"
    for command in ([str(script)], [sys.executable, "-m", "dataset_tools"]):
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
        assert done.stdout == f"dataset-tools {__version__}\n"


def test_the_checkout_passes_its_own_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert call("validate").exit_code == 0
