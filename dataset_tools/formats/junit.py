r"""`junit`: JUnit XML, which most CI systems show as test results.

One suite. Its first test is the run itself, which fails if the command does although no file has an error. Then comes a
test for each path with an issue, which fails if that has an error. Warnings fail nothing; they are in `system-out`.
The document is valid by the XML schemas of Jenkins and by that of Windy Road for Ant. The latter wants a time stamp, a
host name and durations; since reports depend on neither clock nor machine, these are the epoch, `localhost` and 0.
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from dataset_tools.formats.json import summary_values
from dataset_tools.formats.lines import location, shown, summary
from dataset_tools.model import Issue, Severity
from dataset_tools.run_report import RunReport
from dataset_tools.text import printable

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character by production 2 of XML 1.0."""


def render(report: RunReport) -> str:
    """The whole report as one XML document."""
    by_path: dict[str, list[Issue]] = {}
    for one in report.issues:
        by_path.setdefault(one.path or ".", []).append(one)
    failed = {path: errors for path, issues in by_path.items() if (errors := _errors(issues))}
    stopped = not report.ok and not failed
    suites = ET.Element("testsuites")
    suite = ET.SubElement(
        suites,
        "testsuite",
        id="0",
        name="dataset-tools",
        package="dataset-tools",
        timestamp="1970-01-01T00:00:00",
        hostname="localhost",
        tests=str(1 + len(by_path)),
        failures=str(len(failed) + stopped),
        errors="0",
        time="0",
    )
    _properties(suite, report)
    run = _test(suite, report, report.command)
    if stopped:
        _failure(run, report.command, report.stopped or "a warning is enough to fail", "\n".join(summary(report)))
    for path in by_path:
        test = _test(suite, report, path)
        if path in failed:
            errors = failed[path]
            _failure(test, errors[0].code, errors[0].message, "\n".join(map(_described, errors)))
    warnings = [one for one in report.issues if one.severity is not Severity.ERROR]
    ET.SubElement(suite, "system-out").text = _xml("\n".join([*map(_described, warnings), *summary(report)]))
    ET.SubElement(suite, "system-err")
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _errors(issues: Sequence[Issue]) -> list[Issue]:
    return [one for one in issues if one.severity is Severity.ERROR]


def _properties(suite: ET.Element, report: RunReport) -> None:
    properties = ET.SubElement(suite, "properties")
    for name, value in summary_values(report).items():
        ET.SubElement(properties, "property", name=name, value=str(value))


def _test(suite: ET.Element, report: RunReport, name: str) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", classname=f"dataset-tools.{report.command}", name=_xml(printable(name)), time="0"
    )


def _failure(test: ET.Element, kind: str, message: str, text: str) -> None:
    failure = ET.SubElement(test, "failure", type=kind, message=_xml(printable(message)))
    failure.text = _xml(text)


def _described(one: Issue) -> str:
    return f"{location(one)}: {one.code} {one.severity}: {shown(one.message)}\n    next: {shown(one.hint)}"


def _xml(text: str) -> str:
    """Text whose control characters are escapes already, without the few others that XML cannot hold."""
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
