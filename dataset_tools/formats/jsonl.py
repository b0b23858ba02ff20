"""`jsonl`: for programs that read line by line; one JSON object a line.

First a line for each issue, in document order:

    {"type": "issue", "code", "rule", "severity", "path", "line", "column", "message", "hint", "fixable"}

and then exactly one more, the last, also when there is no issue:

    {"type": "summary", "version": 1, "command", "checked", "ignored", "errors", "warnings", "errors_left_out",
     "warnings_left_out", "exit_code", COMMAND}

The keys mean what they do in `json`. COMMAND is the name of the command; its object has what only this command says.
"""

import json

from dataset_tools.formats.json import VERSION, issue_values, printable_values, summary_values
from dataset_tools.run_report import RunReport


def render(report: RunReport) -> str:
    """A line for each issue, and a last one for the summary."""
    records = [{"type": "issue", **issue_values(one)} for one in report.issues]
    records.append(
        {
            "type": "summary",
            "version": VERSION,
            "command": report.command,
            **summary_values(report),
            report.command: report.details(),
        }
    )
    return "".join(json.dumps(printable_values(record), ensure_ascii=False) + "\n" for record in records)
