import json
from dataclasses import replace

import jsonschema
from hypothesis import given

from dataset_tools.formats import RENDERERS
from dataset_tools.formats.fingerprint import fingerprints
from dataset_tools.rules import issue
from tests.formats.reports import CLEAN, IDS, REPORT, WHOLE, reports

DOCUMENTED = {
    "type": "array",
    "items": {
        "type": "object",
        "additionalProperties": False,
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "additionalProperties": False,
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "minLength": 1, "not": {"pattern": "^(/|\\./)"}},
                    "lines": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What docs.gitlab.com says under "Code Quality report format"; GitLab publishes no schema of it."""


def test_an_issue_is_a_violation_with_its_place():
    found = json.loads(RENDERERS["gitlab"](REPORT))
    assert [one["location"] for one in found] == [
        {"path": ".", "lines": {"begin": 1}},
        {"path": "raw/tin/a b.txt", "lines": {"begin": 1}},
        {"path": "raw/001.txt", "lines": {"begin": 2}},
    ]
    assert [one["severity"] for one in found] == ["minor", "major", "minor"]
    assert found[2]["description"] == "3 dòng kết thúc bằng CR LF; next: đổi sang LF"
    assert found[2]["check_name"] == "F003 carriage-return"


def test_a_clean_run_is_an_empty_list():
    assert json.loads(RENDERERS["gitlab"](CLEAN)) == []


@given(reports)
def test_the_document_is_as_gitlab_describes_it_and_no_fingerprint_comes_twice(report):
    found = json.loads(RENDERERS["gitlab"](report))
    jsonschema.validate(found, DOCUMENTED)
    assert len({one["fingerprint"] for one in found}) == len(found) == len(report.issues) + bool(report.left_out)


def test_a_fingerprint_stays_when_lines_move_and_messages_change():
    before = replace(REPORT, issues=tuple(issue("S001", f"{n}", path="a.txt", line=n) for n in (3, 7)))
    after = replace(REPORT, issues=tuple(issue("S001", f"{n} nữa", path="a.txt", line=n) for n in (5, 9)))
    other = replace(REPORT, issues=(issue("S001", "3", path="b.txt", line=3), issue("F001", "3", path="a.txt", line=3)))
    assert fingerprints(before) == fingerprints(after)
    assert len({*fingerprints(before), *fingerprints(other)}) == 4


def test_a_fingerprint_does_not_depend_on_where_a_corpus_lies_on_the_machine():
    def of(root: str, ids: str) -> list[str]:
        one = replace(WHOLE, path=f"{root}/tin/a.txt")
        return fingerprints(replace(REPORT, issues=(one,), ids=(replace(IDS, root=ids),)))

    assert of("/home/a/raw", "/home/a/raw") == of("/builds/b/raw", "/builds/b/raw")
    assert of("/home/a/raw", "../raw") == of("/builds/b/raw", "../raw")


def test_fingerprints_are_the_same_in_every_release():
    """A change of them would report every issue as fixed and found anew."""
    assert fingerprints(REPORT) == [
        "ace5bcd0d51c43b930504429d569d5df",
        "2fd1f440c0256186fa31dd3aa7f4e3fe",
        "515f17cfa01781a03148dae7785073ea",
    ]
