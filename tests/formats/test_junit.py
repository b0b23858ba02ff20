import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import example, given, settings

from dataset_tools.formats import RENDERERS
from dataset_tools.model import Severity
from dataset_tools.rules import issue
from dataset_tools.run_report import RunReport
from dataset_tools.text import printable
from tests.conftest import ROOT
from tests.formats.reports import CLEAN, PLACED, REPORT, WHOLE, reports

SCHEMAS = [xmlschema.XMLSchema(ROOT / "tests/schemas" / name) for name in ("junit-10.xsd", "jenkins-junit.xsd")]


def parsed(report: RunReport) -> ET.Element:
    return ET.fromstring(RENDERERS["junit"](report).encode())


def outcomes(suites: ET.Element) -> dict[str, list[str]]:
    return {test.attrib["name"]: [child.attrib["message"] for child in test] for test in suites.iter("testcase")}


def test_a_path_with_an_error_is_a_failed_test_and_one_with_warnings_a_passed_one():
    second = issue("B001", "không có thân bài", path=WHOLE.path)
    suites = parsed(replace(REPORT, issues=(*REPORT.issues, second)))
    suite = suites.find("testsuite")
    assert outcomes(suites) == {
        "validate": [], ".": [], "raw/tin/a b.txt": ["tên tệp không khớp"], "raw/001.txt": [],
    }  # fmt: skip
    assert (suite.attrib["tests"], suite.attrib["failures"], suite.attrib["errors"]) == ("4", "1", "0")
    failure = suite.find("testcase/failure")
    assert failure.attrib["type"] == "F004"
    assert [line.split(": ")[1] for line in failure.text.splitlines()[::2]] == ["F004 error", "B001 error"]
    assert "raw/001.txt:2:7: F003 warning: 3 dòng kết thúc bằng CR LF\n    next: đổi sang LF" in suite.findtext(
        "system-out"
    )
    properties = {one.attrib["name"]: one.attrib["value"] for one in suite.iter("property")}
    assert properties == {
        "checked": "1200",
        "ignored": "1",
        "errors": "2",
        "warnings": "2",
        "errors_left_out": "0",
        "warnings_left_out": "0",
        "exit_code": "1",
    }


def test_a_clean_run_is_one_passed_test():
    assert outcomes(parsed(CLEAN)) == {"validate": []}


def test_a_run_that_fails_without_an_error_in_a_file_is_a_failed_test():
    assert outcomes(parsed(replace(CLEAN, exit_code=1, stopped="có lỗi"))) == {"validate": ["có lỗi"]}
    strict = outcomes(parsed(replace(REPORT, issues=(PLACED,))))
    assert strict == {"validate": ["a warning is enough to fail"], "raw/001.txt": []}


@given(reports)
@example(replace(REPORT, issues=(replace(WHOLE, path="\x00\ufffe\ud800]]>", message="\uffff</failure>&"),)))
def test_the_document_is_valid_and_holds_every_issue(report):
    suites = parsed(report)
    for schema in SCHEMAS:
        schema.validate(suites)
    text = "".join(suites.itertext())
    for one in report.issues:
        assert (
            re.sub("[\ufffe\uffff]", lambda match: f"\\u{ord(match[0]):04x}", printable(one.hint))
            .replace("##[", r"##\x5b")
            .replace("##vso[", r"##vso\x5b")
            in text
        )
    failed = {one.path or "." for one in report.issues if one.severity is Severity.ERROR}
    assert len(list(suites.iter("failure"))) == len(failed) + (report.exit_code > 0 and not failed)


@settings(max_examples=50)
@given(reports)
def test_the_document_has_what_the_schema_of_windy_road_asks_for_beyond_that(report):
    suites = parsed(report)
    (suite,) = suites
    assert suites.attrib == {}
    assert list(suite.attrib) == [
        "id", "name", "package", "timestamp", "hostname", "tests", "failures", "errors", "time",
    ]  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    tags = [child.tag for child in suite]
    tests = tags.count("testcase")
    assert tags == ["properties", *["testcase"] * tests, "system-out", "system-err"]
    assert int(suite.attrib["tests"]) == tests
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    for test in suite.iter("testcase"):
        assert list(test.attrib) == ["classname", "name", "time"]
        assert [child.tag for child in test] in ([], ["failure"])
        assert all(list(child.attrib) == ["type", "message"] for child in test)


def test_the_schemas_refuse_a_document_that_is_wrong():
    suites = parsed(REPORT)
    del suites[0].attrib["name"]
    for schema in SCHEMAS:
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            schema.validate(suites)
