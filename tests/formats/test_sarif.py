import json
import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest
from hypothesis import example, given, settings

from dataset_tools import __version__
from dataset_tools.formats import RENDERERS
from dataset_tools.formats.fingerprint import fingerprints
from dataset_tools.rules import RULES
from dataset_tools.run_report import RunReport
from dataset_tools.text import printable
from tests.conftest import ROOT
from tests.formats.reports import PLACED, REPORT, WHOLE, reports

SCHEMA = json.loads((ROOT / "tests/schemas/sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)


def run_of(report: RunReport) -> dict:
    (run,) = json.loads(RENDERERS["sarif"](report))["runs"]
    return run


def test_the_driver_has_the_version_and_the_whole_catalogue():
    driver = run_of(REPORT)["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("dataset-tools", __version__)
    assert [one["id"] for one in driver["rules"]] == list(RULES)
    rule, described = RULES["I001"], driver["rules"][list(RULES).index("I001")]
    assert described == {
        "id": "I001",
        "name": rule.name,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {"text": f"{rule.why} What to do next: {rule.fix}"},
        "defaultConfiguration": {"level": "error"},
    }


def test_a_result_has_its_rule_level_place_and_fingerprint():
    result = run_of(REPORT)["results"][2]
    assert result == {
        "ruleId": "F003",
        "ruleIndex": list(RULES).index("F003"),
        "level": "warning",
        "message": {"text": "3 dòng kết thúc bằng CR LF; next: đổi sang LF"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "raw/001.txt", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 2, "startColumn": 7},
                }
            }
        ],
        "partialFingerprints": {"datasetToolsIssue/v1": fingerprints(REPORT)[2]},
    }


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("raw/tin tức/a#1?.txt", {"uri": "raw/tin%20t%E1%BB%A9c/a%231%3F.txt", "uriBaseId": "%SRCROOT%"}),
        ("javascript:alert(1)", {"uri": "javascript%3Aalert%281%29", "uriBaseId": "%SRCROOT%"}),
        ("/corpus/a b.txt", {"uri": "file:///corpus/a%20b.txt"}),
        ("a\udcff.txt", {"uri": "a%5Cxff.txt", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_a_path_is_a_relative_uri_or_one_of_a_file(path, location):
    (result,) = run_of(replace(REPORT, issues=(replace(WHOLE, path=path),)))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == location


@settings(max_examples=40)
@given(reports)
@example(replace(REPORT, issues=(replace(PLACED, message="[a](javascript:alert(1)) {0}"),)))
def test_the_log_is_valid_and_no_message_has_a_link_or_a_placeholder(report):
    log = json.loads(RENDERERS["sarif"](report))
    VALIDATOR.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for one, result in zip(report.issues, run["results"], strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == one.code
        assert result["level"] == one.severity
        text = result["message"]["text"]
        assert not re.search(r"\]\(", text)
        assert "{" not in text.replace("{{", "")
        assert text.replace("{{", "{").replace("}}", "}") == printable(f"{one.message}; next: {one.hint}").replace(
            "](", "] ("
        )
        for location in result["locations"]:
            uri = location["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[\w/.~%:-]*", uri, re.ASCII)
            assert urlsplit(uri).scheme == ("file" if one.path.startswith("/") else "")
            assert unquote(urlsplit(uri).path) == printable(one.path)


def test_the_schema_refuses_a_log_that_is_wrong():
    log = json.loads(RENDERERS["sarif"](REPORT))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(log)
