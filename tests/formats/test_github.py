import re
from dataclasses import replace

from hypothesis import example, given

from dataset_tools.formats import RENDERERS
from dataset_tools.formats.lines import errors_first, shown
from dataset_tools.rules import RULES
from tests.formats.reports import PLACED, REPORT, WHOLE, reports


def unescaped(text: str, *codes: str) -> str:
    """What the runner makes of a value: it knows no other escapes."""
    for code in codes:
        text = text.replace(code, chr(int(code[1:], 16)))
    return text.replace("%25", "%")


def command(line: str) -> tuple[str, dict[str, str], str] | None:
    """A line as the runner reads it (ActionCommand.TryParseV2 of actions/runner)."""
    trimmed = line.lstrip()
    end = trimmed.find("::", 2)
    if not trimmed.startswith("::") or end < 0:
        return None
    name, _, properties = trimmed[2:end].partition(" ")
    pairs = [pair.split("=", 1) for pair in properties.strip().split(",") if pair]
    values = {key: unescaped(value, "%0D", "%0A", "%3A", "%2C") for key, value in pairs}
    return name, values, unescaped(trimmed[end + 2 :], "%0D", "%0A")


def test_each_issue_is_a_command_errors_first_and_then_comes_the_summary():
    assert RENDERERS["github"](REPORT).splitlines() == [
        f"::error file=raw/tin/a b.txt,title=F004 file-name::tên tệp không khớp%0Anext: {RULES['F004'].fix}",
        f"::warning title=P001 license-missing::chưa có giấy phép%0Anext: {RULES['P001'].fix}",
        f"::warning file=raw/001.txt,line=2,col=7,title=F003 carriage-return::{PLACED.message}%0Anext: đổi sang LF",
        "Checked 1,200 files (1 other entry ignored): 1 error, 2 warnings.",
        "Fixable: 2 with --fix --unsafe-fixes; --diff shows what would change.",
        "Ids: sha256(file)[:16] explains 1 of 2.",
    ]  # fmt: skip


def test_percent_signs_colons_and_commas_are_escaped_where_they_would_end_a_value():
    one = replace(WHOLE, path="100%,a:b%0A.txt", message="50%: a, b", hint="c")
    assert RENDERERS["github"](replace(REPORT, issues=(one,))).splitlines()[0] == (
        "::error file=100%25%2Ca%3Ab%250A.txt,title=F004 file-name::50%25: a, b%0Anext: c"
    )


@given(reports)
@example(replace(REPORT, issues=(replace(PLACED, path="a\n::stop-commands::x", message="\r\n::error::y"),)))
@example(replace(REPORT, issues=(replace(PLACED, path="##[add-matcher]x", message="##[group]y"),)))
def test_the_runner_reads_one_command_an_issue_and_nothing_else(report):
    lines = RENDERERS["github"](report).split("\n")
    commands = [found for found in map(command, lines) if found is not None]
    rest = lines[len(commands) :]
    assert len(commands) == len(report.issues)
    for one, (name, values, message) in zip(errors_first(report.issues), commands, strict=True):
        expected = {
            "file": one.path,
            "line": one.line,
            "col": one.column,
            "title": f"{one.code} {RULES[one.code].name}",
        }
        assert name == one.severity
        assert values == {key: shown(str(value)) for key, value in expected.items() if value is not None}
        assert message == f"{shown(one.message)}\nnext: {shown(one.hint)}"
    assert all(command(line) is None for line in rest)
    assert not any(re.search(r"##\[", line) for line in lines)
